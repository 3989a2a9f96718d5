import pytest

from tests.roads.towns import Town, at, crossing

pytestmark = pytest.mark.usefixtures("both_engines")


@pytest.mark.parametrize(
    ("lights", "seconds"),
    [({}, 30), ({100: {}}, 38), ({100: {}, 150: {}}, 38), ({100: {}, 170: {}}, 46)],
)
def test_lights_near_each_other_on_one_street_are_one_wait(tmp_path, lights, seconds):
    town = Town()
    town.node(1, -50, 0)
    town.node(2, 350, 0)
    # A side street at the end makes the lights lie on an arc that is left.
    town.node(9, 250, 0)
    town.node(10, 250, 100)
    for number, x in enumerate(lights, start=3):
        town.node(number, x, 0, highway="traffic_signals")
    town.way(11, [1, *range(3, 3 + len(lights)), 9, 2])
    town.way(12, [9, 10])
    table = town.engine(tmp_path).matrix([at(0, 0), at(300, 0)])
    assert table.seconds[0, 1] == seconds


def test_a_light_on_the_crossing_is_waited_for_once(tmp_path):
    engine = crossing(highway="traffic_signals").engine(tmp_path)
    assert engine.matrix([at(0, -50), at(0, 50)]).seconds[0, 1] == 18
    assert engine.matrix([at(0, -50), at(0, 50)], slot="free_flow").seconds[0, 1] == 12


def _two_crossings(folder, gap):
    """Return the seconds over 200 m with lights on two crossings `gap` metres apart."""
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 100 + gap), (4, 300)):
        lit = {"highway": "traffic_signals"} if number in (2, 3) else {}
        town.node(number, x, 0, **lit)
    for number, x in ((5, 100), (6, 100 + gap)):
        town.node(number, x, 100)
    town.way(11, [1, 2, 3, 4])
    town.way(12, [2, 5])
    town.way(13, [3, 6])
    return town.engine(folder).matrix([at(50, 0), at(250, 0)]).seconds[0, 1]


def test_lights_of_one_large_crossing_are_one_wait(tmp_path):
    assert _two_crossings(tmp_path, 25) == 28


def test_lights_of_the_next_crossing_are_another_wait(tmp_path):
    assert _two_crossings(tmp_path, 80) == 36


def test_a_light_for_the_other_direction_is_not_waited_for(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 120), (4, 220)):
        facing = {"traffic_signals:direction": "backward", "highway": "traffic_signals"}
        town.node(number, x, 0, **(facing if number == 2 else {}))
    town.node(5, 120, 100)
    town.way(11, [1, 2, 3, 4])
    town.way(12, [3, 5])
    table = town.engine(tmp_path).matrix([at(50, 0), at(170, 0)])
    assert table.seconds[0, 1] == 12
    assert table.seconds[1, 0] == 12  # it ends on the arc of the light, before leaving it


def test_the_stop_line_beyond_a_crossing_is_not_a_second_wait(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 90), (3, 100), (4, 110), (5, 200), (6, 250)):
        lit = {"highway": "traffic_signals"} if number in (2, 4) else {}
        town.node(number, x, 0, **lit)
    town.node(7, 100, 100)
    town.node(8, 200, 100)
    town.way(11, [1, 2, 3, 4, 5, 6])
    town.way(12, [3, 7])
    town.way(13, [5, 8])
    assert town.engine(tmp_path).matrix([at(50, 0), at(225, 0)]).seconds[0, 1] == 26

import pytest

from route_app.roads.profile import Profile
from route_app.roads.turns import build_turns
from tests.roads.towns import Town, at, crossing

pytestmark = pytest.mark.usefixtures("both_engines")

SOUTH, EAST, NORTH, WEST = at(0, -50), at(50, 0), at(0, 50), at(-50, 0)
ROUND_AN_ARM = 300  # to the end of another arm, back, and on


def _metres_from_south(town, folder):
    return town.engine(folder).matrix([SOUTH, EAST, NORTH, WEST]).metres[0].tolist()


def test_without_restrictions_every_arm_is_near(tmp_path):
    assert _metres_from_south(crossing(), tmp_path) == [0, 100, 100, 100]


def test_it_obeys_no_left_turn(tmp_path):
    town = crossing()
    town.restriction("no_left_turn", 11, 14, node=1)
    assert _metres_from_south(town, tmp_path) == [0, 100, 100, ROUND_AN_ARM]


def test_it_obeys_only_straight_on(tmp_path):
    town = crossing()
    town.restriction("only_straight_on", 11, 13, node=1)
    assert _metres_from_south(town, tmp_path) == [0, ROUND_AN_ARM, 100, ROUND_AN_ARM]


def test_a_restriction_holds_only_for_those_who_come_from_its_street(tmp_path):
    town = crossing()
    town.restriction("no_left_turn", 11, 14, node=1)
    assert town.engine(tmp_path).matrix([NORTH, WEST]).metres[0, 1] == 100


def test_no_u_turn_on_one_street_leaves_straight_on(tmp_path):
    town = Town()
    for number, x in ((1, -100), (2, 0), (3, 100), (4, 0)):
        town.node(number, x, 100 if number == 4 else 0)
    town.way(11, [1, 2, 3])
    town.way(12, [2, 4])
    town.restriction("no_u_turn", 11, 11, node=2)
    assert town.engine(tmp_path).matrix([at(-50, 0), at(50, 0)]).metres[0, 1] == 100


@pytest.mark.parametrize("exempt", ["motorcar", "bicycle;motorcar"])
def test_it_spares_cars_where_the_sign_does(tmp_path, exempt):
    town = crossing()
    town.restriction("no_left_turn", 11, 14, node=1, **{"except": exempt})
    assert _metres_from_south(town, tmp_path) == [0, 100, 100, 100]


def _divided_road():
    """An eastbound and a westbound carriageway, a link between them, and a side street."""
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        town.node(number, x, 0)
        town.node(10 + number, x, 20)
    town.node(7, 100, -100)
    for number, nodes in enumerate([[1, 2], [2, 3], [13, 12], [12, 11]], start=21):
        town.way(number, nodes, oneway="yes")
    for number, nodes in enumerate([[3, 13], [11, 1], [2, 12], [7, 2]], start=31):
        town.way(number, nodes)
    return town


def test_it_obeys_a_restriction_over_a_street_in_between(tmp_path):
    town = _divided_road()
    eastbound, side, westbound = at(50, 0), at(100, -50), at(50, 20)
    free = town.engine(tmp_path).matrix([eastbound, side, westbound]).metres
    assert (free[0, 2], free[1, 2]) == (120, 120)
    town.restriction("no_u_turn", 21, 24, way=33)
    engine = town.engine(tmp_path)
    bound = engine.matrix([eastbound, side, westbound]).metres
    assert (bound[0, 2], bound[1, 2]) == (320, 120)
    assert engine.graph.applied == 1
    assert engine.legs([eastbound, at(100, 10)])[0].metres == 60  # the link itself stays open


def test_an_only_restriction_over_a_street_leads_one_way_on(tmp_path):
    town = _divided_road()
    town.node(8, 100, 120)
    town.way(35, [12, 8])
    town.restriction("only_straight_on", 34, 35, way=33)
    metres = town.engine(tmp_path).matrix([at(100, -50), at(50, 20), at(100, 70)]).metres
    assert metres[0, 2] == 120
    assert metres[0, 1] > 120


def test_it_counts_what_it_skips(tmp_path):
    town = crossing()
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": "no_left_turn @ (wet)"})
    town.restriction("no_left_turn", 11, 99, node=1)
    town.restriction("give_way", 11, 14, node=1)
    town.relations.append(
        '<relation id="990" version="1"><member type="way" ref="11" role="from"/>'
        '<tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>'
    )
    from route_app.roads.importer import read_extract

    raw = read_extract(town.write(tmp_path))
    assert dict(raw.skipped) == {"hours not understood": 1, "not understood": 1, "incomplete": 1}
    graph = build_turns(town.network(tmp_path), Profile())
    assert dict(graph.skipped) == {"not on the drivable network": 1}
    assert graph.applied == 0

"""Roads and gates for those with an errand only: reached, never driven through, in any slot."""

import pytest

from route_app.roads.engine import UNREACHABLE
from route_app.roads.slots import SLOTS
from tests.roads.towns import Town, at

pytestmark = pytest.mark.usefixtures("both_engines")

WEST, EAST, INSIDE = at(-50, 0), at(350, 0), at(150, 0)
SHORT, ROUND = 400, 1000


def _two_ways(middle=None, gate=None):
    """A short way of 300 m from 1 over 2 to 3 with something on it, and one of 900 m round it."""
    town = Town()
    for number, (x, y) in enumerate(
        [(0, 0), (150, 0), (300, 0), (0, 300), (300, 300), (-100, 0), (400, 0)], start=1
    ):
        town.node(number, x, y, **(gate or {} if number == 2 else {}))
    town.way(11, [1, 2, 3], **(middle or {}))
    town.way(12, [1, 4, 5, 3])
    town.way(13, [6, 1])
    town.way(14, [3, 7])
    return town


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("value", ["private", "destination", "customers", "delivery"])
def test_nobody_drives_through_a_road_for_errands(tmp_path, value, slot):
    engine = _two_ways({"access": value}).engine(tmp_path)
    metres = engine.matrix([WEST, EAST, INSIDE], slot=slot).metres
    assert metres[0, 1] == metres[1, 0] == ROUND
    assert metres[0, 2] == metres[2, 0] == metres[1, 2] == 200
    assert engine.legs([WEST, EAST], slot=slot)[0].metres == ROUND


@pytest.mark.parametrize("slot", SLOTS)
def test_a_private_gate_on_an_open_road_stops_those_who_drive_through(tmp_path, slot):
    gate = {"barrier": "gate", "access": "private"}
    engine = _two_ways(gate=gate).engine(tmp_path)
    metres = engine.matrix([WEST, EAST, at(100, 0), at(200, 0)], slot=slot).metres
    assert metres[0, 1] == ROUND
    assert metres[0, 2] == 150
    assert metres[2, 3] == 900 + 200  # round it: nobody has an errand that only the gate leads to
    assert (metres < UNREACHABLE).all()


@pytest.mark.parametrize(
    ("gate", "metres"),
    [
        ({"barrier": "gate"}, SHORT),
        ({"barrier": "gate", "access": "yes"}, SHORT),
        ({"barrier": "lift_gate", "motor_vehicle": "destination"}, ROUND),
        ({"barrier": "gate", "access": "private", "motorcar": "yes"}, SHORT),
        ({"barrier": "gate", "access": "no"}, ROUND),
        ({"barrier": "bollard"}, ROUND),
        ({"barrier": "bollard", "access": "private"}, ROUND),
        ({"barrier": "toll_booth"}, SHORT),
    ],
)
def test_what_a_barrier_lets_through(tmp_path, gate, metres):
    assert _two_ways(gate=gate).engine(tmp_path).matrix([WEST, EAST]).metres[0, 1] == metres


def test_a_gate_on_a_private_drive_does_not_cut_off_the_house_behind_it(tmp_path):
    town = _two_ways()
    town.node(20, 150, -60, barrier="gate", access="private")
    town.node(21, 150, -120)
    town.way(15, [2, 20, 21], access="private", highway="service", service="driveway")
    engine = town.engine(tmp_path)
    house = at(150, -110)
    assert engine.snap([house])[0].status == "on_road"
    assert engine.matrix([WEST, house]).metres[0, 1] == 310
    assert engine.matrix([house, WEST]).metres[0, 1] == 310


def test_a_locked_gate_before_a_house_makes_it_an_island_not_a_guess(tmp_path):
    town = _two_ways()
    town.node(20, 150, -60, barrier="gate", access="no")
    town.node(21, 150, -1500)
    town.way(15, [2, 20, 21], access="private")
    engine = town.engine(tmp_path)
    assert engine.matrix([WEST, at(150, -30)]).metres[0, 1] == 230
    part = [snap.part for snap in engine.snap([WEST, at(150, -1000)])]
    assert part[0] != part[1]

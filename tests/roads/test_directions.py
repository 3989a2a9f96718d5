"""What a driver is told, on streets where it can be counted."""

import numpy as np
import pytest

from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.cch_engine import CchEngine
from route_app.roads.directions import told, turns_of
from route_app.roads.engine import Turn
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from tests.roads.pieces import street_places
from tests.roads.towns import Town, at, crossing, two_islands

pytestmark = pytest.mark.usefixtures("both_engines")


def _told(engine, *places):
    leg = engine.legs(list(places))[0]
    assert sum(turn.metres for turn in leg.turns) == leg.metres
    assert (leg.turns[0].kind, leg.turns[-1].kind) == ("depart", "arrive")
    assert (leg.turns[0].place, leg.turns[-1].place) == (leg.path[0], leg.path[-1])
    return [(turn.kind, turn.street, turn.metres) for turn in leg.turns]


@pytest.mark.parametrize(
    ("goal", "kind", "street"),
    [
        (at(50, 0), "right", "Street 12"),
        (at(-50, 0), "left", "Street 14"),
        (at(0, 50), "straight", "Street 13"),
    ],
)
def test_a_crossing_is_left_by_a_turn_that_names_the_street(tmp_path, goal, kind, street):
    told = _told(crossing().engine(tmp_path), at(0, -50), goal)
    assert told == [("depart", "Street 11", 50), (kind, street, 50), ("arrive", street, 0)]


def test_bends_of_one_street_are_not_told(tmp_path):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (200, 0), (200, 200), (400, 200)], start=1):
        town.node(number, x, y)
    for number in (1, 2, 3):
        town.way(10 + number, [number, number + 1], name="Long Street")
    told = _told(town.engine(tmp_path), at(10, 0), at(390, 200))
    assert [kind for kind, *_ in told] == ["depart", "arrive"]


def _roundabout():
    town = Town()
    for number, (x, y) in enumerate([(0, -20), (20, 0), (0, 20), (-20, 0)], start=1):
        town.node(number, x, y)
        town.node(10 + number, 6 * x, 6 * y)
        town.way(20 + number, [number, 10 + number])
    town.way(30, [1, 2, 3, 4, 1], junction="roundabout", name="")
    return town


@pytest.mark.parametrize(("exit_number", "goal"), [(1, (100, 0)), (2, (0, 100)), (3, (-100, 0))])
def test_a_roundabout_tells_which_exit(tmp_path, exit_number, goal):
    engine = _roundabout().engine(tmp_path)
    leg = engine.legs([at(0, -100), at(*goal)])[0]
    depart, into, arrive = leg.turns
    assert (into.kind, into.exit) == ("roundabout", exit_number)
    assert into.street == f"Street {21 + exit_number}"
    assert into.metres + depart.metres == leg.metres
    assert arrive.street == into.street


def test_a_drive_that_ends_on_a_roundabout_takes_no_exit(tmp_path):
    engine = _roundabout().engine(tmp_path)
    leg = engine.legs([at(0, -100), at(11, 11)])[0]
    assert [(turn.kind, turn.exit) for turn in leg.turns][1] == ("roundabout", None)


def test_ferries_are_told(tmp_path):
    told = _told(two_islands(ferry=True).engine(tmp_path), at(50, 0), at(4950, 0))
    assert ("ferry", "Ferry") in [(kind, street) for kind, street, _ in told]
    kinds = [kind for kind, *_ in told]
    assert kinds.index("ferry") < len(kinds) - 2  # and driving off it


def test_turning_round_is_told(tmp_path):
    town = crossing()
    for street in (13, 14):
        town.restriction("no_straight_on" if street == 13 else "no_left_turn", 11, street, node=1)
    told = _told(town.engine(tmp_path), at(0, -50), at(-50, 0))
    assert [kind for kind, *_ in told] == ["depart", "right", "u_turn", "straight", "arrive"]


def test_real_drives_add_up_and_name_their_streets():
    network = build_network(read_extract(bundled_extract()))
    engine = CchEngine(network)
    places = [
        place
        for place in street_places(network, np.random.default_rng(5), 60)
        if engine.snap([place])[0].part == 0
    ]
    for leg in engine.legs(places):
        assert sum(turn.metres for turn in leg.turns) == leg.metres
        assert {turn.street for turn in leg.turns if turn.street} <= set(leg.streets)
        assert all(turn.exit is None or turn.kind == "roundabout" for turn in leg.turns)
        assert len(leg.turns) <= 2 + 2 * len(leg.streets) + leg.metres / 50
    assert turns_of(network, np.array([0], np.int32), np.zeros(1), metres=5)[0].metres == 5


@pytest.mark.parametrize(
    ("kind", "street", "exit_number", "words"),
    [
        ("left", "Main Street", None, "Turn left onto Main Street"),
        ("left", "", None, "Turn left"),
        ("roundabout", "High Street", 3, "Leave the roundabout by exit 3 onto High Street"),
        ("roundabout", "", None, "Drive round the roundabout"),
        ("ferry", "Gozo Channel", None, "Take the ferry: Gozo Channel"),
    ],
)
def test_turns_are_told_in_words(kind, street, exit_number, words):
    assert told(Turn(kind, LatLon(0, 0), street, 10, exit_number)) == words

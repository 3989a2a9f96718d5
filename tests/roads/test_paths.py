import pytest

from route_app.lib.geo import haversine_m
from route_app.roads.packed import find_ends
from route_app.roads.paths import find_drive, make_leg
from tests.roads.towns import Town, at, two_islands

pytestmark = pytest.mark.usefixtures("both_engines")


def _drive(engine, *places):
    located, _ = engine._snapper.locate(places)
    slotted = engine._slotted("off_peak")
    ends = find_ends(engine.roads, engine.graph, slotted.weights, located)
    return find_drive(slotted.search, slotted.graph, ends, 0, 1), located


def test_a_leg_keeps_the_bends_of_a_street_in_both_directions(tmp_path):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (100, 40), (200, -40), (300, 0)], start=1):
        town.node(number, x, y)
    town.way(11, [1, 2, 3, 4])
    engine = town.engine(tmp_path)
    there = engine.legs([at(0, 0), at(300, 0)])[0]
    back = engine.legs([at(300, 0), at(0, 0)])[0]
    assert len(there.path) == 4
    assert back.path == there.path[::-1]
    length = sum(haversine_m(a, b) for a, b in zip(there.path[1:], there.path[:-1], strict=True))
    assert there.metres == back.metres == pytest.approx(length, abs=1)


def test_no_road_between_islands_means_no_drive(tmp_path):
    drive, _ = _drive(two_islands(ferry=False).engine(tmp_path), at(50, 0), at(5050, 0))
    assert drive is None


def test_a_drive_names_its_arcs_in_order(tmp_path):
    engine = two_islands(ferry=True).engine(tmp_path)
    drive, located = _drive(engine, at(50, 0), at(4950, 0))
    assert drive is not None
    leg = make_leg(engine.roads, drive, located=located, rows=(0, 1))
    assert leg.streets == ("Street 103", "Ferry", "Street 155")
    heads = engine.roads.arcs.head[list(drive.arcs[:-1])]
    tails = engine.roads.arcs.tail[list(drive.arcs[1:])]
    assert heads.tolist() == tails.tolist()

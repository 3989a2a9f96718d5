"""Hand-made coasts in a box of ten by ten: the land lies to the left of each line."""

from itertools import pairwise

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from route_app.roads.coast import Sea, find_sea
from route_app.roads.coast_gaps import bridges_over
from route_app.roads.faces import Streets

# A tenth of a degree at the equator: a unit is about 1.1 km.
UNIT = 0.01
BOX = box(0, 0, 10 * UNIT, 10 * UNIT)


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([(x * UNIT, y * UNIT) for x, y in corners])


def ring(x: float, y: float, size: float, *, hole: bool = False) -> LineString:
    """Return an island; a hole goes the wrong way round."""
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    return line(*(corners[::-1] if hole else corners))


def is_sea(sea: Sea, x: float, y: float) -> bool:
    return any(face.contains(Point(x * UNIT, y * UNIT)) for face in sea.faces)


def share(sea: Sea) -> float:
    return sum(face.area for face in sea.faces) / BOX.area


def town(x: float, y: float, *, size: float = 0.5, km: float = 30.0) -> Streets:
    """Return streets in a square."""
    steps = np.linspace(0.05, size - 0.05, 10)
    lon, lat = (axis.ravel() * UNIT for axis in np.meshgrid(x + steps, y + steps))
    return Streets(lon, lat, np.full(len(lon), km / len(lon)))


def test_the_sea_lies_to_the_right_and_turns_with_the_line() -> None:
    north, south = line((5, -1), (5, 11)), line((5, 11), (5, -1))
    assert is_sea(find_sea([north], BOX), 7, 5)
    assert not is_sea(find_sea([north], BOX), 3, 5)
    assert is_sea(find_sea([south], BOX), 3, 5)
    assert not is_sea(find_sea([south], BOX), 7, 5)


@pytest.mark.parametrize(
    ("coast", "wet", "dry", "part"),
    [
        # a bay from the south, cut by one edge
        (line((4, -1), (4, 4), (6, 4), (6, -1)), (5, 2), (5, 6), 0.08),
        # a corner of sea, cut by two edges
        (line((8, -1), (8, 2), (11, 2)), (9, 1), (5, 5), 0.04),
        # a peninsula from the west
        (line((-1, 4), (6, 4), (6, 6), (-1, 6)), (8, 5), (3, 5), 0.88),
        # a slanted coast, which meets the edges between the points of any grid
        (line((-1.37, 3.11), (11.13, 7.77)), (5, 1), (5, 9), 0.561),
    ],
)
def test_a_coast_is_closed_along_the_edges_of_the_box(
    coast: LineString, wet: tuple[int, int], dry: tuple[int, int], part: float
) -> None:
    sea = find_sea([coast], BOX)
    assert is_sea(sea, *wet)
    assert not is_sea(sea, *dry)
    assert share(sea) == pytest.approx(part, abs=0.05 if part == 0.561 else 1e-6)
    assert sea.doubts == ()


def test_a_strait_between_two_lands_reaches_three_edges_and_more() -> None:
    west, east = line((4, -1), (4, 11)), line((6, 11), (6, 5), (11, 5))
    sea = find_sea([west, east], BOX)
    assert [is_sea(sea, x, y) for x, y in ((2, 5), (5, 8), (8, 2), (8, 8))] == [
        False, True, True, False,
    ]  # fmt: skip
    cross = find_sea([west, line((6, 11), (6, 5), (11, 5)), line((11, 4), (6, 4), (6, -1))], BOX)
    assert is_sea(cross, 8, 4.5)
    assert not is_sea(cross, 8, 2)


def test_islands_are_land_and_a_lagoon_within_is_sea() -> None:
    sea = find_sea([ring(1, 1, 3), ring(6, 6, 3), ring(7, 7, 1, hole=True)], BOX)
    assert share(sea) == pytest.approx(1 - 0.09 - 0.09 + 0.01, abs=1e-6)
    assert not is_sea(sea, 2, 2)
    assert is_sea(sea, 5, 5)
    assert is_sea(sea, 7.5, 7.5)


def test_an_island_drawn_the_wrong_way_round_in_the_sea_is_land() -> None:
    sea = find_sea([line((9, -1), (9, 11)), ring(9.3, 4, 0.4, hole=True), ring(1, 1, 2)], BOX)
    assert not is_sea(sea, 9.5, 4.2)
    assert is_sea(sea, 9.9, 1)


def test_one_reversed_way_is_outvoted() -> None:
    ways = [line((5, -1), (5, 4)), line((5, 5), (5, 4)), line((5, 5), (5, 11))]
    sea = find_sea(ways, BOX)
    assert is_sea(sea, 7, 4.5)
    assert not is_sea(sea, 3, 4.5)
    assert share(sea) == pytest.approx(0.5)


def test_a_gap_in_the_coast_does_not_let_the_sea_in() -> None:
    sea = find_sea([line((5, -1), (5, 4)), line((5, 6), (5, 11))], BOX)
    assert share(sea) == pytest.approx(0.5)
    assert not is_sea(sea, 4.5, 5)
    assert "2.2 km in all" in sea.doubts[0]


def test_the_missing_side_of_an_island_is_put_back() -> None:
    sea = find_sea([line((4, 4), (6, 4), (6, 6), (4, 6))], BOX)
    assert share(sea) == pytest.approx(1 - 0.04)


def test_ends_near_the_edge_are_led_to_it() -> None:
    sea = find_sea([line((5, 0.2), (5, 9.7))], BOX)
    assert share(sea) == pytest.approx(0.5)


def test_a_shred_of_coast_decides_nothing() -> None:
    sea = find_sea([line((5, 4.9), (5, 5.1))], BOX)
    assert sea.faces == ()
    assert "drawn as land" in sea.doubts[-1]


def test_two_equal_voices_decide_nothing() -> None:
    sea = find_sea([line((5, -1), (5, 5)), line((5, 11), (5, 5))], BOX)
    assert sea.faces == ()
    assert "does not tell land from sea" in sea.doubts[-1]


def test_a_town_is_not_flooded_whatever_the_coast_says() -> None:
    coast = [line((5, 11), (5, -1))]  # the wrong way round: the town lies in the west
    sea = find_sea(coast, BOX, streets=town(2, 5))
    assert sea.faces == ()
    assert "drawn as land" in sea.doubts[-1]
    assert is_sea(find_sea(coast, BOX, streets=town(7, 5)), 3, 5)


def test_a_street_on_a_pier_floods_nothing_and_dries_nothing() -> None:
    land, pier = town(2, 5), town(6, 5, km=0.4)
    streets = Streets(*(np.concatenate(both) for both in zip(land, pier, strict=True)))
    assert is_sea(find_sea([line((5, -1), (5, 11))], BOX, streets=streets), 8, 5)


def test_without_a_coast_everything_is_land() -> None:
    assert find_sea([], BOX) == Sea()
    assert find_sea([line((11, 11), (12, 12))], BOX) == Sea()


def test_a_shore_goes_on_where_another_of_its_direction_begins() -> None:
    first, second = line((0, 5), (3, 5)), line((4, 5), (10, 5))
    nearer = line((2.6, 0), (2.6, 4.5))  # but it ends there, as the first one does
    joined = bridges_over([first, second, nearer], [first, second, nearer], BOX)
    assert joined[0].coords[:] == [first.coords[-1], second.coords[0]]
    assert len(joined) == 2


def test_every_loose_end_is_led_on_once() -> None:
    pieces = [line((x, 3), (x + 0.5, 3)) for x in range(1, 9)]
    bridges = bridges_over(pieces, pieces, BOX)
    met = [end for bridge in bridges for end in bridge.coords]
    loose = [end for piece in pieces for end in piece.coords]
    assert sorted(end for end in met if end in loose) == sorted(loose)


def test_a_whole_coast_has_no_loose_ends() -> None:
    corners = [(5, -1), (5, 3), (6, 5), (5, 11)]
    pieces = [line(*pair) for pair in pairwise(corners)]
    inside = [piece.intersection(BOX) for piece in pieces]
    assert bridges_over(inside, pieces, BOX) == []

"""Rivers and lakes whose shores the extract has cut, in a box of ten by ten."""

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from route_app.roads.faces import NO_STREETS, Streets, faces_between, km2_of, sides_of
from route_app.roads.torn_water import water_between

UNIT = 0.01
BOX = box(0, 0, 10 * UNIT, 10 * UNIT)


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([(x * UNIT, y * UNIT) for x, y in corners])


def holds(water: BaseGeometry, x: float, y: float) -> bool:
    return bool(water.contains(Point(x * UNIT, y * UNIT)))


def streets(*places: tuple[float, float], km: float = 5.0) -> Streets:
    lon, lat = np.array(places).T * UNIT
    return Streets(lon, lat, np.full(len(lon), km))


def test_a_river_between_two_banks_is_found_whichever_way_they_run() -> None:
    banks = [line((-1, 4), (11, 4)), line((-1, 5), (11, 5))]
    for shores in (banks, [banks[0], LineString(list(banks[1].coords)[::-1])]):
        water = water_between(shores, BOX, NO_STREETS)
        assert water.area == pytest.approx(BOX.area / 10)
        assert holds(water, 5, 4.5)


def test_an_island_in_the_river_stays_dry() -> None:
    island = line((4, 4.3), (5, 4.3), (5, 4.7), (4, 4.7), (4, 4.3))
    water = water_between([line((-1, 4), (11, 4)), line((-1, 5), (11, 5)), island], BOX, NO_STREETS)
    assert not holds(water, 4.5, 4.5)
    assert holds(water, 3, 4.5)


def test_a_wide_water_is_told_from_a_narrow_town_by_the_streets() -> None:
    banks = [line((-1, 2), (11, 2)), line((-1, 8), (11, 8))]
    water = water_between(banks, BOX, streets((5, 1), (5, 9)))
    assert holds(water, 5, 5)
    assert not holds(water, 5, 1)


def test_a_river_that_would_lie_over_streets_either_way_is_left_out() -> None:
    banks = [line((-1, 4), (11, 4)), line((-1, 5), (11, 5))]
    assert water_between(banks, BOX, streets((5, 4.5), (5, 8), km=20)).is_empty


def test_shores_outside_the_box_are_no_water() -> None:
    assert water_between([], BOX, NO_STREETS).is_empty
    assert water_between([line((11, 1), (12, 2))], BOX, NO_STREETS).is_empty


def test_what_lies_beside_a_line_is_told_by_its_direction() -> None:
    north = line((5, 0), (5, 10))
    faces = faces_between([north], BOX)
    assert len(faces) == 2
    sides = sides_of(faces, [north])
    assert faces[sides.left[0]].centroid.x < faces[sides.right[0]].centroid.x
    assert sides.km[0] == pytest.approx(11.13, abs=0.01)
    assert sum(map(km2_of, faces)) == pytest.approx(11.13**2, rel=0.01)

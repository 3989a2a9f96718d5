import numpy as np
import pytest
import shapely

from route_app.territory import division, shapes


def town(count: int, groups: int, *, exceptions: int = 0):
    """Places around a town, each with the name of the nearest of some centres."""
    random = np.random.default_rng(5)
    places = np.column_stack([random.normal(60.2, 0.1, count), random.normal(24.9, 0.2, count)])
    centres = places[:groups]
    gaps = ((places[:, None, :] - centres[None]) ** 2).sum(axis=2)
    keys = [f"t{nearest}" for nearest in gaps.argmin(axis=1)]
    for at in range(exceptions):
        keys[at * 7] = f"t{at % groups}"
    return keys, places


@pytest.mark.parametrize(
    ("count", "groups", "exceptions"), [(1, 1, 0), (2, 2, 0), (3, 1, 0), (60, 4, 5), (900, 7, 40)]
)
def test_areas_neither_overlap_nor_leave_a_gap_and_hold_their_accounts(count, groups, exceptions):
    keys, places = town(count, groups, exceptions=exceptions)

    areas = division.divide(keys, places)

    whole = shapely.union_all(list(areas.values()))
    assert set(areas) == set(keys)
    assert sum(area.area for area in areas.values()) == pytest.approx(whole.area, rel=1e-9)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert all(area.is_valid for area in areas.values())
    assert all(
        shapely.intersects_xy(areas[key], lon, lat)
        for key, (lat, lon) in zip(keys, places, strict=True)
    )


def test_where_several_share_a_place_the_most_frequent_has_it():
    places = np.array([[60.0, 25.0]] * 3 + [[60.1, 25.1]])

    areas = division.divide(["a", "b", "b", "a"], places)

    assert shapely.intersects_xy(areas["b"], 25.0, 60.0)
    assert not shapely.intersects_xy(areas["a"], 25.0, 60.0)


def test_accounts_on_one_line_can_be_divided():
    places = np.column_stack([np.full(6, 60.0), np.linspace(24.0, 25.0, 6)])

    areas = division.divide(list("aaabbb"), places)

    assert areas["a"].area == pytest.approx(areas["b"].area, rel=0.01)


def test_nobody_gets_nothing():
    assert division.divide([], np.empty((0, 2))) == {}


def test_the_rim_stays_near_the_accounts():
    places = np.array([[60.0, 25.0], [60.01, 25.02]])

    areas = division.divide(["a", "a"], places)

    assert shapes.area_m2(areas["a"]) < 2e6

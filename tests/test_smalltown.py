"""Smalltown is what its drawing says."""

from itertools import pairwise

import pytest

from route_app.lib.geo import haversine_m
from tests import smalltown
from tests.smalltown import JUNCTIONS


def test_it_has_twelve_junctions_a_kilometre_apart():
    assert len(JUNCTIONS) == 12
    for row in "123":
        for a, b in pairwise("ABCD"):
            apart = haversine_m(JUNCTIONS[a + row], JUNCTIONS[b + row])
            assert apart == pytest.approx(1_000, abs=0.1)
    for south, north in pairwise("123"):
        apart = haversine_m(JUNCTIONS["A" + south], JUNCTIONS["A" + north])
        assert apart == pytest.approx(1_000, abs=0.1)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("A1", "D1", 3),  # three blocks of South Street
        ("A1", "A3", 4),  # two blocks of First Avenue
        ("C1", "C3", 4),  # up Third Avenue
        ("C3", "C1", 6),  # not down it: over to the next avenue and back
        ("A1", "D3", 7),
        ("D3", "A1", 7),
    ],
)
def test_its_minutes_are_those_counted_by_hand(start, end, minutes):
    assert smalltown.minutes(start, end) == minutes


def test_alices_drives_are_those_counted_by_hand():
    home = smalltown.HOMES["alice"]
    counted = {shop.key: smalltown.minutes(home, shop.junction) for shop in smalltown.SHOPS}
    assert counted == smalltown.MINUTES_FROM_ALICES_HOME


def test_the_matrix_is_in_seconds_and_metres():
    travel = smalltown.matrix(["C3", "C1"])
    assert travel.seconds.tolist() == [[0, 360], [240, 0]]
    assert travel.metres.tolist() == [[0, 4_000], [2_000, 0]]


def test_the_file_is_the_town():
    assert smalltown.OSM_FILE.read_text(encoding="utf-8") == smalltown.osm_xml()

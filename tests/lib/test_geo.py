"""Places and straight-line distances."""

import pytest

from route_app.lib.geo import EARTH_RADIUS_M, LatLon, haversine_m, place_at

HELSINKI = LatLon(60.1699, 24.9384)
TALLINN = LatLon(59.4370, 24.7536)


def test_the_distance_of_two_known_cities():
    assert haversine_m(HELSINKI, TALLINN) == pytest.approx(82_150, rel=0.005)


def test_a_quarter_of_the_equator():
    quarter = haversine_m(LatLon(0, 0), LatLon(0, 90))
    assert quarter == pytest.approx(EARTH_RADIUS_M * 3.141592653589793 / 2)


def test_across_the_date_line_is_near():
    assert haversine_m(LatLon(0, 179.9), LatLon(0, -179.9)) < 23_000


def test_opposite_ends_of_the_earth_are_no_domain_error():
    assert haversine_m(LatLon(90, 0), LatLon(-90, 0)) == pytest.approx(
        EARTH_RADIUS_M * 3.141592653589793
    )


def test_geojson_order_is_longitude_first():
    assert HELSINKI.lonlat == (24.9384, 60.1699)


@pytest.mark.parametrize(
    ("lat", "lon", "words"),
    [
        (91, 0, "Latitude 91"),
        (0, -181, "Longitude -181"),
        (float("nan"), 0, "not a number"),
        (0, float("inf"), "not a number"),
    ],
)
def test_what_is_not_on_the_globe_is_refused(lat, lon, words):
    with pytest.raises(ValueError, match=words):
        LatLon(lat, lon)


def test_two_columns_are_a_place_only_when_both_are_there():
    assert place_at(60.0, 24.0) == LatLon(60.0, 24.0)
    assert place_at(0.0, 0.0) == LatLon(0.0, 0.0)
    assert place_at(None, 24.0) is place_at(60.0, None) is None

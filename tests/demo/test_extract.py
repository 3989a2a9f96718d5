"""Demo accounts are the real businesses of the bundled extract."""

import pytest

from route_app.demo.extract import businesses, homes
from route_app.roads.bundled import bundled_extract


@pytest.fixture(scope="module")
def found():
    return businesses(bundled_extract())


def test_there_are_enough_that_choosing_matters(found):
    assert len(found) >= 150
    assert len({one.osm_id for one in found}) == len(found)


def test_they_have_names_addresses_and_places_in_helsinki(found):
    for one in found:
        assert one.name
        assert one.street
        assert one.house_no
        assert 60.1 < one.place.lat < 60.2
        assert 24.9 < one.place.lon < 25.0


def test_many_say_when_they_are_open(found):
    assert sum(bool(one.opening_hours) for one in found) > 200


def test_they_come_in_the_same_order_every_time(found):
    assert found == businesses(bundled_extract())


def test_homes_are_addresses_without_a_business(found):
    addresses = {f"{one.street} {one.house_no}" for one in found}
    spots = homes(bundled_extract())
    assert spots
    assert any(address not in addresses for _place, address in spots)

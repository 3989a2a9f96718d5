from types import SimpleNamespace

import pytest

from route_app.errors import Unavailable
from route_app.pins.geocoding import REASONS, locate, query_of

ADDRESS = {"street": "Main Street", "house_no": "4", "city": "Smalltown", "country": "FI"}


class Knows:
    def __init__(self, quality="exact"):
        self.raw = {"quality": quality, "source": "local"}
        self.asked = []

    def geocode(self, query):
        self.asked.append(query)
        return SimpleNamespace(latitude=62.0, longitude=25.0, raw=self.raw)


class KnowsNothing:
    def geocode(self, query):
        return None


class Broken:
    def geocode(self, query):
        raise Unavailable("The service cannot be reached.")


def test_an_address_becomes_a_pin_with_its_quality():
    knows = Knows()
    answer = locate(ADDRESS, knows)
    assert (answer.lat, answer.lon, answer.quality) == (62.0, 25.0, "exact")
    assert knows.asked == [{"street": "Main Street 4", "city": "Smalltown", "country": "FI"}]


@pytest.mark.parametrize(
    ("geocoder", "address", "reason"),
    [
        (Knows(), {"country": "FI"}, "no_address"),
        (None, ADDRESS, "no_address_book"),
        (Knows(), {"street": "PO Box 7", "city": "Aby"}, "po_box"),
        (KnowsNothing(), ADDRESS, "not_found"),
        (Broken(), ADDRESS, "unreachable"),
        (Knows("town"), ADDRESS, "only_town"),
    ],
)
def test_an_address_without_a_pin_has_a_reason_that_can_be_explained(geocoder, address, reason):
    answer = locate(address, geocoder)
    assert (answer.lat, answer.quality) == (None, reason)
    assert all(sentence for sentence in REASONS[reason])


@pytest.mark.parametrize(
    ("geocoder", "address", "wants_more"),
    [
        (Knows("nearest"), ADDRESS, False),
        (Knows("street"), ADDRESS, True),
        (Knows("town"), ADDRESS, True),
        (Broken(), ADDRESS, True),
        (KnowsNothing(), ADDRESS, False),
        (Broken(), {"country": "FI"}, False),
    ],
)
def test_it_is_told_whether_somebody_else_may_know_better(geocoder, address, wants_more):
    assert locate(address, geocoder).wants_more is wants_more


def test_empty_parts_are_not_asked_for():
    assert query_of({"street": "", "city": "Oulu", "postcode": ""}) == {"city": "Oulu"}


def test_the_number_stands_where_the_country_writes_it():
    address = {"street": "Main Street", "house_no": "4", "country": "US"}
    assert query_of(address)["street"] == "4 Main Street"
    assert query_of(address | {"country": "FI"})["street"] == "Main Street 4"
    assert query_of(address | {"country": ""})["street"] == "Main Street 4"


def test_the_reason_and_what_could_not_be_asked_stay_with_the_answer():
    knows = Knows("street")
    knows.raw |= {"reason": "Only the street.", "notes": ["photon could not be asked."]}
    assert locate(ADDRESS, knows).reason == "Only the street. photon could not be asked."
    assert locate(ADDRESS, Broken()).reason == "The service cannot be reached."

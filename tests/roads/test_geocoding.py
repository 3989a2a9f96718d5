"""Address books and services in the order that is set, end to end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from route_app.errors import InvalidInput, Unavailable
from route_app.roads.address_books import AddressBooks, Book
from route_app.roads.backends import GeocoderSettings
from route_app.roads.geocode_store import FILE_NAME
from route_app.roads.geocoder import LocalGeocoder
from route_app.roads.geocoding import asks_services, open_chain, settings_of
from tests.roads import little_town
from tests.roads.geocoding_server import GeocodingServer, running


@pytest.fixture
def server() -> Iterator[GeocodingServer]:
    with running() as found:
        yield found


@pytest.fixture
def books(tmp_path: Path) -> Iterator[AddressBooks]:
    geocoder = LocalGeocoder(little_town.build(tmp_path))
    yield AddressBooks([Book("little", geocoder)])
    geocoder.close()


def told(server: GeocodingServer, order: str = "local, photon, nominatim") -> GeocoderSettings:
    options = {"url": server.url, "min_seconds": 0, "timeout": 1}
    names = [name.strip() for name in order.split(",") if name.strip() != "local"]
    return GeocoderSettings(order=order, options=json.dumps(dict.fromkeys(names, options)))


def test_what_is_in_the_book_leaves_the_machine_alone(
    books: AddressBooks, server: GeocodingServer, tmp_path: Path
) -> None:
    chain = open_chain(books, told(server), tmp_path, patience_s=5)
    assert chain is not None
    found = chain.geocode("Oak Street 2")
    assert found is not None
    assert (found.raw["source"], found.raw["quality"]) == ("local", "exact")
    assert server.asked == []


def test_the_next_is_asked_for_what_the_book_does_not_know(
    books: AddressBooks, server: GeocodingServer, tmp_path: Path
) -> None:
    chain = open_chain(books, told(server), tmp_path, patience_s=5)
    assert chain is not None
    found = chain.geocode("Far Road 10")
    assert found is not None
    assert found.raw["source"] == "photon"
    assert len(server.asked) == 1


def test_a_street_alone_makes_the_services_be_asked_and_stays_if_they_fail(
    books: AddressBooks, server: GeocodingServer, tmp_path: Path
) -> None:
    chain = open_chain(books, told(server, "local, photon"), tmp_path, patience_s=5)
    assert chain is not None
    found = chain.geocode("Garbage Street 99, Beby")
    assert found is not None
    assert found.raw["quality"] == "town"
    assert found.raw["notes"] == ["photon could not be asked: its answer cannot be read."]


def test_an_error_is_no_not_found(
    books: AddressBooks, server: GeocodingServer, tmp_path: Path
) -> None:
    chain = open_chain(books, told(server), tmp_path, patience_s=5)
    assert chain is not None
    with pytest.raises(Unavailable, match=r"photon could .* nominatim could .*Set the pin"):
        chain.geocode("Garbage Street 1")
    assert chain.geocode("Missing Lane 1") is None


def test_the_order_may_put_a_service_first(
    books: AddressBooks, server: GeocodingServer, tmp_path: Path
) -> None:
    chain = open_chain(books, told(server, "nominatim, local"), tmp_path, patience_s=5)
    assert chain is not None
    found = chain.geocode("Far Oak Street 10")
    assert found is not None
    assert found.raw["source"] == "nominatim"


def test_without_a_book_and_without_a_service_there_is_nobody(tmp_path: Path) -> None:
    nothing = AddressBooks([])
    assert open_chain(nothing, GeocoderSettings(), tmp_path, patience_s=5) is None
    assert not (tmp_path / FILE_NAME).exists()
    assert not asks_services(GeocoderSettings())


def test_settings_come_from_a_handlers_options(server: GeocodingServer) -> None:
    assert settings_of({}) == GeocoderSettings()
    found = settings_of({"geocoders": "local", "geocoder_url": server.url})
    assert (found.order, found.url, found.user_agent) == ("local", server.url, "fieldbeat")
    assert asks_services(settings_of({"geocoder_url": server.url}))
    with pytest.raises(InvalidInput):
        asks_services(settings_of({"geocoders": "nobody"}))

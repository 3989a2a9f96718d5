"""One opened book: readings of a line in order, lines written in the order of the place."""

import sqlite3
from collections.abc import Iterator

import pytest

from route_app.lib.geo import LatLon
from route_app.roads.address_book import AddressBook
from tests.roads import little_town


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AddressBook]:
    connection = sqlite3.connect(little_town.build(tmp_path_factory.mktemp("town")))
    yield AddressBook(connection)
    connection.close()


def test_a_pin_is_written_in_the_order_of_the_place(book: AddressBook) -> None:
    pin = book.find("Oak Street 2")
    assert pin is not None
    assert book.line(pin) == "2 Oak Street, 1000 Aby"


def test_a_name_and_an_address_in_one_line_give_the_address(book: AddressBook) -> None:
    pin = book.find("Some Company Ltd, 2 Oak Street, Aby")
    assert pin is not None
    assert (pin.quality, pin.number) == ("exact", "2")


def test_a_street_reading_counts_more_than_a_town(book: AddressBook) -> None:
    pin = book.find("Oak Street, Aby")
    assert pin is not None
    assert pin.quality == "street"


def test_the_nearest_door_is_found_in_two_steps(book: AddressBook) -> None:
    at, away = book.nearest(LatLon(50.0002, 10.0002)), book.nearest(LatLon(50.0002, 10.0030))
    assert at is not None
    assert away is not None
    assert (at.quality, away.quality) == ("exact", "nearest")

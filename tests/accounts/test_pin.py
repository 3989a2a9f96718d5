"""Which address a pin was placed for, and what is put back after a move."""

from types import SimpleNamespace

import pytest

from route_app.accounts.pin import (
    NO_PIN,
    PIN,
    address_changed,
    address_of,
    before_move,
    put_back,
    rank,
)

ADDRESS = {"street": "Oak  Street", "house_no": "4", "postcode": "", "city": "Aby", "state": "",
           "country": "FI"}  # fmt: skip


def account(**values):
    return SimpleNamespace(**ADDRESS | dict(NO_PIN) | values)


def test_an_address_is_one_line_without_gaps():
    assert address_of(ADDRESS) == "Oak Street 4 Aby FI"
    assert address_of(account()) == "Oak Street 4 Aby FI"
    assert address_of({"street": None}) == ""


@pytest.mark.parametrize(
    ("source", "placed_for", "changed"),
    [
        ("manual", "Elm Street 1 Aby FI", True),
        ("given", "Elm Street 1 Aby FI", True),
        ("geocoded", "Elm Street 1 Aby FI", False),
        ("manual", "OAK street 4 aby fi", False),
        ("manual", "", False),  # not known: it was placed before this was kept
    ],
)
def test_a_fixed_pin_may_be_for_another_address(source, placed_for, changed):
    assert address_changed(account(pin_source=source, pin_address=placed_for)) is changed


def test_what_was_there_before_a_move_can_be_put_back():
    before = {"lat": 1.5, "lon": 2.5, "pin_source": "geocoded", "pin_quality": "exact",
              "pin_reason": "So.", "pin_address": ""}  # fmt: skip
    there = account(**before)
    assert put_back(before_move(there), there) == before
    assert set(put_back(before_move(account()), account())) == set(PIN)
    assert put_back("", account())["lat"] is None


def test_a_pin_looked_up_for_another_address_is_not_put_back():
    kept = before_move(account(lat=1.5, lon=2.5, pin_source="geocoded", pin_quality="exact"))
    moved = account(lat=3.5, lon=2.5, pin_source="manual")
    assert put_back(kept, moved)["lat"] == 1.5
    moved.street = "OAK street"
    assert put_back(kept, moved)["lat"] == 1.5
    moved.street = "Elm Street"
    assert put_back(kept, moved) == NO_PIN


def test_a_pin_placed_by_hand_is_put_back_for_the_address_it_was_placed_for():
    placed = account(lat=1.5, lon=2.5, pin_source="manual", pin_address="Elm Street 1")
    assert put_back(before_move(placed), placed)["pin_address"] == "Elm Street 1"


def test_qualities_have_a_rank():
    assert rank("") < rank("found") < rank("street") < rank("nearest") < rank("exact")

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from route_app.accounts.columns import Choice
from route_app.accounts.reading import Area, Around, read_row
from route_app.lib.tabular import Row

TOWN = Area(south=61.9, west=24.9, north=62.1, east=25.2)
AROUND = Around(
    country="FI",
    zone=ZoneInfo("Europe/Helsinki"),
    today=date(2026, 11, 22),
    owners={"alice@smalltown.example": "id-alice", "alice north": "id-alice", "jo smith": None},
    areas=(TOWN,),
    hours_problem=lambda text: "" if text[:2] in ("Mo", "24") else "cannot be read",
)


def _read(around=AROUND, **cells):
    cells = {"name": "Shop"} | cells
    choices = [Choice(field.title(), field) for field in cells]
    return read_row(Row(2, tuple(cells.values())), choices, around)


def test_a_full_row_becomes_values():
    reading = _read(
        external_id="A-1", street="Main Street", postcode="00100", lat="62,0", lon="25,0",
        tier="b", target_days="2 weeks", service_min="25", potential="1 200,50",
        owner="Alice North", email="shop@shop.example", phone="040 123",
        last_visit="5.11.2026", status="Kunde",
    )  # fmt: skip
    assert reading.problems == []
    assert reading.warnings == []
    assert reading.values == {
        "name": "Shop", "external_id": "A-1", "street": "Main Street", "postcode": "00100",
        "lat": 62.0, "lon": 25.0, "tier": "B", "target_days": 14, "service_s": 1500,
        "potential": 1200.5, "owner_id": "id-alice", "email": "shop@shop.example",
        "phone": "040 123", "last_visited_at": "2026-11-05T10:00:00+00:00", "status": "customer",
    }  # fmt: skip


def test_an_empty_cell_says_nothing():
    assert _read(city="", tier=" ", phone="-").values == {"name": "Shop", "phone": "-"}


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "The name is empty"),
        ("name", "x" * 201, "Name is longer than 200 characters"),
        ("tier", "E", "“E” is not a tier"),
        ("email", "not an address", "is not an e-mail"),
        ("potential", "lots", "is not a number"),
        ("target_days", "often", "is not a rhythm"),
        ("service_min", "900", "720 minutes"),
        ("last_visit", "1.1.2030", "in the future"),
        ("first_due_on", "soon", "is not a date"),
        ("owner", "zoe@nowhere.example", "is no active rep"),
        ("owner", "Jo Smith", "two people are called"),
        ("earliest_pct", "170", "whole number from 0 to 100"),
        ("coordinates", "somewhere", "is not two numbers"),
    ],
)
def test_a_value_that_cannot_be_used_refuses_the_row(field, text, words):
    assert any(words in problem for problem in _read(**{field: text}).problems)


def test_every_problem_of_a_row_is_told_at_once():
    assert len(_read(tier="X", email="y", potential="z").problems) == 3


def test_a_row_with_more_cells_than_the_header_is_refused():
    reading = read_row(Row(2, ("Shop", "Main", "Street 4")), [Choice("Name", "name")], AROUND)
    assert "3 cells and the header 1" in reading.problems[0]


def test_swapped_coordinates_are_exchanged_and_said():
    reading = _read(lat="25.0", lon="62.0")
    assert (reading.values["lat"], reading.values["lon"]) == (62.0, 25.0)
    assert "swapped" in reading.warnings[0]


def test_a_latitude_no_globe_has_is_swapped_even_without_a_network():
    around = Around(country="US", zone=AROUND.zone, today=AROUND.today)
    reading = _read(around, lat="-118.2", lon="34.0")
    assert (reading.values["lat"], reading.values["lon"]) == (34.0, -118.2)


def test_a_pin_far_from_every_network_is_kept_with_a_warning():
    reading = _read(lat="48.1", lon="11.5")
    assert reading.values["lat"] == 48.1
    assert "outside every road network" in reading.warnings[0]


def test_zero_zero_is_no_place():
    reading = _read(lat="0", lon="0.0")
    assert "lat" not in reading.values
    assert "open sea" in reading.warnings[0]


def test_half_a_coordinate_is_left_out_with_a_warning():
    reading = _read(lat="62.0", lon="")
    assert "lat" not in reading.values
    assert len(reading.warnings) == 1


@pytest.mark.parametrize("pair", ["62.01, 25.02", "62.01;25.02", "(62.01 25.02)", "62.01,25.02"])
def test_both_coordinates_may_stand_in_one_cell(pair):
    values = _read(coordinates=pair).values
    assert (values["lat"], values["lon"]) == (62.01, 25.02)


def test_hours_that_cannot_be_read_are_kept_with_a_warning():
    reading = _read(opening_hours="when the sun shines")
    assert reading.values["opening_hours"] == "when the sun shines"
    assert reading.problems == []
    assert "kept as given" in reading.warnings[0]


def test_hours_by_weekday_become_one_text():
    values = _read(hours_mo="09:00-17:00", hours_sa="closed", hours_su="Suljettu").values
    assert values["opening_hours"] == "Mo 09:00-17:00; Sa off; Su off"


def test_a_country_nobody_knows_is_left_out_with_a_warning():
    reading = _read(country="Atlantis")
    assert "country" not in reading.values
    assert "Atlantis" in reading.warnings[0]


def test_an_address_in_one_line_is_taken_apart_only_where_nothing_else_tells():
    alone = _read(address="Main Street 4, 00100 Smalltown").values
    assert (alone["street"], alone["postcode"]) == ("Main Street 4", "00100")
    beside = _read(address="Main Street 4, 2nd floor", city="Oulu").values
    assert (beside["street"], beside["city"]) == ("Main Street 4, 2nd floor", "Oulu")

"""Addresses read the way people and mappers write them."""

from dataclasses import replace

import pytest

from route_app.roads.addresses import (
    Query,
    address_line,
    crossing_of,
    from_fields,
    from_text,
    is_po_box,
    number_comes_first,
    split_number,
)

TOWNS = {"san francisco", "vaduz", "helsinki"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 High Street", ("High Street", "12")),
        ("High Street 12", ("High Street", "12")),
        ("High Street 12 b", ("High Street", "12b")),
        ("High Street 12-14", ("High Street", "12-14")),
        ("High Street 12/3", ("High Street", "12/3")),
        ("Rue Neuve 12 bis", ("Rue Neuve", "12 bis")),
        ("12 bis Rue Neuve", ("Rue Neuve", "12 bis")),
        ("12;14 High Street", ("High Street", "12;14")),
        ("212-34 Jamaica Ave", ("Jamaica Ave", "212-34")),
        ("Rua Augusta n° 12", ("Rua Augusta", "12")),
        ("Rua Augusta No. 12", ("Rua Augusta", "12")),
        ("1 1/2 Mill Lane", ("Mill Lane", "1 1/2")),
        ("5th Street", ("5th Street", "")),
        ("17 de Julio 123", ("17 de Julio", "123")),
        ("High Street", ("High Street", "")),
        ("12", ("12", "")),
    ],
)
def test_the_number_may_stand_before_or_after_the_street(text: str, parts: tuple[str, str]) -> None:
    assert split_number(text) == parts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Städtle 4, 9490 Vaduz", Query("Städtle", "4", "Vaduz", "9490")),
        ("Städtle 4 Vaduz", Query("Städtle", "4", "Vaduz", "")),
        ("Keskuskatu 5 Helsinki 00100", Query("Keskuskatu", "5", "Helsinki", "00100")),
        ("Keskuskatu 5 00100 Helsinki", Query("Keskuskatu", "5", "Helsinki", "00100")),
        (
            "201 mission st san francisco ca 94105",
            Query("mission st", "201", "san francisco", "94105"),
        ),
        ("500 Howard St Suite 300", Query("Howard St", "500", "", "")),
        ("Keskuskatu 5, Floor 3, 00100 Helsinki", Query("Keskuskatu", "5", "Helsinki", "00100")),
        (
            "Acme Ltd, Keskuskatu 5, Helsinki",
            Query("Keskuskatu", "5", "Helsinki", "", name="Acme Ltd"),
        ),
    ],
)
def test_a_line_is_taken_apart(text: str, wanted: Query) -> None:
    assert replace(from_text(text, towns=TOWNS)[0], others=()) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Suite 200, 12 High Street",
        "12 High Street, Suite 200",
        "12 High Street Suite 200",
        "12 High Street #5",
        "12 High Street Suite 200 Vaduz",
        "#5 12 High Street",
        "12 High Street, Floor 3",
        "12 High Street, 3rd floor",
        "12 High Street Apt. 4B",
        "12 High Street, Unit 7, Building C",
        "12 High Street, ground floor",
        "12 High Street, P.O. Box 123",
        "12 High Street (rear entrance)",
        "12, High Street",
        "High Street, 12",
        "High Street No. 12",
        "c/o Smith, 12 High Street",
    ],
)
def test_what_is_no_address_is_left_out(text: str) -> None:
    query = from_text(text, towns=TOWNS)[0]
    assert (query.street, query.number) == ("High Street", "12")


def test_a_comma_between_numbers_is_no_end_of_a_part() -> None:
    assert from_text("12, 14 High Street", towns=TOWNS)[0].number == "12;14"
    assert from_text("High Street 12, 14, Vaduz", towns=TOWNS)[0].number == "12;14"


@pytest.mark.parametrize(
    ("text", "postcode", "city"),
    [
        ("59 Smiths Lane, Fakenham, Norfolk, NR21 8LQ", "NR21 8LQ", "Fakenham"),
        ("12 Main St, Vancouver, BC V6B 1A1", "V6B 1A1", "Vancouver"),
        ("Damrak 1, 1012 LG Amsterdam", "1012 LG", "Amsterdam"),
        ("Rua Augusta 5, 1100-048 Lisboa", "1100-048", "Lisboa"),
        ("Storgatan 5, 111 22 Stockholm", "111 22", "Stockholm"),
        ("509 South Street, Bow, 03304", "03304", "Bow"),
        ("C/O 200 Holly Dell Drive, Sewell, 08080", "08080", "Sewell"),
        ("12 Market St, California", "", ""),
        ("12 Market St, United States", "", ""),
        ("12 Market St, Germany", "", ""),
        ("23 COMMON ST., PETERSHAM, 01366", "01366", "PETERSHAM"),
        ("12 Market St, Financial District, San Francisco, CA 94105", "94105", "San Francisco"),
    ],
)
def test_postcodes_of_many_countries_are_read(text: str, postcode: str, city: str) -> None:
    query = from_text(text, towns=TOWNS)[0]
    assert (query.postcode, query.city) == (postcode, city)


def test_a_street_that_is_called_like_a_town_is_not_cut_off() -> None:
    query = from_text("19 Triq Vaduz, Helsinki", towns=TOWNS)[0]
    assert (query.street, query.number, query.city) == ("Triq Vaduz", "19", "Helsinki")


@pytest.mark.parametrize(
    "text", ["PO Box 12", "P.O. Box 1234", "Postfach 12 34", "Apartado de Correos 7", "PL 12"]
)
def test_a_box_at_the_post_office_is_no_place(text: str) -> None:
    assert is_po_box(text)


@pytest.mark.parametrize(
    "text",
    ["P.O. Box 123, San Francisco", "PO Box 123, San Francisco, CA 94103", "PO Box 9, Hartford CT",
     "PO Box 123 San Francisco", "Postfach 12, 8000 Zürich", "Postilokero 12, 00101 Helsinki",
     "PO Box 5, St. Julians", "Vaduz, PO Box 5", "PO Box 12\nHelsinki\nFinland"],
)  # fmt: skip
def test_a_box_with_its_town_is_no_place_either(text: str) -> None:
    assert is_po_box(text)


@pytest.mark.parametrize(
    "text",
    ["12 Box Street", "Boxgrove Road 5", "1 High St, PO Box 3", "", "PO Box 3, 1 High St, Vaduz",
     "PO Box 3, High Street, Vaduz", "PO Box 3, Rua Direita, Porto", "Pl. 5 de Outubro, Porto",
     "PO Box 3 1 High St", "Postilokero 12, Bulevardi 6, Helsinki"],
)  # fmt: skip
def test_what_holds_a_street_is_no_box(text: str) -> None:
    assert not is_po_box(text)


def test_a_street_may_be_called_by_a_number() -> None:
    readings = [(one.street, one.number) for one in from_text("Rua 23, Vaduz", towns=TOWNS)]
    assert readings == [("Rua 23", ""), ("Rua", "23")]


@pytest.mark.parametrize(
    "text",
    ["Market St & 5th St", "Market St and 5th St", "corner of Market St and 5th St",
     "Market St / 5th St", "Market St @ 5th St", "Market St at 5th St"],
)  # fmt: skip
def test_two_streets_name_a_crossing(text: str) -> None:
    assert crossing_of(text) == ("Market St", "5th St")


@pytest.mark.parametrize("text", ["Market St", "A & B & C", "", "&"])
def test_one_street_or_three_are_no_crossing(text: str) -> None:
    assert crossing_of(text) is None


@pytest.mark.parametrize("text", ["", " , ", ",,,"])
def test_a_line_without_words_has_no_reading(text: str) -> None:
    assert from_text(text, towns=TOWNS) == []


def test_fields_are_read_by_the_names_other_backends_use() -> None:
    wanted = Query("High St", "5", "Aby", "1000")
    assert from_fields({"street": "5 High St", "city": "Aby", "postalcode": "1000"}) == wanted
    given = {"street": "High St", "housenumber": "5", "town": "Aby", "postcode": "1000"}
    assert from_fields(given) == wanted


def test_the_order_of_street_and_number_is_that_of_the_place() -> None:
    assert number_comes_first(["Mission Street", "Howard Street", "Embarcadero"])
    assert number_comes_first(["Rue Neuve", "Rue de la Paix"])
    assert not number_comes_first(["Keskuskatu", "Landstrasse"])
    assert not number_comes_first([])
    assert number_comes_first([], "US")
    assert not number_comes_first(["High Street"], "DE")
    assert address_line("High Street", "5", number_first=True) == "5 High Street"
    assert address_line("Keskuskatu", "5", number_first=False) == "Keskuskatu 5"


def test_what_follows_an_address_is_no_street() -> None:
    streets = [q.street for q in from_text("5 High Street, Oakland, Mill Lane", towns=TOWNS)]
    assert streets == ["High Street", "5 High Street", "Mill Lane"]

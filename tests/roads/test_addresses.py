"""Addresses read the way people and mappers write them."""

import pytest

from route_app.roads.addresses import (
    Query,
    address_line,
    from_fields,
    from_text,
    house_numbers,
    normal,
    number_comes_first,
    split_number,
    telling_words,
)

TOWNS = {"san francisco", "vaduz", "helsinki"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mission Street", "mission st."),
        ("Rue de la Liberté", "RUE DE LA LIBERTE"),
        ("Hauptstraße", "Hauptstrasse"),
        ("O'Farrell Street", "O’Farrell St"),
        ("North First Avenue", "n 1st ave"),
    ],
)
def test_two_spellings_of_a_name_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_words_that_any_street_has_do_not_tell_it_from_others() -> None:
    assert telling_words("mission st") == {"mission"}
    assert telling_words("5th ave") == {"5th"}
    assert telling_words("ave") == {"ave"}


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("5", [(5, "")]),
        ("12B", [(12, "b")]),
        ("3 B", [(3, "b")]),
        ("12;14", [(12, ""), (14, "")]),
        ("1825, 1827", [(1825, ""), (1827, "")]),
        ("68a;68b", [(68, "a"), (68, "b")]),
        ("3-7", [(3, ""), (5, ""), (7, "")]),
        ("86 -88", [(86, ""), (88, "")]),
        ("456-456A", [(456, "")]),
        ("212-34", [(212, "")]),
        ("101-1401", [(1401, "")]),
        ("244/245", [(244, ""), (245, "")]),
        ("60/2", [(60, "")]),
        ("4, 5. krs. / Floor 5", [(4, "")]),
        ("13 A, 5. krs./Floor 5", [(13, "a")]),
        ("Suite 110, 1333", [(1333, "")]),
        ("#110 532", [(532, "")]),
        ("4 1855", [(1855, "")]),
        ("11 B 9", [(11, "b")]),
        ("Keskuskatu 5", [(5, "")]),
        ("Techpoint", []),
        ("", []),
    ],
)
def test_a_mapped_number_is_read(text: str, doors: list[tuple[int, str]]) -> None:
    assert [(door.number, door.letter) for door in house_numbers(text)] == doors


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 High Street", ("High Street", "12")),
        ("High Street 12", ("High Street", "12")),
        ("High Street 12 b", ("High Street", "12b")),
        ("High Street 12-14", ("High Street", "12-14")),
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
    assert from_text(text, towns=TOWNS)[0] == wanted


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
    assert address_line("High Street", "5", number_first=True) == "5 High Street"
    assert address_line("Keskuskatu", "5", number_first=False) == "Keskuskatu 5"

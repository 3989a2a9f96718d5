from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.accounts import cells

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1234.5", 1234.5), ("1234,5", 1234.5), ("1 234,50", 1234.5), ("1.234,50", 1234.5),
     ("1,234.50", 1234.5), ("€ 1,200", 1200), ("-3", -3), ("1.234.567", 1234567), ("0,5", 0.5)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    assert cells.number(text) == value


@pytest.mark.parametrize("text", ["abc", "1;2", "nan", "inf", ""])
def test_what_is_no_number_says_so(text):
    with pytest.raises(ValueError, match="is not a number"):
        cells.number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_out_in_full_is_read_back(value):
    assert cells.number(repr(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("60,1699", 60.1699), ("60.1699° N", 60.1699), ("33.9 S", -33.9), ("-72.5", -72.5),
     ("60°10'12\"N", 60.17), ("70°30'36\" W", -70.51)],
)  # fmt: skip
def test_degrees_are_read_in_every_usual_form(text, value):
    assert cells.degrees(text, most=180) == pytest.approx(value)


@pytest.mark.parametrize("text", ["95", "-90.1", "1e9", "north", "nan"])
def test_degrees_off_the_globe_are_refused(text):
    with pytest.raises(ValueError, match="degrees"):
        cells.degrees(text, most=90)


@pytest.mark.parametrize(
    ("text", "value"),
    [("14", 14), ("2 weeks", 14), ("every 3 days", 3), ("3 vk", 21), ("Monthly", 30), ("28.0", 28),
     ("2 Wochen", 14), ("1 kk", 30)],
)  # fmt: skip
def test_rhythms_are_read_in_days(text, value):
    assert cells.days(text) == value


@pytest.mark.parametrize("text", ["often", "0", "1000", "-7", "2 fortnights of rain"])
def test_a_rhythm_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"rhythm|730"):
        cells.days(text)


@pytest.mark.parametrize(
    ("text", "value"), [("30", 1800), ("30 min", 1800), ("0:45", 2700), ("1 h", 3600), ("1,5", 90)]
)
def test_a_visits_length_is_read(text, value):
    assert cells.service_s(text) == value


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("2026-11-05", "FI", date(2026, 11, 5)),
        ("5.11.2026", "FI", date(2026, 11, 5)),
        ("05/11/2026", "GB", date(2026, 11, 5)),
        ("11/05/2026", "US", date(2026, 11, 5)),
        ("11/25/2026", "GB", date(2026, 11, 25)),
        ("25/11/2026", "US", date(2026, 11, 25)),
        ("46331", "FI", date(2026, 11, 5)),
        ("46331.5", "FI", date(2026, 11, 5)),
        ("2026-11-05 00:00:00", "FI", date(2026, 11, 5)),
    ],
)
def test_dates_are_read_as_written_in_the_country(text, country, value):
    assert cells.day(text, country=country) == value


@pytest.mark.parametrize("text", ["yesterday", "31.2.2026", "2026-13-40", "12345678"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is not a date"):
        cells.day(text)


def test_a_date_alone_means_its_noon_where_the_company_is():
    assert cells.instant("5.11.2026", country="FI", zone=HELSINKI) == datetime(
        2026, 11, 5, 10, tzinfo=UTC
    )
    assert cells.instant("2026-11-05T08:30:00+00:00", country="", zone=HELSINKI) == datetime(
        2026, 11, 5, 8, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "code"), [("fi", "FI"), ("Suomi", "FI"), ("UK", "GB"), ("Deutschland", "DE")]
)
def test_countries_become_two_letters(text, code):
    assert cells.country(text) == code


def test_words_that_mean_something_are_read():
    assert [cells.tier(text) for text in ("a", "Tier B")] == ["A", "B"]
    assert [cells.status(text) for text in ("Prospect", "asiakas", "lost")] == [
        "lead", "customer", "lost",
    ]  # fmt: skip
    assert [cells.yes(text) for text in ("Kyllä", "no", "1")] == [True, False, True]
    for read in (cells.tier, cells.status, cells.yes, cells.email, cells.country):
        with pytest.raises(ValueError, match="“perhaps not”"):
            read("perhaps not")


@pytest.mark.parametrize(
    ("text", "street", "postcode", "city"),
    [
        ("Hämeentie 3, 00530 Helsinki", "Hämeentie 3", "00530", "Helsinki"),
        ("25 MAIN RD, TOWN, 01331", "25 MAIN RD", "01331", "TOWN"),
        ("59 Smiths Lane, Fakenham, Norfolk, NR21 8LQ", "59 Smiths Lane", "NR21 8LQ", "Fakenham"),
        ("Just a street", "Just a street", None, None),
    ],
)
def test_an_address_in_one_line_is_taken_apart(text, street, postcode, city):
    parts = cells.split_address(text)
    assert (parts["street"], parts.get("postcode"), parts.get("city")) == (street, postcode, city)


def test_text_is_cleaned_of_what_cannot_be_seen():
    assert cells.clean(" A\x07 B\t\n C ") == "A B C"
    assert cells.clean("one \r\n two\rthree", lines=True) == "one\ntwo\nthree"

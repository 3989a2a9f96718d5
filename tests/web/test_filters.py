from datetime import UTC, date, datetime

import pytest
import time_machine

from route_app.web import filters


@pytest.fixture(autouse=True)
def _in_a_request(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("metres", "units", "text"),
    [
        (None, "km", ""),
        (0, "km", "0 m"),
        (846, "km", "850 m"),
        (994, "km", "990 m"),
        (996, "km", "1.0 km"),
        (12_449, "km", "12.4 km"),
        (1_234_567, "km", "1,235 km"),
        (1_609.344, "mi", "1.0 mi"),
        (402.336, "mi", "0.2 mi"),
    ],
)
def test_distances_are_in_the_readers_units(metres, units, text):
    assert filters.distance(metres, units) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (29, "0 min"), (2_700, "45 min"), (3_600, "1 h"), (3_900, "1 h 05 min")],
)
def test_spans_are_in_hours_and_minutes(seconds, text):
    assert filters.duration(seconds) == text


def test_seconds_after_midnight_are_a_time_of_day():
    assert filters.local_clock(30_600) == "08:30"
    assert filters.local_clock(86_400 + 60) == "00:01"
    assert filters.local_clock(None) == ""


@time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC))
def test_days_carry_their_year_only_when_it_is_another():
    assert filters.day(date(2026, 1, 5)) == "Mon 5 Jan"
    assert filters.day(date(2025, 1, 6)) == "Mon 6 Jan 2025"
    assert filters.moment(datetime(2026, 1, 5, 14, 5, tzinfo=UTC)) == "Mon 5 Jan, 14:05"
    assert filters.clock(datetime(2026, 1, 5, 14, 5, tzinfo=UTC)) == "14:05"
    assert filters.day(None) == filters.moment(None) == filters.clock(None) == ""


def test_amounts_have_cents_only_when_there_are_some():
    assert filters.money(1250) == "EUR 1,250"
    assert filters.money(12.5, "USD") == "USD 12.50"
    assert filters.money(None) == ""


def test_initials_stand_for_a_name():
    assert [filters.initials(name) for name in ("Ann", "ann b. smith", "")] == ["A", "AS", "?"]


def test_a_count_takes_its_word():
    assert filters.plural(1, "visit") == "1 visit"
    assert filters.plural(1_200, "visit") == "1,200 visits"
    assert filters.plural(0, "day", "days off") == "0 days off"


def test_an_unknown_device_is_another_one():
    assert filters.device_name("curl/8") == "Another device"
    assert filters.device_name("Mozilla/5.0 (X11; Linux) Firefox/153") == "Firefox on Linux"


def test_every_status_has_a_headline():
    assert filters.title_for(404) == "Nothing here"
    assert filters.title_for(418) == "Something went wrong"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (45, "45 s"), (452, "7 min 32 s"), (480, "8 min 0 s"), (59.6, "1 min 0 s"),
     (3_599.6, "1 h"), (3_600, "1 h"), (3_900, "1 h 05 min")],
)  # fmt: skip
def test_a_span_with_its_seconds(seconds, text):
    assert filters.duration_s(seconds) == text

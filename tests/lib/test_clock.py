from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.lib.clock import (
    clock_text,
    day_bounds,
    duration_text,
    instant,
    local_day,
    second_of,
    zone,
)

BERLIN = zone("Europe/Berlin")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_half_past_eight_is_the_same_second_on_every_day():
    for day, hour in ((date(2026, 1, 5), 7), (SPRING, 6), (AUTUMN, 7)):
        at = instant(day, 30_600, zone=BERLIN)
        assert at == datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
        assert second_of(at, day, zone=BERLIN) == 30_600


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day, hours):
    opens, closes = day_bounds(day, zone=BERLIN)
    assert closes - opens == timedelta(hours=hours)


def test_a_time_the_clocks_skip_is_the_hour_after():
    at = instant(SPRING, 2 * 3600 + 1800, zone=BERLIN)
    assert second_of(at, SPRING, zone=BERLIN) == 3 * 3600 + 1800


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert instant(AUTUMN, 9_000, zone=BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_past_midnight_is_the_next_day():
    assert instant(date(2026, 6, 1), 93_600, zone=BERLIN) == datetime(2026, 6, 2, 0, tzinfo=UTC)
    before = datetime(2026, 5, 31, 21, tzinfo=UTC)
    assert second_of(before, date(2026, 6, 1), zone=BERLIN) == -3_600
    assert local_day(datetime(2026, 6, 1, 23, tzinfo=UTC), zone=BERLIN) == date(2026, 6, 2)


def test_it_refuses_a_naive_instant_and_an_unknown_zone():
    naive = datetime(2026, 6, 1)  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="without a time zone"):
        second_of(naive, date(2026, 6, 1), zone=BERLIN)
    for name in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="not a time zone"):
            zone(name)


@given(
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.integers(4 * 3600, 24 * 3600 - 1),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_there_and_back_is_the_same_second(day, second, name):
    there = instant(day, second, zone=zone(name))
    back = second_of(there, day, zone=zone(name))
    skipped = name == "Pacific/Apia" and day == date(2011, 12, 30)  # a day that never was
    assert back == second or skipped


@pytest.mark.parametrize(
    ("second", "text"), [(0, "00:00"), (30_600, "08:30"), (93_600, "02:00 (next day)")]
)
def test_it_tells_the_time(second, text):
    assert clock_text(second) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 min"), (1_500, "25 min"), (3_600, "1 h"), (7_500, "2 h 05 min")]
)
def test_it_tells_how_long(seconds, text):
    assert duration_text(seconds) == text

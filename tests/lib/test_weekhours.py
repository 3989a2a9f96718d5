"""weekhours.py and hourstext.py: opening hours as OpenStreetMap and as people write them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.lib.hourstext import tidied
from route_app.lib.timewindow import TimeWindow
from route_app.lib.weekhours import Certainty, is_public_holiday, read_hours

MONDAY, FRIDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 22)
CHRISTMAS = date(2026, 12, 25)  # a Friday


def on(text, day=MONDAY, country="FI"):
    return read_hours(text, country).on(day)


def hours(*pairs):
    return tuple(TimeWindow(round(a * 3600), round(b * 3600)) for a, b in pairs)


def test_it_reads_several_windows_a_day():
    text = "Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00"
    assert on(text).windows == hours((9, 12), (13, 17))
    assert on(text, SUNDAY).closed


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("9-20", "09:00-20:00"),
        ("Mon - Fri 11am - 11pm", "Mo-Fr 11:00-23:00"),
        ("Mo-Fr 09:00-17:00 Sa 10:00-12:00", "Mo-Fr 09:00-17:00; Sa 10:00-12:00"),
        ("Mo-Fr 10-18, Sa 10-14", "Mo-Fr 10:00-18:00; Sa 10:00-14:00"),
        ("Mo–Fr 8.30–17.00 Uhr", "Mo-Fr 08:30-17:00"),
        ("Mon, Wed, Fri 9am-12pm & 1:30pm-5pm; Sat closed",
         "Mo,We,Fr 09:00-12:00,13:30-17:00; Sa off"),
        ("Monday to Thursday: 9:00 - 17:00, Friday: 9:00 - 15:00",
         "Mo-Th 09:00-17:00; Fr 09:00-15:00"),
        ("Montag bis Freitag von 8 bis 12 und 13 bis 17 Uhr", "Mo-Fr 08:00-12:00,13:00-17:00"),
        ("daily 8 to 22", "Mo-Su 08:00-22:00"),
        ("9-5", "09:00-17:00"),
        ("12am-12pm", "00:00-12:00"),
        ("1-5pm", "13:00-17:00"),
        ("24 hours", "24/7"),
    ],
)  # fmt: skip
def test_it_reads_what_people_type(text, understood):
    assert read_hours(text).understood == understood


@pytest.mark.parametrize(
    "text",
    ["nonsense", "Mo-Fr 25-26", "9", "Mo-Fr 13pm-15pm", "9-20 except full moon", "x" * 2_000],
)
def test_text_it_cannot_read_says_so_and_counts_as_unknown(text):
    week = read_hours(text)
    assert week.on(MONDAY).certainty is Certainty.UNKNOWN
    assert not week.on(MONDAY).closed
    assert week.problem.endswith(".")
    assert len(week.problem) < 250


def test_no_text_is_unknown_without_a_complaint():
    assert on("   ").certainty is Certainty.UNKNOWN
    assert read_hours("").problem == ""


@pytest.mark.parametrize(
    "text", ['"by appointment"', "by appointment only", 'Mo-Fr 10:00-12:00 "on request"', "unknown"]
)
def test_by_appointment_means_ask(text):
    found = on(text)
    assert found.certainty is Certainty.ASK
    assert "ask there first" in found.sentence


def test_a_comment_about_something_else_changes_nothing():
    assert on('Mo-Fr 10:00-12:00 "ring twice"').windows == hours((10, 12))


def test_a_window_may_run_past_midnight():
    assert on("Fr 20:00-02:00", FRIDAY).windows == hours((20, 26))
    assert on("Fr 20:00-02:00", FRIDAY + timedelta(days=1)).windows == hours((0, 2))
    assert on("Mo-Su 18:00-02:00").windows == hours((0, 2), (18, 26))
    assert on("24/7").windows[0].start == 0


def test_public_holidays_are_those_of_the_country():
    text = "Mo-Fr 09:00-17:00; PH off"
    assert on(text, CHRISTMAS).closed
    assert on(text, CHRISTMAS, "XX").windows == hours((9, 17))
    assert on(text, date(2026, 12, 6), "FI").closed
    assert is_public_holiday(CHRISTMAS, "fi")
    assert not is_public_holiday(MONDAY, "FI")
    assert not is_public_holiday(CHRISTMAS, "")


def test_a_tidied_text_is_left_as_it_is():
    for text in ("Mo-Fr 09:00-17:00", "Mo,We 09:00-12:00,13:00-17:00; Sa off"):
        assert tidied(text) == text


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    found = read_hours(text).on(MONDAY)
    assert found.certainty in Certainty
    assert all(0 <= window.start <= window.end for window in found.windows)


def test_several_threads_may_read_at_once():
    days = [MONDAY + timedelta(days=n) for n in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda day: on("Mo-Fr 09:00-17:00; PH off", day).windows, days))
    assert found == [on("Mo-Fr 09:00-17:00; PH off", day).windows for day in days]

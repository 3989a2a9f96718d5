from datetime import date

from route_app.lib.timewindow import TimeWindow
from route_app.planning.workday import FALLBACK, workday
from tests.planning.worlds import H, window

MONDAY, SUNDAY, CHRISTMAS = date(2026, 11, 23), date(2026, 11, 22), date(2026, 12, 25)
LUNCH = (41_400, 48_600, 1_800)


def day(text="Mo-Fr 08:30-17:00", *, on=MONDAY, lunch=LUNCH):
    return workday(on, work_hours=text, country="FI", lunch=lunch)


def test_hours_and_a_lunch_that_lies_wholly_in_its_time():
    found = day()
    assert found.hours == window(8.5, 17)
    assert [(rule.window, rule.duration_s) for rule in found.breaks] == [
        (TimeWindow(41_400, 46_800), 1_800)
    ]


def test_a_day_off_says_why():
    found = day(on=SUNDAY)
    assert found.hours is None
    assert "leave this day off" in found.notes[0]


def test_a_public_holiday_is_off_unless_the_hours_speak_of_it():
    assert "public holiday" in day(on=CHRISTMAS).notes[0]
    assert day("Mo-Fr 08:30-17:00; PH 10:00-12:00", on=CHRISTMAS).hours == window(10, 12)


def test_a_gap_in_the_hours_is_a_block_and_takes_the_place_of_lunch():
    found = day("Mo-Fr 08:00-12:00,14:00-18:00")
    assert found.hours == window(8, 18)
    assert [(rule.label, rule.window.start, rule.duration_s) for rule in found.breaks] == [
        ("Off work", 12 * H, 2 * H)
    ]


def test_no_lunch_is_owed_on_a_day_without_noon():
    assert day("Mo-Fr 14:00-18:00").breaks == ()
    assert day(lunch=(0, 0, 0)).breaks == ()


def test_hours_nobody_can_read_are_assumed_with_a_note():
    found = day("whenever")
    assert found.hours == FALLBACK
    assert "cannot be read" in found.notes[0]
    assert "No working hours are set" in day("").notes[0]

"""What counts as a drive, what does not, and that each reason is told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from route_app.calibration.drives import Call, Dropped, Lunch, judge, observe
from route_app.lib.geo import LatLon
from route_app.roads.engine import UNREACHABLE

HELSINKI = ZoneInfo("Europe/Helsinki")
TEN = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 10:00 in Helsinki
HERE, THERE = LatLon(60.17, 24.94), LatLon(60.18, 24.95)


def call(id, minutes, *, lasts=20, place=HERE, **values):
    begin = TEN + timedelta(minutes=minutes)
    ended = None if lasts is None else begin + timedelta(minutes=lasts)
    return Call(id, place, "north", begin, ended, **values)


def second(*calls, zone=HELSINKI, lunch=None):
    """What lies before the second of two calls."""
    return observe(calls, zone=zone, lunch=lunch)[1]


def test_a_drive_goes_from_check_out_to_check_in():
    first, drive = observe([call("b", 30, place=THERE), call("a", 0)], zone=HELSINKI)
    assert (first.id, first.dropped) == ("a", Dropped.FIRST)
    assert (drive.from_id, drive.id, drive.actual_s) == ("a", "b", 600)
    assert drive.asks == (HERE, THERE)
    assert (drive.slot, drive.territory) == ("off_peak", "north")
    assert judge(drive, 500).predicted_s == 500
    assert judge(drive, 500).dropped is None


def test_the_slot_is_by_the_local_time_of_leaving():
    assert second(call("a", -90), call("b", -60)).slot == "peak"  # leaves at 8:50
    assert second(call("a", -90), call("b", -60), zone=ZoneInfo("UTC")).slot == "off_peak"


def test_the_day_is_the_local_one():
    late = call("a", 14 * 60 - 40)  # 23:20 to 23:40 in Helsinki
    after = call("b", 14 * 60 + 10)  # 00:10 of the next day there, 22:10 of the same in UTC
    assert second(late, after).dropped is Dropped.FIRST
    assert second(late, after, zone=ZoneInfo("UTC")).dropped is None


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (call("a", 0, lasts=None), call("b", 30), Dropped.NO_CHECK_OUT),
        (call("a", 0, lasts=40), call("b", 30), Dropped.OVERLAP),
        (call("a", 0, lasts=30), call("b", 30), Dropped.OVERLAP),
        (call("a", 0, away=True), call("b", 30), Dropped.AWAY),
        (call("a", 0), call("b", 30, away=True), Dropped.AWAY),
        (call("a", 0, place=None), call("b", 30), Dropped.NO_PIN),
        (call("a", 0), call("b", 30, place=None), Dropped.NO_PIN),
    ],
)
def test_what_tells_of_no_drive_is_never_asked_for(before, after, why):
    found = second(before, after)
    assert found.dropped is why
    assert found.asks is None
    assert judge(found, 600) == found


@pytest.mark.parametrize(
    ("minutes", "predicted_s", "why"),
    [
        (10, 89, Dropped.SHORT),
        (10, 90, None),
        (10, UNREACHABLE, Dropped.NO_ROAD),
        (4, 600, None),
        (3, 600, Dropped.FAST),
        (50, 600, None),
        (51, 600, Dropped.SLOW),
    ],
)
def test_a_drive_must_be_one_beside_its_prediction(minutes, predicted_s, why):
    drive = second(call("a", 0), call("b", 20 + minutes, place=THERE))
    assert judge(drive, predicted_s).dropped is why


def test_time_to_spare_in_the_lunch_hours_is_lunch():
    # leaves at 12:20 and takes forty minutes for ten
    noon, after = call("a", 120), call("b", 180, place=THERE)
    assert judge(second(noon, after), 600).dropped is Dropped.LUNCH
    assert judge(second(noon, after), 1_900).dropped is None  # no room for lunch beside the drive
    assert judge(second(noon, after, lunch=Lunch(lasts_s=0)), 600).dropped is None
    evening = Lunch(from_s=18 * 3600, to_s=19 * 3600)
    assert judge(second(noon, after, lunch=evening), 600).dropped is None


def test_a_long_slow_drive_at_noon_is_still_a_drive():
    drive = second(call("a", 90), call("b", 90 + 20 + 95, place=THERE))
    assert judge(drive, 3_600).dropped is None


def test_every_reason_has_its_sentence():
    assert all(why.sentence.endswith(".") for why in Dropped)

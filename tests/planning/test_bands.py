"""Bands of a day's arrivals: they widen along the day, and hold 80 of 100 simulated days."""

from random import Random

import pytest

from route_app.planning.bands import begin_bands, outward
from route_app.planning.stored import PlannedStop
from route_app.roads.calibrated import Z_80, Band, Correction

NOISE = 0.2
KNOWN = Correction(
    {"off_peak": 1.2},
    bands={"off_peak": Band(-Z_80 * NOISE, Z_80 * NOISE)},
    visits=Band(-Z_80 * NOISE, Z_80 * NOISE),
).told()


def stop(begin, *, drive=900, stay=1_500, wait=0, kind="visit", number=0):
    return PlannedStop(
        position=number, kind=kind, account_id="a", account_name="", lat=None, lon=None,
        appointment_id=None, commitment="", arrive_s=begin - wait, begin_s=begin,
        depart_s=begin + stay, drive_s=drive, drive_m=0, wait_s=wait, slack_s=0, prize=0,
        reasons=(), path=(),
    )  # fmt: skip


def day(count=6, **values):
    return [stop(30_600 + 900 + 2_400 * n, number=n, **values) for n in range(count)]


def widths(bands):
    return [high - low for low, high in bands]


def test_they_widen_along_the_day():
    stops = day()
    found = begin_bands(stops, [one.begin_s for one in stops], KNOWN)
    assert all(low < one.begin_s < high for one, (low, high) in zip(stops, found, strict=True))
    assert widths(found) == sorted(widths(found))
    assert found[0] == (stops[0].begin_s - 203, stops[0].begin_s + 263)


@pytest.mark.parametrize("seed", [1, 2])
def test_they_hold_eighty_of_a_hundred_simulated_days(seed):
    chance, stops = Random(seed), day()
    bands = begin_bands(stops, [one.begin_s for one in stops], KNOWN)
    inside = [0] * len(stops)
    for _ in range(2_000):
        at = 30_600.0
        for number, one in enumerate(stops):
            at += one.drive_s * chance.lognormvariate(0, NOISE)
            low, high = bands[number]
            inside[number] += low <= at <= high
            at += 1_500 * chance.lognormvariate(0, NOISE)
    assert all(0.75 <= count / 2_000 <= 0.85 for count in inside)


def test_waiting_takes_lateness_away():
    first, second = stop(32_000), stop(36_000, wait=1_200)
    _, (low, high) = begin_bands([first, second], [32_000, 36_000], KNOWN)
    assert low == 36_000  # nobody begins before the window opens
    assert high == 36_000
    late = begin_bands([first, second], [32_000, 36_500], KNOWN)[1]
    assert late[0] < 36_500 < late[1]  # the wait is used up


def test_what_lies_behind_has_none_and_what_comes_starts_anew():
    stops = day(3)
    whole = begin_bands(stops, [one.begin_s for one in stops], KNOWN)
    rest = begin_bands(stops, [None, None, stops[2].begin_s], KNOWN)
    assert rest[:2] == [None, None]
    assert widths(rest[2:])[0] < widths(whole)[2]


def test_a_break_has_none_and_changes_nothing_after_it():
    stops = day(3)
    pause = stop(stops[0].depart_s, drive=0, kind="break")
    plain = begin_bands(stops, [one.begin_s for one in stops], KNOWN)
    around = [stops[0], pause, *stops[1:]]
    paused = begin_bands(around, [one.begin_s for one in around], KNOWN)
    assert paused == [plain[0], None, *plain[1:]]


def test_a_plan_without_calibration_has_none():
    stops = day(2)
    assert begin_bands(stops, [1, 2], {}) == [None, None]


def test_the_ends_are_whole_five_minutes_outward():
    assert outward((36_001, 36_301)) == (36_000, 36_600)
    assert outward((36_000, 36_300)) == (36_000, 36_300)

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.activity.checkin import (
    Fix,
    Verification,
    clock_is_off,
    digest,
    sighting,
    true_instant,
)
from route_app.lib.geo import LatLon

SHOP = LatLon(60.17, 24.94)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
METRES_A_DEGREE = 111_195


def _north(metres):
    return LatLon(SHOP.lat + metres / METRES_A_DEGREE, SHOP.lon)


@pytest.mark.parametrize(
    ("metres", "accuracy", "expected"),
    [
        (0, 5, Verification.VERIFIED),
        (199, 0, Verification.VERIFIED),
        (201, 0, Verification.NEARBY),
        (300, 100.5, Verification.VERIFIED),  # the error of the fix counts for the rep
        (300, 50, Verification.NEARBY),
        (999, 0, Verification.NEARBY),
        (1_100, 0, Verification.REMOTE),
        (5_000, 100, Verification.REMOTE),
    ],
)
def test_distance_less_accuracy_decides(metres, accuracy, expected):
    seen = sighting(Fix(_north(metres), accuracy), SHOP)
    assert seen.verification is expected
    assert seen.distance_m == pytest.approx(metres, abs=1)


def test_a_vague_fix_can_suggest_but_never_prove_a_place():
    assert sighting(Fix(SHOP, 3_000), SHOP).verification is Verification.NEARBY


def test_no_fix_and_no_pin_are_both_simply_not_known():
    assert sighting(None, SHOP).verification is Verification.NO_FIX
    assert sighting(Fix(SHOP, 5), None).verification is Verification.NO_FIX


def test_an_account_may_have_its_own_radius():
    fix = Fix(_north(800), 0)
    assert sighting(fix, SHOP, radius_m=1_500).verification is Verification.VERIFIED


@pytest.mark.parametrize("accuracy", [-1, float("nan"), float("inf")])
def test_an_accuracy_that_is_no_distance_is_refused(accuracy):
    with pytest.raises(ValueError, match="number of metres"):
        Fix(SHOP, accuracy)


def test_a_right_clock_is_believed():
    started = NOON - timedelta(hours=2)
    told = true_instant(started, sent_at=NOON, received_at=NOON + timedelta(seconds=20))
    assert told == started


def test_a_wrong_clock_is_set_right_by_what_it_said_when_sending():
    # the phone is three hours ahead; the visit was one hour before it was sent
    ahead = timedelta(hours=3)
    started = NOON + ahead - timedelta(hours=1)
    assert true_instant(started, sent_at=NOON + ahead, received_at=NOON) == NOON - timedelta(
        hours=1
    )
    assert clock_is_off(NOON + ahead, NOON)


def test_nothing_happens_after_it_was_told():
    later = NOON + timedelta(minutes=4)
    assert true_instant(later, sent_at=later, received_at=NOON) == NOON
    assert true_instant(NOON + timedelta(days=1), sent_at=None, received_at=NOON) == NOON


@given(
    skew=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    ago=st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_an_instant_is_right_to_the_tolerance_however_wrong_the_clock(skew, ago):
    told = true_instant(NOON - ago + skew, sent_at=NOON + skew, received_at=NOON)
    assert abs(told - (NOON - ago)) <= timedelta(minutes=5)
    assert told <= NOON


def test_a_digest_knows_the_same_instant_in_another_zone():
    helsinki = NOON.astimezone(timezone(timedelta(hours=2)))
    assert digest(at=NOON, fix=None) == digest(at=helsinki, fix=None)
    assert digest(at=NOON) != digest(at=NOON + timedelta(seconds=1))
    assert digest(fix=Fix(SHOP, 5)) != digest(fix=Fix(SHOP, 6))

from datetime import UTC, datetime, timedelta

import pytest

from route_app.users.limits import Limit, network_of, refilled, wait_s

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SIX_AN_HOUR = Limit("six", tries=6, period_s=3_600, sentence="Too many.")


def test_tries_come_back_evenly():
    half_an_hour = NOON + timedelta(minutes=30)
    assert refilled(SIX_AN_HOUR, tokens=1, since=NOON, at=half_an_hour) == 4


def test_a_bucket_holds_no_more_than_its_tries():
    tomorrow = NOON + timedelta(days=1)
    assert refilled(SIX_AN_HOUR, tokens=3, since=NOON, at=tomorrow) == 6


def test_a_clock_set_back_takes_nothing():
    earlier = NOON - timedelta(hours=1)
    assert refilled(SIX_AN_HOUR, tokens=3, since=NOON, at=earlier) == 3


def test_the_wait_ends_with_one_whole_try():
    assert wait_s(SIX_AN_HOUR, tokens=0) == 600
    assert wait_s(SIX_AN_HOUR, tokens=0.5) == 300


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::99", "2001:0db8:0001:0002"),
        ("somewhere", "somewhere"),
    ],
)
def test_one_household_is_one_network(address, network):
    assert network_of(address) == network

"""The made-up trade is repeatable and plausible."""

from collections import Counter
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from route_app.demo.trade import WEEKS, history, worths

ZONE = ZoneInfo("Europe/Helsinki")
TODAY = date(2026, 11, 22)


def test_the_same_seed_makes_the_same_trade():
    worth = worths(120, seed=7)
    assert worth == worths(120, seed=7)
    first = history(worth, until=TODAY, zone=ZONE, seed=3)
    assert first == history(worth, until=TODAY, zone=ZONE, seed=3)
    assert first != history(worth, until=TODAY, zone=ZONE, seed=4)


def test_calls_lie_in_the_past_twelve_weeks_on_working_days_and_do_not_overlap():
    calls = history(worths(150, seed=1), until=TODAY, zone=ZONE, seed=1).calls
    assert calls
    for call, following in pairwise(calls):
        assert call.started_at < call.ended_at <= following.started_at
    days = {call.started_at.date() for call in calls}
    assert all(0 < (TODAY - day).days <= WEEKS * 7 and day.weekday() < 5 for day in days)


def test_every_due_state_is_there_to_see():
    worth = worths(200, seed=1)
    past = history(worth, until=TODAY, zone=ZONE, seed=1, busy=0.75)
    last = dict(enumerate(past.seen_before))
    last |= {call.account: call.started_at.date() for call in past.calls if call.reached}
    states = Counter(_state(last[index], one.target_days) for index, one in enumerate(worth))
    assert set(states) == {"never", "not due", "due", "overdue"}


def _state(seen, target_days):
    if seen is None:
        return "never"
    ratio = (TODAY - seen).days / target_days
    return "not due" if ratio < 0.7 else "due" if ratio <= 1.3 else "overdue"

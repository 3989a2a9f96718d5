from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from route_app.accounts.cadence import (
    DueState,
    due,
    effective_service_s,
    effective_target_days,
)

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class One:
    tier: str = "B"
    target_days: int | None = None
    earliest_pct: int = 70
    latest_pct: int = 130
    first_due_on: date | None = None
    last_visited_at: datetime | None = None
    created_at: datetime = NOON - timedelta(days=200)
    service_s: int | None = None


def after(days, **values):
    return due(One(last_visited_at=NOON - timedelta(days=days), **values), TODAY)


def test_a_tier_has_its_days_and_minutes_and_an_account_may_have_its_own():
    assert [effective_target_days(One(tier)) for tier in "ABCDx"] == [14, 28, 56, 91, 56]
    assert effective_target_days(One("a", target_days=5)) == 5
    assert [effective_service_s(One(tier)) // 60 for tier in "ABCD"] == [30, 25, 20, 15]
    assert effective_service_s(One(service_s=0)) == 0


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "not_due"), (19, "not_due"), (20, "due"), (36, "due"), (37, "overdue"), (900, "overdue")],
)
def test_it_is_due_from_70_percent_and_overdue_past_130(days, state):
    assert after(days).state.value == state


def test_it_says_how_far_and_when():
    found = after(14)
    assert (found.ratio, found.days_since, found.target_days) == (0.5, 14, 28)
    assert found.next_on == TODAY + timedelta(days=14)


def test_one_never_visited_is_due_at_once_and_more_so_with_time():
    fresh, old = due(One(created_at=NOON), TODAY), due(One(), TODAY)
    assert fresh.state is old.state is DueState.NEVER
    assert (fresh.ratio, fresh.days_since) == (1.0, None)
    assert old.ratio > 5


def test_a_first_date_ahead_holds_it_back():
    ahead = TODAY + timedelta(days=3)
    assert due(One(first_due_on=ahead), TODAY).state is DueState.NOT_DUE
    assert due(One(first_due_on=ahead), TODAY).next_on == ahead
    assert due(One(first_due_on=TODAY), TODAY).state is DueState.NEVER
    assert after(60, first_due_on=ahead).state is DueState.NOT_DUE
    assert after(60, first_due_on=TODAY).state is DueState.OVERDUE


def test_a_visit_late_in_the_evening_counts_for_its_local_day():
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 on the 23rd in Berlin
    one = One(last_visited_at=at)
    assert due(one, TODAY, zone=ZoneInfo("Europe/Berlin")).days_since == 0
    assert due(one, TODAY).days_since == 1


def test_a_visit_after_the_day_asked_about_is_no_negative_wait():
    assert after(-5).days_since == 0


def test_a_naive_instant_is_refused():
    naive = datetime(2026, 11, 1)  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="time zone"):
        due(One(last_visited_at=naive), TODAY)


def test_only_not_due_wants_no_visit():
    assert [state.wants_visit for state in DueState] == [False, True, True, True]

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from route_app.insights import metrics
from route_app.insights.metrics import Covered, Share, StopState, Visited

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NINE = 9 * 3_600


@dataclass(frozen=True)
class Stop:
    account_id: str | None
    begin_s: int
    kind: str = "visit"
    slack_s: int = 0
    drive_s: int = 300

    @property
    def arrive_s(self):
        return self.begin_s

    @property
    def depart_s(self):
        return self.begin_s + 1_200


@dataclass(frozen=True)
class CheckedIn:
    id: str
    account_id: str
    outcome: str | None = "order"


DAY = [Stop("a", NINE), Stop(None, NINE + 1_800, kind="break"), Stop("b", NINE + 3_600)]


def states(visits, now_s):
    return [one.state for one in metrics.rep_day(DAY, visits, now_s=now_s).visits]


@pytest.mark.parametrize(
    ("minutes_past_nine", "state"),
    [(-60, StopState.OPEN), (15, StopState.OPEN), (16, StopState.LATE), (600, StopState.LATE)],
)
def test_a_stop_is_late_a_quarter_of_an_hour_after_its_planned_begin(minutes_past_nine, state):
    assert states([], NINE + minutes_past_nine * 60)[0] is state


def test_a_stop_that_is_done_or_under_way_is_never_late():
    at = NINE + 7_200

    assert states([CheckedIn("1", "a")], at) == [StopState.DONE, StopState.LATE]
    assert states([CheckedIn("1", "a", None)], at)[0] is StopState.HERE


def test_after_the_day_what_is_open_was_missed():
    day = metrics.rep_day(DAY, [CheckedIn("1", "a")], now_s=90_000)

    assert [one.state for one in day.visits] == [StopState.DONE, StopState.MISSED]
    assert (day.planned, day.done, day.late, day.left) == (2, 1, 1, 1)
    assert day.next_stop is None


def test_the_figures_count_visits_and_not_breaks():
    day = metrics.rep_day(DAY, [], now_s=NINE + 1_000)

    assert (day.planned, day.done, day.late, day.left) == (2, 0, 1, 2)
    assert day.next_stop is day.visits[0]
    assert day.next_stop.expected_s >= NINE


def test_a_visit_elsewhere_fills_no_stop():
    assert metrics.rep_day(DAY, [CheckedIn("1", "z")], now_s=NINE).done == 0


def test_a_day_without_a_plan_has_nothing_left():
    day = metrics.rep_day([], [CheckedIn("1", "z")], now_s=NINE)

    assert (day.planned, day.left, day.next_stop) == (0, 0, None)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 7, 0), (7, 7, 100), (1, 3, 33), (999, 1_000, 99), (1, 1_000, 1)],
)
def test_only_all_is_100_percent_and_only_none_is_0(part, whole, percent):
    assert Share(part, whole).percent == percent


def test_shares_add_their_counts():
    assert metrics.together([Share(1, 2), Share(3, 4)]) == Share(4, 6)
    assert metrics.together([]).ratio is None


def covered(rep, tier, days_ago, latest_days=10):
    last = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Covered(rep, tier, latest_days, last)


def test_an_account_is_covered_up_to_the_latest_its_cadence_allows():
    accounts = [
        covered("alice", "A", 10),
        covered("alice", "A", 10.001),
        covered("alice", "B", None),
        covered("carol", "A", 0),
        covered(None, "C", 3),
    ]

    found = metrics.coverage(accounts, now=NOW)

    assert found["alice"].total == Share(1, 3)
    assert found["alice"].tiers == {"A": Share(1, 2), "B": Share(0, 1)}
    assert found["carol"].total == Share(1, 1)
    assert found[None].total == Share(1, 1)


def visit(account, days_ago, *, rep="alice", ordered=False):
    return Visited(rep, account, NOW - timedelta(days=days_ago), 7, 13, ordered)


def test_a_visit_is_on_time_when_the_gap_before_it_is_in_bounds():
    visits = [
        visit("ok", 0),
        visit("ok", 10),
        visit("early", 0),
        visit("early", 6.9),
        visit("late", 0),
        visit("late", 13.1),
        visit("first", 0),
    ]

    assert metrics.on_time(visits, since=NOW - timedelta(days=5)) == {"alice": Share(1, 3)}


def test_a_visit_before_the_period_counts_only_as_the_one_before():
    visits = [visit("x", 1), visit("x", 11), visit("x", 30)]

    assert metrics.on_time(visits, since=NOW - timedelta(days=2)) == {"alice": Share(1, 1)}


def test_the_strike_rate_is_orders_by_visits_of_each_rep():
    visits = [
        visit("x", 1, ordered=True),
        visit("y", 1),
        visit("z", 50, ordered=True),
        visit("x", 2, rep="carol", ordered=True),
    ]

    found = metrics.strike_rate(visits, since=NOW - timedelta(days=30))

    assert found == {"alice": Share(1, 2), "carol": Share(1, 1)}

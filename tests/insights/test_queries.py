from datetime import UTC, datetime, timedelta

import pytest

from route_app.insights import queries
from route_app.insights.metrics import Share, StopState
from route_app.models import Account, CurrentPlan, Order, User
from tests import factories
from tests.smalltown import TIME_ZONE

# Monday 5 January 2026, 09:40 in Smalltown
AT = datetime(2026, 1, 5, 7, 40, tzinfo=UTC)
DAY = AT.date()


@pytest.fixture
def planned(session, cast):
    """alice has bakery at 9:00, pharmacy at 9:30 and hardware at 10:00."""
    accounts = (cast["bakery"], cast["pharmacy"], cast["hardware"])
    plan = factories.make_plan(session, rep_id=cast["alice"], day=DAY, account_ids=accounts)
    session.add(CurrentPlan(rep_id=cast["alice"], day=DAY, plan_id=plan.id))
    session.flush()
    return plan


def day_of(session, ids, at=AT, day=DAY, who="alice"):
    rep = session.get(User, ids[who])
    return queries.rep_day(session, rep, day, at=at, company_zone=TIME_ZONE)


def check_in(session, ids, account, **values):
    values = {"outcome": "order", "started_at": AT - timedelta(minutes=38)} | values
    return factories.make_check_in(session, account_id=ids[account], rep_id=ids["alice"], **values)


def test_the_day_joins_the_plan_with_what_happened(session, cast, planned):
    check_in(session, cast, "bakery")
    check_in(session, cast, "cafe", started_at=AT - timedelta(minutes=5))

    found = day_of(session, cast)

    assert [one.state for one in found.stops] == [StopState.DONE, StopState.OPEN, StopState.OPEN]
    assert found.stops[0].outcome_label == "Order taken"
    assert found.next_row.account_name == "Birch Pharmacy"
    assert found.extra == 1
    assert found.last.account_name == "Elm Café"
    assert found.plan_id == planned.id


def test_days_are_those_of_the_rep(session, cast, planned):
    # 23:30 UTC is already the next morning in Smalltown
    check_in(session, cast, "bakery", started_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC))

    assert day_of(session, cast, at=AT + timedelta(days=3)).figures.done == 0
    tomorrow = day_of(session, cast, at=AT + timedelta(days=3), day=DAY + timedelta(days=1))
    assert tomorrow.extra == 1


def test_yesterdays_open_stops_were_missed(session, cast, planned):
    found = day_of(session, cast, at=AT + timedelta(days=1))

    assert {one.state for one in found.stops} == {StopState.MISSED}
    assert found.next_row is None


def test_a_rep_without_a_plan_has_an_empty_day(session, cast):
    found = day_of(session, cast, who="carol")

    assert (found.plan_id, found.stops, found.last) == (None, (), None)


def test_the_team_is_given_in_the_order_asked_for(session, cast, planned):
    reps = [session.get(User, cast[name]) for name in ("carol", "alice")]

    found = queries.team_day(session, reps, at=AT, company_zone=TIME_ZONE)

    assert [row.rep.name for row in found] == ["Carol South", "Alice North"]
    assert [row.figures.planned for row in found] == [0, 3]


def visited(session, ids, account, days_ago):
    row = session.get(Account, ids[account])
    row.last_visited_at = AT - timedelta(days=days_ago)
    session.add(row)


def coverage(session, ids, *names, everybody=False):
    reps = [session.get(User, ids[name]) for name in names]
    return queries.coverage(session, reps, at=AT, everybody=everybody)


def test_coverage_counts_active_accounts_within_their_latest_interval(session, cast):
    visited(session, cast, "bakery", 18)  # tier A: 14 days, at most 18.2
    visited(session, cast, "pharmacy", 37)  # tier B: 28 days, at most 36.4
    session.get(Account, cast["hardware"]).active = False
    session.flush()

    (alice,) = coverage(session, cast, "alice")

    assert alice.coverage.total == Share(1, 3)
    assert alice.coverage.tiers == {"A": Share(1, 1), "B": Share(0, 1), "C": Share(0, 1)}


def test_an_account_whose_first_visit_is_ahead_is_left_out(session, cast):
    session.get(Account, cast["bakery"]).first_due_on = DAY + timedelta(days=1)
    session.flush()

    (alice,) = coverage(session, cast, "alice")

    assert alice.coverage.total.whole == 3


def test_an_own_cadence_goes_before_the_tiers(session, cast):
    visited(session, cast, "florist", 10)
    session.get(Account, cast["florist"]).target_days = 7
    session.flush()

    (alice,) = coverage(session, cast, "alice")

    assert alice.coverage.tiers["C"] == Share(0, 1)


def test_accounts_of_nobody_are_shown_to_who_sees_everybody(session, cast):
    factories.make_account(session, name="Orphan")

    assert [row.name for row in coverage(session, cast, "alice", "carol")] == [
        "Alice North",
        "Carol South",
    ]
    rows = coverage(session, cast, "alice", "carol", everybody=True)
    assert rows[-1].rep_id is None
    assert rows[-1].coverage.total == Share(0, 1)


def test_visits_that_reached_nobody_do_not_count(session, cast):
    for days, outcome in ((40, "order"), (12, "not_in"), (5, "no_order")):
        row = check_in(
            session, cast, "bakery", outcome=outcome, started_at=AT - timedelta(days=days)
        )
        if outcome == "order":
            session.add(
                Order(
                    account_id=row.account_id,
                    rep_id=row.rep_id,
                    check_in_id=row.id,
                    ordered_at=row.started_at,
                    value=10,
                )
            )
    session.flush()

    (alice,) = coverage(session, cast, "alice")

    assert alice.strikes == Share(1, 2)
    assert alice.on_time == Share(0, 1)  # 35 days after the one before, where 18 are allowed

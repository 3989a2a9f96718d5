import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.accounts.ranking import Facts, _due_text, potential_shares, priority, totals

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def facts(days=34, **values):
    seen = None if days is None else NOON - timedelta(days=days)
    values = {"tier": "A", "target_days": 15, "created_at": NOON - timedelta(days=400)} | values
    return Facts("x", last_visited_at=seen, **values)


FACTS = st.builds(
    facts,
    st.none() | st.integers(0, 2_000),
    tier=st.sampled_from(["A", "B", "C", "D", "z"]),
    target_days=st.none() | st.integers(1, 400),
    potential_share=st.none() | st.floats(0, 1),
    boost=st.integers(-50, 50),
    opportunity=st.floats(0, 1e6),
    opportunity_half=st.floats(0, 1e6),
    order_gap_ratio=st.none() | st.floats(0, 10),
    order_count=st.integers(0, 9),
    created_at=st.integers(0, 900).map(lambda days: NOON - timedelta(days=days)),
)


def test_it_counts_as_the_formula_says():
    found = priority(facts(34, potential_share=0.99), TODAY)  # r = 34 / 15
    points = {part.code: part.points for part in found.parts}
    assert points == {"tier": 20, "potential": 20, "due": 30, "waiting": 31}
    assert (found.total, found.shown) == (101, 100)


def test_it_says_why_in_three_parts():
    found = priority(facts(21, potential_share=0.99), TODAY)
    assert found.why == (
        "tier A (+20), potential in the top 1 % (+20), 6 days overdue (every 15 days) (+16)"
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "last visit today (every 15 days)"),
        (1, "last visit 1 day ago (every 15 days)"),
        (15, "last visit 15 days ago (every 15 days)"),
        (16, "due for 1 day (every 15 days)"),
        (19, "due for 4 days (every 15 days)"),
        (20, "5 days overdue (every 15 days)"),
        (34, "19 days overdue (every 15 days)"),
        (None, "never visited"),
    ],
)
def test_it_counts_the_days_beyond_those_wanted(days, said):
    """Overdue begins beyond 130 % of the 15 days, and counts from the 15th."""
    assert _due_text(facts(days), TODAY, UTC) == said


def test_a_strict_limit_never_says_a_negative_number_of_days():
    assert (
        _due_text(facts(14, latest_pct=80), TODAY, UTC) == "last visit 14 days ago (every 15 days)"
    )
    assert _due_text(facts(2, target_days=1), TODAY, UTC) == "1 day overdue (every day)"


def test_not_due_earns_nothing_for_waiting():
    assert {part.code for part in priority(facts(5), TODAY).parts} == {"tier"}


def test_the_longer_it_waits_the_more_it_earns_without_end():
    low = [priority(facts(days, tier="D"), TODAY).total for days in range(11, 200)]
    assert low == sorted(low)
    assert low[-1] > 400


def test_few_orders_say_little_about_a_gap():
    sure = priority(facts(0, order_gap_ratio=2.5, order_count=8), TODAY).total
    unsure = priority(facts(0, order_gap_ratio=2.5, order_count=2), TODAY).total
    assert (sure, unsure) == (30, 23)


def test_new_accounts_opportunities_and_a_manager_s_push_count():
    new = priority(facts(None, created_at=NOON), TODAY)
    assert {part.code: part.points for part in new.parts} == {"tier": 20, "due": 7, "new": 5}
    rich = priority(facts(0, opportunity=100, opportunity_half=50), TODAY)
    assert rich.total == 30
    assert priority(facts(0, boost=90), TODAY).total == 40
    assert priority(facts(0, tier="D", boost=-90), TODAY).shown == 0


@given(FACTS)
def test_the_parts_add_up_exactly_and_many_at_once_agree(one):
    found = priority(one, TODAY)
    assert sum(part.points for part in found.parts) == found.total
    assert totals([one], TODAY).tolist() == [found.total]
    assert 0 <= found.shown <= 100


def test_fifty_thousand_take_well_under_a_second():
    many = [facts(n % 90, tier="ABCD"[n % 4], potential_share=n / 50_000) for n in range(50_000)]
    started = time.process_time()
    found = totals(many, TODAY)
    assert time.process_time() - started < 1.5  # about 0.2 s on a machine of its own
    assert found.shape == (50_000,)
    assert totals([], TODAY).shape == (0,)


def test_potential_shares_are_ranks_among_the_known():
    assert potential_shares([10.0, None, 30.0, 20.0]) == [0.0, None, 1.0, 0.5]
    assert potential_shares([None]) == [None]
    assert potential_shares([7.0]) == [0.0]

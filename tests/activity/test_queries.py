from datetime import UTC, date, datetime, timedelta

import pytest

from route_app.activity import queries
from tests import factories

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(session):
    return factories.make_smalltown(session)


def _visit(session, town, account="bakery", rep="alice", at=NOON, **values):
    values = {"outcome": "no_order", "ended_at": at + timedelta(minutes=20)} | values
    return factories.make_check_in(
        session, account_id=town[account], rep_id=town[rep], started_at=at, **values
    )


def _log(session, **asked):
    return queries.log(session, **({"rep_ids": None} | asked))


def test_the_log_is_newest_first_and_says_who_and_where(session, town):
    _visit(session, town)
    _visit(session, town, "cafe", "carol", NOON + timedelta(hours=1))
    rows = _log(session).rows
    assert [(row.account_name, row.rep_name) for row in rows] == [
        ("Elm Café", "Carol South"),
        ("Anchor Bakery", "Alice North"),
    ]
    assert (rows[0].minutes, rows[0].outcome_label, rows[0].reached) == (20, "Met, no order", True)


def test_a_team_sees_only_its_own(session, town):
    _visit(session, town)
    _visit(session, town, "cafe", "carol")
    assert [row.rep_id for row in _log(session, rep_ids={town["alice"]}).rows] == [town["alice"]]
    assert _log(session, rep_ids=frozenset()).total == 0


def test_a_day_is_the_day_where_the_reader_is(session, town):
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # half past midnight of the third in Helsinki
    _visit(session, town, at=late)
    asked = {"date_from": date(2026, 3, 3), "date_to": date(2026, 3, 3)}
    assert _log(session, **asked).total == 0
    assert _log(session, **asked, time_zone="Europe/Helsinki").total == 1


def test_filters_narrow_the_log(session, town):
    _visit(session, town, outcome="order")
    _visit(session, town, outcome=None, ended_at=None)
    _visit(session, town, "pharmacy", verification="verified")
    assert _log(session, outcome="order").total == 1
    assert _log(session, outcome="open").total == 1
    assert _log(session, account="pharm").total == 1
    assert _log(session, account=town["bakery"]).total == 2
    assert _log(session, verification="verified").total == 1
    assert _log(session, account="100%").total == 0  # a percent sign is a percent sign


def test_pages_hold_everything_once_and_none_is_beyond_the_last(session, town):
    made = {_visit(session, town, at=NOON + timedelta(minutes=n)).id for n in range(7)}
    pages = [_log(session, page=page, page_size=3) for page in (1, 2, 3)]
    assert {row.id for page in pages for row in page.rows} == made
    assert (pages[0].total, pages[0].pages) == (7, 3)
    assert _log(session, page=99, page_size=3).page == 3


def test_a_visit_under_way_has_no_length(session, town):
    _visit(session, town, outcome=None, ended_at=None)
    (row,) = _log(session).rows
    assert (row.minutes, row.outcome_label, row.reached) == (None, "Under way", False)


def test_a_phone_whose_clock_was_wrong_is_marked(session, town):
    _visit(session, town, device_at=NOON - timedelta(hours=3), received_at=NOON)
    assert _log(session).rows[0].clock_off


def test_last_visits_are_of_one_account_only(session, town):
    for hours in range(7):
        _visit(session, town, at=NOON + timedelta(hours=hours))
    _visit(session, town, "pharmacy")
    found = queries.last_visits(session, town["bakery"])
    assert len(found) == 5
    assert {visit.account_id for visit in found} == {town["bakery"]}
    assert found[0].started_at == NOON + timedelta(hours=6)


def test_a_day_comes_in_the_order_it_happened(session, town):
    _visit(session, town, at=NOON)
    _visit(session, town, "pharmacy", at=NOON - timedelta(hours=2))
    _visit(session, town, "cafe", "carol")
    found = queries.day_activity(session, town["alice"], DAY, time_zone="Europe/Helsinki")
    assert [visit.account_name for visit in found] == ["Birch Pharmacy", "Anchor Bakery"]


def test_a_visit_nobody_ended_is_found_on_any_later_day(session, town):
    assert queries.open_visit(session, town["alice"]) is None
    forgotten = _visit(session, town, outcome=None, ended_at=None)
    _visit(session, town, at=NOON + timedelta(days=1))
    assert queries.open_visit(session, town["alice"]).id == forgotten.id
    assert queries.open_visit(session, town["carol"]) is None


def test_what_changed_since_a_plan_is_said_in_words(session, town):
    def changed():
        return queries.changed_since(
            session, rep_id=town["alice"], day=DAY, at=NOON, time_zone="Europe/Helsinki"
        )

    for name in ("bakery", "pharmacy", "florist", "hardware"):
        account = session.get(queries.Account, town[name])
        account.updated_at = NOON - timedelta(days=1)
    session.flush()
    assert changed() == ""
    session.get(queries.Account, town["bakery"]).updated_at = NOON + timedelta(hours=1)
    factories.make_appointment(
        session, account_id=town["florist"], rep_id=town["alice"],
        begin_at=NOON + timedelta(hours=1), created_at=NOON + timedelta(minutes=1),
    )  # fmt: skip
    factories.make_appointment(  # another day is not this plan's business
        session, account_id=town["florist"], rep_id=town["alice"],
        begin_at=NOON + timedelta(days=9), created_at=NOON + timedelta(minutes=1),
    )  # fmt: skip
    session.flush()
    assert changed() == "1 account and 1 appointment"


def test_a_visit_with_two_orders_is_listed_once_with_their_sum(session, town):
    visit = _visit(session, town, outcome="order")
    for value in (100, 20):
        order = {"account_id": town["bakery"], "rep_id": town["alice"], "check_in_id": visit.id}
        session.add(queries.Order(**order, value=value))
    session.flush()
    found = _log(session)
    assert (found.total, [row.order_value for row in found.rows]) == (1, [120])
    totals = queries.totals(session, rep_ids=None)
    assert (totals.visits, totals.orders, totals.value) == (1, 2, 120)

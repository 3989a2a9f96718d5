from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from time import sleep

import pytest
from sqlmodel import select

from route_app.activity import service
from route_app.activity.checkin import Fix
from route_app.activity.outcomes import OUTCOMES
from route_app.db import transaction
from route_app.errors import Conflict, InvalidInput, NotFound
from route_app.lib.geo import LatLon
from route_app.models import Account, Appointment, CheckIn, Order, new_id
from tests import factories, smalltown

NOW = datetime.now(UTC).replace(microsecond=0)
SHOP = smalltown.JUNCTIONS["A3"]


@pytest.fixture
def town(session):
    return factories.make_smalltown(session)


def _begin(session, town, **values):
    values = {
        "id": new_id(),
        "rep_id": town["alice"],
        "account_id": town["bakery"],
        "started_at": NOW - timedelta(minutes=30),
    } | values
    return service.check_in(session, **values)


def _end(session, row, **values):
    values = {
        "id": row.id,
        "rep_id": row.rep_id,
        "outcome": "no_order",
        "ended_at": NOW - timedelta(minutes=5),
    } | values
    return service.check_out(session, **values)


def test_a_check_in_at_the_door_is_verified(session, town):
    row = _begin(session, town, fix=Fix(SHOP, 10))
    assert (row.verification, round(row.distance_m)) == ("verified", 0)


def test_a_check_in_far_away_is_kept_and_marked(session, town):
    row = _begin(session, town, fix=Fix(LatLon(SHOP.lat + 0.1, SHOP.lon), 10))
    assert row.verification == "remote"


def test_a_check_in_without_a_place_is_kept(session, town):
    assert _begin(session, town).verification == "no_fix"


def test_sending_a_check_in_twice_makes_one(session, town):
    first = _begin(session, town, id="a" * 32, fix=Fix(SHOP, 10))
    again = _begin(session, town, id="a" * 32, fix=Fix(SHOP, 10), sent_at=NOW)
    assert again is first
    assert len(session.exec(select(CheckIn)).all()) == 1


def test_the_same_id_with_other_content_is_refused(session, town):
    _begin(session, town, id="a" * 32)
    with pytest.raises(Conflict, match="already stored with other content"):
        _begin(session, town, id="a" * 32, started_at=NOW)


def test_an_id_of_another_rep_is_refused_even_with_the_same_content(session, town):
    _begin(session, town, id="a" * 32)
    with pytest.raises(Conflict):
        _begin(session, town, id="a" * 32, rep_id=town["carol"])


def test_a_stranger_may_not_check_in(session, town):
    with pytest.raises(NotFound, match="no such account"):
        _begin(session, town, rep_id=town["carol"])
    with pytest.raises(NotFound, match="no such account"):
        _begin(session, town, account_id="f" * 32)


def test_an_account_that_moved_on_after_it_was_planned_may_still_be_reported(session, town):
    factories.make_plan(
        session, rep_id=town["carol"], day=date(2026, 3, 2), account_ids=(town["bakery"],)
    )
    assert _begin(session, town, rep_id=town["carol"]).account_id == town["bakery"]


def test_a_plan_or_appointment_that_is_not_the_reps_is_left_out(session, town):
    theirs = factories.make_plan(session, rep_id=town["carol"], day=date(2026, 3, 2))
    promised = factories.make_appointment(
        session, account_id=town["cafe"], rep_id=town["carol"], begin_at=NOW
    )
    row = _begin(session, town, plan_id=theirs.id, appointment_id=promised.id)
    assert (row.plan_id, row.appointment_id) == (None, None)


def test_a_wrong_clock_is_set_right_and_kept_as_told(session, town):
    ahead = timedelta(hours=5)
    row = _begin(session, town, started_at=NOW + ahead, sent_at=NOW + ahead)
    assert abs(row.started_at - NOW) < timedelta(minutes=1)
    assert row.device_at == NOW + ahead


def test_a_check_in_of_years_ago_is_refused(session, town):
    with pytest.raises(InvalidInput, match="more than a year old"):
        _begin(session, town, started_at=NOW - timedelta(days=800))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.code)
def test_only_an_outcome_that_reached_somebody_starts_the_cadence_anew(session, town, outcome):
    row = _end(session, _begin(session, town), outcome=outcome.code)
    account = session.get(Account, town["bakery"])
    assert (account.last_visited_at == row.started_at) is outcome.reached


def test_an_older_visit_sent_late_does_not_turn_the_cadence_back(session, town):
    new = _begin(session, town)
    old = _begin(session, town, started_at=NOW - timedelta(days=3))
    _end(session, new)
    _end(session, old, ended_at=NOW - timedelta(days=3))
    assert session.get(Account, town["bakery"]).last_visited_at == new.started_at


def test_an_order_value_makes_one_order_however_often_it_is_sent(session, town):
    row = _begin(session, town)
    for _ in range(3):
        _end(session, row, outcome="order", order_value=250.5, note=" Dark roast ")
    (order,) = session.exec(select(Order)).all()
    assert (order.value, order.account_id, order.rep_id) == (250.5, town["bakery"], town["alice"])
    assert row.note == "Dark roast"


def test_an_order_may_have_no_value(session, town):
    _end(session, _begin(session, town), outcome="order")
    assert session.exec(select(Order)).all() == []


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e12])
def test_an_impossible_value_is_refused(session, town, value):
    with pytest.raises(InvalidInput) as caught:
        _end(session, _begin(session, town), outcome="order", order_value=value)
    assert caught.value.field == "order_value"


def test_ending_otherwise_a_second_time_is_refused(session, town):
    row = _begin(session, town)
    _end(session, row)
    with pytest.raises(Conflict):
        _end(session, row, outcome="order")
    assert row.outcome == "no_order"


def test_ending_a_check_in_of_another_rep_is_not_known(session, town):
    row = _begin(session, town)
    with pytest.raises(NotFound):
        _end(session, row, rep_id=town["carol"])
    with pytest.raises(NotFound):
        _end(session, row, id="0" * 32)


def test_a_visit_never_ends_before_it_begins(session, town):
    row = _end(session, _begin(session, town), ended_at=NOW - timedelta(days=1))
    assert row.ended_at == row.started_at


def test_a_day_to_come_back_is_promised_on_that_local_day(session, town):
    on = NOW.date() + timedelta(days=14)
    row = _begin(session, town)
    for _ in range(2):
        _end(session, row, follow_up_on=on, next_step="Bring the sample")
    (promise,) = session.exec(select(Appointment)).all()
    assert (promise.commitment, promise.note) == ("flexible_day", "Bring the sample")
    # Helsinki is ahead of UTC, so its day begins in the evening before
    assert promise.earliest_begin_at.date() == on - timedelta(days=1)
    assert promise.latest_begin_at.date() == on


def test_a_day_to_come_back_in_the_past_is_refused(session, town):
    with pytest.raises(InvalidInput, match="in the past"):
        _end(session, _begin(session, town), follow_up_on=NOW.date() - timedelta(days=7))


def test_a_slip_of_the_finger_can_be_taken_back_until_it_has_an_outcome(session, town):
    slip, real = _begin(session, town), _begin(session, town)
    service.take_back(session, id=slip.id, rep_id=town["alice"])
    service.take_back(session, id=slip.id, rep_id=town["alice"])  # gone already is fine
    assert session.get(CheckIn, slip.id) is None
    with pytest.raises(NotFound):
        service.take_back(session, id=real.id, rep_id=town["carol"])
    _end(session, real)
    with pytest.raises(Conflict, match="part of the log"):
        service.take_back(session, id=real.id, rep_id=town["alice"])


def test_the_slower_of_two_equal_requests_gets_the_answer_of_the_quicker(
    session, town, monkeypatch
):
    account_of = service._account

    def overtaken(*words, **values):
        monkeypatch.setattr(service, "_account", account_of)
        _begin(session, town, id="a" * 32)
        session.expunge_all()
        return account_of(*words, **values)

    monkeypatch.setattr(service, "_account", overtaken)
    assert _begin(session, town, id="a" * 32).id == "a" * 32
    assert len(session.exec(select(CheckIn)).all()) == 1


def test_a_visit_ended_twice_at_once_promises_one_follow_up(engine, monkeypatch):
    with transaction(engine) as session:
        town = factories.make_smalltown(session)
        row = _begin(session, town)
    by_code = service.outcomes.by_code

    def slowly(code):
        sleep(0.3)
        return by_code(code)

    monkeypatch.setattr(service.outcomes, "by_code", slowly)

    def end():
        with transaction(engine) as session:
            _end(session, row, follow_up_on=NOW.date() + timedelta(days=3))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(end), pool.submit(end)]:
            done.result()
    with transaction(engine, write=False) as session:
        assert len(session.exec(select(Appointment)).all()) == 1


def test_a_day_to_come_back_is_not_in_another_age(session, town):
    row = _begin(session, town)
    with pytest.raises(InvalidInput, match="two years"):
        _end(session, row, follow_up_on=date(9999, 12, 31))

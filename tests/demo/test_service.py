"""The demo company is whole, real where it can be, and labelled where it is made up."""

from datetime import date

import pytest
from sqlmodel import func, select

from route_app.db import transaction
from route_app.demo import service as demo
from route_app.lib.weekhours import read_hours
from route_app.models import Account, Appointment, Assignment, CheckIn, Company, Order, User
from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def travel(tmp_path_factory):
    store = RoadStore(tmp_path_factory.mktemp("roads"))
    store.build(bundled_extract(), name="helsinki", country="FI")
    return store.open("helsinki")


@pytest.fixture
def loaded(engine, travel):
    said: list[str] = []
    with transaction(engine) as session:
        demo.load(
            session,
            extract=bundled_extract(),
            travel=travel,
            today=TODAY,
            password="kelp-moss-fern",
            say=said.append,
        )
    with transaction(engine, write=False) as session:
        yield session


def test_four_people_can_sign_in(loaded):
    people = loaded.exec(select(User)).all()
    assert sorted(one.role for one in people) == ["admin", "manager", "rep", "rep"]
    assert all(one.password_hash for one in people)
    reps = [one for one in people if one.role == "rep"]
    assert all(one.home_lat and one.manager_id for one in reps)
    assert len({one.territory_id for one in loaded.exec(select(Assignment)).all()}) == 2


def test_there_are_enough_accounts_that_choosing_matters(loaded):
    accounts = loaded.exec(select(Account)).all()
    assert len(accounts) >= 150
    assert all(one.is_demo and one.lat and one.owner_id for one in accounts)
    assert sum(bool(one.opening_hours) for one in accounts) > 150


def test_history_and_orders_are_labelled_as_demo(loaded):
    assert loaded.exec(select(Company)).one().is_demo
    check_ins = loaded.exec(select(CheckIn)).all()
    assert len(check_ins) > 300
    assert all(one.is_demo and one.outcome and one.ended_at for one in check_ins)
    orders = loaded.exec(select(Order)).all()
    assert orders
    assert all(one.is_demo and one.value > 0 for one in orders)


def test_last_visits_agree_with_the_history(loaded):
    newest = dict(
        loaded.exec(
            select(CheckIn.account_id, func.max(CheckIn.started_at))
            .where(CheckIn.outcome != "not_in")
            .group_by(CheckIn.account_id)
        ).all()
    )
    accounts = loaded.exec(select(Account)).all()
    for account in accounts:
        if account.id in newest:
            assert account.last_visited_at == newest[account.id]
    never = [one for one in accounts if one.last_visited_at is None]
    assert 0 < len(never) < len(accounts) / 10


def test_each_rep_has_appointments_on_the_days_ahead(loaded):
    appointments = loaded.exec(select(Appointment)).all()
    assert len(appointments) == 10
    owners = dict(loaded.exec(select(Account.id, Account.owner_id)).all())
    assert all(owners[one.account_id] == one.rep_id for one in appointments)
    for one in appointments:
        account = loaded.get(Account, one.account_id)
        local = one.earliest_begin_at.astimezone(demo.ZONE)
        hours = read_hours(account.opening_hours, "FI").on(local.date())
        second = local.hour * 3600 + local.minute * 60
        assert any(window.start <= second <= window.end for window in hours.windows)

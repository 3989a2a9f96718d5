"""Every night plans the coming day, asks for the next, and makes up for a night it missed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from route_app import worker
from route_app.db import transaction
from route_app.models import Job
from route_app.planning import queries, service
from tests.conftest import make_settings


@pytest.fixture
def today(engine, cast):
    with transaction(engine, write=False) as session:
        return service._today(session)


def _jobs(engine) -> dict[str, Job]:
    with transaction(engine, write=False) as session:
        return {row.id: row for row in session.exec(select(Job)).all()}


def test_tonight_is_asked_for_once(engine, cast, today):
    for _ in range(2):
        with transaction(engine) as session:
            service.plan_tonight(session)
    assert list(_jobs(engine)) == [f"plan-night:{today}"]


def test_without_a_company_nothing_is_asked_for(engine):
    with transaction(engine) as session:
        assert service.plan_tonight(session) is None
    assert _jobs(engine) == {}


def test_it_plans_every_rep_and_asks_for_tomorrow_night(engine, cast, today, tmp_path):
    with transaction(engine) as session:
        service.plan_nightly(session, day=today)
        session.get(Job, f"plan-night:{today}").run_after = datetime.now(UTC) - timedelta(hours=1)
    worker.work_off(engine, make_settings(tmp_path, engine, plan_seconds=0.5))
    jobs = _jobs(engine)
    assert jobs[f"plan-night:{today}"].state == "done"
    assert jobs[f"plan-night:{today + timedelta(days=1)}"].state == "queued"
    with transaction(engine, write=False) as session:
        assert service.reps_without_plan(session, day=today) == []
        assert queries.current_plan(session, cast["alice"], today)


def test_a_night_missed_by_days_goes_on_with_today(engine, cast, today):
    with transaction(engine) as session:
        assert service.plan_missing(session, day=today - timedelta(days=5)) == []
    assert list(_jobs(engine)) == [f"plan-night:{today}"]


def test_the_run_is_in_the_early_hours_of_the_companys_day(engine, cast, today):
    with transaction(engine) as session:
        service.plan_nightly(session, day=today + timedelta(days=3))
    (row,) = _jobs(engine).values()
    ahead = row.run_after - datetime.now(UTC)
    assert timedelta(days=1) < ahead < timedelta(days=4)

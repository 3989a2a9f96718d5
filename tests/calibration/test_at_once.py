"""Learning and forgetting at the same moment, on both databases: service and queries."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from route_app.calibration import queries, service
from route_app.db import create_engine, transaction
from route_app.models import ObservedDrive, TravelFactor, User
from route_app.roads.store import RoadStore
from tests import factories
from tests.queue.world import POSTGRES, make_database

DATABASES = [
    "sqlite",
    pytest.param(
        "postgres",
        marks=[
            pytest.mark.postgres,
            pytest.mark.skipif(
                not POSTGRES, reason="set ROUTE_APP_TEST_POSTGRES to a server's URL"
            ),
        ],
    ),
]
DRIVES = 8
SOON_S = 0.7  # long enough for the other to get through, where nothing holds it up


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url, drop = make_database(request.param, tmp_path)
    found = create_engine(url)
    yield found
    found.dispose()
    drop()


@pytest.fixture
def seen(engine: Engine, tmp_path: Path) -> service.Observation:
    """A day's drives as predicted, ready to be stored."""
    begin = datetime.now(UTC) - timedelta(days=2)
    with transaction(engine) as session:
        cast = factories.make_smalltown(session)
        for row in range(DRIVES + 1):
            at = begin + timedelta(minutes=30 * row)
            factories.make_check_in(
                session, account_id=cast["bakery" if row % 2 else "pharmacy"], rep_id=cast["alice"],
                started_at=at, ended_at=at + timedelta(minutes=20),
            )  # fmt: skip
    with transaction(engine, write=False) as session:
        evidence = service.gather(session, now=datetime.now(UTC))
    found = service.look(evidence, RoadStore(tmp_path / "none"), progress=lambda *_: None)
    assert found.lesson.rows
    return found


@pytest.fixture
def halfway(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set when a learning has forgotten the old and not yet written the new; it lingers there."""
    reached, present = Event(), queries.present

    def linger(session: Session, *, since: datetime) -> frozenset[str]:
        reached.set()
        Event().wait(SOON_S)
        return present(session, since=since)

    monkeypatch.setattr(queries, "present", linger)
    return reached


def within(engine: Engine, work: Callable[[Session], object]) -> None:
    with transaction(engine) as session:
        work(session)


def count(engine: Engine, table: type) -> int:
    with transaction(engine, write=False) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def reset(session: Session) -> None:
    service.reset(session, by_id=session.exec(select(User.id)).first() or "")


def test_a_reset_while_it_is_stored_forgets_what_is_stored(engine, seen, halfway):
    with ThreadPoolExecutor(2) as pool:
        storing = pool.submit(within, engine, lambda session: service.store(session, seen))
        assert halfway.wait(5)
        pool.submit(within, engine, reset).result(20)
        storing.result(20)
    assert count(engine, TravelFactor) == 0


def test_what_is_stored_while_it_is_reset_counts_the_reset(engine, seen):
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            reset(session)
            storing = pool.submit(within, engine, lambda other: service.store(other, seen))
            Event().wait(SOON_S)
        storing.result(20)
    assert count(engine, TravelFactor) == 0


def test_two_learnings_at_once_leave_one(engine, seen, halfway):
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(within, engine, lambda session: service.store(session, seen))
            for _ in range(2)
        ]
        for one in both:
            one.result(20)
    assert halfway.is_set()
    assert count(engine, ObservedDrive) == len(seen.drives)
    assert count(engine, TravelFactor) == len(seen.lesson.rows)

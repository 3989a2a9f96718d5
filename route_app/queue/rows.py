"""Asking for work, looking at it, and calling it off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from route_app.errors import InvalidInput
from route_app.models.job import Job
from route_app.queue.clock import database_now

UNFINISHED = frozenset({"queued", "running"})
FINISHED = frozenset({"done", "failed", "dead", "cancelled"})
DEFAULT_ATTEMPTS = 4
_LONGEST_ID = 160


def enqueue(
    session: Session,
    *,
    id: str,
    kind: str,
    payload: Mapping[str, Any],
    priority: int = 0,
    asked_by_id: str | None = None,
    run_after: datetime | None = None,
    max_attempts: int = DEFAULT_ATTEMPTS,
) -> Job:
    """Ask for a piece of work within the caller's transaction, and return its row.

    `id` is a natural key such as `plan:2026-11-23:<rep id>`: asking again while the row is queued
    or running returns that row with its payload as it is (one that waits takes the higher
    priority and the earlier time); a finished one is put back to the queue with the new payload.
    Higher `priority` goes first. `run_after` (aware) keeps it waiting until then.
    The row exists for others once the caller's transaction is committed, and not otherwise.
    """
    if not 0 < len(id) <= _LONGEST_ID:
        raise InvalidInput(f"A job's id must have 1 to {_LONGEST_ID} characters.", field="id")
    session.flush()  # the asker may be a row of this very transaction
    now = database_now(session)
    fresh = {
        "kind": kind,
        "payload": dict(payload),
        "state": "queued",
        "priority": priority,
        "attempts": 0,
        "max_attempts": max_attempts,
        "crashes": 0,
        "run_after": run_after or now,
        "lease_owner": None,
        "lease_until": None,
        "progress": 0.0,
        "progress_text": "",
        "cancel_asked": False,
        "result": {},
        "error": "",
        "asked_by_id": asked_by_id,
        "created_at": now,
        "started_at": None,
        "finished_at": None,
    }
    added = _insert_unless_there(session, {"id": id, "fence": 0, **fresh})
    row = _locked(session, id)
    if row is None:  # it was there for the insert and deleted before the lock: ask once more
        _insert_unless_there(session, {"id": id, "fence": 0, **fresh})
        row = session.get_one(Job, id)
    elif not added and row.state in FINISHED:
        for name, value in fresh.items():
            setattr(row, name, value)
        row.fence += 1  # whoever still works on the earlier asking finds another number
        session.add(row)
        session.flush()
    elif not added and row.state == "queued":
        row.priority = max(row.priority, priority)
        row.run_after = min(row.run_after, run_after or now)
        row.asked_by_id = row.asked_by_id or asked_by_id
        session.add(row)
        session.flush()
    return row


def job(session: Session, id: str) -> Job | None:
    """Return the row of a piece of work, or None where nobody asked for it."""
    return session.get(Job, id)


def unfinished(session: Session, ids: Collection[str]) -> frozenset[str]:
    """Return which of these pieces of work are still to be done."""
    statement = select(Job.id).where(col(Job.id).in_(ids), col(Job.state).in_(UNFINISHED))
    return frozenset(session.exec(statement))


def jobs_of(session: Session, kind: str) -> list[Job]:
    """Return the rows of a kind of work, the one asked for last first."""
    statement = select(Job).where(Job.kind == kind)
    return list(session.exec(statement.order_by(col(Job.created_at).desc(), Job.id)))


def unfinished_of(session: Session, kind: str) -> list[Job]:
    """Return the rows of a kind of work that are still to be done: running, then the next due."""
    statement = select(Job).where(Job.kind == kind, col(Job.state).in_(UNFINISHED))
    order = (col(Job.state) != "running", col(Job.run_after), Job.id)
    return list(session.exec(statement.order_by(*order)))


def forget(session: Session, id: str) -> bool:
    """Remove the row of a piece of work that has ended, and return whether there was one."""
    row = _locked(session, id)
    if row is None or row.state not in FINISHED:
        return False
    session.delete(row)
    session.flush()
    return True


def cancel(session: Session, id: str) -> Job | None:
    """Call a piece of work off at once and return its row; a finished one stays as it is.

    Work that is running is fenced off: it can store nothing from here on, and its process is
    ended by its worker. None means there is no such work.
    """
    row = _locked(session, id)
    if row is not None and row.state in UNFINISHED:
        row.state = "cancelled"
        row.cancel_asked = True
        row.fence += 1
        row.lease_owner = None
        row.lease_until = None
        row.finished_at = database_now(session)
        session.add(row)
        session.flush()
    return row


@dataclass(frozen=True, slots=True)
class Running:
    """One piece of work somebody does now. `lease_s` is what is left of the lease."""

    id: str
    kind: str
    owner: str
    attempt: int
    progress: float
    lease_s: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the queue stands: rows by state, the longest wait of due work, and who does what."""

    counts: Mapping[str, int]
    oldest_due_s: float
    running: tuple[Running, ...]


def backlog(session: Session) -> Backlog:
    """Return how the queue stands now."""
    now = database_now(session)
    counts = session.exec(select(Job.state, func.count()).group_by(Job.state)).all()
    oldest = session.exec(
        select(func.min(Job.run_after)).where(Job.state == "queued", Job.run_after <= now)
    ).one()
    rows = session.exec(select(Job).where(Job.state == "running").order_by(Job.id)).all()
    return Backlog(
        counts=dict(counts),
        oldest_due_s=(now - oldest).total_seconds() if oldest else 0.0,
        running=tuple(
            Running(
                id=row.id,
                kind=row.kind,
                owner=row.lease_owner or "",
                attempt=row.attempts,
                progress=row.progress,
                lease_s=(row.lease_until - now).total_seconds() if row.lease_until else 0.0,
            )
            for row in rows
        ),
    )


def _locked(session: Session, id: str) -> Job | None:
    # On SQLite the whole transaction holds the write lock already, and FOR UPDATE says nothing.
    found: Job | None = session.exec(
        select(Job)
        .where(col(Job.id) == id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return found


def _insert_unless_there(session: Session, values: dict[str, Any]) -> bool:
    """Insert a row and return True, or False where its id is there already."""
    dialect = session.get_bind().dialect.name
    build: Any = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[dialect]
    statement = build(Job).values(**values).on_conflict_do_nothing(index_elements=["id"])
    # Not by the count of rows: PostgreSQL's driver tells none for this statement.
    return session.execute(statement.returning(Job.id)).first() is not None

"""Who may work on a row, and until when: claim, renew, finish, fail, hand back, sweep.

Every claim raises the row's `fence`, and every write below says which fence it stands on, so that
a claimant that slept past its lease changes nothing. Leases go by the database's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from route_app.models.job import Job
from route_app.queue.clock import database_now
from route_app.queue.rows import FINISHED

_LONGEST_ERROR = 2000
_LONGEST_TEXT = 200
_SWEEP_AT_ONCE = 100
CRASHED = "The process that worked on this ended without a word, {attempts} times. It was given up."


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one row until the lease ends. `suspect`: an earlier attempt crashed."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    asked_by_id: str | None
    fence: int
    attempt: int
    suspect: bool


def claim(
    session: Session, *, owner: str, lease_s: float, idle: bool = True, id: str | None = None
) -> Claim | None:
    """Take the next due row, or the one named, for `lease_s` seconds; None where there is none.

    A row whose earlier attempt crashed is taken only by a worker that is `idle`, so that it can
    take no other work down with it; a busy worker takes nothing until that row had its turn.
    """
    now = database_now(session)
    row = session.exec(
        _next(select(Job), now, id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or (row.crashes > 0 and not idle):
        return None
    row.state = "running"
    row.attempts += 1
    row.fence += 1
    row.lease_owner = owner
    row.lease_until = now + timedelta(seconds=lease_s)
    row.started_at = now
    row.progress = 0.0
    row.progress_text = ""
    session.add(row)
    session.flush()
    return Claim(
        id=row.id,
        kind=row.kind,
        payload=dict(row.payload),
        asked_by_id=row.asked_by_id,
        fence=row.fence,
        attempt=row.attempts,
        suspect=row.crashes > 0,
    )


def due(session: Session, *, limit: int = 1, id: str | None = None) -> list[str]:
    """Return the ids of rows that could be claimed now, the next first. Takes no lock."""
    return list(session.exec(_next(select(Job.id), database_now(session), id).limit(limit)))


def renew(session: Session, id: str, *, fence: int, lease_s: float) -> bool:
    """Lengthen a lease from now on; False where the claim no longer stands.

    A row that is locked is being stored or changed right now: it is left alone and taken as kept,
    so that a worker never waits for its own job.
    """
    row = session.exec(
        select(Job)
        .where(col(Job.id) == id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return True
    until = database_now(session) + timedelta(seconds=lease_s)
    return _change(session, id, fence, {"lease_until": until})


def report(
    session: Session, id: str, *, fence: int, lease_s: float, fraction: float, text: str
) -> bool:
    """Keep how far the work is and renew its lease; False where the claim no longer stands."""
    values = {
        "progress": min(1.0, max(0.0, fraction)),
        "progress_text": text[:_LONGEST_TEXT],
        "lease_until": database_now(session) + timedelta(seconds=lease_s),
    }
    return _change(session, id, fence, values)


def hold(session: Session, id: str, *, fence: int) -> bool:
    """Lock the row until the transaction ends; False where the claim no longer stands."""
    row = select(Job.id).where(*_standing(id, fence)).with_for_update()
    return session.exec(row).one_or_none() is not None


def finish(
    session: Session, id: str, *, fence: int, result: Mapping[str, Any] | None = None
) -> bool:
    """Mark the work done; False where the claim no longer stands."""
    values = _end("done", database_now(session))
    return _change(
        session, id, fence, {**values, "progress": 1.0, "result": dict(result or {}), "error": ""}
    )


def fail(session: Session, id: str, *, fence: int, error: str, for_good: bool = False) -> str:
    """Keep why an attempt failed, and return the row's new state ("" where it was not ours).

    `for_good`: another attempt could not do better, so the row is `failed`. Otherwise it is
    queued again after a pause that grows with each attempt, or `dead` when those are used up.
    """
    row = _ours(session, id, fence)
    if row is None:
        return ""
    now = database_now(session)
    if for_good:
        values = _end("failed", now)
    elif row.attempts >= row.max_attempts:
        values = _end("dead", now)
    else:
        values = _again(now, after_s=pause_s(row.attempts))
    _change(session, id, fence, {**values, "error": error[:_LONGEST_ERROR]})
    return str(values["state"])


def crash(session: Session, id: str, *, fence: int) -> str:
    """Note that an attempt ended without a word; return the new state ("" where it was not ours).

    The first time it goes back to the queue at once, to be tried alone; later after a pause.
    """
    row = _ours(session, id, fence)
    if row is None:
        return ""
    now = database_now(session)
    values: dict[str, Any]
    if row.attempts >= row.max_attempts:
        values = {**_end("dead", now), "error": CRASHED.format(attempts=row.attempts)}
    else:
        values = _again(now, after_s=pause_s(row.crashes))
    _change(session, id, fence, {**values, "crashes": row.crashes + 1})
    return str(values["state"])


def hand_back(session: Session, id: str, *, fence: int) -> bool:
    """Give unfinished work back as if it had not been claimed; False where it was not ours."""
    values = _again(database_now(session), after_s=0)
    return _change(session, id, fence, {**values, "attempts": Job.attempts - 1})


def expired(session: Session) -> bool:
    """Return whether some lease ran out. Takes no lock."""
    late = col(Job.lease_until) < database_now(session)
    found = session.exec(select(Job.id).where(col(Job.state) == "running", late).limit(1))
    return found.first() is not None


def sweep(session: Session) -> list[str]:
    """Take back every row whose lease ran out, and return their ids.

    Nobody knows whether the owner is dead or asleep; its fence is outrun either way.
    """
    late = session.exec(
        select(Job.id, Job.fence)
        .where(col(Job.state) == "running", col(Job.lease_until) < database_now(session))
        .order_by(col(Job.id))
        .limit(_SWEEP_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for id, fence in late:
        crash(session, id, fence=fence)
    return [id for id, _fence in late]


def prune(session: Session, *, older_than: timedelta) -> int:
    """Delete rows that ended long ago, and return how many."""
    before = database_now(session) - older_than
    gone = session.execute(
        delete(Job).where(col(Job.state).in_(FINISHED), col(Job.finished_at) < before)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def state(session: Session, id: str) -> str:
    """Return a row's state as it is now, or "" where there is none."""
    return session.exec(select(Job.state).where(col(Job.id) == id)).one_or_none() or ""


def pause_s(times: int) -> int:
    """Return how long to wait before the next attempt: 0, 5, 25, 125, then 300 seconds."""
    return 0 if times <= 0 else int(min(300, 5**times))


def _next(query: Any, now: datetime, id: str | None) -> Any:
    query = query.where(col(Job.state) == "queued", col(Job.run_after) <= now)
    if id is not None:
        query = query.where(col(Job.id) == id)
    return query.order_by(col(Job.priority).desc(), col(Job.run_after), col(Job.id))


def _standing(id: str, fence: int) -> tuple[ColumnElement[bool], ...]:
    return (col(Job.id) == id, col(Job.fence) == fence, col(Job.state) == "running")


def _ours(session: Session, id: str, fence: int) -> Job | None:
    found: Job | None = session.exec(
        select(Job)
        .where(*_standing(id, fence))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return found


def _change(session: Session, id: str, fence: int, values: Mapping[str, Any]) -> bool:
    changed = session.execute(update(Job).where(*_standing(id, fence)).values(**values))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _end(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "finished_at": now, "lease_owner": None, "lease_until": None}


def _again(now: datetime, *, after_s: int) -> dict[str, Any]:
    return {
        "state": "queued",
        "run_after": now + timedelta(seconds=after_s),
        "fence": Job.fence + 1,
        "lease_owner": None,
        "lease_until": None,
    }

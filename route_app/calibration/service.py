"""Learn from check-ins, forget what was learned, and take the forgetting back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session, delete

from route_app.calibration import queries
from route_app.calibration.estimator import EVERYWHERE
from route_app.calibration.learning import Lesson, learn
from route_app.calibration.predict import Known, Predicted, Progress, RepLog, predict
from route_app.calibration.replay import WINDOW
from route_app.calibration.visits import Visited
from route_app.db import transaction
from route_app.errors import Conflict
from route_app.lib.clock import instant, local_day, zone
from route_app.models import (
    CalibrationReset,
    Job,
    ObservedDrive,
    TravelFactor,
    VisitLength,
    new_id,
)
from route_app.queue import enqueue
from route_app.roads.store import RoadStore
from route_app.users import queries as users

LEARN = "calibration.learn"
NIGHT = "calibration.learn_night"
NIGHT_S = 3600  # an hour before the night's planning, which is to use it


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is read to learn from, as of a moment."""

    at: datetime
    since: datetime
    logs: tuple[RepLog, ...]
    known: dict[str, Known]
    visits: tuple[tuple[datetime, Visited], ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """The evidence with its predictions, and what those from `since` on teach."""

    at: datetime
    since: datetime
    drives: tuple[Predicted, ...]
    visits: tuple[tuple[datetime, Visited], ...]
    lesson: Lesson


def gather(session: Session, *, now: datetime) -> Evidence:
    """Read every check-in of the window; what came before a reset is kept as evidence."""
    since = now - WINDOW
    return Evidence(
        at=now,
        since=queries.learning_since(session, now=now),
        logs=tuple(queries.rep_logs(session, since=since)),
        known=queries.known(session),
        visits=tuple(queries.visits(session, since=since)),
    )


def look(evidence: Evidence, roads: RoadStore, *, progress: Progress) -> Observation:
    """Predict what was driven, and learn from it. The long part: holds no session."""
    drives = tuple(predict(evidence.logs, roads, evidence.known, progress=progress))
    lesson = learn(drives, evidence.visits, since=evidence.since)
    return Observation(evidence.at, evidence.since, drives, evidence.visits, lesson)


def store(session: Session, observation: Observation) -> Lesson:
    """Put what an observation teaches in the place of what was learned before.

    The reset that holds now counts, whatever held when the check-ins were read. Doing it again
    leaves the same rows.
    """
    queries.take_turn(session)
    queries.take_turn(session)
    since, lesson = queries.learning_since(session, now=observation.at), observation.lesson
    if since != observation.since:  # reset, or undone, meanwhile
        lesson = learn(observation.drives, observation.visits, since=since)
    for table in (ObservedDrive, TravelFactor, VisitLength):
        session.exec(delete(table))
    session.flush()
    there = queries.present(session, since=observation.at - 2 * WINDOW)
    for table, rows in (
        (ObservedDrive, _drive_rows(observation, lesson, there)),
        (TravelFactor, _factor_rows(observation, lesson, there)),
        (VisitLength, _length_rows(observation, lesson)),
    ):
        if rows:
            session.execute(insert(table), rows)
    session.flush()
    return lesson


def learn_now(engine: Engine, roads: RoadStore, *, progress: Progress) -> Lesson:
    """Learn at once, with no transaction open while the roads are asked."""
    with transaction(engine, write=False) as session:
        evidence = gather(session, now=datetime.now(UTC))
    observation = look(evidence, roads, progress=progress)
    with transaction(engine) as session:
        return store(session, observation)


def learn_later(session: Session, *, asked_by_id: str | None = None) -> Job:
    """Ask for the learning to be done in the background; asking twice is once."""
    return enqueue(session, id=LEARN, kind=LEARN, payload={}, asked_by_id=asked_by_id)


def learn_nightly(session: Session, *, day: date) -> Job:
    """Ask for the learning in the early hours of a day; that asks for the next day's in turn."""
    here = zone(users.company(session).time_zone)
    return enqueue(
        session,
        id=f"calibrate-night:{day}",
        kind=NIGHT,
        payload={"day": day.isoformat()},
        run_after=instant(day, NIGHT_S, zone=here),
    )


def learn_tonight(session: Session) -> Job | None:
    """Ask for today's nightly learning; None while there is no company yet."""
    if users.company_or_none(session) is None:
        return None
    return learn_nightly(session, day=_today(session))


def learn_night(session: Session, *, day: date) -> None:
    """Ask for the learning now, and for the next night's.

    After days without a worker only the next night is asked for, not all that were missed.
    """
    learn_nightly(session, day=max(day + timedelta(days=1), _today(session)))
    learn_later(session)


def reset(session: Session, *, by_id: str) -> CalibrationReset:
    """Forget all that was learned and ignore what was driven up to now, until it is undone."""
    queries.take_turn(session)
    queries.take_turn(session)
    row = CalibrationReset(by_id=by_id)
    session.add(row)
    for table in (TravelFactor, VisitLength):
        session.exec(delete(table))
    session.flush()
    return row


def undo_reset(session: Session) -> CalibrationReset:
    """Take the last reset back: what was driven before it counts again. Conflict if none holds."""
    queries.take_turn(session)
    queries.take_turn(session)
    row = queries.holding_reset(session)
    if row is None:
        raise Conflict("There is no reset to undo. Reload the page to see how it stands.")
    row.undone_at = datetime.now(UTC)
    session.add(row)
    learn_later(session)
    session.flush()
    return row


def _drive_rows(
    observation: Observation, lesson: Lesson, there: frozenset[str]
) -> list[dict[str, Any]]:
    rows = []
    for one in observation.drives:
        drive, told = one.drive, lesson.expected.get(one.drive.id)
        # a check-in taken back while the roads were asked takes its drive along
        if drive.id not in there or (drive.from_id and drive.from_id not in there):
            continue
        rows.append(
            {
                "check_in_id": drive.id,
                "from_check_in_id": drive.from_id,
                "territory_id": drive.territory if drive.territory in there else None,
                "at": drive.at,
                "slot": drive.slot,
                "basis": one.basis,
                "network": one.network,
                "predicted_s": drive.predicted_s,
                "actual_s": drive.actual_s,
                "dropped": drive.dropped.value if drive.dropped else "",
                "expected_s": round(told.seconds) if told else None,
                "low_s": round(told.low_s) if told else None,
                "high_s": round(told.high_s) if told else None,
                "observed_at": observation.at,
            }
        )
    return rows


def _factor_rows(
    observation: Observation, lesson: Lesson, there: frozenset[str]
) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "basis": row.basis,
            "territory_id": row.territory or None,
            "slot": row.slot,
            # as shown, so as applied; and a night with little news leaves plans as they were
            "factor": round(row.cell.factor, 2),
            "door_s": round(row.door_s, -1),
            "low": round(row.cell.low, 3),
            "high": round(row.cell.high, 3),
            "n": row.cell.n,
            "before_s": row.figures.before_s,
            "after_s": row.figures.after_s,
            "inside": row.figures.inside,
            "learned_at": observation.at,
        }
        for row in lesson.rows
        if row.territory == EVERYWHERE or row.territory in there
    ]


def _length_rows(observation: Observation, lesson: Lesson) -> list[dict[str, Any]]:
    return [
        {
            "tier": tier,
            "segment": segment,
            "default_s": length.default_s,
            "service_s": length.service_s,
            "low_s": length.low_s,
            "high_s": length.high_s,
            "n": length.n,
            "learned_at": observation.at,
        }
        for (tier, segment), length in lesson.lengths.items()
    ]


def _today(session: Session) -> date:
    return local_day(datetime.now(UTC), zone=zone(users.company(session).time_zone))

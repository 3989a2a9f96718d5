"""Plan a rep's day and keep the plan: read, solve without holding anything, then write at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from route_app.db import transaction
from route_app.errors import Conflict, InvalidInput
from route_app.lib.clock import instant, local_day, zone
from route_app.models import CurrentPlan, Plan, PlanLeftOut, PlanStop, new_id
from route_app.planning import queries
from route_app.planning.day import DayProblem, SolvedDay, solve_day, travel_of
from route_app.planning.plan import Budget
from route_app.planning.rows import left_rows, stop_rows
from route_app.queue import enqueue, unfinished
from route_app.roads.engine import TravelEngine
from route_app.roads.store import RoadStore
from route_app.users import queries as users

FARTHEST_DAYS = 92
NIGHT_S = 2 * 3600
# Somebody who asks during the day wants to know what to do from now on.
_FROM_NOW = frozenset({"asked", "changed"})


@dataclass(frozen=True, slots=True)
class Made:
    """What planning a day came to, in numbers; as text, in words."""

    plan_id: str
    version: int
    visits: int
    left_out: int
    changed: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words."""
        text = f"{self.visits} visits, {self.left_out} left out (version {self.version})"
        return text if self.changed else f"{text}, nothing had changed"

    def told(self) -> dict[str, Any]:
        """Return it as a job's result."""
        return {
            "plan_id": self.plan_id,
            "version": self.version,
            "visits": self.visits,
            "left_out": self.left_out,
            "changed": self.changed,
        }


def problem_for(
    session: Session, *, rep_id: str, day: date, now: datetime | None = None
) -> DayProblem:
    """Read all facts about a rep's day. NotFound if there is no such person.

    With `now` only the rest of a day that has begun is to be planned; without it the whole day.
    """
    person = users.person(session, rep_id)
    if person.role != "rep":
        raise InvalidInput(f"{person.name} is not a rep, so there is no day to plan.")
    rep = queries.rep_day(session, rep_id=rep_id, day=day)
    current = queries.current_row(session, rep_id, day)
    return DayProblem(
        rep=rep,
        cards=queries.cards_of(session, rep_day=rep),
        promises=queries.promises_of(session, rep_day=rep),
        current_hash=current.input_hash if current else None,
        so_far=queries.so_far(session, rep_day=rep, now=now) if now else None,
        corrections=queries.corrections_of(session, rep_id),
    )


def moment(cause: str) -> datetime | None:
    """Return now if this cause plans a day from now on, None if it plans the whole of it."""
    return datetime.now(UTC) if cause in _FROM_NOW else None


def store_plan(
    session: Session, *, solved: SolvedDay, cause: str, asked_by_id: str | None = None
) -> Made:
    """Write a solved day as a new version and make it the current one, or keep an equal one.

    Raises Conflict if the current plan went away since the facts were read.
    """
    rep_id, day = solved.rep.rep_id, solved.rep.day
    current = queries.current_row(session, rep_id, day)
    if solved.plan is None or (current is not None and current.input_hash == solved.input_hash):
        if current is None:
            raise Conflict("The plan changed meanwhile. Plan the day again.")
        return _made(session, current, changed=False)
    stops = stop_rows(solved)
    row = _plan_row(solved, stops, cause=cause, asked_by_id=asked_by_id)
    row.version = queries.latest_version(session, rep_id, day) + 1
    session.add(row)
    session.flush()
    session.add_all(PlanStop(plan_id=row.id, **values) for values in stops)
    session.add_all(PlanLeftOut(plan_id=row.id, **values) for values in left_rows(solved))
    session.flush()
    flipped = session.get(CurrentPlan, (rep_id, day)) or CurrentPlan(
        rep_id=rep_id, day=day, plan_id=row.id
    )
    flipped.plan_id = row.id
    session.add(flipped)
    session.flush()
    return _made(session, row, changed=True)


def plan_day(
    session: Session,
    *,
    rep_id: str,
    day: date,
    travel: TravelEngine,
    cause: str,
    seed: int = 0,
    asked_by_id: str | None = None,
    budget_s: float = 2.0,
) -> Made:
    """Plan a day within one session. For tests and small tools: the search happens inside it."""
    facts = problem_for(session, rep_id=rep_id, day=day, now=moment(cause))
    solved = solve_day(facts, travel, seed=seed, budget=Budget.about(budget_s))
    return store_plan(session, solved=solved, cause=cause, asked_by_id=asked_by_id)


def plan_day_now(
    engine: Engine,
    *,
    rep_id: str,
    day: date,
    roads: RoadStore,
    cause: str,
    seed: int = 0,
    asked_by_id: str | None = None,
    budget_s: float = 2.0,
) -> Made:
    """Plan a day at once, with no transaction open during the search."""
    with transaction(engine, write=False) as session:
        facts = problem_for(session, rep_id=rep_id, day=day, now=moment(cause))
    travel = travel_of(roads, facts)
    solved = solve_day(facts, travel, seed=seed, budget=Budget.about(budget_s))
    with transaction(engine) as session:
        return store_plan(session, solved=solved, cause=cause, asked_by_id=asked_by_id)


def plan_day_later(
    session: Session, *, rep_id: str, day: date, cause: str, asked_by_id: str | None
) -> str:
    """Ask for a day to be planned in the background; returns the job's id. Asking twice is once."""
    _check_day(day)
    payload = {"rep_id": rep_id, "day": day.isoformat(), "cause": cause}
    job = enqueue(
        session,
        id=_day_job(rep_id, day),
        kind="planning.plan_day",
        payload=payload,
        priority=10 if cause == "asked" else 0,
        asked_by_id=asked_by_id,
    )
    return job.id


def plan_team_later(
    session: Session, *, rep_ids: frozenset[str], day: date, cause: str, asked_by_id: str | None
) -> str:
    """Ask for the days of several reps; returns the id of the job that asks for each."""
    _check_day(day)
    payload = {"rep_ids": sorted(rep_ids), "day": day.isoformat(), "cause": cause}
    job = enqueue(
        session,
        id=_team_job(asked_by_id, day),
        kind="planning.plan_team",
        payload=payload,
        priority=10 if cause == "asked" else 0,
        asked_by_id=asked_by_id,
    )
    return job.id


def days_under_way(
    session: Session, *, rep_ids: Collection[str], day: date, asked_by_id: str
) -> int:
    """Return how many of these reps' days are still being planned; all while the asking waits."""
    if unfinished(session, [_team_job(asked_by_id, day)]):
        return len(rep_ids)
    return len(unfinished(session, [_day_job(rep_id, day) for rep_id in rep_ids]))


def _day_job(rep_id: str, day: date) -> str:
    return f"plan:{rep_id}:{day}"


def _team_job(asked_by_id: str | None, day: date) -> str:
    return f"plan-team:{asked_by_id or 'all'}:{day}"


def plan_nightly(session: Session, *, day: date) -> str:
    """Ask for the plans of a day to be made in its early hours; returns the job's id.

    The job asks for the next day's in turn. One that was missed is made up for at once.
    """
    company = users.company(session)
    begin = instant(day, NIGHT_S, zone=zone(company.time_zone))
    job = enqueue(
        session,
        id=f"plan-night:{day}",
        kind="planning.plan_night",
        payload={"day": day.isoformat()},
        run_after=begin,
    )
    return job.id


def plan_tonight(session: Session) -> str | None:
    """Ask for today's nightly planning; None while there is no company yet."""
    if users.company_or_none(session) is None:
        return None
    return plan_nightly(session, day=_today(session))


def plan_missing(session: Session, *, day: date) -> list[str]:
    """Ask for the day of every rep who has none yet, and for the next night; returns job ids.

    A night that was missed by days asks for nothing but today's.
    """
    today = _today(session)
    plan_nightly(session, day=max(day + timedelta(days=1), today))
    if day < today:
        return []
    return [
        plan_day_later(session, rep_id=rep_id, day=day, cause="nightly", asked_by_id=None)
        for rep_id, _name in queries.reps_without_plan(session, day=day)
    ]


def _today(session: Session) -> date:
    return local_day(datetime.now(UTC), zone=zone(users.company(session).time_zone))


def reps_without_plan(session: Session, *, day: date) -> list[tuple[str, str]]:
    """Return (id, name) of every active rep who has no plan for a day."""
    return queries.reps_without_plan(session, day=day)


def _check_day(day: date) -> None:
    away = (day - datetime.now(UTC).date()).days
    if not -1 <= away <= FARTHEST_DAYS:
        raise InvalidInput(
            f"A day can be planned from today to {FARTHEST_DAYS} days ahead.", field="date"
        )


def _plan_row(
    solved: SolvedDay, rows: Sequence[Mapping[str, Any]], *, cause: str, asked_by_id: str | None
) -> Plan:
    """Return the plan with its totals, those of its stops."""
    routes = solved.plan.routes if solved.plan else ()
    start_s = routes[0].start if routes and routes[0].stops else None
    if solved.rest and solved.rest.kept:
        first, told = rows[0]["begin_s"], solved.rest.start_s
        start_s = first if told is None else min(first, told)
    return Plan(
        id=new_id(),
        rep_id=solved.rep.rep_id,
        day=solved.rep.day,
        version=0,
        time_zone=solved.rep.time_zone,
        seed=solved.seed,
        input_hash=solved.input_hash,
        network=solved.problem.network,
        estimated=solved.problem.estimated,
        cause=cause,
        start_s=start_s if rows else None,
        end_s=rows[-1]["depart_s"] if rows else None,
        drive_s=sum(row["drive_s"] for row in rows),
        drive_m=sum(row["drive_m"] for row in rows),
        wait_s=sum(row["wait_s"] for row in rows),
        service_s=sum(row["depart_s"] - row["begin_s"] for row in rows if row["kind"] == "visit"),
        prize=sum(row["prize"] for row in rows),
        certificate={},
        places=solved.places,
        calibration=solved.correction.told() if solved.correction else None,
        notes=list(solved.notes),
        created_by_id=asked_by_id,
    )


def _made(session: Session, row: Plan, *, changed: bool) -> Made:
    found = queries.plan_by_id(session, row.id)
    visits, left = (len(found.visits), len(found.left_out)) if found else (0, 0)
    return Made(row.id, row.version, visits, left, changed, tuple(map(str, row.notes)))

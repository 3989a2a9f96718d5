"""Planning in the background: one rep's day, or a day of many reps."""

from datetime import date

from route_app.planning import service
from route_app.planning.day import solve_day, travel_of
from route_app.planning.plan import Budget
from route_app.queue.work import Work


def plan_day(work: Work) -> None:
    """Plan one rep's day: read, solve with nothing held, store under the job's fence."""
    rep_id, day = str(work.payload["rep_id"]), date.fromisoformat(str(work.payload["day"]))
    work.progress(0.05, "Looking at who is due")
    cause = str(work.payload.get("cause", "asked"))
    with work.reading() as session:
        facts = service.problem_for(session, rep_id=rep_id, day=day, now=service.moment(cause))
    work.progress(0.2, "Opening the roads")
    travel = travel_of(work.roads, facts)
    work.progress(0.3, "Finding the best day")
    budget = Budget.about(float(work.options.get("plan_seconds", 2.0)))
    solved = solve_day(facts, travel, seed=int(work.payload.get("seed", 0)), budget=budget)
    work.progress(0.95, "Keeping the plan")
    result: dict[str, object] = {}
    with work.storing(result) as session:
        made = service.store_plan(
            session,
            solved=solved,
            cause=cause,
            asked_by_id=work.asked_by_id,
        )
        result.update(made.told())


def plan_team(work: Work) -> None:
    """Ask for the day of each rep named: a job each, so that one failing stops no other."""
    day = date.fromisoformat(str(work.payload["day"]))
    result: dict[str, object] = {}
    with work.storing(result) as session:
        result["jobs"] = [
            service.plan_day_later(
                session,
                rep_id=str(rep_id),
                day=day,
                cause=str(work.payload.get("cause", "nightly")),
                asked_by_id=work.asked_by_id,
            )
            for rep_id in work.payload["rep_ids"]
        ]


def plan_night(work: Work) -> None:
    """Ask for the day of every rep who has none yet, and for the same tomorrow night."""
    day = date.fromisoformat(str(work.payload["day"]))
    result: dict[str, object] = {}
    with work.storing(result) as session:
        result["jobs"] = service.plan_missing(session, day=day)

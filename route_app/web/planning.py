"""Asking for plans: a rep for their own day, a manager for a rep's or the whole team's."""

from datetime import date

from flask import Blueprint
from flask.typing import ResponseReturnValue

from route_app.errors import InvalidInput
from route_app.planning import service
from route_app.users import queries as users
from route_app.users.permissions import Action
from route_app.users.person import Role, SignedIn
from route_app.web import guards
from route_app.web.body import Shape, body
from route_app.web.transaction import session

blueprint = Blueprint("planning", __name__, url_prefix="/api/v1")


class PlanWanted(Shape):
    """A day to plan; whose, if not the asker's own or the whole team's."""

    date: date
    rep_id: str | None = None


@blueprint.post("/plans")
def ask_for_plan() -> ResponseReturnValue:
    """Ask for a day to be planned; answers the job to follow. Asking again while it waits is one.

    A manager who names no rep asks for every rep of the team.
    """
    user = guards.anyone()
    if user.role is Role.REP:
        guards.may(Action.PLAN_OWN_DAY)
    else:
        guards.may(Action.PLAN_TEAM_DAY)
    wanted = body(PlanWanted)
    if user.role is Role.REP or wanted.rep_id is not None:
        rep = guards.rep_for(user, wanted.rep_id or user.id)
        job = service.plan_day_later(
            session(), rep_id=rep.id, day=wanted.date, cause="asked", asked_by_id=user.id
        )
    else:
        job = ask_for_team(user, wanted.date)
    return {"ok": True, "job": {"id": job}}, 202


def ask_for_team(user: SignedIn, day: date) -> str:
    """Ask for the day of every active rep this user leads; returns the job's id."""
    reps = frozenset(rep.id for rep in users.reps(session(), user) if rep.active)
    if not reps:
        raise InvalidInput("There is no active rep in your team to plan for.")
    return service.plan_team_later(
        session(), rep_ids=reps, day=day, cause="asked", asked_by_id=user.id
    )

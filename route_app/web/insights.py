"""How it goes: a team's day as it happens, one rep's day, and coverage by tier."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from route_app.insights import metrics, queries
from route_app.insights.metrics import StopState
from route_app.insights.queries import DayRow, StopRow
from route_app.lib import clock
from route_app.planning import service as planning
from route_app.users import queries as users
from route_app.users.permissions import Action
from route_app.users.person import Role, SignedIn
from route_app.web import guards
from route_app.web.days import asked_day
from route_app.web.planning import ask_for_team
from route_app.web.transaction import session

blueprint = Blueprint("insights", __name__)

TIERS = ("A", "B", "C", "D")
STATES = {
    StopState.DONE: ("Done", "good"),
    StopState.HERE: ("There now", "info"),
    StopState.LATE: ("Late", "warn"),
    StopState.OPEN: ("Planned", "muted"),
    StopState.MISSED: ("Missed", "bad"),
}


@blueprint.get("/team/")
def team() -> ResponseReturnValue:
    """Show how today goes for every rep of the team."""
    user = guards.may(Action.SEE_TEAM)
    at = datetime.now(UTC)
    reps, zone = users.reps(session(), user), _company_zone()
    rows = queries.team_day(session(), reps, at=at, company_zone=zone)
    under_way = planning.days_under_way(
        session(), rep_ids=[rep.id for rep in reps], day=_today(zone), asked_by_id=user.id
    )
    return render_template(
        "insights/team.html",
        rows=rows,
        under_way=under_way,
        at=at,
        late_min=metrics.LATE_AFTER_S // 60,
        planned=sum(row.figures.planned for row in rows),
        done=sum(row.figures.done for row in rows),
        late=sum(row.figures.late for row in rows),
    )


@blueprint.post("/team/plans")
def plan_team() -> ResponseReturnValue:
    """Ask for today's plan of every rep of the team; the page shows how far it is."""
    user = guards.may(Action.PLAN_TEAM_DAY)
    ask_for_team(user, _today(_company_zone()))
    return redirect(url_for(".team"), 303)


@blueprint.get("/team/<rep_id>/")
def rep_day(rep_id: str) -> ResponseReturnValue:
    """Show a rep's day as the rep has it; nothing here can be changed."""
    user = guards.may(Action.SEE_TEAM)
    row, day = _asked_day(user, rep_id)
    return render_template(
        "insights/rep_day.html",
        row=row,
        day=day,
        today=_today(row.zone),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        states=STATES,
        late_min=metrics.LATE_AFTER_S // 60,
    )


@blueprint.get("/api/v1/team/<rep_id>/day")
def rep_day_map(rep_id: str) -> ResponseReturnValue:
    """Answer a rep's stops and drives for the map."""
    user = guards.may(Action.SEE_TEAM)
    row, day = _asked_day(user, rep_id)
    return {"ok": True, "day": day.isoformat(), "stops": _map_stops(row), "route": _route(row)}


@blueprint.get("/coverage/")
def coverage() -> ResponseReturnValue:
    """Show who is seen as often as promised, by tier and by rep."""
    user = guards.may(Action.SEE_COVERAGE)
    rows = queries.coverage(
        session(),
        users.reps(session(), user),
        at=datetime.now(UTC),
        everybody=user.role is Role.ADMIN,
    )
    shares = {tier: [row.coverage.tiers.get(tier, metrics.NONE) for row in rows] for tier in TIERS}
    return render_template(
        "insights/coverage.html",
        rows=rows,
        tiers=TIERS,
        by_tier={tier: metrics.together(of_tier) for tier, of_tier in shares.items()},
        total=metrics.together(row.coverage.total for row in rows),
        on_time=metrics.together(row.on_time for row in rows),
        strikes=metrics.together(row.strikes for row in rows),
        period=metrics.PERIOD_DAYS,
        none=metrics.NONE,
    )


@blueprint.app_template_filter("clock_in")
def clock_in(at: datetime | None, zone: str) -> str:
    """Return an instant as the time of day of a zone: 14:05."""
    return "" if at is None else f"{at.astimezone(clock.zone(zone)):%H:%M}"


def _asked_day(user: SignedIn, rep_id: str) -> tuple[DayRow, date]:
    rep = guards.rep_for(user, rep_id)
    company_zone = _company_zone()
    day = asked_day(request.args.get("date", "")) or _today(rep.time_zone or company_zone)
    at = datetime.now(UTC)
    return queries.rep_day(session(), rep, day, at=at, company_zone=company_zone), day


def _map_stops(row: DayRow) -> list[dict[str, Any]]:
    here = next((stop for stop in row.stops if stop.state is StopState.HERE), None)
    current = here or row.next_row
    return [
        {
            "id": stop.account_id,
            "number": stop.number,
            "lat": stop.lat,
            "lon": stop.lon,
            "state": _map_state(stop, current),
        }
        for stop in row.stops
        if stop.lat is not None and stop.lon is not None
    ]


def _map_state(stop: StopRow, current: StopRow | None) -> str:
    if stop is current:
        return "next"
    return "done" if stop.state is StopState.DONE else "planned"


def _route(row: DayRow) -> dict[str, Any]:
    paths = [path for path in (*(stop.path for stop in row.stops), row.home_path) if path]
    return {"type": "MultiLineString", "coordinates": paths}


def _today(zone: str) -> date:
    return clock.local_day(datetime.now(UTC), zone=clock.zone(zone))


def _company_zone() -> str:
    return users.company(session()).time_zone

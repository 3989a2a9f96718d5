"""A rep's day as the phone reads it: the plan joined with what has happened so far."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from route_app import queue
from route_app.accounts import queries as accounts
from route_app.accounts.cadence import due
from route_app.activity import queries as activity
from route_app.activity.progress import DayProgress, StopProgress, positions, progress
from route_app.activity.queries import LoggedVisit
from route_app.lib.clock import clock_text, second_of
from route_app.planning import queries as planning
from route_app.planning.bands import begin_bands, outward
from route_app.planning.stored import DayPlan, LeftOut, PlannedStop
from route_app.web.activity_api import visit_json
from route_app.web.field_account import Viewed, hours_words, short_json
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Account

NO_PLAN = {
    "past": "Nothing was planned on this day.",
    "today": "Ask for a plan: it takes a few seconds, and respects opening hours and appointments.",
    "future": "Days ahead are planned the evening before. You can also plan this one now.",
}


def day_json(viewed: Viewed, day: date) -> dict[str, Any]:
    """Return a rep's day: plan, progress, what stayed out, what is under way."""
    visits = activity.day_activity(session(), viewed.id, day, time_zone=viewed.time_zone)
    plan = planning.current_plan(session(), viewed.id, day)
    now_s = second_of(datetime.now(UTC), day, zone=viewed.zone)
    going = _going(plan, visits, now_s) if plan else None
    on_plan = {stop.check_in_id for stop in going.stops} if going else set()
    running = activity.open_visit(session(), viewed.id)
    return {
        "ok": True,
        "date": day.isoformat(),
        "today": viewed.today.isoformat(),
        "now_s": now_s,
        "time_zone": viewed.time_zone,
        "rep": {"id": viewed.id, "name": viewed.name},
        "plan": _plan_json(viewed, plan, going, visits) if plan and going else None,
        "planning": _planning_now(viewed, day),
        "no_plan": "" if plan else NO_PLAN[_when(day, viewed.today)],
        "open_check_in": visit_json(running) if running else None,
        "unplanned_visits": [
            {**visit_json(visit), "started": _clock(viewed, visit.started_at, day)}
            for visit in visits
            if visit.id not in on_plan
        ],
    }


def planned_ids(viewed: Viewed) -> frozenset[str]:
    """Return the accounts of today's plan."""
    plan = planning.current_plan(session(), viewed.id, viewed.today)
    return (
        frozenset(stop.account_id for stop in plan.visits if stop.account_id)
        if plan
        else frozenset()
    )


def planned_json(viewed: Viewed, account_id: str) -> dict[str, Any]:
    """Return when and why an account is in today's plan, or why it is not."""
    plan = planning.current_plan(session(), viewed.id, viewed.today)
    if plan is None:
        return {"planned": None, "left_out": "There is no plan for today yet."}
    stop = next((one for one in plan.visits if one.account_id == account_id), None)
    left = next((one for one in plan.left_out if one.account_id == account_id), None)
    if stop is None:
        return {"planned": None, "left_out": left.sentence if left else None}
    return {
        "planned": {
            "plan_id": plan.id,
            "appointment_id": stop.appointment_id,
            "commitment": stop.commitment,
            "begin_s": stop.begin_s,
            "begin": clock_text(stop.begin_s),
            "reasons": list(stop.reasons),
        },
        "left_out": None,
    }


def _going(plan: DayPlan, visits: Sequence[LoggedVisit], now_s: int) -> DayProgress:
    """Return how the plan goes; a day that has not begun is shown as planned.

    Somebody not met before the plan was made is planned for another try, which is still to come.
    """
    kept = {stop.account_id for stop in plan.stops[: plan.past]}
    counted = [
        visit
        for visit in visits
        if visit.reached
        or visit.outcome is None
        or visit.started_at >= plan.created_at
        or visit.account_id in kept
    ]
    return progress(plan.stops, counted, now_s=None if now_s < 0 else now_s, past=plan.past)


def _plan_json(
    viewed: Viewed, plan: DayPlan, going: DayProgress, visits: Sequence[LoggedVisit]
) -> dict[str, Any]:
    day = plan.day
    known = _known_accounts(viewed, plan)
    return {
        "id": plan.id,
        "version": plan.version,
        "made_at": plan.created_at.isoformat(),
        "made": _clock(viewed, plan.created_at, day),
        "estimated": plan.estimated,
        "stale": _stale(viewed, plan) if day >= viewed.today else "",
        "notes": [str(note) for note in plan.notes],
        "certificate": _certificate(plan.certificate, plan.prize),
        "start": _place(plan.places.get("start"), plan.start_s),
        "end": _place(plan.places.get("end"), plan.end_s),
        "totals": _totals(plan, going),
        "stops": _stops_json(viewed, plan, going=going, visits=visits, known=known),
        "left_out": [_left_out_json(left, known) for left in plan.left_out],
    }


def _totals(plan: DayPlan, going: DayProgress) -> dict[str, Any]:
    home_s = going.home_s if going.home_s is not None else plan.end_s
    return {
        "visits": going.visits,
        "done": going.done,
        "left_out": len(plan.left_out),
        "drive_s": plan.drive_s,
        "drive_m": plan.drive_m,
        "service_s": plan.service_s,
        "wait_s": plan.wait_s,
        "late": going.late,
        "home_s": home_s,
        "home": "" if home_s is None else clock_text(home_s),
    }


def _stops_json(
    viewed: Viewed,
    plan: DayPlan,
    *,
    going: DayProgress,
    visits: Sequence[LoggedVisit],
    known: Mapping[str, "Account"],
) -> list[dict[str, Any]]:
    day, numbers = plan.day, positions(plan.stops)
    bands = begin_bands(plan.stops, [state.expected_s for state in going.stops], plan.calibration)
    made = {visit.id: visit for visit in visits}
    found = []
    for at, (stop, state) in enumerate(zip(plan.stops, going.stops, strict=True)):
        row = known.get(stop.account_id or "")
        account = None
        if row is not None:
            account = short_json(row) | {
                "hours_today": hours_words(row, day, viewed.country),
                "due": due(row, day, zone=viewed.zone).state.value,
            }
        visit = made.get(state.check_in_id or "")
        found.append(
            _stop_json(stop, state)
            | _band_json(bands[at])
            | {
                "number": numbers.get(at),
                "account": account,
                "check_in": _visit_json(viewed, visit, day) if visit else None,
            }
        )
    return found


def _stop_json(stop: PlannedStop, state: StopProgress) -> dict[str, Any]:
    return {
        "position": stop.position,
        "kind": stop.kind,
        "label": next((str(why.get("label", "")) for why in stop.reasons), "")
        if stop.kind == "break"
        else "",
        "status": state.status.value,
        "late": state.late,
        "appointment_id": stop.appointment_id,
        "commitment": stop.commitment,
        "arrive_s": stop.arrive_s,
        "arrive": clock_text(stop.arrive_s),
        "begin_s": stop.begin_s,
        "begin": clock_text(stop.begin_s),
        "depart_s": stop.depart_s,
        "depart": clock_text(stop.depart_s),
        "expected_s": state.expected_s,
        "leave_by_s": state.leave_by_s,
        "leave_by": clock_text(max(0, state.leave_by_s)),
        "drive_s": stop.drive_s,
        "drive_m": stop.drive_m,
        "wait_s": stop.wait_s,
        "slack_s": stop.slack_s,
        "service_s": stop.depart_s - stop.begin_s,
        "reasons": list(stop.reasons),
        "path": [list(point) for point in stop.path],
    }


def _band_json(band: tuple[int, int] | None) -> dict[str, Any]:
    """Return between when and when the stop begins, in seconds and as people say it."""
    if band is None:
        return {"band_s": None, "band": ""}
    low, high = outward(band)
    return {"band_s": [low, high], "band": f"{clock_text(max(0, low))}–{clock_text(high)}"}


def _visit_json(viewed: Viewed, visit: LoggedVisit, day: date) -> dict[str, Any]:
    return {
        "id": visit.id,
        "outcome": visit.outcome,
        "outcome_label": visit.outcome_label,
        "reached": visit.reached,
        "started": _clock(viewed, visit.started_at, day),
        "minutes": visit.minutes,
    }


def _left_out_json(left: LeftOut, known: Mapping[str, "Account"]) -> dict[str, Any]:
    row = known.get(left.account_id)
    return {
        "visit_id": left.visit_id,
        "account": {
            "id": left.account_id,
            "name": left.account_name,
            "tier": row.tier if row else "",
        },
        "reason": left.reason,
        "sentence": left.sentence,
    }


def _known_accounts(viewed: Viewed, plan: DayPlan) -> dict[str, "Account"]:
    known = {row.id: row for row in accounts.accounts_of(session(), viewed.id)}
    for stop in plan.visits:
        # an account that was given to somebody else since is still in today's plan
        if stop.account_id and stop.account_id not in known:
            known[stop.account_id] = accounts.account(session(), stop.account_id)
    return known


def _stale(viewed: Viewed, plan: DayPlan) -> str:
    row = queue.job(session(), planning_job_id(viewed.id, plan.day))
    at = plan.created_at
    if row is not None and row.state == "done" and row.started_at is not None:
        # planned again since, to the same plan: what had changed by then made no difference
        at = max(at, row.started_at)
    changed = activity.changed_since(
        session(), rep_id=viewed.id, day=plan.day, at=at, time_zone=viewed.time_zone
    )
    if not changed:
        return ""
    return f"Since this plan was made, {changed} changed. Plan again to take it in."


def _planning_now(viewed: Viewed, day: date) -> str:
    """Return the id of the work that plans this day now, if the rep asked for it; else empty."""
    row = queue.job(session(), planning_job_id(viewed.id, day))
    if row is None or row.asked_by_id != viewed.id or row.state not in ("queued", "running"):
        return ""
    return row.id


def _certificate(certificate: Mapping[str, Any], prize: int) -> str:
    if certificate.get("optimal"):
        return "Proven: no other plan of this day is worth more."
    bound = certificate.get("bound")
    if not isinstance(bound, int | float) or bound <= 0 or prize <= 0:
        return ""
    gap = max(0.0, 100 * (bound - prize) / bound)
    return f"At most {gap:.1f} % from the best possible."


def _place(place: Mapping[str, Any] | None, at_s: int | None) -> dict[str, Any] | None:
    if not place:
        return None
    return {
        "lat": place.get("lat"),
        "lon": place.get("lon"),
        "label": place.get("label", ""),
        "s": at_s,
        "time": "" if at_s is None else clock_text(at_s),
    }


def planning_job_id(rep_id: str, day: date) -> str:
    """Return the id under which this day is planned in the background."""
    return f"plan:{rep_id}:{day}"


def _when(day: date, today: date) -> str:
    if day == today:
        return "today"
    return "past" if day < today else "future"


def _clock(viewed: Viewed, at: datetime, day: date) -> str:
    local = at.astimezone(viewed.zone)
    return f"{local:%H:%M}" if local.date() == day else f"{local.day} {local:%b, %H:%M}"

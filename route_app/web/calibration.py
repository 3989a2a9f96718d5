"""What check-ins taught about drives and visits: the chart, learning now, and forgetting."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from route_app import queue
from route_app.calibration import queries, service
from route_app.calibration.replay import WINDOW
from route_app.errors import InvalidInput
from route_app.roads.engine import DEFAULT_SLOT
from route_app.users.permissions import Action, may
from route_app.web import guards
from route_app.web.calibration_views import brackets_of, chart_of
from route_app.web.transaction import session

blueprint = Blueprint("calibration", __name__, url_prefix="/calibration")

WANTED = 30  # from so many drives on a factor is mostly what was seen
SLOTS = {
    "": "All",
    "peak": "Peak",
    "shoulder": "Shoulder",
    "off_peak": "Off-peak",
    "free_flow": "Free flow",
}


@blueprint.app_template_filter("brief")
def brief(seconds: float | None) -> str:
    """Return a short span with its seconds while they matter: 45 s, 2 min 30 s, 26 min."""
    if seconds is None:
        return ""
    if seconds >= 600:
        return f"{round(seconds / 60)} min"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


@blueprint.app_template_filter("minutes")
def minutes(seconds: float) -> str:
    """Return a span as minutes and seconds, for a column of them: 3:47."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what was learned, from what, and how good it is."""
    user = guards.may(Action.SEE_CALIBRATION)
    found = queries.overview(session(), now=datetime.now(UTC))
    return render_template(
        "calibration/index.html",
        found=found,
        chart=chart_of(found),
        brackets=brackets_of(found.points),
        slots=SLOTS,
        planned_slot=DEFAULT_SLOT,
        wanted=WANTED,
        days=WINDOW.days,
        job=queue.job(session(), service.LEARN),
        resets=may(user.role, Action.RESET_CALIBRATION),
    )


@blueprint.post("/lessons")
def learn() -> ResponseReturnValue:
    """Have the check-ins learned from now; the page shows how far it is."""
    user = guards.may(Action.SEE_CALIBRATION)
    service.learn_later(session(), asked_by_id=user.id)
    return redirect(url_for(".index"), 303)


@blueprint.post("/resets")
def reset() -> ResponseReturnValue:
    """Forget what was learned; what was driven so far counts no more until this is undone."""
    user = guards.may(Action.RESET_CALIBRATION)
    if request.form.get("sure") != "yes":
        raise InvalidInput(
            "Tick the box that says what will be forgotten, then reset.", field="sure"
        )
    service.reset(session(), by_id=user.id)
    flash("Forgotten. From here on only new drives count.", "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/resets/undoing")
def undo() -> ResponseReturnValue:
    """Let the drives before the last reset count again."""
    guards.may(Action.RESET_CALIBRATION)
    service.undo_reset(session())
    flash("The drives from before the reset count again.", "good")
    return redirect(url_for(".index"), 303)

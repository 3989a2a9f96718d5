"""What the phone tells: a check-in, and how it ended. Both may be sent again without harm."""

from datetime import UTC, date, datetime
from typing import Annotated

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from route_app.activity import queries, service
from route_app.activity.checkin import SENTENCES, Fix
from route_app.activity.queries import LoggedVisit
from route_app.lib.geo import LatLon
from route_app.web import guards
from route_app.web.body import Shape, body
from route_app.web.transaction import session

blueprint = Blueprint("activity_api", __name__, url_prefix="/api/v1/check-ins")

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
# What a phone's clock can show; however wrong it is, the differences can still be reckoned.
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]


class FixIn(Shape):
    """Where the phone was."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy_m: float = Field(ge=0, le=1e7)


class CheckInBegin(Shape):
    """A visit begins. `sent_at` is the phone's clock at sending, to know how wrong it goes."""

    id: Id
    account_id: Id
    started_at: Instant
    sent_at: Instant | None = None
    fix: FixIn | None = None
    plan_id: Id | None = None
    appointment_id: Id | None = None


class CheckInEnd(Shape):
    """A visit ends with its outcome."""

    outcome: str = Field(min_length=1, max_length=32)
    ended_at: Instant
    sent_at: Instant | None = None
    note: str = Field(default="", max_length=4000)
    next_step: str = Field(default="", max_length=500)
    follow_up_on: date | None = None
    order_value: float | None = Field(default=None, ge=0, le=1e9)


@blueprint.post("")
def begin() -> ResponseReturnValue:
    """Begin a check-in under the id its phone made."""
    user = guards.rep()
    told = body(CheckInBegin)
    row = service.check_in(
        session(),
        id=told.id,
        rep_id=user.id,
        account_id=told.account_id,
        started_at=told.started_at,
        fix=_fix(told.fix),
        plan_id=told.plan_id,
        appointment_id=told.appointment_id,
        sent_at=told.sent_at,
    )
    return {"ok": True, "check_in": _stored(row.id)}, 201


@blueprint.delete("/<id>")
def take_back(id: str) -> ResponseReturnValue:
    """Take back a check-in that was a slip; one that has ended stays."""
    user = guards.rep()
    service.take_back(session(), id=id, rep_id=user.id)
    return {"ok": True}


@blueprint.put("/<id>/end")
def end(id: str) -> ResponseReturnValue:
    """End a check-in with its outcome."""
    user = guards.rep()
    told = body(CheckInEnd)
    service.check_out(
        session(),
        id=id,
        rep_id=user.id,
        outcome=told.outcome,
        ended_at=told.ended_at,
        note=told.note,
        next_step=told.next_step,
        follow_up_on=told.follow_up_on,
        order_value=told.order_value,
        sent_at=told.sent_at,
    )
    return {"ok": True, "check_in": _stored(id)}


def visit_json(visit: LoggedVisit) -> dict[str, object]:
    """Return a check-in as the phone reads it."""
    return {
        "id": visit.id,
        "account_id": visit.account_id,
        "account_name": visit.account_name,
        "rep_name": visit.rep_name,
        "started_at": visit.started_at.isoformat(),
        "ended_at": visit.ended_at.isoformat() if visit.ended_at else None,
        "minutes": visit.minutes,
        "outcome": visit.outcome,
        "outcome_label": visit.outcome_label,
        "reached": visit.reached,
        "note": visit.note,
        "next_step": visit.next_step,
        "follow_up_on": visit.follow_up_on.isoformat() if visit.follow_up_on else None,
        "order_value": visit.order_value,
        "verification": visit.verification.value,
        "verification_label": SENTENCES[visit.verification],
        "distance_m": None if visit.distance_m is None else round(visit.distance_m),
        "clock_off": visit.clock_off,
    }


def _fix(told: FixIn | None) -> Fix | None:
    if told is None:
        return None
    return Fix(LatLon(told.lat, told.lon), told.accuracy_m)


def _stored(id: str) -> dict[str, object]:
    visit = queries.check_in_of(session(), id)
    return visit_json(visit) if visit else {}

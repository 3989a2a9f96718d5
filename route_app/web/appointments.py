"""Visits promised to an account: make one, call it off, put it back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from route_app.accounts import editing, queries, service
from route_app.accounts.cadence import effective_service_s
from route_app.errors import InvalidInput, NotFound
from route_app.users import queries as people
from route_app.web import guards
from route_app.web.filters import moment
from route_app.web.transaction import session

blueprint = Blueprint("appointments", __name__, url_prefix="/accounts/<account_id>/appointments")


@blueprint.post("/")
def add(account_id: str) -> ResponseReturnValue:
    """Promise a visit by a rep; one that runs into another is made all the same, and said."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    if not request.form.get("rep_id"):
        raise InvalidInput("Choose who is to go there.", field="rep_id")
    rep = guards.rep_for(user, request.form["rep_id"])
    zone = ZoneInfo(rep.time_zone or people.company(session()).time_zone)
    values = editing.appointment_values(
        request.form, zone=zone, service_s=effective_service_s(account), now=datetime.now(UTC)
    )
    made, others = service.make_appointment(
        session(), account_id=account.id, rep_id=rep.id, values=values
    )
    flash(f"The appointment on {moment(made.earliest_begin_at)} is made.", "good")
    for other, name in others[:3]:
        flash(
            f"{rep.name} also has to be at {name} around {moment(other.earliest_begin_at)}: "
            "the two may overlap.",
            "warn",
        )
    return _back(account_id)


@blueprint.post("/<appointment_id>/state")
def set_state(account_id: str, appointment_id: str) -> ResponseReturnValue:
    """Call an appointment off, or put it back."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    found = queries.appointment(session(), appointment_id)
    if found.account_id != account.id:
        raise NotFound("There is no such appointment, or it is not yours to see.")
    if request.form.get("state") == "kept":
        service.cancel_appointment(session(), appointment_id=found.id, at=None)
        flash("The appointment is back.", "good")
    else:
        service.cancel_appointment(session(), appointment_id=found.id, at=datetime.now(UTC))
        flash("The appointment is cancelled. “Put back” below undoes it.", "good")
    return _back(account_id)


def _back(account_id: str) -> ResponseReturnValue:
    address = url_for("accounts.show", account_id=account_id, _anchor="appointments")
    return redirect(address, 303)

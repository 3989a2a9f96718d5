"""How far a piece of long work is, for whoever asked for it, and calling it off."""

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from route_app import queue
from route_app.errors import NotFound
from route_app.users import queries as users
from route_app.users.person import Role, SignedIn
from route_app.web import guards
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Job

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")
# Done for the whole company, whoever set it off: a manager may see how far it is.
COMPANY_WIDE = frozenset({"accounts.geocode", "calibration.learn", "territory.reassign"})


@blueprint.get("/<path:id>")
def show(id: str) -> ResponseReturnValue:
    """Return how far the work is; 304 where nothing changed since the ETag sent along."""
    row = _theirs(guards.anyone(), id, seeing=True)
    answer = make_response(jsonify(ok=True, job=_public(row)))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.delete("/<path:id>")
def cancel(id: str) -> ResponseReturnValue:
    """Call the work off; what has ended already stays as it is."""
    _theirs(guards.anyone(), id)
    row = queue.cancel(session(), id)
    assert row is not None  # noqa: S101  # it was there a moment ago, in this transaction
    return jsonify(ok=True, job=_public(row))


def _theirs(user: SignedIn, id: str, *, seeing: bool = False) -> "Job":
    """Return a job that this user or a rep of theirs asked for or is planned by; an admin any."""
    row = queue.job(session(), id)
    if row is None or not _is_theirs(user, row, seeing=seeing):
        raise NotFound("There is no such work, or it is not yours to see.")
    return row


def _is_theirs(user: SignedIn, row: "Job", *, seeing: bool) -> bool:
    mine = users.visible_rep_ids(session(), user)
    if mine is None or row.asked_by_id == user.id:
        return True
    if seeing and user.role is Role.MANAGER and row.kind in COMPANY_WIDE:
        return True
    # A rep may ask for what the night or the manager has asked for already.
    return not mine.isdisjoint({row.asked_by_id, row.payload.get("rep_id")})


def _public(row: "Job") -> dict[str, object]:
    # Not the payload: it may hold what the asker typed about people.
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "progress": round(row.progress, 3),
        "progress_text": row.progress_text,
        "attempts": row.attempts,
        "result": row.result,
        "error": row.error,
    }

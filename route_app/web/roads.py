"""Road networks: what is built and what a build found, and for admins building and choosing one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from route_app import queue
from route_app.accounts import queries as accounts
from route_app.accounts import road_jobs
from route_app.accounts.road_access import RoadAccess, read_access
from route_app.errors import InvalidInput, NotFound, RouteAppError
from route_app.roads import uploads
from route_app.roads.jobs import BuildRequest, name_from, read_box, read_request
from route_app.roads.store import RoadStore, check_name
from route_app.users import queries as people
from route_app.users.permissions import Action, may
from route_app.web import guards
from route_app.web.invitations import countries
from route_app.web.road_views import card_of
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Job

blueprint = Blueprint("roads", __name__, url_prefix="/roads")

# What is to be done about an account that no car reaches, or hardly.
STATUSES: dict[str, tuple[str, str, str]] = {
    "no_road": ("No road", "bad", "No road of this network is near. Check the pin."),
    "island": ("Cut-off street", "bad", "Its street joins no other. Check the pin."),
    "apart": (
        "Another island",
        "warn",
        "No road or ferry leads here from where most accounts are. "
        "It can only be planned with its neighbours.",
    ),
    "far": ("Far from a road", "warn", "It is planned by the nearest road. Check the pin."),
}


@blueprint.url_value_preprocessor
def _allow_large_extracts(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an admin send more than others may; asked before the body is read."""
    if endpoint != "roads.create" or not current_user.is_authenticated:
        return
    if may(current_user.role, Action.BUILD_ROADS):
        limit_mb = _limit_mb()
        if (request.content_length or 0) > (limit_mb + 1) * uploads.MB:
            raise InvalidInput(uploads.too_large(limit_mb), field="file")
        request.max_content_length = (limit_mb + 1) * uploads.MB


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show every network, what is being built, and for admins the ways to build one."""
    guards.may(Action.SEE_ROADS)
    return _index()


@blueprint.post("/")
def create() -> ResponseReturnValue:
    """Have a network built from an upload, a place's name or a box."""
    user = guards.may(Action.BUILD_ROADS)
    wanted, keep = None, ""
    try:
        wanted, keep = _asked()
        road_jobs.build_later(session(), request=wanted, asked_by_id=user.id)
    except RouteAppError as error:
        if keep:
            uploads.drop(_store().root, keep)
        # Said at the top as well: the form is far below where there are many networks.
        flash(f"Nothing is being built. {error.message}", "bad")
        return _index(wrong={error.field or "file": error.message}, status=error.http_status)
    flash(f"{wanted.name} is being built. You can leave this page.", "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    """Show what the build of a network found, and which accounts it does not reach."""
    user = guards.may(Action.SEE_ROADS)
    card = card_of(_store(), name)
    job = queue.job(session(), road_jobs.check_id(name))
    access = read_access(job.result) if job and job.state == "done" else None
    rep_ids = people.visible_rep_ids(session(), user)
    wanting = _wanting(access, rep_ids=rep_ids) if access else []
    return render_template(
        "roads/show.html",
        card=card,
        job=job,
        access=access,
        wanting=wanting,
        rebuilds=queue.job(session(), road_jobs.build_id(name)) is not None,
        statuses=STATUSES,
        builds=may(user.role, Action.BUILD_ROADS),
        everybody=rep_ids is None,
    )


@blueprint.post("/<name>/in-use")
def choose(name: str) -> ResponseReturnValue:
    """Put a network to use."""
    guards.may(Action.BUILD_ROADS)
    _store().choose(name)
    flash(f"{name} is in use now. Days planned from here on drive on it.", "good")
    return redirect(url_for(".show", name=name), 303)


@blueprint.post("/<name>/builds")
def build_again(name: str) -> ResponseReturnValue:
    """Build a network from what it was built from last, or would have been."""
    user = guards.may(Action.BUILD_ROADS)
    row = _build_job(name)
    road_jobs.build_later(session(), request=read_request(row.payload), asked_by_id=user.id)
    flash(f"{name} is being built again.", "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<name>/builds/dismissal")
def dismiss(name: str) -> ResponseReturnValue:
    """Forget a build that failed or was stopped, and the file it was given."""
    guards.may(Action.BUILD_ROADS)
    row = _build_job(name)
    upload = read_request(row.payload).upload
    if row.state != "done" and queue.forget(session(), row.id) and upload:
        uploads.drop(_store().root, upload)
    return redirect(url_for(".index"), 303)


@blueprint.post("/<name>/account-checks")
def check_accounts(name: str) -> ResponseReturnValue:
    """Have every account's road found anew."""
    user = guards.may(Action.BUILD_ROADS)
    _store().version_folder(name)  # NotFound where nothing of this name is built
    road_jobs.check_later(session(), name=name, asked_by_id=user.id)
    return redirect(url_for(".show", name=name, _anchor="accounts"), 303)


def _index(*, wrong: Mapping[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    store = _store()
    cards = [card_of(store, name) for name in store.names()]
    jobs = [job for job in queue.jobs_of(session(), road_jobs.BUILD) if job.state != "done"]
    page = render_template(
        "roads/index.html",
        cards=sorted(cards, key=lambda card: (not card.in_use, card.name)),
        jobs=[(job, read_request(job.payload)) for job in jobs],
        builds=may(current_user.role, Action.BUILD_ROADS),
        server=current_app.extensions["road_state"].state(store),
        wrong=wrong or {},
        limit_mb=_limit_mb(),
        countries=countries().items(),
        country=request.form.get("country") or people.company(session()).country,
    )
    return page, status


def _asked() -> tuple[BuildRequest, str]:
    """Return what the form asks for, its file kept on disk, and the name it is kept under.

    Nothing of the database is touched here: a long upload must not make others wait.
    """
    file, place = request.files.get("file"), " ".join(request.form.get("place", "").split())
    box = read_box(request.form["box"]) if request.form.get("box", "").strip() else None
    has_file = file is not None and bool(file.filename)
    if not (has_file or place or box):
        field = next((name for name in ("place", "box") if name in request.form), "file")
        raise InvalidInput("Say what to build the roads from.", field=field)
    given = (file.filename or "") if file is not None and has_file else place or "box"
    name = name_from(request.form.get("name", "").strip() or given)
    check_name(name)
    keep = ""
    if file is not None and has_file:
        keep = uploads.keep(
            _store().root,
            file.stream,
            network=name,
            file_name=given,
            limit_mb=_limit_mb(),
        )
    try:
        wanted = BuildRequest(
            name=name,
            upload=keep,
            place=place,
            box=box,
            country=request.form.get("country", ""),
            use=request.form.get("use") == "yes",
        )
    except RouteAppError:
        if keep:
            uploads.drop(_store().root, keep)
        raise
    return wanted, keep


def _wanting(access: RoadAccess, *, rep_ids: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the accounts to look at that this user may see, the worst first."""
    found = accounts.of_ids(session(), list(access.wanting), rep_ids=rep_ids)
    by_id = {account.id: (account, owner) for account, owner in found}
    return [
        {"account": by_id[id][0], "owner": by_id[id][1], "status": status, "away_m": away_m}
        for id, (status, away_m) in access.wanting.items()
        if id in by_id
    ]


def _build_job(name: str) -> "Job":
    row = queue.job(session(), road_jobs.build_id(name))
    if row is None:
        raise NotFound("This network was built on the command line. Build it again from there.")
    return row


def _limit_mb() -> int:
    limit: int = current_app.extensions["settings"].extract_limit_mb
    return limit


def _store() -> RoadStore:
    store: RoadStore = current_app.extensions["roads"]
    return store

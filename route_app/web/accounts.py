"""Accounts in the office: find them, look at one, edit, add, deactivate, export."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from route_app.accounts import editing, exporting, queries, service
from route_app.accounts.cadence import (
    TIER_DAYS,
    TIER_SERVICE_S,
    DueState,
    due,
    effective_service_s,
    effective_target_days,
)
from route_app.accounts.pin import QUALITIES, address_changed
from route_app.accounts.queries import Wanted
from route_app.activity.queries import last_visits
from route_app.errors import InvalidInput, RouteAppError
from route_app.lib.export import CSV_TYPE, csv_lines
from route_app.lib.weekhours import read_hours
from route_app.pins import geocoding
from route_app.users import queries as people
from route_app.users.person import Role, SignedIn
from route_app.web import addresses, guards
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import Account

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

DUE_WORDS = {
    "wanting": "Wants a visit",
    DueState.OVERDUE.value: "Overdue",
    DueState.DUE.value: "Due",
    DueState.NEVER.value: "Never visited",
    DueState.NOT_DUE.value: "Not due",
}
SORT_WORDS = {
    "name": "Name",
    "due": "Most overdue",
    "tier": "Tier",
    "city": "City",
    "last_visit": "Oldest visit",
    "-last_visit": "Newest visit",
    "-potential": "Potential",
    "owner": "Owner",
    "external_id": "External id",
    "-name": "Name, Z to A",
}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the accounts this user may see, filtered, sorted and paged."""
    user = guards.manager()
    wanted = _wanted(request.args)
    rep_ids = people.visible_rep_ids(session(), user)
    on, zone = _today(user)
    return render_template(
        "accounts/index.html",
        found=queries.visible_accounts(session(), rep_ids=rep_ids, wanted=wanted, on=on, zone=zone),
        counts=queries.counts(session(), rep_ids=rep_ids),
        wanted=wanted,
        reps=people.reps(session(), user),
        due_words=DUE_WORDS,
        sort_words=SORT_WORDS,
        filtered=wanted != Wanted(sort=wanted.sort, page=wanted.page, size=wanted.size),
        user=user,
    )


@blueprint.get("/export.csv")
def export() -> ResponseReturnValue:
    """Give all the accounts this user may see as a file that can be imported again."""
    user = guards.manager()
    rows = queries.for_export(session(), rep_ids=people.visible_rep_ids(session(), user))
    lines = b"".join(csv_lines(exporting.HEADER, (exporting.row_of(row) for row in rows)))
    return _download(lines, "accounts.csv")


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show an empty account to fill in."""
    user = guards.manager()
    return _form_page(user, account=None, form={"tier": "C"}, error=None)


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Add an account."""
    user = guards.manager()
    try:
        made = service.add_account(session(), values=_values(user, request.form))
    except RouteAppError as error:
        return _form_page(user, account=None, form=request.form, error=error)
    flash(f"{made.name} is added.", "good")
    return redirect(url_for("accounts.show", account_id=made.id), 303)


@blueprint.get("/<account_id>")
def show(account_id: str) -> ResponseReturnValue:
    """Show one account: where it is, when it is due, and what happened there."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    on, zone = _today(user)
    rep_ids = people.visible_rep_ids(session(), user)
    country = account.country or people.company(session()).country
    hours = read_hours(account.opening_hours, country)
    owner = people.person(session(), account.owner_id) if account.owner_id else None
    return render_template(
        "accounts/show.html",
        account=account,
        due=due(account, on, zone=zone),
        due_words=DUE_WORDS,
        owner=owner,
        hours=hours,
        hours_today=hours.on(on),
        visits=last_visits(session(), account.id, limit=10, rep_ids=rep_ids),
        appointments=queries.appointments_of(session(), account.id, since=datetime.now(UTC)),
        commitments=editing.COMMITMENTS,
        reps=people.reps(session(), user),
        target_days=effective_target_days(account),
        service_s=effective_service_s(account),
        pin_reason=geocoding.REASONS.get(account.pin_quality, geocoding.REASONS[""]),
        pin_quality=QUALITIES.get(account.pin_quality),
        address_changed=address_changed(account),
        currency=people.company(session()).currency,
        today=on,
    )


@blueprint.get("/<account_id>/edit")
def edit(account_id: str) -> ResponseReturnValue:
    """Show an account's fields to change."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    return _form_page(user, account=account, form=exporting.form_of(account), error=None)


@blueprint.post("/<account_id>")
def save(account_id: str) -> ResponseReturnValue:
    """Change an account; a version that is no longer the newest is refused."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    try:
        version = int(request.form.get("version") or 0)
    except ValueError:
        raise InvalidInput("The form is not complete. Reload the page and try again.") from None
    try:
        values = _values(user, request.form)
        service.update_account(session(), account_id=account.id, values=values, version=version)
    except RouteAppError as error:
        return _form_page(user, account=account, form=request.form, error=error)
    flash("Saved.", "good")
    problem = read_hours(account.opening_hours, account.country).problem
    if problem:
        flash(problem, "warn")
    return redirect(url_for("accounts.show", account_id=account.id), 303)


@blueprint.post("/<account_id>/active")
def set_active(account_id: str) -> ResponseReturnValue:
    """Take an account out of planning, or put it back; nothing is deleted."""
    user = guards.manager()
    account = guards.account_for(user, account_id)
    active = request.form.get("active") == "yes"
    service.set_active(session(), account_id=account.id, active=active)
    said = "is active again" if active else "is inactive: no more visits are planned"
    flash(f"{account.name} {said}.", "good")
    return redirect(url_for("accounts.show", account_id=account.id), 303)


def _wanted(args: Mapping[str, str]) -> Wanted:
    """Return the filters of an address; what is not understood is left out."""
    given = {key: args.get(key, "").strip()[:100] for key in ("tier", "owner", "due", "pin")}
    sort = tuple(dict.fromkeys(k for k in (args.get("sort"), args.get("then")) if k in SORT_WORDS))
    active = args.get("active", "yes")
    return replace(
        Wanted(text=args.get("q", "").strip()[:100]),
        tier=given["tier"] if given["tier"] in TIER_DAYS else "",
        owner=given["owner"],
        due=given["due"] if given["due"] in DUE_WORDS else "",
        pin=given["pin"] if given["pin"] == "none" else "",
        active=active if active in ("yes", "no", "all") else "yes",
        sort=sort or ("name",),
        page=_number("page", 1),
        size=_number("size", 50),
    )


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else default


def _today(user: SignedIn) -> tuple[date, ZoneInfo]:
    zone = ZoneInfo(user.time_zone)
    return datetime.now(zone).date(), zone


def _values(user: SignedIn, form: Mapping[str, str]) -> dict[str, Any]:
    """Return checked values of the account form, the owner among this user's reps."""
    values = editing.account_values(form)
    owner_id = form.get("owner_id", "")
    if owner_id and owner_id not in {rep.id for rep in people.reps(session(), user)}:
        raise InvalidInput("Choose one of your active reps as the owner.", field="owner_id")
    if not owner_id and user.role is not Role.ADMIN:
        raise InvalidInput("Choose which of your reps owns the account.", field="owner_id")
    return values | {"owner_id": owner_id or None}


def _form_page(
    user: SignedIn,
    *,
    account: "Account | None",
    form: Mapping[str, str],
    error: RouteAppError | None,
) -> ResponseReturnValue:
    owners = [(rep.id, rep.name) for rep in people.reps(session(), user)]
    page = render_template(
        "accounts/form.html",
        account=account,
        form=form,
        error=error,
        owners=owners,
        tier_days=TIER_DAYS,
        tier_service_s=TIER_SERVICE_S,
        can_search=addresses.can_search(),
        user=user,
    )
    return page, error.http_status if error else 200


def _download(content: bytes, name: str) -> Response:
    answer = Response(content, content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

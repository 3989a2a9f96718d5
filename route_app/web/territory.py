"""Territories: the map and the list, their shapes and who covers them, and what does not fit."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field

from route_app.errors import InvalidInput, NotAllowed
from route_app.lib import clock
from route_app.territory import queries, service
from route_app.territory.ownership import Reassigned
from route_app.users import queries as users
from route_app.users.permissions import Action, may
from route_app.users.person import Role, SignedIn
from route_app.web import guards
from route_app.web.body import Shape, body
from route_app.web.filters import METRES_A_MILE, plural
from route_app.web.transaction import session

blueprint = Blueprint("territory", __name__)
MOST_SHOWN = 100
DIGITS = 9  # more than any count here has, and fewer than a database can hold


class NewTerritory(Shape):
    """A territory as it was drawn."""

    name: str = Field(min_length=1, max_length=service.NAME_LENGTH)
    shape: dict[str, object]


class NewShape(Shape):
    """A shape as it was drawn over version `version` of its territory."""

    version: int = Field(ge=1, lt=10**DIGITS)
    shape: dict[str, object]


@blueprint.get("/territories/")
def index() -> ResponseReturnValue:
    """Show every territory on a map and in a list; to who may edit them, also what does not fit."""
    user = guards.may(Action.SEE_TERRITORIES)
    edits = may(user.role, Action.EDIT_TERRITORIES)
    placed = queries.placed_accounts(session())
    rows = queries.territories(session(), placed=placed)
    found = queries.exceptions(session(), owner_ids=_scope(user), placed=placed) if edits else None
    names = {row.id: row.name for row in rows}
    return render_template(
        "territory/index.html",
        rows=rows,
        edits=edits,
        editable=_editable_ids(rows, user),
        found=found,
        notes=_notes(found, names),
        names=names,
        people={person.id: person.name for person in users.everybody(session())},
        reps=users.reps(session(), user),
        most=MOST_SHOWN,
    )


@blueprint.post("/territories/")
def create() -> ResponseReturnValue:
    """Add a territory without a shape."""
    guards.may(Action.EDIT_TERRITORIES)
    made = service.create(session(), name=request.form.get("name", ""))
    flash(f"“{made.name}” was added. Say who covers it, and draw or derive its shape.", "good")
    return redirect(url_for(".show", territory_id=made.id), 303)


@blueprint.get("/territories/<territory_id>")
def show(territory_id: str) -> ResponseReturnValue:
    """Show one territory with its form, who covered it, and what it asks for."""
    user = guards.may(Action.EDIT_TERRITORIES)
    territory = queries.territory(session(), territory_id)
    rows = queries.territories(session())
    return render_template(
        "territory/show.html",
        territory=territory,
        row=next(row for row in rows if row.id == territory_id),
        edits=territory_id in _editable_ids(rows, user),
        history=queries.history(session(), territory_id),
        reps=users.reps(session(), user),
        colours=service.COLOURS,
    )


@blueprint.post("/territories/<territory_id>")
def change(territory_id: str) -> ResponseReturnValue:
    """Change a territory's name, colour and rank."""
    user = _editor(territory_id)
    row = service.change(
        session(),
        territory_id=territory_id,
        version=_number("version"),
        name=request.form.get("name", ""),
        rank=_number("rank"),
        colour=_number("colour"),
    )
    done = _realign(user, territory_id)
    flash(f"“{row.name}” was changed. {_said(done)}", "good")
    return redirect(url_for(".show", territory_id=territory_id), 303)


@blueprint.post("/territories/<territory_id>/assignment")
def assign(territory_id: str) -> ResponseReturnValue:
    """Say who covers a territory from now on."""
    user = _editor(territory_id)
    wanted = request.form.get("rep_id", "")
    rep = guards.rep_for(user, wanted) if wanted else None
    changed = service.assign(session(), territory_id=territory_id, rep_id=rep.id if rep else None)
    done = _realign(user, territory_id)
    who = f"{rep.name} covers it from now on." if rep else "Nobody covers it now."
    flash(f"{who} {_said(done)}" if changed else "Nothing was changed.", "good")
    return redirect(url_for(".show", territory_id=territory_id), 303)


@blueprint.post("/territories/<territory_id>/deletion")
def delete(territory_id: str) -> ResponseReturnValue:
    """Remove a territory; its accounts keep their owners unless another territory takes them."""
    user = _editor(territory_id)
    name = service.delete(session(), territory_id=territory_id, scope=_scope(user))
    flash(f"“{name}” was deleted. Its accounts are still there.", "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/territories/imports")
def import_shapes() -> ResponseReturnValue:
    """Take territories from a GeoJSON file."""
    user = guards.may(Action.EDIT_TERRITORIES)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput("Choose a GeoJSON file first.", field="file")
    done = service.import_shapes(session(), content=sent.read(), scope=_scope(user))
    counts = f"{plural(done.made, 'territory', 'territories')} added, {done.changed:,} changed."
    flash(f"{counts} {_said(done.reassigned)}", "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/territories/derivations")
def derive() -> ResponseReturnValue:
    """Make shapes from the accounts that reps own."""
    user = guards.may(Action.EDIT_TERRITORIES)
    replace = request.form.get("replace") == "yes"
    done = service.derive_shapes(session(), scope=_scope(user), replace=replace)
    text = f"{plural(done.shaped, 'shape')} made from the accounts your reps own."
    if done.by_hand:
        text += (
            f" {plural(done.by_hand, 'account lies', 'accounts lie')} in another rep's shape and "
            "kept the owner they had; see “Owners chosen by hand”."
        )
    flash(text, "good" if done.shaped else "warn")
    return redirect(url_for(".index"), 303)


@blueprint.post("/territories/exceptions/<account_id>")
def settle(account_id: str) -> ResponseReturnValue:
    """Give one account to a rep by hand, or let it follow its territory again."""
    user = guards.may(Action.SET_OWNER)
    account = guards.account_for(user, account_id)
    wanted = request.form.get("rep_id", "")
    if wanted:
        rep = guards.rep_for(user, wanted)
        service.give_account(session(), account_id=account.id, rep_id=rep.id)
        flash(f"{account.name} is {rep.name}'s now, whatever the shapes say.", "good")
    else:
        service.release_account(session(), account_id=account.id, scope=_scope(user))
        flash(f"{account.name} follows its territory again.", "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/territories/export.geojson")
def export() -> ResponseReturnValue:
    """Answer all territories as a GeoJSON file."""
    guards.may(Action.EXPORT)
    name = f"territories-{datetime.now(UTC):%Y-%m-%d}.geojson"
    headers = {
        "Content-Type": "application/geo+json",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return queries.exported(session()), 200, headers


@blueprint.get("/api/v1/territories")
def features() -> ResponseReturnValue:
    """Answer the shapes of all territories as GeoJSON."""
    user = guards.anyone()
    return queries.map_features(session(), rep_id=user.id)


@blueprint.get("/api/v1/territories/accounts")
def account_features() -> ResponseReturnValue:
    """Answer the accounts this user may see as GeoJSON points."""
    user = guards.anyone()
    zone = clock.zone(user.time_zone)
    on = clock.local_day(datetime.now(UTC), zone=zone)
    return queries.account_features(session(), owner_ids=_scope(user), on=on, zone=zone)


@blueprint.post("/api/v1/territories")
def draw() -> ResponseReturnValue:
    """Add a territory with the shape that was drawn."""
    guards.may(Action.EDIT_TERRITORIES)
    told = body(NewTerritory)
    made = service.create(session(), name=told.name, shape=told.shape)
    flash(f"“{made.name}” was added. Say who covers it, and its accounts become theirs.", "good")
    return {"ok": True, "id": made.id, "url": url_for(".show", territory_id=made.id)}, 201


@blueprint.put("/api/v1/territories/<territory_id>/shape")
def redraw(territory_id: str) -> ResponseReturnValue:
    """Give a territory the shape that was drawn; its accounts follow."""
    user = _editor(territory_id)
    told = body(NewShape)
    row = service.set_shape(
        session(), territory_id=territory_id, version=told.version, shape=told.shape
    )
    done = _realign(user, territory_id)
    flash(f"“{row.name}” has its new shape. {_said(done)}", "good")
    return {"ok": True, "version": row.version, "url": url_for(".index")}


@blueprint.app_template_filter("land")
def land(square_metres: float) -> str:
    """Return the size of an area in the reader's units: 850 m², 1.3 km², 0.5 sq mi."""
    if current_user.units == "mi":
        return f"{square_metres / METRES_A_MILE**2:,.1f} sq mi"
    if square_metres < 100_000:
        return f"{square_metres:,.0f} m²"
    return f"{square_metres / 1e6:,.1f} km²"


def _notes(found: queries.Exceptions | None, names: dict[str, str]) -> dict[str, str]:
    """Return, for each account in several territories, which of them wins there."""
    return {
        account.id: f"{names[within[0]]} wins over {', '.join(names[one] for one in within[1:])}"
        for account, within in (found.in_several if found else ())
    }


def _scope(user: SignedIn) -> frozenset[str] | None:
    return users.visible_rep_ids(session(), user)


def _editor(territory_id: str) -> SignedIn:
    """Return whoever is signed in, if this territory is theirs to change."""
    user = guards.may(Action.EDIT_TERRITORIES)
    queries.territory(session(), territory_id)
    if not queries.may_edit(session(), territory_id, rep_ids=_scope(user)):
        raise NotAllowed("This territory is another team's. Ask its manager or an admin.")
    return user


def _editable_ids(rows: list[queries.TerritoryRow], user: SignedIn) -> set[str]:
    if not may(user.role, Action.EDIT_TERRITORIES):
        return set()
    scope = None if user.role is Role.ADMIN else _scope(user)
    return {row.id for row in rows if scope is None or row.lead is None or row.lead.rep_id in scope}


def _realign(user: SignedIn, territory_id: str) -> Reassigned:
    return service.reassign_accounts(session(), territory_ids=[territory_id], scope=_scope(user))


def _said(done: Reassigned) -> str:
    if not done.owner_changed:
        return "No account changed its owner."
    return f"{plural(done.owner_changed, 'account')} changed to another owner."


def _number(name: str) -> int:
    word = request.form.get(name, "").strip()
    try:
        return int(word if len(word) <= DIGITS else "")
    except ValueError:
        raise InvalidInput(f"The {name} should be a whole number.", field=name) from None

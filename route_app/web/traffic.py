"""Traffic by time of day: the hours of the slots and how much they slow driving. For admins."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from route_app.errors import InvalidInput, RouteAppError
from route_app.roads.engine import DEFAULT_SLOT
from route_app.roads.profile import Profile, read_changed
from route_app.roads.sample_drive import SampleDrive, sample_drive
from route_app.roads.slots import SLOTS
from route_app.roads.store import RoadStore
from route_app.roads.traffic import (
    GROUP_NAMES,
    SLOT_NAMES,
    entries_of,
    read_entries,
    save,
    without_traffic,
)
from route_app.users.permissions import Action, may
from route_app.web import guards
from route_app.web.roads import blueprint

__all__ = ["blueprint"]


@blueprint.get("/traffic")
def traffic() -> ResponseReturnValue:
    """Show what each slot does to driving, and what that makes of a drive."""
    guards.may(Action.SEE_ROADS)
    return _page(_kept())


@blueprint.post("/traffic")
def change_traffic() -> ResponseReturnValue:
    """Change it, or only show what the change would do."""
    user = guards.may(Action.BUILD_ROADS)
    kept = _kept()
    given = {name: text[:1000] for name, text in request.form.items() if name in entries_of(kept)}
    wanted, wrong = read_entries(kept, given)
    if wrong or "preview" in request.form:
        return _page(kept, given=given, wanted=wanted, wrong=wrong)
    save(_store().root, wanted, by=user.name, at=datetime.now(UTC))
    flash("Saved. Days planned from here on drive by it.", "good")
    return redirect(url_for(".traffic"), 303)


@blueprint.post("/traffic/defaults")
def reset_traffic() -> ResponseReturnValue:
    """Go back to the usual hours and multipliers."""
    user = guards.may(Action.BUILD_ROADS)
    usual = without_traffic(_kept())
    save(_store().root, usual, by=user.name, at=datetime.now(UTC))
    flash("The usual hours and multipliers hold again.", "good")
    return redirect(url_for(".traffic"), 303)


def _page(
    kept: Profile,
    *,
    given: Mapping[str, str] | None = None,
    wanted: Profile | None = None,
    wrong: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    changed = read_changed(_store().root / "profile.json")
    usual = without_traffic(kept)
    page = render_template(
        "roads/traffic.html",
        entries={**entries_of(kept), **(given or {})},
        wrong=wrong or {},
        slots=SLOT_NAMES,
        groups=GROUP_NAMES,
        order=SLOTS,
        default_slot=DEFAULT_SLOT,
        edits=may(current_user.role, Action.BUILD_ROADS),
        usual=kept == usual,
        changed=changed,
        drive=_drive(kept),
        would_be=_drive(wanted) if wanted and not wrong else None,
    )
    return page, 400 if wrong else 200


def _drive(profile: Profile) -> SampleDrive | None:
    """Return the sample drive on the network in use; none where no roads are built."""
    try:
        folder = _store().version_folder(_store().in_use())
        return sample_drive(folder / "network.npz", profile)
    except RouteAppError:
        return None


def _kept() -> Profile:
    """Return the profile in use; one that somebody broke by hand counts as not there."""
    try:
        return _store().profile()
    except InvalidInput as error:
        flash(f"{error.message} Until somebody saves here, nothing can be driven.", "bad")
        return Profile()


def _store() -> RoadStore:
    store: RoadStore = current_app.extensions["roads"]
    return store

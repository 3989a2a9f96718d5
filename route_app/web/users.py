"""People: who may sign in, whom they report to, what their day is. For admins."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from route_app.errors import InvalidInput, RouteAppError
from route_app.users import queries, service
from route_app.web import addresses, guards
from route_app.web.transaction import session
from route_app.web.user_forms import UserForm

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List everybody, and say which reps have no home place."""
    guards.admin()
    people = queries.everybody(session())
    invited = queries.pending_invitations(session(), at=datetime.now(UTC))
    names = {person.id: person.name for person in people}
    homeless = [p for p in people if p.role == "rep" and p.active and p.home_lat is None]
    return render_template(
        "users/index.html", people=people, invited=invited, names=names, homeless=homeless
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show an empty form."""
    guards.admin()
    form = UserForm(data={"role": "rep"})
    form.work_hours.data = "Mo-Fr 08:30-17:00"
    form.lunch_from.process_data(datetime(2000, 1, 1, 11, 30, tzinfo=UTC).time())
    form.lunch_to.process_data(datetime(2000, 1, 1, 13, 30, tzinfo=UTC).time())
    form.lunch_min.data = 30
    return _form_page(form)


@blueprint.post("/")
def create() -> ResponseReturnValue:
    """Add somebody, and make the link with which they set their password."""
    guards.admin()
    form = _posted()
    if "find" in request.form:
        return _with_found_home(form)
    if not form.validate():
        return _form_page(form, status=400)
    try:
        user = service.create_user(session(), **form.columns())
    except RouteAppError as error:
        return _blamed(form, error)
    browser["fresh_link"] = [user.id, service.invite(session(), user_id=user.id)]
    flash(f"{user.name} is added. Send them the link below.", "good")
    return redirect(url_for("users.show", user_id=user.id), 303)


@blueprint.get("/<user_id>")
def show(user_id: str) -> ResponseReturnValue:
    """Show one user's form, and once the link that was just made for them."""
    guards.admin()
    form = UserForm()
    form.show_user(queries.person(session(), user_id))
    return _form_page(form, user_id=user_id)


@blueprint.post("/<user_id>")
def update(user_id: str) -> ResponseReturnValue:
    """Change a user."""
    guards.admin()
    form = _posted()
    if "find" in request.form:
        return _with_found_home(form, user_id=user_id)
    if not form.validate():
        return _form_page(form, user_id=user_id, status=400)
    try:
        user = service.update_user(session(), user_id=user_id, changes=form.columns())
    except RouteAppError as error:
        return _blamed(form, error, user_id=user_id)
    flash(f"{user.name} is saved.", "good")
    return redirect(url_for("users.index"), 303)


@blueprint.post("/<user_id>/links")
def create_link(user_id: str) -> ResponseReturnValue:
    """Make a new invitation, or a reset link for somebody who has a password already."""
    guards.admin()
    user = queries.person(session(), user_id)
    make = service.invite if user.password_hash is None else service.reset_link
    browser["fresh_link"] = [user_id, make(session(), user_id=user_id)]
    flash("A new link is made; the one before it no longer works.", "good")
    return redirect(url_for("users.show", user_id=user_id), 303)


@blueprint.post("/<user_id>/active")
def set_active(user_id: str) -> ResponseReturnValue:
    """Switch somebody off, on every device at once, or on again."""
    me = guards.admin()
    if request.form.get("active") == "yes":
        user = service.reactivate(session(), user_id=user_id)
        flash(f"{user.name} can sign in again.", "good")
    elif me.id == user_id:
        raise InvalidInput("You cannot switch yourself off. Ask another admin.")
    else:
        user = service.deactivate(session(), user_id=user_id)
        flash(f"{user.name} is switched off and signed out everywhere.", "good")
    return redirect(url_for("users.show", user_id=user_id), 303)


def _posted() -> UserForm:
    form = UserForm(request.form)
    form.offer_managers(queries.managers(session()))
    return form


def _with_found_home(form: UserForm, *, user_id: str | None = None) -> ResponseReturnValue:
    try:
        found = addresses.find(form.home_address.data or "")
    except RouteAppError as error:
        form.home_address.errors = [error.message]
        return _form_page(form, user_id=user_id, status=error.http_status)
    if found.only_town:
        form.home_address.errors = [
            "Only the town was found. Check the street, or give latitude and longitude."
        ]
        return _form_page(form, user_id=user_id, status=404)
    form.show_home(found.place)
    return _form_page(form, user_id=user_id, found=found.label)


def _blamed(
    form: UserForm, error: RouteAppError, *, user_id: str | None = None
) -> ResponseReturnValue:
    if not form.blame(error.field, error.message):
        raise error
    return _form_page(form, user_id=user_id, status=error.http_status)


def _form_page(
    form: UserForm, *, user_id: str | None = None, status: int = 200, found: str = ""
) -> ResponseReturnValue:
    user = queries.person(session(), user_id) if user_id else None
    form.offer_managers([m for m in queries.managers(session()) if m.id != user_id])
    page = render_template(
        "users/form.html",
        form=form,
        user=user,
        found=found,
        link=_fresh_link(user_id) if status == 200 else "",
        can_search=addresses.can_search(),
    )
    return page, status


def _fresh_link(user_id: str | None) -> str:
    of, token = browser.get("fresh_link", ("", ""))
    if not token or of != user_id:
        return ""
    browser.pop("fresh_link")
    return url_for("invitations.show", token=token, _external=True)

"""What everybody does for themselves: their password, and where they are signed in."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, PasswordField
from wtforms.validators import EqualTo, InputRequired

from route_app.db import transaction
from route_app.errors import NotFound
from route_app.users import limits, passwords, queries, service
from route_app.users.person import SignedIn
from route_app.web import auth, guards
from route_app.web.transaction import engine, session

blueprint = Blueprint("own_account", __name__)


class PasswordForm(Form):  # type: ignore[misc]
    """The password somebody has, and the one they want."""

    current = PasswordField("Your password now", [InputRequired("Type your password.")])
    password = PasswordField("New password", [InputRequired("Choose a new password.")])
    again = PasswordField(
        "New password again", [EqualTo("password", "This is not the same password.")]
    )


@blueprint.get("/password")
def show_password() -> ResponseReturnValue:
    """Show the form to change one's password."""
    guards.anyone()
    return _password_page(PasswordForm())


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    """Change the password; every other device is signed out."""
    user = guards.anyone()
    form = PasswordForm(request.form)
    if not form.validate():
        return _password_page(form, status=400)
    # Checked and hashed before anything is written: both are slow on purpose.
    kept = _count_try(user)
    if not passwords.matches(kept, form.current.data):
        form.current.errors = ["This is not your password."]
        return _password_page(form, status=400)
    if sentence := passwords.problem(form.password.data, known=_known_words(user)):
        form.password.errors = [sentence]
        return _password_page(form, status=400)
    fresh = passwords.make_hash(form.password.data)
    service.give_back_try(
        session(), key=auth.wrong_passwords_key(user.email), limit=limits.WRONG_PASSWORDS
    )
    service.change_password(session(), user_id=user.id, password_hash=fresh)
    token = auth.start(user.id)
    flash("Your password is changed. Other devices were signed out.", "good")
    return auth.with_cookie(redirect(url_for("own_account.devices"), 303), token)


@blueprint.get("/devices")
def devices() -> ResponseReturnValue:
    """List where this user is signed in."""
    user = guards.anyone()
    found = queries.devices(session(), user.id, at=datetime.now(UTC))
    return render_template("auth/devices.html", devices=found, user=user)


@blueprint.post("/devices/<session_id>/sign-out")
def sign_out_device(session_id: str) -> ResponseReturnValue:
    """Sign one of this user's devices out."""
    user = guards.anyone()
    if not service.sign_out(session(), session_id=session_id, user_id=user.id):
        raise NotFound("That device is signed out already.")
    flash("The device is signed out.", "good")
    return redirect(url_for("own_account.devices"), 303)


@blueprint.post("/devices/sign-out")
def sign_out_others() -> ResponseReturnValue:
    """Sign out every device of this user but the one in their hand."""
    user = guards.anyone()
    service.sign_out_everywhere(session(), user_id=user.id, but=user.session_id)
    flash("All other devices are signed out.", "good")
    return redirect(url_for("own_account.devices"), 303)


def _password_page(form: PasswordForm, *, status: int = 200) -> tuple[str, int]:
    return render_template("auth/password.html", form=form), status


def _count_try(user: SignedIn) -> str | None:
    with transaction(engine()) as counting:
        key = auth.wrong_passwords_key(user.email)
        service.spend_try(counting, key=key, limit=limits.WRONG_PASSWORDS)
        return queries.person(counting, user.id).password_hash


def _known_words(user: SignedIn) -> tuple[str, ...]:
    with transaction(engine(), write=False) as reading:
        home = queries.company_or_none(reading)
        return (user.name, user.email, home.name if home else "")

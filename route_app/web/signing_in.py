"""The sign-in page."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Form, PasswordField, StringField
from wtforms.validators import InputRequired

from route_app.db import transaction
from route_app.errors import TooMany
from route_app.users import limits, passwords, queries, service
from route_app.users.person import Role
from route_app.web import auth
from route_app.web.transaction import engine

blueprint = Blueprint("signing_in", __name__)
WRONG = "The e-mail or the password is not right."


class SignInForm(Form):  # type: ignore[misc]
    """What somebody types to sign in."""

    email = StringField("E-mail", [InputRequired("Type your e-mail.")])
    password = PasswordField("Password", [InputRequired("Type your password.")])


@blueprint.get("/sign-in")
def show() -> ResponseReturnValue:
    """Show the form, or go on when somebody is signed in already."""
    wanted = auth.safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or auth.start_page(current_user.role), 303)
    return _page(SignInForm(), wanted=wanted)


@blueprint.post("/sign-in")
def create() -> ResponseReturnValue:
    """Open a session for the right e-mail and password."""
    form = SignInForm(request.form)
    wanted = auth.safe_next(request.form.get("next"))
    if not form.validate():
        return _page(form, wanted=wanted, status=400)
    try:
        found = _who(form.email.data, form.password.data)
    except TooMany as error:
        answer = _page(form, wanted=wanted, status=429, problem=error.message)
        return answer[0], answer[1], {"Retry-After": str(error.retry_after_s)}
    if found is None:
        return _page(form, wanted=wanted, status=400, problem=WRONG)
    user_id, role = found
    token = auth.start(user_id)
    return auth.with_cookie(redirect(wanted or auth.start_page(role), 303), token)


def _page(
    form: SignInForm, *, wanted: str, status: int = 200, problem: str = ""
) -> tuple[str, int]:
    page = render_template("auth/sign_in.html", form=form, wanted=wanted, problem=problem)
    return page, status


def _who(email: str, password: str) -> tuple[str, Role] | None:
    """Return who this is. Tries are counted before, and passwords checked outside, any write."""
    by_address, by_email = auth.address_key(), auth.wrong_passwords_key(email)
    with transaction(engine()) as counting:
        service.spend_try(counting, key=by_address, limit=limits.SIGN_IN_BY_ADDRESS)
    with transaction(engine()) as counting:
        service.spend_try(counting, key=by_email, limit=limits.WRONG_PASSWORDS)
        user = queries.user_by_email(counting, email)
    kept = user.password_hash if user and user.active else None
    if not passwords.matches(kept, password) or user is None or kept is None:
        return None
    stronger = passwords.make_hash(password) if passwords.is_outdated(kept) else None
    with transaction(engine()) as counting:
        # a right password costs nothing: a whole office may sign in from one address
        service.give_back_try(counting, key=by_address, limit=limits.SIGN_IN_BY_ADDRESS)
        service.give_back_try(counting, key=by_email, limit=limits.WRONG_PASSWORDS)
        if stronger:
            service.replace_hash(counting, user_id=user.id, password_hash=stronger)
    return user.id, Role(user.role)

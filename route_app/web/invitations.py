"""One-time links: an invitation, a password reset, and the sign-up of the first admin."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import EmailField, Form, PasswordField, SelectField, StringField
from wtforms.validators import AnyOf, EqualTo, InputRequired, Length

from route_app.db import transaction
from route_app.errors import RouteAppError
from route_app.lib.countries import NAMES
from route_app.users import limits, passwords, queries, service
from route_app.users.person import Role
from route_app.web import auth
from route_app.web.transaction import engine, session

blueprint = Blueprint("invitations", __name__)
REGIONS = {
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}


class NewPasswordForm(Form):  # type: ignore[misc]
    """A new password, typed twice."""

    password = PasswordField("Password", [InputRequired("Choose a password.")])
    again = PasswordField("Password again", [EqualTo("password", "This is not the same password.")])


class SignUpForm(NewPasswordForm):
    """A company and its first admin."""

    company = StringField("Company", [InputRequired("Give the company's name."), Length(max=120)])
    country = SelectField("Country", [AnyOf(NAMES, "Choose a country.")])
    time_zone = SelectField("Time zone")
    units = SelectField("Distances in", choices={"km": "Kilometres", "mi": "Miles"})
    name = StringField("Your name", [InputRequired("Give your name."), Length(max=120)])
    email = EmailField("Your e-mail", [InputRequired("Give your e-mail."), Length(max=254)])


@dataclass(frozen=True)
class _Link:
    """What a link is for, read before anything is written."""

    purpose: str
    name: str = ""
    email: str = ""
    company: str = ""


@blueprint.get("/invitations/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what the link is for: a new password, or a new company."""
    link = _open(token)
    return _page(link, SignUpForm() if link.purpose == "first_admin" else NewPasswordForm())


@blueprint.post("/invitations/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Use the link up, and sign whoever it is for in."""
    with transaction(engine()) as counting:
        service.spend_try(counting, key=auth.address_key(), limit=limits.SIGN_IN_BY_ADDRESS)
    link = _open(token)
    return _sign_up(token, link) if link.purpose == "first_admin" else _set_password(token, link)


def _set_password(token: str, link: _Link) -> ResponseReturnValue:
    form = NewPasswordForm(request.form)
    if not _is_good(form, known=(link.name, link.email, link.company)):
        return _page(form=form, link=link, status=400)
    fresh = passwords.make_hash(form.password.data)
    user = service.accept_link(session(), token=token, password_hash=fresh)
    service.forget_tries(session(), key=auth.wrong_passwords_key(user.email))
    return _welcome(user.id, Role(user.role), "Your password is set. Welcome!")


def _sign_up(token: str, link: _Link) -> ResponseReturnValue:
    form = SignUpForm(request.form)
    form.time_zone.choices = time_zones()
    form.country.choices = countries()
    known = (form.name.data or "", form.email.data or "", form.company.data or "")
    if not _is_good(form, known=known):
        return _page(form=form, link=link, status=400)
    fresh = passwords.make_hash(form.password.data)
    company = {
        "name": " ".join(form.company.data.split()),
        "country": form.country.data,
        "time_zone": form.time_zone.data,
        "units": form.units.data,
    }
    try:
        user = service.accept_first_admin(
            session(),
            token=token,
            company=company,
            email=form.email.data,
            name=form.name.data,
            password_hash=fresh,
        )
    except RouteAppError as error:
        if error.field is None:
            raise
        form[error.field].errors = [error.message]
        return _page(form=form, link=link, status=error.http_status)
    return _welcome(user.id, Role.ADMIN, f"{company['name']} is set up. Add your people next.")


def _is_good(form: NewPasswordForm, *, known: tuple[str, ...]) -> bool:
    if not form.validate():
        return False
    sentence = passwords.problem(form.password.data, known=known)
    if sentence:
        form.password.errors = [sentence]
    return sentence is None


def _welcome(user_id: str, role: Role, sentence: str) -> ResponseReturnValue:
    # a link that was right costs no try: a whole office may join from one address
    key = auth.address_key()
    service.give_back_try(session(), key=key, limit=limits.SIGN_IN_BY_ADDRESS)
    token = auth.start(user_id)
    flash(sentence, "good")
    return auth.with_cookie(redirect(auth.start_page(role), 303), token)


def _open(token: str) -> _Link:
    with transaction(engine(), write=False) as reading:
        link = queries.open_link(reading, token=token, at=datetime.now(UTC))
        home = queries.company_or_none(reading)
        company = home.name if home else ""
        if link.user_id is None:
            return _Link(link.purpose, company=company)
        user = queries.person(reading, link.user_id)
        return _Link(link.purpose, name=user.name, email=user.email, company=company)


def _page(link: _Link, form: NewPasswordForm, *, status: int = 200) -> tuple[str, int]:
    template = "auth/set_password.html"
    if isinstance(form, SignUpForm):
        template = "auth/sign_up.html"
        form.time_zone.choices = time_zones()
        form.country.choices = countries()
    page = render_template(template, form=form, link=link, shortest=passwords.SHORTEST)
    return page, status


def time_zones() -> list[str]:
    """Return the time zones one can choose from."""
    zones = available_timezones()
    return ["UTC", *sorted(zone for zone in zones if zone.split("/")[0] in REGIONS)]


def countries() -> dict[str, str]:
    """Return the countries one can choose from."""
    return {"": "Choose…"} | NAMES

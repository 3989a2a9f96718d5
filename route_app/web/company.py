"""The company of this installation: its name, where it is, and how it counts. For admins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from route_app.errors import RouteAppError
from route_app.lib.countries import NAMES
from route_app.lib.currencies import CODES
from route_app.users import queries, service
from route_app.users.permissions import Action
from route_app.web import guards
from route_app.web.invitations import countries, time_zones
from route_app.web.transaction import session

blueprint = Blueprint("company", __name__, url_prefix="/company")


class CompanyForm(Form):  # type: ignore[misc]
    """What holds for everybody in the company."""

    name = StringField("Name", [InputRequired("Give the company's name."), Length(max=120)])
    country = SelectField("Country", [AnyOf(NAMES, "Choose a country.")])
    time_zone = SelectField("Time zone")
    currency = StringField("Currency", [InputRequired("Give a currency, such as EUR.")])
    units = SelectField("Distances in", choices={"km": "Kilometres", "mi": "Miles"})


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Show what is set."""
    guards.may(Action.EDIT_COMPANY)
    return _page(CompanyForm(obj=queries.company(session())))


@blueprint.post("/")
def update() -> ResponseReturnValue:
    """Change what is set."""
    guards.may(Action.EDIT_COMPANY)
    form = CompanyForm(request.form)
    _offer(form)
    if not form.validate():
        return _page(form, status=400)
    try:
        home = service.update_company(session(), changes=form.data)
    except RouteAppError as error:
        if error.field is None:
            raise
        form[error.field].errors = [error.message]
        return _page(form, status=error.http_status)
    flash(f"Saved. {home.name} counts in {home.currency} and {home.units}.", "good")
    return redirect(url_for(".show"), 303)


def _offer(form: CompanyForm) -> None:
    kept = queries.company(session()).time_zone
    zones = time_zones()
    # one from another list of zones must not be lost by saving the rest
    form.time_zone.choices = zones if kept in zones else [kept, *zones]
    form.country.choices = countries()


def _page(form: CompanyForm, *, status: int = 200) -> ResponseReturnValue:
    _offer(form)
    return render_template("company/form.html", form=form, currencies=sorted(CODES)), status

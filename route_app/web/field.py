"""The field app: an empty shell, and what it asks for. A rep sees their own, a manager a rep's."""

from datetime import date
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from route_app.accounts import queries as accounts
from route_app.activity import outcomes
from route_app.activity.outcomes import Outcome
from route_app.errors import InvalidInput
from route_app.territory import queries as territories
from route_app.users import queries as users
from route_app.users.person import Role, SignedIn
from route_app.web import field_account, field_day, guards
from route_app.web.days import asked_day
from route_app.web.field_account import Viewed
from route_app.web.transaction import session

blueprint = Blueprint("field", __name__)


@blueprint.get("/app/")
def shell() -> ResponseReturnValue:
    """Show the shell: the same for everybody, without a word about anybody."""
    guards.anyone()
    return render_template("field/shell.html", modules=_modules())


@blueprint.get("/api/v1/me")
def me() -> ResponseReturnValue:
    """Answer who is signed in and what a form offers."""
    user = guards.anyone()
    row = users.person(session(), user.id)
    company = users.company(session())
    return {
        "ok": True,
        "me": {
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "role": user.role.value,
            "role_label": user.role.label,
            "time_zone": user.time_zone,
            "units": user.units,
            "company": company.name,
            "is_demo": company.is_demo,
            "currency": company.currency,
            "work_hours": row.work_hours if user.role is Role.REP else "",
            "home": row.home_address,
            "outcomes": [outcome_json(outcome) for outcome in outcomes.offered()],
        },
    }


@blueprint.get("/api/v1/today")
def today() -> ResponseReturnValue:
    """Answer a rep's day: the plan as it goes, what stayed out, and what is under way."""
    viewed = _viewed(guards.anyone())
    day = _date(viewed)
    answer = field_day.day_json(viewed, day)
    answer["outcomes"] = [outcome_json(outcome) for outcome in outcomes.offered()]
    return answer


@blueprint.get("/api/v1/accounts/<id>")
def account(id: str) -> ResponseReturnValue:
    """Answer one account: who, when to come, what happened, and why it is planned."""
    user = guards.anyone()
    found = guards.account_for(user, id)
    owner = users.person(session(), found.owner_id).name if found.owner_id else ""
    viewed = _reader(user)
    among = accounts.accounts_of(session(), found.owner_id) if found.owner_id else []
    answer = field_account.account_json(viewed, found, owner=owner, among=among)
    return answer | field_day.planned_json(viewed, found.id)


@blueprint.get("/api/v1/territory")
def territory() -> ResponseReturnValue:
    """Answer a rep's accounts with how due they are, and the shapes of their territories."""
    viewed = _viewed(guards.anyone())
    shapes = territories.map_features(session(), rep_id=viewed.id)
    shapes["features"] = [one for one in shapes["features"] if one["properties"]["mine"]]
    rows = [row for row in accounts.accounts_of(session(), viewed.id) if row.status != "lost"]
    return {
        "ok": True,
        "accounts": field_account.list_json(viewed, rows, planned=field_day.planned_ids(viewed)),
        "territories": shapes,
    }


def outcome_json(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as the form reads it."""
    return {
        "code": outcome.code,
        "label": outcome.label,
        "reached": outcome.reached,
        "asks": outcome.asks,
    }


@cache
def _modules() -> tuple[str, ...]:
    """Return the app's scripts: named in the shell, they are fetched at once, not one by one."""
    folder = Path(current_app.static_folder or "") / "js" / "field"
    return ("js/lib/vendor.js", *(f"js/field/{file.name}" for file in sorted(folder.glob("*.js"))))


def _viewed(user: SignedIn) -> Viewed:
    """Return whose day is asked for: a rep's own, or with ?rep= one of a manager's team."""
    asked = request.args.get("rep") or (user.id if user.role is Role.REP else "")
    if not asked:
        raise InvalidInput(
            "This shows the day of a rep. Open it from the list of your team.", field="rep"
        )
    found = guards.rep_for(user, asked)
    company = users.company(session())
    zone = found.time_zone or company.time_zone
    return Viewed(id=found.id, name=found.name, time_zone=zone, country=company.country)


def _reader(user: SignedIn) -> Viewed:
    """Return through whose eyes an account is seen: a rep's, or a manager's own."""
    if user.role is Role.REP or request.args.get("rep"):
        return _viewed(user)
    country = users.company(session()).country
    return Viewed(id=user.id, name=user.name, time_zone=user.time_zone, country=country)


def _date(viewed: Viewed) -> date:
    """Return the day asked for, or the rep's today."""
    return asked_day(request.args.get("date", "")) or viewed.today

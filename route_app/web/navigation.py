"""Where somebody can go from here, by role; a page that is not there is not offered."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_login import current_user

from route_app.users import queries as users
from route_app.users.permissions import Action, may
from route_app.web.transaction import session


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the main navigation."""

    label: str
    path: str
    is_here: bool = False


# in the order of the working day: what is going on, then whom, where, what happened, who
ITEMS: tuple[tuple[str, str, Action], ...] = (
    ("My day", "/app/", Action.USE_FIELD_APP),
    ("Today", "/team/", Action.SEE_TEAM),
    ("Accounts", "/accounts/", Action.SEE_ACCOUNTS),
    ("Territories", "/territories/", Action.SEE_TERRITORIES),
    ("Activity", "/activity/", Action.SEE_LOG),
    ("Coverage", "/coverage/", Action.SEE_COVERAGE),
    ("Roads", "/roads/", Action.SEE_ROADS),
    ("People", "/users/", Action.EDIT_USERS),
    ("Company", "/company/", Action.EDIT_COMPANY),
)
# pages reached from an entry that is not the beginning of their address
BELOW = {"/roads/": ("/calibration/",)}


def init_app(app: Flask) -> None:
    """Let every template ask for the navigation."""
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["is_demo"] = is_demo


def is_demo() -> bool:
    """Return whether this is the demo company, so that no page passes made-up trade off as real."""
    company = users.company_or_none(session())
    return company is not None and company.is_demo


def navigation() -> list[Item]:
    """Return the entries of whoever is signed in, the one they are at marked."""
    paths = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [
        Item(label, path, is_here=request.path.startswith((path, *BELOW.get(path, ()))))
        for label, path, action in ITEMS
        if path in paths and may(current_user.role, action)
    ]

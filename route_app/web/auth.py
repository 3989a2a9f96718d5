"""Signing in and out: a cookie holds an opaque token, the database holds the session."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Request,
    current_app,
    g,
    jsonify,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from route_app.db import transaction
from route_app.settings import Settings
from route_app.users import limits, queries, service, tokens
from route_app.users.person import Role, SignedIn
from route_app.web import transaction as frame

blueprint = Blueprint("auth", __name__)
SEEN_EVERY = timedelta(minutes=5)
START = {Role.REP: "/app/", Role.MANAGER: "/team/", Role.ADMIN: "/accounts/"}


def init_app(app: Flask) -> None:
    """Find out on first asking who is behind a request."""
    manager = LoginManager()
    manager.session_protection = None  # the token alone says who it is
    manager.request_loader(_load)
    manager.init_app(app)


def cookie_name() -> str:
    """Return the name of the cookie; over HTTPS the prefix binds it to this very host."""
    return "__Host-fieldbeat" if _settings().secure else "fieldbeat"


def to_sign_in() -> Response:
    """Send somebody to the sign-in page, and afterwards back to what they wanted to see."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    if wanted in ("", "/"):
        return redirect(url_for("signing_in.show"), 303)
    return redirect(url_for("signing_in.show", next=wanted), 303)


def start(user_id: str) -> str:
    """Open a session for this browser in place of the one it had, and return its token."""
    _end_session_of_cookie()
    session.clear()  # nothing that was there before may be of use after
    return service.sign_in(
        frame.session(),
        user_id=user_id,
        days=_settings().session_max_days,
        device=request.user_agent.string,
        address=request.remote_addr or "",
    )


def with_cookie(response: Response, token: str) -> Response:
    """Give the browser its token."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=timedelta(days=_settings().session_max_days),
        secure=_settings().secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def without_cookie(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(
        cookie_name(), secure=_settings().secure, httponly=True, samesite="Lax", path="/"
    )
    return response


def address_key() -> str:
    """Return the bucket of tries of the network this request comes from."""
    network = limits.network_of(request.remote_addr or "")
    return tokens.keyed_digest(str(current_app.secret_key), "address", network)


def wrong_passwords_key(email: str) -> str:
    """Return the bucket of wrong passwords of whoever signs in with this e-mail."""
    return tokens.keyed_digest(str(current_app.secret_key), "email", email.strip().lower())


def safe_next(wanted: str | None) -> str:
    """Return a path on this very site, or "" for anything that could lead elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return ""
    if "\\" in wanted or any(ord(sign) < 32 or ord(sign) == 127 for sign in wanted):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path in ("/sign-in", "/sign-out"):
        return ""
    return wanted


def start_page(role: Role) -> str:
    """Return where somebody of this role begins."""
    return START[role]


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Send people to where their day is."""
    if not current_user.is_authenticated:
        return to_sign_in()
    return redirect(start_page(current_user.role), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session for good: a copy of its cookie is worth nothing afterwards."""
    _end_session_of_cookie()
    session.clear()
    if request.is_json:  # the field app, whose page is kept offline and so carries no form token
        return without_cookie(jsonify(ok=True))
    return without_cookie(redirect(url_for("signing_in.show"), 303))


def _load(asking: Request) -> SignedIn | None:
    token = asking.cookies.get(cookie_name())
    if not token:
        return None
    at = datetime.now(UTC)
    idle = timedelta(days=_settings().session_idle_days)
    if request.method in frame.READING:
        found = queries.live_session(frame.session(), token=token, at=at, idle=idle)
    else:
        # Its own short read: a write must not begin, and make others wait, before it is allowed.
        with transaction(frame.engine(), write=False) as reading:
            found = queries.live_session(reading, token=token, at=at, idle=idle)
    if found is None:
        return None
    person, seen_at = found
    if at - seen_at > SEEN_EVERY:
        _note_seen(person.session_id, at)
    return person


def _note_seen(session_id: str, at: datetime) -> None:
    if "session" in g and request.method not in frame.READING:
        service.seen(frame.session(), session_id=session_id, at=at)
        return
    with transaction(frame.engine()) as writing:
        service.seen(writing, session_id=session_id, at=at)


def _end_session_of_cookie() -> None:
    if current_user.is_authenticated:
        service.sign_out(frame.session(), session_id=current_user.session_id)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found

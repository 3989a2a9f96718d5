"""A write must come from our own pages: a token in every form, headers on every JSON write."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect

from route_app.errors import InvalidInput, NotAllowed

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
OUR_HEADER = "X-Fieldbeat"
_forms = CSRFProtect()


class _FormCookie(SecureCookieSessionInterface):
    """The cookie that a form's token is checked against."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave files and tiles without it: they are the same for everybody, and kept by all."""
        if not request.path.startswith(("/static/", "/tiles/")):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Check every write before its view runs."""
    secure = app.config["SESSION_COOKIE_SECURE"]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-fieldbeat-form" if secure else "fieldbeat-form",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, each kind of write in its own way
        WTF_CSRF_TIME_LIMIT=None,  # a page left open over night still sends
        WTF_CSRF_SSL_STRICT=False,  # Sec-Fetch-Site and Origin tell more than Referer
    )
    app.session_interface = _FormCookie()
    _forms.init_app(app)
    app.before_request(check)


def check() -> None:
    """Refuse a write that another site may have caused."""
    if request.method in SAFE or request.endpoint is None:
        return
    if request.path.startswith("/api/") or request.is_json:
        _check_json()
    else:
        _check_form()


def _check_json() -> None:
    if not request.is_json:
        raise InvalidInput("Send JSON, with the header Content-Type: application/json.")
    if request.headers.get(OUR_HEADER) != "1":
        raise NotAllowed(f"The header {OUR_HEADER}: 1 is missing.")
    if not _from_our_own_site():
        raise NotAllowed("This request came from another site.")


def _check_form() -> None:
    if _from_another_site():
        raise NotAllowed("This form was sent from another site.")
    try:
        _forms.protect()
    except CSRFError as error:
        raise InvalidInput(
            "This page was opened too long ago, or cookies are switched off. "
            "Go back, reload the page, and send it again."
        ) from error


def _from_our_own_site() -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said in ("same-origin", "none")
    return request.headers.get("Origin") in _own_origins()


def _from_another_site() -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin not in (None, "null") and origin not in _own_origins()


def _own_origins() -> set[str]:
    configured = urlsplit(current_app.extensions["settings"].base_url)
    return {request.host_url.rstrip("/"), f"{configured.scheme}://{configured.netloc}"}

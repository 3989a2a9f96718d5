"""Errors as pages for people and one JSON shape for scripts; mapped here once."""

import structlog
from flask import Flask, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from route_app.db import is_clash
from route_app.errors import NotSignedIn, RouteAppError, TooMany

log = structlog.get_logger(__name__)

SENTENCES = {
    400: "That could not be understood. Go back, check what you entered, and try again.",
    404: "There is nothing at this address, or it is not yours to see.",
    405: "This address does not take that kind of request.",
    413: "That file is too large for this installation.",
    429: "Too many tries. Wait a little and try again.",
}


def init_app(app: Flask) -> None:
    """Answer every error in the way its asker reads."""
    app.register_error_handler(RouteAppError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def wants_json() -> bool:
    """Return whether the asker is a script: an API path, or one that prefers JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def error_answer(status: int, message: str, *, field: str | None = None) -> Response:
    """Return an error page or the JSON envelope `{ok, error, errors, status}`."""
    if wants_json():
        errors = [{"field": field, "message": message}] if field else []
        body = {"ok": False, "error": message, "errors": errors, "status": status}
        return make_response(body, status)
    return make_response(render_template("error.html", status=status, message=message), status)


def _known(error: RouteAppError) -> Response:
    if isinstance(error, NotSignedIn) and not wants_json():
        from route_app.web.auth import to_sign_in  # noqa: PLC0415  # auth imports this module

        return to_sign_in()
    response = error_answer(error.http_status, error.message, field=error.field)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return error_answer(status, SENTENCES.get(status, error.description or error.name))


def _unknown(error: Exception) -> Response:
    if is_clash(error):
        log.warning("clash", path=request.path, error=type(error).__name__)
        return error_answer(
            409, "Somebody else saved the same thing at this moment. Reload the page and try again."
        )
    log.exception("request_failed", path=request.path, error=type(error).__name__)
    return error_answer(
        500, "Something went wrong here, and it has been noted. Your data is safe; try again."
    )

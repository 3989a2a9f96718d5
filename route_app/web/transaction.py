"""One transaction per request, opened when first asked for and closed before the answer leaves."""

from contextlib import ExitStack

from flask import Flask, Response, current_app, g, request
from sqlmodel import Session

from route_app.db import Engine, transaction

READING = {"GET", "HEAD", "OPTIONS"}


def init_app(app: Flask) -> None:
    """Commit after a good answer, roll back after an error."""
    app.after_request(_close)
    app.teardown_request(_abandon)


def session() -> Session:
    """Return this request's session: reading for GET, writing for the rest."""
    if "session" not in g:
        write = request.method not in READING
        g.session_stack = ExitStack()
        g.session = g.session_stack.enter_context(transaction(engine(), write=write))
    found: Session = g.session
    return found


def engine() -> Engine:
    """Return the database engine of this app."""
    found: Engine = current_app.extensions["engine"]
    return found


def keep_on_error() -> None:
    """Commit this request's writes even though the answer will be an error (a counted try)."""
    g.keep_on_error = True


def _close(response: Response) -> Response:
    stack = g.pop("session_stack", None)
    current = g.pop("session", None)
    if stack is None or current is None:
        return response
    if response.status_code >= 400 and not g.get("keep_on_error"):
        current.rollback()
    with stack:
        return response


def _abandon(error: BaseException | None) -> None:
    stack = g.pop("session_stack", None)
    g.pop("session", None)
    if stack is not None:
        stack.__exit__(type(error), error, None) if error else stack.close()

"""One log line per request: who by id, what, how it went, how long; never names or contents."""

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger(__name__)

_PLAIN_ID = re.compile(r"[\w.-]{8,64}")
_QUIET = ("/static/", "/tiles/", "/healthz", "/readyz")


def init_app(app: Flask) -> None:
    """Give every request an id, the proxy's where it sent one, and log its end."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _PLAIN_ID.fullmatch(sent) else uuid4().hex
    g.request_began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if not request.path.startswith(_QUIET):
        took_s = time.perf_counter() - g.get("request_began", time.perf_counter())
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint or "none",
            status=response.status_code,
            ms=round(took_s * 1000, 1),
        )
    return response

"""Whether this process lives, and whether it can serve."""

import structlog
from flask import Blueprint, Response, current_app, jsonify, make_response

from route_app import migrations
from route_app.db import sentence_for
from route_app.web.transaction import engine

log = structlog.get_logger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer that the process lives."""
    return jsonify(ok=True)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer whether the database is there and migrated, and whether roads are built."""
    wanted = migrations.head()
    try:
        found = migrations.version(engine())
    except Exception as error:
        if not sentence_for(error):
            raise
        log.error("database_away", error=type(error).__name__)
        found = "away"
    roads = current_app.extensions["roads"].names()
    ok = found == wanted
    body = {"ok": ok, "schema": found, "schema_wanted": wanted, "networks": list(roads)}
    return make_response(body, 200 if ok else 503)

"""The application factory: settings, engine, blueprints, commands."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from route_app import cli
from route_app.db import create_engine
from route_app.lib import logs
from route_app.roads.store import RoadStore
from route_app.settings import Settings
from route_app.web import auth, blueprints, csrf, errors, filters, headers, request_log, transaction

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for these settings, or for those of the environment."""
    settings = settings or Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    logs.configure(level=settings.log_level, form=settings.log_format)
    app = Flask(
        "route_app", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret(),
        MAX_CONTENT_LENGTH=settings.upload_limit_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["settings"] = settings
    app.extensions["engine"] = create_engine(settings.database)
    app.extensions["roads"] = RoadStore(settings.data_dir / "roads")
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    request_log.init_app(app)
    transaction.init_app(app)
    headers.init_app(app, secure=settings.secure)
    errors.init_app(app)
    csrf.init_app(app)
    auth.init_app(app)
    filters.init_app(app)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    cli.init_app(app)
    return app

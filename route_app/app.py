"""The application factory: settings, engine, blueprints, commands."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from route_app import cli, worker
from route_app.db import Engine, create_engine
from route_app.errors import InvalidInput
from route_app.lib import logs
from route_app.roads.address_books import Shelf
from route_app.roads.backends import GeocoderSettings, backends
from route_app.roads.store import RoadStore
from route_app.settings import Settings, from_environment
from route_app.web import (
    auth,
    blueprints,
    compress,
    csrf,
    errors,
    filters,
    headers,
    request_log,
    transaction,
)
from route_app.web.road_state import StateKeeper

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for these settings, or for those of the environment."""
    settings = settings or from_environment()
    _make_data_dir(settings.data_dir)
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
    app.extensions["engine"] = _engine(settings)
    app.extensions["roads"] = RoadStore(
        settings.data_dir / "roads", server=worker.road_server(settings)
    )
    app.extensions["road_state"] = StateKeeper()
    app.extensions["address_books"] = Shelf()
    app.extensions["geocoder_settings"] = _geocoder_settings(settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    compress.init_app(app)  # first here, so last to see an answer
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


def _make_data_dir(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(
            f"ROUTE_APP_DATA_DIR: the folder {folder} cannot be made ({error.strerror})."
        ) from error


def _geocoder_settings(settings: Settings) -> GeocoderSettings:
    told = GeocoderSettings(
        order=settings.geocoders,
        options=settings.geocoder_options,
        url=settings.geocoder_url,
        user_agent=settings.geocoder_user_agent,
    )
    try:
        backends(told)
    except InvalidInput as error:
        raise SystemExit(error.message) from error
    return told


def _engine(settings: Settings) -> Engine:
    try:
        return create_engine(settings.database)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    except Exception as error:
        if not settings.database_url:
            raise
        # Not its own words: they may hold the password that is part of the address.
        raise SystemExit(
            "ROUTE_APP_DATABASE_URL is no address of a database. Write it like "
            "postgresql://user:password@host/name, or leave it empty for SQLite."
        ) from error

"""What every test can ask for: a database, the app, the cast, and clients signed in as them."""

import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session
from werkzeug.test import TestResponse

from route_app import migrations
from route_app.db import create_engine, transaction
from route_app.models import metadata
from route_app.settings import Settings
from route_app.users import passwords
from route_app.users import service as users
from tests import factories, smalltown

if TYPE_CHECKING:
    from route_app.roads.store import RoadStore

PASSWORD = "seven quiet green lanterns"
CAST = ("alice", "bob", "carol", "dan", "erin")
_POSTGRES = os.environ.get("ROUTE_APP_TEST_DATABASE", "")

# Set in CI, where everything a test may want is there: a skipped test is then a failed one.
_NOTHING_MAY_BE_MISSING = bool(os.environ.get("FIELDBEAT_EXPECT_ALL"))

ClientFor = Callable[[str | None], FlaskClient]


QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
REAL_HASHER = passwords._hasher


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """Hash quickly; tests about the strength of a hash take REAL_HASHER."""
    passwords._hasher = QUICK_HASHER


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be missing."""
    report = yield
    if report.skipped and _NOTHING_MAY_BE_MISSING:
        report.outcome = "failed"
        report.longrepr = f"Skipped, though nothing may be missing here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The cast's password, hashed."""
    return QUICK_HASHER.hash(PASSWORD)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "fieldbeat.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def _postgres_engine() -> Iterator[Engine]:
    """A schema of this worker's own, migrated once."""
    schema = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    owner = create_engine(_POSTGRES)
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = make_url(_POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    engine = create_engine(url.render_as_string(hide_password=False))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    owner.dispose()


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database with every table and no row."""
    if _POSTGRES:
        found: Engine = request.getfixturevalue("_postgres_engine")
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        with found.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} CASCADE"))
        yield found
        return
    file = tmp_path / "fieldbeat.sqlite"
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), file)
    found = create_engine(f"sqlite:///{file}")
    yield found
    found.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session to write and read with. Commit before a client is to see (or write) anything."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def settings(tmp_path: Path, engine: Engine) -> Settings:
    """The settings of an installation over plain HTTP; override this fixture for others."""
    return make_settings(tmp_path, engine)


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    """The whole application on this test's database, with CSRF checks as in production."""
    from route_app.app import create_app  # here: rules and services need no app

    made = create_app(settings)
    made.extensions["engine"].dispose()
    made.extensions["engine"] = engine  # one pool a test
    return made


@pytest.fixture(scope="session")
def roads(tmp_path_factory: pytest.TempPathFactory) -> "RoadStore":
    """Smalltown's roads and address book, built once: to read, not to build into."""
    from route_app.roads.places import build_places
    from route_app.roads.store import RoadStore

    def address_book(source: Path, folder: Path, tell: Callable[[float, str], None]) -> None:
        build_places(source, folder, progress=lambda text: tell(0.0, text))

    store = RoadStore(tmp_path_factory.mktemp("roads"))
    store.build(smalltown.OSM_FILE, name="smalltown", extras=(address_book,))
    return store


@pytest.fixture
def cast(engine: Engine, password_hash: str) -> dict[str, str]:
    """Smalltown in the database: ids of alice, bob, carol, dan, erin, north, south, the shops."""
    with transaction(engine) as writing:
        return factories.make_smalltown(writing, password_hash=password_hash)


@pytest.fixture
def client_for(app: Flask, engine: Engine, cast: dict[str, str]) -> ClientFor:
    """A client signed in as one of the cast by a real session; None is an anonymous visitor."""

    def make(name: str | None) -> FlaskClient:
        client = app.test_client()
        if name is not None:
            with transaction(engine) as writing:
                token = users.sign_in(writing, user_id=cast[name], days=30, device="test")
            client.set_cookie("fieldbeat", token)
        return client

    return make


def make_settings(data_dir: Path, engine: Engine, **values: Any) -> Settings:
    """Settings for a test, untouched by the environment's .env file."""
    url = engine.url.render_as_string(hide_password=False)
    chosen = {"data_dir": data_dir, "database_url": url, "secret_key": "t" * 64} | values
    return Settings(_env_file=None, **chosen)


def csrf_token(client: FlaskClient, **options: Any) -> str:
    """A token that is valid in the forms of this client."""
    with client.session_transaction(**options) as kept, client.application.test_request_context():
        if "csrf_token" in kept:
            flask_session["csrf_token"] = kept["csrf_token"]
        token = generate_csrf()
        kept["csrf_token"] = flask_session["csrf_token"]
    return token


def post_form(
    client: FlaskClient, url: str, data: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """Post a form as a browser does: with the CSRF token of this client."""
    return client.post(url, data={"csrf_token": csrf_token(client)} | (data or {}), **options)


def send_json(
    client: FlaskClient, url: str, body: Any = None, *, method: str = "POST"
) -> TestResponse:
    """Send JSON as our own scripts do: with our header, from our own site."""
    return client.open(
        url,
        method=method,
        data=json.dumps({} if body is None else body),
        content_type="application/json",
        headers={"X-Fieldbeat": "1", "Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
    )

"""Migrations make exactly the models, keep rows, and go down and up again."""

import os
import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from route_app import migrations
from route_app.db import create_engine, transaction
from route_app.models import Account, User, metadata


@pytest.fixture
def fresh(tmp_path):
    """Give an empty database: a SQLite file, or one of its own on the PostgreSQL under test."""
    url = os.environ.get("ROUTE_APP_TEST_DATABASE")
    if not url:
        engine = create_engine(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
        yield engine
        engine.dispose()
        return
    server = create_engine(url)
    name = f"fresh_{uuid.uuid4().hex[:12]}"
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(url).set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


def _differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_they_build_exactly_the_models(fresh):
    migrations.upgrade(fresh)
    assert _differences(fresh) == []
    assert migrations.version(fresh) == migrations.head()


def test_they_go_down_and_up_again(fresh):
    migrations.upgrade(fresh)
    migrations.downgrade(fresh, "base")
    assert migrations.version(fresh) == ""
    migrations.upgrade(fresh)
    assert _differences(fresh) == []


def test_upgrading_a_database_at_the_newest_version_keeps_every_row(fresh):
    migrations.upgrade(fresh)
    with transaction(fresh) as session:
        session.add(User(email="a@example.com", name="A", role="rep"))
        session.flush()
        session.execute(insert(Account), [{"name": f"Shop {n}"} for n in range(50)])
    migrations.upgrade(fresh)
    with transaction(fresh, write=False) as session:
        assert len(session.execute(select(Account.id)).all()) == 50


def test_sqlite_enforces_foreign_keys_again_after_migrating(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()

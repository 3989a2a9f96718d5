"""Migrations make exactly the models, keep rows, and go down and up again."""

import os
import uuid
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, func, insert, inspect, select, table, text
from sqlalchemy.engine import make_url

from route_app import migrations
from route_app.db import create_engine, transaction
from route_app.models import Account, CheckIn, User, metadata


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


def test_every_step_keeps_every_row_up_and_down(fresh):
    steps = list(ScriptDirectory.from_config(migrations.config()).walk_revisions())[::-1]
    migrations.upgrade(fresh, steps[0].revision)
    with transaction(fresh) as session:
        session.execute(
            insert(User.__table__).values(
                id="r" * 32, email="r@example.com", name="R", role="rep", active=True, colour=0,
                work_hours="Mo-Fr 09:00-17:00", lunch_from_s=0, lunch_to_s=0, lunch_s=0,
                home_address="", created_at=datetime.now(UTC),
            )
        )  # fmt: skip
        session.execute(*_shops(session.connection(), 50))
        account = session.execute(select(Account.id)).scalars().first()
        session.execute(
            insert(CheckIn),
            [
                {"account_id": account, "rep_id": "r" * 32, "started_at": datetime.now(UTC)}
                for _ in range(20)
            ],
        )
    for step in steps[1:]:
        migrations.upgrade(fresh, step.revision)
        assert _counts(fresh) == (1, 50, 20)
    for step in reversed(steps[:-1]):
        migrations.downgrade(fresh, step.revision)
        assert _counts(fresh) == (1, 50, 20)


def _shops(connection, count):
    """Return a statement and rows for accounts as the table was then: with fewer columns."""
    then = {found["name"] for found in inspect(connection).get_columns("account")}
    columns = [column(c.name, c.type) for c in Account.__table__.c if c.name in then]
    rows = [Account(name=f"Shop {n}").model_dump(include=then) for n in range(count)]
    return insert(table("account", *columns)), rows


def _counts(engine):
    with engine.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table.__table__)).scalar()
            for table in (User, Account, CheckIn)
        )


def test_sqlite_enforces_foreign_keys_again_after_migrating(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()

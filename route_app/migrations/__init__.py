"""The database's way from one version of its tables to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

HERE = Path(__file__).resolve().parent


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, without a file, bound to a connection if one is given."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """Return the version this code wants."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def version(engine: Engine) -> str:
    """Return the version the database is at; empty when it has no tables yet."""
    with engine.execution_options(readonly=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the database up to a version, in one transaction."""
    with _migrating(engine) as connection:
        command.upgrade(config(connection), target)


def downgrade(engine: Engine, target: str) -> None:
    """Take the database back to a version, in one transaction."""
    with _migrating(engine) as connection:
        command.downgrade(config(connection), target)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Yield a connection without foreign-key enforcement on SQLite, checked at the end.

    SQLite alters a table by copying it; with enforcement on, dropping the old copy would delete
    every row that points at it.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        # PRAGMA foreign_keys is ignored inside a transaction, so it goes to the driver directly.
        driver = connection.connection.dbapi_connection
        assert driver is not None  # noqa: S101
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise ValueError(f"The migration would orphan {len(broken)} rows.")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")

"""`flask db`: make, move and check the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic import command
from alembic.util import CommandError
from flask import current_app
from flask.cli import AppGroup

from route_app import migrations
from route_app.db import Engine, back_up

group = AppGroup("db", help="Make, migrate and back up the database.")


def _engine() -> Engine:
    found: Engine = current_app.extensions["engine"]
    return found


@group.command("upgrade")
@click.argument("target", default="head")
def upgrade(target: str) -> None:
    """Bring the database to the newest version; SQLite is backed up beside itself first."""
    bring_up(_engine(), target, say=click.echo)


@group.command("downgrade")
@click.argument("target")
def downgrade(target: str) -> None:
    """Take the database back to an older version."""
    _move(migrations.downgrade, _engine(), target)
    click.echo(f"The database is at version {migrations.version(_engine()) or 'none'}.")


@group.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from the difference between models and database."""
    with _engine().connect() as connection:
        command.revision(migrations.config(connection), message, autogenerate=True)


@group.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy a SQLite database to FILE while it is in use."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; name a file that does not.")
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}; make it first.")
    try:
        click.echo(f"Backed up to {back_up(_engine(), file)}")
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def bring_up(engine: Engine, target: str = "head", *, say: Callable[[str], None]) -> None:
    """Migrate, saying what is done; a SQLite file with data is backed up beside itself first."""
    before = migrations.version(engine)
    if before and before != migrations.head() and engine.dialect.name == "sqlite":
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        say(f"Backed up to {back_up(engine, Path(f'{engine.url.database}.{stamp}.backup'))}")
    _move(migrations.upgrade, engine, target)
    say(f"The database is at version {migrations.version(engine)}.")


def _move(move: Callable[[Engine, str], None], engine: Engine, target: str) -> None:
    try:
        move(engine, target)
    except CommandError as error:
        raise click.ClickException(f"{error}. Nothing was changed.") from error

"""`flask territory`: take territories in and out, and derive them from accounts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.db import transaction
from route_app.errors import RouteAppError
from route_app.territory import queries, service

if TYPE_CHECKING:
    from sqlalchemy import Engine

group = AppGroup("territory", help="List, import, export and derive territories.")


def _engine() -> "Engine":
    found: Engine = current_app.extensions["engine"]
    return found


@group.command("list")
def list_territories() -> None:
    """Show every territory with who covers it, its accounts and the hours they ask for."""
    with transaction(_engine(), write=False) as session:
        rows = queries.territories(session)
    if not rows:
        click.echo("There are no territories yet.")
        return
    for row in rows:
        who = row.lead.name if row.lead else "nobody"
        shape = row.shape_source or "no shape"
        figures = f"{row.accounts:,} accounts, {row.load.hours:,.0f} h a year"
        click.echo(f"{row.name}: {who}, {figures}, {shape}")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def import_file(file: Path) -> None:
    """Add or change the territories of a GeoJSON FILE; all of them, or none."""
    try:
        with transaction(_engine()) as session:
            done = service.import_shapes(session, content=file.read_bytes())
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        f"{done.made} added, {done.changed} changed; "
        f"{done.reassigned.owner_changed} accounts changed to another owner."
    )


@group.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_file(file: Path) -> None:
    """Write all territories to FILE as GeoJSON."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; name a file that does not.")
    with transaction(_engine(), write=False) as session:
        document = queries.exported(session)
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    click.echo(f"{len(document['features'])} territories written to {file}.")


@group.command("derive")
@click.option("--replace", is_flag=True, help="Also replace shapes that are there already.")
def derive(replace: bool) -> None:
    """Make shapes from the accounts that reps own; no account changes its owner."""
    try:
        with transaction(_engine()) as session:
            done = service.derive_shapes(session, replace=replace)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        f"{done.shaped} shapes made, {done.kept} kept, {done.made} territories added; "
        f"{done.by_hand} accounts became exceptions."
    )

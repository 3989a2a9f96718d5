"""`flask accounts`: bring a list in, look at the accounts, write them out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.accounts import exporting, jobs, queries, service
from route_app.accounts.checking import Checked
from route_app.accounts.importing import Verdict
from route_app.accounts.queries import Wanted
from route_app.db import transaction
from route_app.errors import RouteAppError
from route_app.lib.encodings import CHOICES
from route_app.lib.export import csv_lines

if TYPE_CHECKING:
    from sqlalchemy import Engine

group = AppGroup("accounts", help="Import, list and export accounts.")
MOST_REFUSED_SHOWN = 50


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--encoding", default="", help=f"Of a CSV file: {', '.join(CHOICES)}.")
@click.option("--yes", is_flag=True, help="Do not ask before importing.")
def import_file(file: Path, *, dry_run: bool, encoding: str, yes: bool) -> None:
    """Import accounts from a CSV or XLSX FILE; importing it twice changes nothing more."""
    content = file.read_bytes()
    try:
        with transaction(_engine(), write=False) as session:
            checked = jobs.check_content(
                session, content, roads=current_app.extensions["roads"], encoding=encoding
            )
        _say(checked)
        if dry_run:
            click.echo("Nothing was changed (dry run).")
            return
        if not checked.counts["added"] + checked.counts["changed"]:
            click.echo("There is nothing to import.")
            return
        if not yes:
            click.confirm("Import these rows?", abort=True)
        with transaction(_engine()) as session:
            made = service.keep_checked(
                session, file_name=file.name, content=content, checked=checked
            )
            applied = service.apply_import(session, import_id=made.id)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        f"Imported: {applied.counts['added']:,} new, {applied.counts['changed']:,} changed. "
        "The worker looks up addresses without a pin."
    )


@group.command("list")
@click.option("--search", default="", help="Words in the name, city, street or external id.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
def list_accounts(search: str, limit: int) -> None:
    """List accounts with their owner and due state."""
    with transaction(_engine(), write=False) as session:
        found = queries.visible_accounts(
            session,
            rep_ids=None,
            wanted=Wanted(text=search, active="all", size=limit),
            on=datetime.now(UTC).date(),
            zone=UTC,
        )
        for item in found.items:
            account = item.account
            place = account.city or "no city"
            pin = "" if account.lat is not None else ", no pin"
            off = "" if account.active else ", inactive"
            click.echo(
                f"{account.external_id or '-'}\t{account.name}\t{account.tier}\t{place}\t"
                f"{item.due.state.value}\t{item.owner_name or 'nobody'}{pin}{off}"
            )
        click.echo(f"{len(found.items):,} of {found.total:,} accounts.")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(file: Path) -> None:
    """Write every account to FILE as CSV that can be imported again."""
    count = 0
    with transaction(_engine(), write=False) as session, file.open("wb") as out:
        rows = [exporting.row_of(row) for row in queries.for_export(session, rep_ids=None)]
        for line in csv_lines(exporting.HEADER, rows):
            out.write(line)
        count = len(rows)
    click.echo(f"{count:,} accounts written to {file}.")


def _say(checked: Checked) -> None:
    """Print counts, how columns were taken, and the refused rows."""
    if checked.state != "ready":
        raise click.ClickException(checked.message)
    for note in checked.mapping["notes"]:
        click.echo(note)
    used = [column for column in checked.mapping["columns"] if column["field"]]
    unused = [column["header"] for column in checked.mapping["columns"] if not column["field"]]
    click.echo("Columns: " + ", ".join(f"{it['header']} → {it['field']}" for it in used))
    if unused:
        click.echo("Left out: " + ", ".join(unused))
    counts = checked.counts
    click.echo(
        f"{counts['rows']:,} rows: {counts['added']:,} new, {counts['changed']:,} changed, "
        f"{counts['unchanged']:,} unchanged, {counts['refused']:,} refused, "
        f"{counts['warned']:,} with a warning."
    )
    refused = [report for report in checked.reports if report.verdict is Verdict.REFUSED]
    for report in refused[:MOST_REFUSED_SHOWN]:
        click.echo(f"Row {report.row_no}: {report.reason}")
    if len(refused) > MOST_REFUSED_SHOWN:
        click.echo(f"… and {len(refused) - MOST_REFUSED_SHOWN:,} more.")


def _engine() -> "Engine":
    found: Engine = current_app.extensions["engine"]
    return found

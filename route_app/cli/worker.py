"""`flask worker`: do the work that was asked for, and show how the queue stands."""

import click
from flask import current_app
from flask.cli import AppGroup

from route_app import migrations, worker
from route_app.calibration import service as calibration
from route_app.db import transaction
from route_app.errors import RouteAppError
from route_app.planning import service as planning
from route_app.queue.rows import backlog
from route_app.settings import Settings

group = AppGroup("worker", help="Do background work, and show how it stands.")

_STATES = ("queued", "running", "done", "failed", "dead", "cancelled")


@group.command("run")
@click.option("--once", is_flag=True, help="Stop when nothing is due any more.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Jobs at the same time; ROUTE_APP_JOB_PROCESSES if not given.",
)
def run(once: bool, processes: int | None) -> None:
    """Work until SIGTERM or Ctrl-C. Running work is finished, or handed back after a moment."""
    settings: Settings = current_app.extensions["settings"]
    if migrations.version(current_app.extensions["engine"]) != migrations.head():
        raise click.ClickException(
            "The database is not at the version this program needs. "
            "Run `flask --app route_app.app db upgrade` first."
        )
    if not once:
        with transaction(current_app.extensions["engine"]) as session:
            calibration.learn_tonight(session)
            planning.plan_tonight(session)
    try:
        worker.run(settings, once=once, processes=processes)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error


@group.command("status")
def status() -> None:
    """Show how many jobs wait, run and ended, and who does what."""
    with transaction(current_app.extensions["engine"], write=False) as session:
        now = backlog(session)
    for state in _STATES:
        click.echo(f"{state:10} {now.counts.get(state, 0):6}")
    click.echo(f"The oldest due job has waited {now.oldest_due_s:.0f} s.")
    for one in now.running:
        click.echo(
            f"  {one.id}: {one.kind}, attempt {one.attempt}, {one.progress:.0%}, "
            f"by {one.owner}, lease {one.lease_s:.0f} s"
        )

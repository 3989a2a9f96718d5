"""`flask setup`: everything between installed packages and a server that can start."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app

from route_app import migrations
from route_app.accounts.road_jobs import check_later
from route_app.calibration import service as calibration
from route_app.cli.database import bring_up
from route_app.db import Engine, transaction
from route_app.demo import service as demo
from route_app.errors import RouteAppError
from route_app.planning import service as planning
from route_app.roads.build import build_everything
from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore
from route_app.settings import Settings
from route_app.territory import service as territory
from route_app.users import queries as users
from route_app.users import service as user_service

NETWORK = "helsinki"
_LAST_HOUR_FOR_THE_REST = 14
SIGN_INS = "demo-sign-ins.txt"


@click.command("setup")
@click.option("--no-demo", is_flag=True, help="Leave the company empty.")
def setup(no_demo: bool) -> None:
    """Make or migrate the database, and unless told otherwise the demo company; repeatable."""
    settings: Settings = current_app.extensions["settings"]
    engine: Engine = current_app.extensions["engine"]
    try:
        _database(engine)
        with transaction(engine, write=False) as session:
            empty = demo.is_empty(session)
            is_demo = not empty and users.company(session).is_demo
        if no_demo:
            _first_admin(engine, settings, empty=empty)
        elif empty or is_demo:
            _demo(engine, settings, empty=empty)
        else:
            _say("this installation has its own company; no demo was added")
    except (RouteAppError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _say(text: str) -> None:
    click.echo(f"      {text}")


def _database(engine: Engine) -> None:
    if migrations.version(engine) == migrations.head():
        _say("database is up to date")
        return
    bring_up(engine, say=_say)


def _first_admin(engine: Engine, settings: Settings, *, empty: bool) -> None:
    if not empty:
        _say("the company has people already; no sign-up link was made")
        return
    with transaction(engine) as session:
        token = user_service.first_admin_link(session)
    _say("an empty company. Open this link once to become its admin (valid for 7 days):")
    click.echo(f"\n      {settings.base_url}/invitations/{token}\n")
    _say("then build your own roads: .venv/bin/flask --app route_app.app roads build FILE.osm.pbf")


def _demo(engine: Engine, settings: Settings, *, empty: bool) -> None:
    store: RoadStore = current_app.extensions["roads"]
    extract = bundled_extract()
    if NETWORK not in store.names():
        build_everything(store, extract, name=NETWORK, country="FI", progress=_progress)
    today = datetime.now(ZoneInfo(demo.ZONE.key)).date()
    if empty:
        _load(engine, store, settings, extract, today)
        lesson = calibration.learn_now(engine, store, progress=lambda _share, _text: None)
        _say(f"learned from {lesson.drives} past drives how long they take")
    _plan(engine, store, settings, today)
    click.echo("\n" + (settings.data_dir / SIGN_INS).read_text())


def _progress(fraction: float, text: str) -> None:
    _say(f"{fraction:4.0%} {text}")


def _load(engine: Engine, store: RoadStore, settings: Settings, extract: Path, today: date) -> None:
    password = demo.new_password()
    # Written first: a demo nobody can sign in to would be worse than a stale note.
    note = settings.data_dir / SIGN_INS
    note.touch(mode=0o600)
    note.write_text(_sign_ins(settings.base_url, password))
    with transaction(engine) as session:
        demo.load(
            session,
            extract=extract,
            travel=store.open_embedded(NETWORK),
            today=today,
            password=password,
            say=_say,
        )
        territory.derive_shapes(session)
        check_later(session, name=NETWORK)


def _sign_ins(base_url: str, password: str) -> str:
    lines = [f"      Demo sign-ins at {base_url}  (password for all: {password})"]
    lines += [f"      {one.role:8} {one.email:22} {one.name}" for one in demo.PEOPLE]
    return "\n".join(lines) + "\n"


def _plan(engine: Engine, store: RoadStore, settings: Settings, today: date) -> None:
    # Somebody who tries the demo in the morning gets the day that is left; later than that a whole
    # day shows more than an hour of it would.
    begun = datetime.now(demo.ZONE).hour < _LAST_HOUR_FOR_THE_REST
    with transaction(engine, write=False) as session:
        missing = planning.reps_without_plan(session, day=today)
    for rep_id, name in missing:
        made = planning.plan_day_now(
            engine, rep_id=rep_id, day=today, roads=store, cause="asked" if begun else "demo",
            budget_s=settings.plan_seconds,
        )  # fmt: skip
        _say(f"planned {today} for {name}: {made}")

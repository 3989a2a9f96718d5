"""`flask roads`: build road networks, list them, try a route, see how they are, calibrate."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.accounts.road_jobs import build_later
from route_app.calibration import service as calibration
from route_app.calibration.estimator import EVERYWHERE
from route_app.db import transaction
from route_app.errors import InvalidInput, NotFound, RouteAppError
from route_app.lib.geo import LatLon
from route_app.roads import uploads
from route_app.roads.address_books import AddressBooks
from route_app.roads.addresses import POSTCODE_ALONE, is_po_box, is_postcode
from route_app.roads.build import build_everything
from route_app.roads.directions import told
from route_app.roads.engine import DEFAULT_SLOT, Slot
from route_app.roads.geocoding import open_chain
from route_app.roads.importer import is_extract
from route_app.roads.jobs import Box, BuildRequest, name_from, read_box
from route_app.roads.report import BuildReport
from route_app.roads.slots import SLOTS
from route_app.roads.store import RoadStore, check_name

NO_ADDRESS = (
    "This address is not on the map. Check the spelling and the town, or build a larger extract."
)
GEOCODE_PATIENCE_S = 30.0  # for a turn at a service that the worker is asking, too

group = AppGroup("roads", help="Road networks: build, list, try a route, see how they are.")


@group.command("build")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--place", help="Fetch a place by name, such as 'Piedmont, California, USA'.")
@click.option("--bbox", help="Fetch a box: west,south,east,north in degrees.")
@click.option("--name", help="What to call the network; made from the file or place if left out.")
@click.option("--country", help="Two letters, such as FI; decides the side of the road.")
@click.option("--use/--no-use", default=True, help="Whether to put it to use once it is there.")
@click.option("--later", is_flag=True, help="Let the worker build it; /roads/ shows how far it is.")
def build(
    file: Path | None,
    *,
    place: str | None,
    bbox: str | None,
    name: str | None,
    country: str | None,
    use: bool,
    later: bool,
) -> None:
    """Build a network from FILE (.osm.pbf, .osm or .graphml), a place or a box."""
    if sum(given is not None for given in (file, place, bbox)) != 1:
        raise click.UsageError("Give one of FILE, --place or --bbox.")
    name = name or name_from(file.name if file else place or "box")
    try:
        box = read_box(bbox) if bbox is not None else None
    except RouteAppError as error:
        raise click.BadParameter(error.message) from error
    try:
        if later:
            _build_later(file, place, box, name=name, country=country, use=use)
            return
        with tempfile.TemporaryDirectory(prefix="roads-") as folder:
            report = build_everything(
                _store(),
                file or _fetch(place, box, Path(folder)),
                name=name,
                country=country,
                progress=_progress,
                use=use,
            )
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    _print(report)
    used = _store().in_use()
    more = "" if used == report.name else f" To change that: flask roads use {report.name}"
    click.echo(f"{used} {'is in use now' if used == report.name else 'stays in use'}.{more}")


@group.command("use")
@click.argument("name")
def use_network(name: str) -> None:
    """Put the network NAME to use: new plans and the map drive on it."""
    try:
        _store().choose(name)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{name} is in use now.")


@group.command("remove")
@click.argument("name")
@click.confirmation_option(prompt="Remove this network with its map and its addresses?")
def remove(name: str) -> None:
    """Remove the network NAME with all its versions."""
    try:
        _store().remove(name)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{name} is removed.")


@group.command("list")
def list_networks() -> None:
    """List the networks that are built, with what their builds found."""
    store = _store()
    names = store.names()
    if not names:
        click.echo("No roads are built yet. Run: flask roads build FILE")
    for name in names:
        try:
            _print(store.report(name))
        except RouteAppError as error:
            click.echo(f"{name}: {error.message}")
    if names:
        click.echo(f"In use: {store.in_use()}")


@group.command("route")
@click.argument("places", nargs=-1, required=True, metavar="LAT,LON LAT,LON...")
@click.option("--name", help="The network to use; the one that holds most places if left out.")
@click.option("--slot", type=click.Choice(SLOTS), default=DEFAULT_SLOT, help="The time of day.")
@click.option("--turns", is_flag=True, help="Tell every turn, too.")
def route(places: tuple[str, ...], *, name: str | None, slot: Slot, turns: bool) -> None:
    """Print the drives that visit the places in order. Put -- before a negative latitude."""
    stops = [_place(text) for text in places]
    if len(stops) < 2:
        raise click.UsageError("Give at least two places.")
    try:
        store = _store()
        if name is None and store.server is None:
            name = store.covering(stops)
        engine = store.open(name) if name else store.open_for(stops)
        legs = engine.legs(stops, slot=slot)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    for number, leg in enumerate(legs, start=1):
        minutes, seconds = divmod(leg.seconds, 60)
        streets = ", ".join(leg.streets) or "streets without a name"
        click.echo(f"{number}. {minutes}:{seconds:02d} min  {leg.metres / 1000:.1f} km  {streets}")
        for turn in leg.turns if turns else ():
            click.echo(f"   {turn.metres:7,} m  {told(turn)}")
    total_s, total_m = sum(leg.seconds for leg in legs), sum(leg.metres for leg in legs)
    click.echo(f"In all {total_s / 60:.0f} min, {total_m / 1000:.1f} km on {engine.network}.")


@group.command("health")
@click.option("--name", help="The network to look at; the one in use if left out.")
def health(name: str | None) -> None:
    """Say whether travel can be worked out now, by what, and how fast. Exit code 1 if not."""
    store = _store()
    begun = time.perf_counter()
    try:
        engine = store.open(name) if name else store.open_for(())
        state = engine.health()
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    for label, text in (
        ("Engine", state.engine),
        ("Network", state.network),
        ("State", "answers" if state.ok else "does not answer"),
        ("Looked at in", f"{1000 * (time.perf_counter() - begun):.0f} ms"),
        ("About", state.detail),
        *(("Warning", warning) for warning in state.warnings),
    ):
        click.echo(f"{label + ':':14}{text}")
    if not state.ok:
        sys.exit(1)


@group.command("calibrate")
def calibrate() -> None:
    """Learn from the team's check-ins how long drives and visits really take."""
    engine = current_app.extensions["engine"]
    lesson = calibration.learn_now(engine, _store(), progress=_progress)
    click.echo(f"Learned from {lesson.drives} drives and {len(lesson.lengths)} kinds of visits.")
    for row in lesson.rows:
        if row.territory == EVERYWHERE and row.slot and row.cell.n:
            click.echo(
                f"  {row.basis}, {row.slot}: factor {row.cell.factor:.2f} from {row.cell.n} drives"
            )
    if lesson.rows:
        click.echo(f"  at the door: {lesson.rows[0].door_s} s. More: /calibration/")


@group.command("geocode")
@click.argument("address", required=False)
@click.option("--reverse", "place", metavar="LAT,LON", help="Tell the address of a place instead.")
@click.option("--name", help="The network whose address book to use; all of them if left out.")
def geocode(address: str | None, *, place: str | None, name: str | None) -> None:
    """Print where ADDRESS is, how exact that is and why. Write --reverse=LAT,LON for a place."""
    if (address is None) == (place is None):
        raise click.UsageError("Give an address, or --reverse LAT,LON.")
    books: AddressBooks = current_app.extensions["address_books"].books(_store())
    try:
        if name is not None:
            check_name(name)
            _store().report(name)
            found = _asked(books.only(name), address, place)
        else:
            told = current_app.extensions["geocoder_settings"]
            folder = current_app.extensions["settings"].data_dir
            chain = open_chain(books, told, folder, patience_s=GEOCODE_PATIENCE_S)
            found = _asked(chain, address, place)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(found.address)
    click.echo(f"{found.latitude:.6f},{found.longitude:.6f}")
    click.echo(f"{found.raw['quality']}: {found.raw['reason']} (by {found.raw['source']})")
    for note in found.raw.get("notes", ()):
        click.echo(note, err=True)


def _asked(source: Any, address: str | None, place: str | None) -> Any:
    if not source:
        raise InvalidInput("There is no address book to search. Run: flask roads build FILE")
    if address is not None and is_po_box(address):
        raise InvalidInput("A post-office box is no place. Give the street instead.")
    found = source.geocode(address) if address is not None else source.reverse(_place(place or ""))
    if found is None and address is not None:
        raise NotFound(POSTCODE_ALONE if is_postcode(address) else NO_ADDRESS)
    if found is None:
        raise NotFound("Nothing is known there. Check the place, or build a larger extract.")
    return found


@group.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", help="The network to export; the one in use if left out.")
def export(file: Path, name: str | None) -> None:
    """Write a network to FILE (.graphml) as a graph that OSMnx loads and works with."""
    # OSMnx takes seconds to import, and few commands need it.
    from route_app.roads.osmnx_graph import write_graphml  # noqa: PLC0415

    try:
        store = _store()
        name = name or store.in_use()
        network = store.network(name)
        click.echo(f"Writing {network.arcs.count:,} edges of {name} to {file}", err=True)
        nodes, edges = write_graphml(network, file, profile=store.profile())
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{file}: {nodes:,} nodes, {edges:,} edges. Load it with osmnx.load_graphml.")


def _fetch(place: str | None, box: Box | None, folder: Path) -> Path:
    # OSMnx takes seconds to import, and only these two options need it.
    from route_app.roads.overpass import fetch_box, fetch_place  # noqa: PLC0415

    if box is None:
        return fetch_place(place or "", folder)
    west, south, east, north = box
    return fetch_box(west, south, east, north, folder=folder)


def _build_later(
    file: Path | None,
    place: str | None,
    box: Box | None,
    *,
    name: str,
    country: str | None,
    use: bool,
) -> None:
    """Ask the worker; a file is copied into the data folder, where it will find it."""
    check_name(name)
    upload = _kept(file, name) if file else ""
    try:
        request = BuildRequest(
            name=name,
            upload=upload,
            place=place or "",
            box=box,
            country=(country or "").upper(),
            use=use,
        )
        with transaction(current_app.extensions["engine"]) as session:
            job = build_later(session, request=request).id
    except BaseException:
        if upload:
            uploads.drop(_store().root, upload)
        raise
    click.echo(f"The worker will build {name} ({job}). See how far it is: /roads/{name}")


def _kept(file: Path, name: str) -> str:
    if not file.is_file():
        raise InvalidInput(f"There is no file {file.name}. Check the path to the extract.")
    if not is_extract(file):
        raise InvalidInput("Only an .osm.pbf or .osm extract can be built later.")
    limit_mb = max(1, -(-file.stat().st_size // uploads.MB))  # whoever is at the server may
    with file.open("rb") as content:
        return uploads.keep(
            _store().root, content, network=name, file_name=file.name, limit_mb=limit_mb
        )


def _place(text: str) -> LatLon:
    try:
        lat, lon = (float(part) for part in text.split(","))
        return LatLon(lat, lon)
    except ValueError as error:
        raise click.BadParameter(f"{text} is not a place. Write LAT,LON: 60.17,24.94.") from error


def _store() -> RoadStore:
    store: RoadStore = current_app.extensions["roads"]
    return store


def _progress(share: float, text: str) -> None:
    click.echo(f"{share * 100:3.0f} %  {text}", err=True)


def _print(report: BuildReport) -> None:
    for line in report.lines():
        click.echo(line)

"""`flask roads`: build road networks, list them, and try a route."""

import re
import tempfile
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.errors import RouteAppError
from route_app.lib.geo import LatLon
from route_app.roads.build import build_everything
from route_app.roads.report import BuildReport
from route_app.roads.store import RoadStore

group = AppGroup("roads", help="Road networks: build, list, try a route.")


@group.command("build")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--place", help="Fetch a place by name, such as 'Piedmont, California, USA'.")
@click.option("--bbox", help="Fetch a box: west,south,east,north in degrees.")
@click.option("--name", help="What to call the network; made from the file or place if left out.")
@click.option("--country", help="Two letters, such as FI; decides the side of the road.")
def build(
    file: Path | None, place: str | None, bbox: str | None, name: str | None, country: str | None
) -> None:
    """Build a network from FILE (.osm.pbf, .osm or .graphml), a place or a box."""
    if sum(given is not None for given in (file, place, bbox)) != 1:
        raise click.UsageError("Give one of FILE, --place or --bbox.")
    with tempfile.TemporaryDirectory(prefix="roads-") as folder:
        try:
            source = file or _fetch(place, bbox, Path(folder))
            report = build_everything(
                _store(),
                source,
                name=name or _name_from(file.name if file else place or "box"),
                country=country,
                progress=_progress,
            )
        except RouteAppError as error:
            raise click.ClickException(error.message) from error
    _print(report)


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


@group.command("route")
@click.argument("places", nargs=-1, required=True, metavar="LAT,LON LAT,LON...")
@click.option("--name", help="The network to use; the one built last if left out.")
def route(places: tuple[str, ...], name: str | None) -> None:
    """Print the drives that visit the places in order. Put -- before a negative latitude."""
    stops = [_place(text) for text in places]
    if len(stops) < 2:
        raise click.UsageError("Give at least two places.")
    try:
        engine = _store().open(name)
        legs = engine.legs(stops)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    for number, leg in enumerate(legs, start=1):
        minutes, seconds = divmod(leg.seconds, 60)
        streets = ", ".join(leg.streets) or "streets without a name"
        click.echo(f"{number}. {minutes}:{seconds:02d} min  {leg.metres / 1000:.1f} km  {streets}")
    total_s, total_m = sum(leg.seconds for leg in legs), sum(leg.metres for leg in legs)
    click.echo(f"In all {total_s / 60:.0f} min, {total_m / 1000:.1f} km on {engine.network}.")


def _fetch(place: str | None, bbox: str | None, folder: Path) -> Path:
    # OSMnx takes seconds to import, and only these two options need it.
    from route_app.roads.overpass import fetch_box, fetch_place  # noqa: PLC0415

    if place is not None:
        return fetch_place(place, folder)
    try:
        west, south, east, north = (float(part) for part in (bbox or "").split(","))
    except ValueError as error:
        raise click.BadParameter("A box is west,south,east,north in degrees.") from error
    return fetch_box(west, south, east, north, folder=folder)


def _name_from(text: str) -> str:
    """Return a network name made from a file's or place's name."""
    plain = re.sub(r"(\.osm)?\.(pbf|osm|xml|gz|bz2|graphml)$", "", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "roads"


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

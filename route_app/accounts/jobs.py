"""The long work on account lists: check one, apply one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from route_app.accounts import queries, service
from route_app.accounts.checking import Checked, check_file
from route_app.accounts.reading import Area, Around
from route_app.errors import RouteAppError
from route_app.lib.weekhours import read_hours
from route_app.users.queries import company

if TYPE_CHECKING:
    from sqlmodel import Session

    from route_app.queue.work import Work
    from route_app.roads.engine import TravelEngine
    from route_app.roads.store import RoadStore


def check_import(work: "Work") -> None:
    """Read the list and keep a verdict for every row."""
    import_id = str(work.payload["import_id"])
    work.progress(0.05, "Reading the file")
    with work.reading() as session:
        found = queries.account_import(session, import_id)
        content, told = found.content, dict(found.mapping)
    work.progress(0.2, "Checking every row")
    with work.reading() as session:
        checked = check_content(
            session,
            content,
            roads=work.roads,
            fields=told.get("fields") or {},
            encoding=told.get("told_encoding", ""),
            delimiter=told.get("told_delimiter", ""),
        )
    work.progress(0.8, "Keeping the report")
    with work.storing({"import_id": import_id}) as session:
        service.store_check(session, import_id=import_id, checked=checked)


def check_content(
    session: "Session",
    content: bytes,
    *,
    roads: "RoadStore",
    fields: Mapping[str, str] | None = None,
    encoding: str = "",
    delimiter: str = "",
) -> Checked:
    """Return what a list would do to the accounts as they are now."""
    return check_file(
        content,
        known=queries.facts(session),
        around=around(session, roads),
        fields=fields,
        encoding=encoding,
        delimiter=delimiter,
        travels=_travels(roads),
    )


def around(session: "Session", roads: "RoadStore") -> Around:
    """Return what reading a row leans on: the company, its reps, and the built networks."""
    home = company(session)
    zone = ZoneInfo(home.time_zone)
    return Around(
        country=home.country,
        zone=zone,
        today=datetime.now(UTC).astimezone(zone).date(),
        owners=queries.owner_keys(session),
        areas=_areas(roads),
        hours_problem=lambda text: read_hours(text, home.country).problem.rstrip("."),
    )


def apply_import(work: "Work") -> None:
    """Make a checked list's rows true, all in one transaction."""
    import_id = str(work.payload["import_id"])
    work.progress(0.3, "Importing the rows")
    with work.storing({"import_id": import_id}) as session:
        service.apply_import(session, import_id=import_id)


def _travels(roads: "RoadStore") -> "list[TravelEngine]":
    engines = []
    for name in roads.names():
        try:
            engines.append(roads.open_embedded(name))
        except RouteAppError:  # a network being rebuilt is no reason to refuse a list
            continue
    return engines


def _areas(roads: "RoadStore") -> list[Area]:
    boxes = []
    for name in roads.names():
        try:
            west, south, east, north = roads.report(name).bbox
        except (RouteAppError, OSError, ValueError):
            continue
        boxes.append(Area(south=south, west=west, north=north, east=east))
    return boxes

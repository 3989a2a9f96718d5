"""Any file roads can be built from, told apart by its name."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from route_app.roads.importer import EXTRACT_SUFFIXES, is_extract, read_date, read_extract
from route_app.roads.rawroads import RawRoads


def read_roads(source: Path, progress: Callable[[float], None] | None = None) -> RawRoads:
    """Return the roads of an OpenStreetMap extract or an OSMnx GraphML file.

    `progress` is told which share of an extract is read.
    """
    if source.name.lower().endswith(".graphml"):
        # OSMnx takes seconds to load, and most builds never need it.
        from route_app.roads.osmnx_graph import read_graphml  # noqa: PLC0415

        return read_graphml(source)
    return read_extract(source, progress)


def kind_of(source: Path) -> str:
    """Return how a file is read, from its name: its ending, such as `.osm.pbf`."""
    name = source.name.lower()
    return next((end for end in EXTRACT_SUFFIXES if name.endswith(end)), source.suffix.lower())


def date_of(source: Path) -> str | None:
    """Return when a source's data are from (ISO 8601), None where it does not say."""
    said = read_date(source) if is_extract(source) else ""
    try:
        return datetime.fromisoformat(said).isoformat(timespec="seconds")
    except ValueError:
        return None

"""Any file roads can be built from, told apart by its name."""

from pathlib import Path

from route_app.roads.importer import read_extract
from route_app.roads.rawroads import RawRoads


def read_roads(source: Path) -> RawRoads:
    """Return the roads of an OpenStreetMap extract or an OSMnx GraphML file."""
    if source.name.lower().endswith(".graphml"):
        # OSMnx takes seconds to load, and most builds never need it.
        from route_app.roads.osmnx_graph import read_graphml  # noqa: PLC0415

        return read_graphml(source)
    return read_extract(source)

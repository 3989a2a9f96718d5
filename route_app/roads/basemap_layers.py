"""The features of the base map, read from an extract into one file of GeoJSON lines a layer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import cos, radians
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import osmium
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from route_app.errors import InvalidInput
from route_app.roads.basemap_schema import (
    MAX_ZOOM,
    Shown,
    shown_area,
    shown_line,
    shown_points,
    water_label,
)
from route_app.roads.coast import find_sea
from route_app.roads.faces import Streets
from route_app.roads.torn_water import water_between

METRES_PER_DEGREE = 111_320.0
SURFACES = {"landuse", "water", "buildings"}
STREETS = {"highway", "major_road", "minor_road"}
STREETS_A_SURFACE = 20  # where there are more, only roads were extracted
Bounds = tuple[float, float, float, float]


@dataclass
class _Layers:
    """The features collected so far: a file of GeoJSON lines for each layer."""

    folder: Path
    stack: ExitStack
    files: dict[str, TextIO] = field(default_factory=dict)
    surfaces: int = 0
    coast: list[LineString] = field(default_factory=list)
    streets: list[BaseGeometry] = field(default_factory=list)
    assembled: set[int] = field(default_factory=set)
    relations: dict[int, tuple[dict[str, str], dict[int, str]]] = field(default_factory=dict)

    def add(self, shown: Shown, geometry: BaseGeometry) -> None:
        """Write one feature."""
        if geometry.is_empty:
            return
        if shown.layer not in self.files:
            path = self.folder / f"{shown.layer}.geojsonl"
            self.files[shown.layer] = self.stack.enter_context(path.open("w", encoding="utf-8"))
        self.surfaces += shown.layer in SURFACES
        told = json.dumps(shown.properties(), ensure_ascii=False)
        self.files[shown.layer].write(
            f'{{"type":"Feature","tippecanoe":{{"minzoom":{min(shown.min_zoom, MAX_ZOOM)}}},'
            f'"properties":{told},"geometry":{shapely.to_geojson(geometry)}}}\n'
        )

    def add_area(self, tags: dict[str, str], area: BaseGeometry) -> None:
        """Write a surface, and the labels it carries in its middle."""
        area_m2 = _area_m2(area)
        shown = shown_area(tags, area_m2=area_m2)
        if shown is not None:
            self.add(shown, area)
        name = water_label(tags, area_m2=area_m2)
        labels = [*shown_points(tags), *([name] if name else [])]
        if labels:
            middle = area.representative_point()
            for label in labels:
                self.add(label, middle)


@dataclass(frozen=True)
class Drawn:
    """What the files of a folder cover, and sentences about what may be wrong in them."""

    bounds: Bounds
    warnings: tuple[str, ...]


def write_layers(source: Path, folder: Path) -> Drawn:
    """Write the layers' files. Raises InvalidInput when the extract cannot be read."""
    bounds = extract_bounds(source)
    area = box(*bounds)
    with ExitStack() as stack:
        layers = _Layers(folder, stack)
        try:
            _read(source, layers)
            streets = _streets(layers.streets)
            doubts = _mend_relations(source, layers, area, streets)
        except RuntimeError as wrong:
            raise _unreadable(source) from wrong
        sea = find_sea(layers.coast, area, streets=streets)
        layers.add(Shown("earth", "earth", 0), area)
        for face in sea.faces:
            layers.add(Shown("water", "ocean", 0), face)
    if layers.surfaces < len(layers.streets) / STREETS_A_SURFACE:
        doubts.append(
            "The extract holds hardly more than roads, so the map shows no coast, water, parks "
            "or buildings. Use an extract with everything in it."
        )
    return Drawn(bounds, (*sea.doubts, *doubts))


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
            line = LineString(runs[0]) if len(runs) == 1 else MultiLineString(runs)
            layers.add(shown, line)
            if shown.kind in STREETS and not {"is_bridge", "is_tunnel"} & shown.more.keys():
                layers.streets.append(line)
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


def _streets(lines: Sequence[BaseGeometry]) -> Streets:
    """Return where the streets lie, a place for each straight stretch."""
    corners, line_of = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = line_of[1:] == line_of[:-1]
    start, stop = corners[:-1][same], corners[1:][same]
    lon, lat = ((start + stop) / 2).T
    across = (stop - start) * METRES_PER_DEGREE / 1000
    return Streets(lon, lat, np.hypot(across[:, 0] * np.cos(np.radians(lat)), across[:, 1]))


def _mend_relations(source: Path, layers: _Layers, area: Polygon, streets: Streets) -> list[str]:
    """Add the multipolygons that miss members; water between its shores, the rest closed straight.

    Returns a sentence about the water that was left out, since it would have lain over streets.
    """
    torn = {k: v for k, v in layers.relations.items() if k not in layers.assembled}
    lines = _lines_of(source, {ref for _, ways in torn.values() for ref in ways})
    left_out = 0
    for tags, ways in torn.values():
        shown = shown_area(tags)
        if shown is not None and shown.layer == "water":
            shores = [line for ref in ways for line in lines.get(ref, ())]
            surface = water_between(shores, area, streets)
            left_out += surface.is_empty and bool(shores)
        else:
            surface = shapely.intersection(_closed(lines, ways), area)
        if not surface.is_empty:
            layers.add_area(tags, surface)
    if not left_out:
        return []
    return [
        "Rivers and lakes at the edge of the extract that are too incomplete to be drawn: "
        f"{left_out}."
    ]


def _lines_of(source: Path, wanted: set[int]) -> dict[int, list[LineString]]:
    """Return the stretches of some ways by their ids."""
    lines: dict[int, list[LineString]] = {}
    if not wanted:
        return lines
    reader = osmium.FileProcessor(str(source), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for way in reader.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        if way.id in wanted:
            lines[way.id] = [LineString(run) for run in _runs(way)]
    return lines


def _closed(lines: Mapping[int, list[LineString]], ways: Mapping[int, str]) -> BaseGeometry:
    """Return the surface within a relation's outer ways and without its inner ones."""
    outer = [line for ref, role in ways.items() if role != "inner" for line in lines.get(ref, ())]
    inner = [line for ref, role in ways.items() if role == "inner" for line in lines.get(ref, ())]
    return shapely.difference(_within(outer), _within(inner))


def _within(lines: list[LineString]) -> BaseGeometry:
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


def _unreadable(source: Path) -> InvalidInput:
    """Return the sentence for a file that is no extract."""
    return InvalidInput(
        f"{source.name} cannot be read as an OpenStreetMap extract. "
        "Give a whole .osm.pbf or .osm file."
    )

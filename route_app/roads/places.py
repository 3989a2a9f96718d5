"""The address book of an extract: streets, house numbers, businesses and towns in one file."""

import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, cos, radians
from pathlib import Path
from typing import Any

import osmium
import shapely
from shapely.geometry import LineString, Point

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.addresses import (
    house_numbers,
    normal,
    number_comes_first,
    sorted_words,
)

FILE_NAME = "places.sqlite"
FORMAT = "1"
CELL_DEG = 0.004  # about 450 m: pieces of one name further apart than that are two streets
BESIDE_STREET_DEG = 0.0006  # about 65 m: how far a number without a street may lie from one
TOWN_REACH_M = 8_000
BUSINESS_KEYS = ("shop", "office", "amenity", "tourism", "craft", "healthcare", "leisure")
TOWN_KINDS = ("city", "town", "village")
DISTRICT_KINDS = ("suburb", "borough", "quarter", "neighbourhood", "hamlet")
OTHER_NAMES = ("alt_name", "old_name", "short_name", "official_name")

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL,
  lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE street_name (words TEXT NOT NULL, street INTEGER NOT NULL REFERENCES street);
CREATE TABLE street_point (street INTEGER NOT NULL REFERENCES street,
  lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE door (street INTEGER NOT NULL REFERENCES street, number INTEGER NOT NULL,
  letter TEXT NOT NULL, text TEXT NOT NULL, city TEXT NOT NULL, postcode TEXT NOT NULL,
  lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE place (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
  address TEXT NOT NULL, city TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL);
CREATE VIRTUAL TABLE search USING fts5 (name, city, kind UNINDEXED, ref UNINDEXED,
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
"""
INDEXES = """
CREATE INDEX street_name_words ON street_name (words);
CREATE INDEX street_point_lat ON street_point (lat, lon);
CREATE INDEX door_street ON door (street, number);
CREATE INDEX door_lat ON door (lat, lon);
"""

Progress = Callable[[str], None]
Cell = tuple[int, int]


@dataclass
class _Way:
    """One named piece of street."""

    name: str
    others: tuple[str, ...]
    line: list[tuple[float, float]]


@dataclass
class _Address:
    """One object with a house number."""

    street: str
    numbers: str
    city: str
    postcode: str
    place: LatLon


@dataclass
class _Named:
    """A business, a town or a district."""

    kind: str
    name: str
    street: str
    numbers: str
    city: str
    place: LatLon


@dataclass
class _Found:
    """What an extract holds."""

    ways: list[_Way] = field(default_factory=list)
    addresses: list[_Address] = field(default_factory=list)
    named: list[_Named] = field(default_factory=list)

    def towns(self) -> list[_Named]:
        """Return the towns and villages."""
        return [one for one in self.named if one.kind in TOWN_KINDS]


@dataclass
class _Street:
    """One street: its pieces and its doors lie together."""

    names: Counter[str] = field(default_factory=Counter)
    others: set[str] = field(default_factory=set)
    points: list[tuple[float, float]] = field(default_factory=list)
    addresses: list[_Address] = field(default_factory=list)

    def take_way(self, way: _Way, middle: tuple[float, float]) -> None:
        """Add a piece; what stands on the road counts more than what stands in an address."""
        self.names[way.name] += 10
        self.others.update(way.others)
        self.points.append(middle)

    def take_address(self, address: _Address) -> None:
        """Add the doors of an address."""
        self.names[address.street] += 1
        self.addresses.append(address)


def build_places(source: Path, folder: Path, *, progress: Progress) -> None:
    """Write `places.sqlite` for an extract into a folder; it appears whole or not at all.

    Raises InvalidInput when the extract cannot be read.
    """
    progress("Reading addresses and names from the extract.")
    try:
        found = _read(source)
    except RuntimeError as wrong:
        raise InvalidInput(
            f"{source.name} cannot be read as an OpenStreetMap extract. "
            "Give a whole .osm.pbf or .osm file."
        ) from wrong
    progress("Sorting addresses into streets.")
    _give_streets(found)
    streets = list(_streets(found))
    with tempfile.TemporaryDirectory(prefix="places-", dir=folder) as scratch:
        made = Path(scratch) / FILE_NAME
        _write(made, found, streets)
        made.replace(folder / FILE_NAME)
    doors = sum(len(street.addresses) for street in streets)
    progress(f"The address book holds {len(streets)} streets and {doors} addresses.")


def _read(source: Path) -> _Found:
    """Collect what can be looked up."""
    found = _Found()
    wanted = osmium.filter.KeyFilter("addr:housenumber", *BUSINESS_KEYS)
    reader = osmium.FileProcessor(str(source)).with_areas(wanted)
    for thing in reader.with_filter(osmium.filter.EmptyTagFilter()):
        tags = thing.tags
        if isinstance(thing, osmium.osm.Node):
            place = LatLon(thing.location.lat, thing.location.lon)
            if "place" in tags and "name" in tags:
                _add_town(tags, place, found)
            _add(tags, place, found)
        elif isinstance(thing, osmium.osm.Way):
            line = [(n.lon, n.lat) for n in thing.nodes if n.location.valid()]
            if "highway" in tags and "name" in tags and line:
                others = tuple(t.v for t in tags if t.k.startswith("name:") or t.k in OTHER_NAMES)
                found.ways.append(_Way(tags["name"], others, line))
            elif line and ("addr:housenumber" in tags or "name" in tags):
                _add(tags, _middle(line), found)
        elif isinstance(thing, osmium.osm.Area) and not thing.from_way():
            ring = [(n.lon, n.lat) for outer in thing.outer_rings() for n in outer]
            if ring:
                _add(tags, _middle(ring), found)
    return found


def _add_town(tags: Any, place: LatLon, found: _Found) -> None:
    """Add a settlement or a district."""
    kind = tags["place"]
    if kind in TOWN_KINDS or kind in DISTRICT_KINDS:
        names = {tags["name"], *(t.v for t in tags if t.k.startswith("name:"))}
        for name in sorted(names, key=lambda one: one != tags["name"]):
            found.named.append(_Named(kind, name, "", "", "", place))


def _add(tags: Any, place: LatLon, found: _Found) -> None:
    """Add an address, a business, or both."""
    numbers = tags.get("addr:housenumber", "")
    street = tags.get("addr:street", "") or tags.get("addr:place", "")
    city = tags.get("addr:city", "")
    if not any(sign.isalpha() for sign in city):
        city = ""  # a number that slipped into the wrong field
    if numbers:
        found.addresses.append(
            _Address(street, numbers, city, tags.get("addr:postcode", ""), place)
        )
    if "name" in tags and any(key in tags for key in BUSINESS_KEYS):
        found.named.append(_Named("business", tags["name"], street, numbers, city, place))


def _middle(line: list[tuple[float, float]]) -> LatLon:
    """Return the middle of the box around some corners."""
    lons, lats = zip(*line, strict=True)
    return LatLon((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)


def _give_streets(found: _Found) -> None:
    """Give each number without a street the street it stands beside."""
    lost = [address for address in found.addresses if not address.street]
    ways = [way for way in found.ways if len(way.line) > 1]
    if lost and ways:
        tree = shapely.STRtree([LineString(way.line) for way in ways])
        points = [Point(a.place.lonlat) for a in lost]
        pairs = tree.query_nearest(points, max_distance=BESIDE_STREET_DEG, all_matches=False)
        for which, way in zip(*pairs.tolist(), strict=True):
            lost[which].street = ways[way].name
    found.addresses = [address for address in found.addresses if address.street]


def _streets(found: _Found) -> Iterator[_Street]:
    """Yield the streets: same name and no wide gap between their pieces and doors."""
    ways: dict[str, list[_Way]] = defaultdict(list)
    addresses: dict[str, list[_Address]] = defaultdict(list)
    for way in found.ways:
        ways[normal(way.name)].append(way)
    for address in found.addresses:
        addresses[normal(address.street)].append(address)
    width = _cell_width(found)
    for words in sorted({*ways, *addresses} - {""}):
        cells: dict[Cell, _Street] = {}
        laid = [(way, _along(way.line)) for way in ways[words]]
        spots = {_cell(*spot, width) for _, line in laid for spot in line}
        spots |= {_cell(*address.place.lonlat, width) for address in addresses[words]}
        groups = [(_Street(), group) for group in _neighbours(spots)]
        for street, group in groups:
            cells.update(dict.fromkeys(group, street))
        for way, line in laid:
            cells[_cell(*line[0], width)].take_way(way, line[len(line) // 2])
        for address in addresses[words]:
            cells[_cell(*address.place.lonlat, width)].take_address(address)
        yield from (street for street, _ in groups)


def _along(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a line with a point in every cell it crosses."""
    points = line[:1]
    for (lon, lat), (next_lon, next_lat) in pairwise(line):
        steps = max(1, ceil(max(abs(next_lon - lon), abs(next_lat - lat)) / CELL_DEG))
        for n in range(1, steps + 1):
            part = n / steps
            points.append((lon + (next_lon - lon) * part, lat + (next_lat - lat) * part))
    return points


def _cell(lon: float, lat: float, width: float) -> Cell:
    """Return the square of the grid a point lies in."""
    return (int(lon // width), int(lat // CELL_DEG))


def _cell_width(found: _Found) -> float:
    """Return how many degrees of longitude make a cell as wide as it is high, in this extract."""
    lats = [way.line[0][1] for way in found.ways[:1]] + [a.place.lat for a in found.addresses[:1]]
    return CELL_DEG / max(0.1, cos(radians(lats[0]))) if lats else CELL_DEG


def _neighbours(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Yield the groups of cells that touch, corners included."""
    left = set(cells)
    while left:
        group, edge = set(), [left.pop()]
        while edge:
            x, y = cell = edge.pop()
            group.add(cell)
            near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        yield group


def _write(path: Path, found: _Found, streets: list[_Street]) -> None:
    """Write the file."""
    towns = found.towns()
    connection = sqlite3.connect(path)
    try:
        connection.executescript(SCHEMA)
        first = number_comes_first([street.names.most_common(1)[0][0] for street in streets])
        meta = [("format", FORMAT), ("number_first", str(int(first)))]
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
        for key, street in enumerate(streets, start=1):
            _write_street(connection, key, street, towns)
        _write_places(connection, found, towns)
        connection.executescript(INDEXES)
        connection.execute("INSERT INTO search (search) VALUES ('optimize')")
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _write_street(
    connection: sqlite3.Connection, key: int, street: _Street, towns: list[_Named]
) -> None:
    """Write one street with its names, its pieces and its doors."""
    name = street.names.most_common(1)[0][0]
    points = street.points or [address.place.lonlat for address in street.addresses]
    lon, lat = _most_central(points)
    cities = Counter(address.city for address in street.addresses if address.city)
    city = cities.most_common(1)[0][0] if cities else _town_of(LatLon(lat, lon), towns)
    connection.execute("INSERT INTO street VALUES (?, ?, ?, ?, ?)", (key, name, city, lat, lon))
    words = {sorted_words(normal(one)) for one in (name, *street.others)} - {""}
    connection.executemany(
        "INSERT INTO street_name VALUES (?, ?)", [(one, key) for one in sorted(words)]
    )
    connection.executemany(
        "INSERT INTO street_point VALUES (?, ?, ?)", [(key, y, x) for x, y in points]
    )
    connection.executemany(
        "INSERT INTO door VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (key, door.number, door.letter, door.text, a.city, a.postcode, a.place.lat, a.place.lon)
            for a in street.addresses
            for door in house_numbers(a.numbers)
        ],
    )
    for one in sorted({name, *street.others}):
        connection.execute("INSERT INTO search VALUES (?, ?, 'street', ?)", (one, city, key))


def _write_places(connection: sqlite3.Connection, found: _Found, towns: list[_Named]) -> None:
    """Write businesses, towns and districts."""
    for key, one in enumerate(found.named, start=1):
        address = f"{one.street} {one.numbers}".strip()
        city = one.city or ("" if one.kind in TOWN_KINDS else _town_of(one.place, towns))
        row = (key, one.kind, one.name, address, city, one.place.lat, one.place.lon)
        connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("INSERT INTO search VALUES (?, ?, 'place', ?)", (one.name, city, key))


def _most_central(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the point nearest to the mean of all, so that it lies on the street itself."""
    mean_lon = sum(lon for lon, _ in points) / len(points)
    mean_lat = sum(lat for _, lat in points) / len(points)
    scale = cos(radians(mean_lat))
    return min(points, key=lambda p: ((p[0] - mean_lon) * scale) ** 2 + (p[1] - mean_lat) ** 2)


def _town_of(place: LatLon, towns: list[_Named]) -> str:
    """Return the nearest town within reach, or ""."""
    near = min(towns, key=lambda town: haversine_m(place, town.place), default=None)
    return near.name if near and haversine_m(place, near.place) <= TOWN_REACH_M else ""

"""The address book of an extract: streets, house numbers, businesses and towns in one file."""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from math import cos, radians
from pathlib import Path

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.addresses import number_comes_first
from route_app.roads.house_numbers import by_blocks, house_numbers
from route_app.roads.place_reading import TOWN_KINDS, Found, Named, read
from route_app.roads.spelling import cuts, normal, sorted_words, spellings
from route_app.roads.streets import Street, crossings, give_streets, streets

FILE_NAME = "places.sqlite"
FORMAT = "2"
TOWN_REACH_M = 8_000
SHORTEST_CUT = 4  # letters: shorter words are written right or not found

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL,
  lat REAL NOT NULL, lon REAL NOT NULL, blocks INTEGER NOT NULL);
CREATE TABLE name (id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE);
CREATE TABLE street_name (name INTEGER NOT NULL REFERENCES name,
  street INTEGER NOT NULL REFERENCES street, PRIMARY KEY (name, street)) WITHOUT ROWID;
CREATE TABLE word (word TEXT NOT NULL, name INTEGER NOT NULL REFERENCES name,
  PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE cut (cut TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (cut, word)) WITHOUT ROWID;
CREATE TABLE crossing (one INTEGER NOT NULL REFERENCES street,
  other INTEGER NOT NULL REFERENCES street, lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE span (street INTEGER NOT NULL REFERENCES street, low INTEGER NOT NULL,
  high INTEGER NOT NULL, step INTEGER NOT NULL, line TEXT NOT NULL);
CREATE TABLE street_point (street INTEGER NOT NULL REFERENCES street,
  lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE door (street INTEGER NOT NULL REFERENCES street, number INTEGER NOT NULL,
  letter TEXT NOT NULL, text TEXT NOT NULL, city TEXT NOT NULL, postcode TEXT NOT NULL,
  lat REAL NOT NULL, lon REAL NOT NULL);
CREATE TABLE place (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
  address TEXT NOT NULL, city TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL);
CREATE VIRTUAL TABLE search USING fts5 (name, words, city, kind UNINDEXED, ref UNINDEXED,
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
"""
INDEXES = """
CREATE INDEX crossing_one ON crossing (one, other);
CREATE INDEX span_street ON span (street);
CREATE INDEX street_point_lat ON street_point (lat, lon);
CREATE INDEX door_street ON door (street, number);
CREATE INDEX door_lat ON door (lat, lon);
"""

Progress = Callable[[str], None]


def build_places(source: Path, folder: Path, *, progress: Progress) -> None:
    """Write `places.sqlite` for an extract into a folder; it appears whole or not at all.

    Raises InvalidInput when the extract cannot be read.
    """
    progress("Reading addresses and names from the extract.")
    try:
        found = read(source)
    except RuntimeError as wrong:
        raise InvalidInput(
            f"{source.name} cannot be read as an OpenStreetMap extract. "
            "Give a whole .osm.pbf or .osm file."
        ) from wrong
    progress("Sorting addresses into streets.")
    give_streets(found)
    known = list(streets(found))
    with tempfile.TemporaryDirectory(prefix="places-", dir=folder) as scratch:
        made = Path(scratch) / FILE_NAME
        _write(made, found, known)
        made.replace(folder / FILE_NAME)
    doors = sum(len(street.addresses) for street in known)
    progress(f"The address book holds {len(known)} streets and {doors} addresses.")


def _write(path: Path, found: Found, known: list[Street]) -> None:
    """Write the file."""
    towns = found.towns()
    connection = sqlite3.connect(path)
    try:
        connection.executescript(SCHEMA)
        first = number_comes_first([street.name for street in known])
        meta = [("format", FORMAT), ("number_first", str(int(first)))]
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
        for key, street in enumerate(known, start=1):
            _write_street(connection, key, street, towns)
        _write_names(connection, known)
        connection.executemany(
            "INSERT INTO crossing VALUES (?, ?, ?, ?)",
            ((a + 1, b + 1, lat, lon) for a, b, lon, lat in crossings(found, known)),
        )
        _write_places(connection, found, towns)
        connection.executescript(INDEXES)
        connection.execute("INSERT INTO search (search) VALUES ('optimize')")
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _write_street(
    connection: sqlite3.Connection, key: int, street: Street, towns: list[Named]
) -> None:
    """Write one street with its names, its pieces and its doors."""
    points = street.points or [address.place.lonlat for address in street.addresses]
    lon, lat = _most_central(points)
    cities = Counter(address.city for address in street.addresses if address.city)
    city = cities.most_common(1)[0][0] if cities else _town_of(LatLon(lat, lon), towns)
    blocks = by_blocks([address.numbers for address in street.addresses])
    row = (key, street.name, city, lat, lon, int(blocks))
    connection.execute("INSERT INTO street VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.executemany(
        "INSERT INTO street_point VALUES (?, ?, ?)", [(key, y, x) for x, y in points]
    )
    connection.executemany(
        "INSERT INTO door VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (key, door.number, door.letter, door.text, a.city, a.postcode, a.place.lat, a.place.lon)
            for a in street.addresses
            for door in house_numbers(a.numbers, blocks=blocks)
        ],
    )
    connection.executemany(
        "INSERT INTO span VALUES (?, ?, ?, ?, ?)",
        [(key, s.low, s.high, s.step, json.dumps(s.line)) for s in street.lines],
    )
    for one in sorted({*street.names, *street.others}):
        connection.execute(
            "INSERT INTO search VALUES (?, ?, ?, 'street', ?)", (one, normal(one), city, key)
        )


def _write_names(connection: sqlite3.Connection, known: list[Street]) -> None:
    """Write every way a street's name is spelt, its words, and what slips make of them."""
    bearers: dict[str, set[int]] = {}
    for key, street in enumerate(known, start=1):
        for name in (*street.names, *street.others):
            for spelling in spellings(name):
                bearers.setdefault(sorted_words(spelling), set()).add(key)
    bearers.pop("", None)
    keys = {words: key for key, words in enumerate(sorted(bearers), start=1)}
    words = {(word, key) for name, key in keys.items() for word in name.split()}
    slips = {
        (cut, word)
        for word in {word for word, _ in words}
        if len(word) >= SHORTEST_CUT and not any(sign.isdigit() for sign in word)
        for cut in cuts(word)
    }
    borne = [(keys[name], street) for name, those in bearers.items() for street in those]
    connection.executemany("INSERT INTO name VALUES (?, ?)", ((k, w) for w, k in keys.items()))
    connection.executemany("INSERT INTO street_name VALUES (?, ?)", sorted(borne))
    connection.executemany("INSERT INTO word VALUES (?, ?)", sorted(words))
    connection.executemany("INSERT INTO cut VALUES (?, ?)", sorted(slips))


def _write_places(connection: sqlite3.Connection, found: Found, towns: list[Named]) -> None:
    """Write businesses, towns and districts."""
    for key, one in enumerate(found.named, start=1):
        address = f"{one.street} {one.numbers}".strip()
        city = one.city or ("" if one.kind in TOWN_KINDS else _town_of(one.place, towns))
        row = (key, one.kind, one.name, address, city, one.place.lat, one.place.lon)
        connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute(
            "INSERT INTO search VALUES (?, ?, ?, 'place', ?)",
            (one.name, normal(one.name), city, key),
        )


def _most_central(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the point nearest to the mean of all, so that it lies on the street itself."""
    mean_lon = sum(lon for lon, _ in points) / len(points)
    mean_lat = sum(lat for _, lat in points) / len(points)
    scale = cos(radians(mean_lat))
    return min(points, key=lambda p: ((p[0] - mean_lon) * scale) ** 2 + (p[1] - mean_lat) ** 2)


def _town_of(place: LatLon, towns: list[Named]) -> str:
    """Return the nearest town within reach, or ""."""
    near = min(towns, key=lambda town: haversine_m(place, town.place), default=None)
    return near.name if near and haversine_m(place, near.place) <= TOWN_REACH_M else ""

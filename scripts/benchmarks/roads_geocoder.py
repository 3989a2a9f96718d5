"""How many real addresses the local geocoder finds, how near, and what a query costs.

The addresses are read from the extracts themselves, not from the address book that is measured.
"Left out" takes the queried object off the book first, so that it must be worked out from others.
The plain way beside it: RapidFuzz's WRatio over every address line, built from the same objects.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import osmium
from rapidfuzz import fuzz, process, utils

from benchmarks.rows import Row
from route_app.errors import Unavailable
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_book import AddressBook
from route_app.roads.bundled import bundled_extract
from route_app.roads.places import FILE_NAME, build_places

SHARED = Path(
    os.environ.get("ROUTE_APP_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
NUMBER_FIRST = ("sf-downtown", "vancouver", "malta")
GOALS = {  # share of own addresses, of left-out ones within 150 m, CPU ms a query
    "sf-downtown": (97.0, 93.0, 1.0),
}
SHORT = {
    "Street": "St.", "Avenue": "Av.", "Road": "Rd", "Drive": "Dr", "Boulevard": "Bvd.",
    "Place": "Pl.", "North": "N", "South": "S", "East": "E", "West": "W", "Saint": "St.",
    "Triq": "Tr.", "strasse": "str.", "straße": "str.", "gasse": "g.", "katu": "k.",
    "tie": "t.", "gatan": "g.", "Court": "Ct", "Lane": "Ln", "Square": "Sq", "Highway": "Hwy",
}  # fmt: skip
NEAR_M = 30


@dataclass(frozen=True)
class Known:
    """One mapped address: the truth a query is held against."""

    number: str
    street: str
    city: str
    place: LatLon

    def line(self, *, number_first: bool, street: str = "") -> str:
        """Return the address as people of the place write it."""
        street = street or self.street
        parts = (self.number, street) if number_first else (street, self.number)
        return ", ".join(part for part in (" ".join(parts), self.city) if part)


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the figures of each extract that is here; `quick` asks fewer queries of fewer."""
    extracts = dict(_extracts())
    names = ["sf-downtown", "helsinki"] if quick else list(extracts)
    for name in names:
        if name in extracts:
            yield from _of(name, extracts[name], sample=200 if quick else 800)


def _extracts() -> Iterator[tuple[str, Path]]:
    for name in ("sf-downtown", "liechtenstein", "malta", "vancouver"):
        path = SHARED / "osm" / f"{name}.osm.pbf"
        if path.is_file():
            yield name, path
    try:
        yield "helsinki", bundled_extract()
    except Unavailable:
        return


def _of(name: str, source: Path, *, sample: int) -> Iterator[Row]:
    """Yield what one extract shows."""
    known = _known(source)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        build_places(source, Path(folder), progress=lambda _: None)
        yield Row(f"{name}: build", time.process_time() - began, "CPU s")
        file = Path(folder) / FILE_NAME
        yield Row(f"{name}: address book", file.stat().st_size / 1e6, "MB")
        connection = sqlite3.connect(":memory:")
        with sqlite3.connect(file) as stored:
            stored.backup(connection)
        stored.close()
    chosen = Random(1).sample(known, min(sample, len(known)))  # noqa: S311  # the same at every run
    try:
        yield from _measured(name, connection, known, chosen)
    finally:
        connection.close()


def _measured(
    name: str, connection: sqlite3.Connection, known: Sequence[Known], chosen: Sequence[Known]
) -> Iterator[Row]:
    book, first = AddressBook(connection), name in NUMBER_FIRST
    own_goal, left_goal, ms_goal = GOALS.get(name, (None, None, None))
    plain = Plain(known, number_first=first)
    few = chosen[: max(60, len(chosen) // 4)]  # the plain way is slow

    own, ms = _asked([one.line(number_first=first) for one in chosen], book.find)
    plain_own, plain_ms = _asked([one.line(number_first=first) for one in few], plain.find)
    exact = 100 * sum(p is not None and p.quality == "exact" for p in own) / len(own)
    yield Row(
        f"{name}: own addresses found", exact, "%", at_least=own_goal,
        against=f"plain: {_within(plain_own, few, NEAR_M):.1f} % within {NEAR_M} m",
    )  # fmt: skip
    yield Row(f"{name}: own addresses within {NEAR_M} m", _within(own, chosen, NEAR_M), "%")
    yield Row(f"{name}: geocode", ms, "CPU ms", at_most=ms_goal, against=f"plain: {plain_ms:.2f}")

    left = [_left_out(connection, book, one, number_first=first) for one in chosen]
    left_plain = [plain.without(one) for one in few]
    for reach, goal in ((50, None), (150, left_goal)):
        yield Row(
            f"{name}: left-out addresses within {reach} m", _within(left, chosen, reach), "%",
            at_least=goal, against=f"plain: {_within(left_plain, few, reach):.1f} %",
        )  # fmt: skip

    for what, change in (("one slip of the finger", _slip), ("abbreviated", _shortened)):
        lines = [one.line(number_first=first, street=change(one.street)) for one in chosen]
        found, _ = _asked(lines, book.find)
        theirs, _ = _asked(lines[: len(few)], plain.find)
        yield Row(
            f"{name}: {what}, within {NEAR_M} m", _within(found, chosen, NEAR_M), "%",
            against=f"plain: {_within(theirs, few, NEAR_M):.1f} %",
        )  # fmt: skip
    yield from _typed(name, book, connection, chosen)
    _, ms = _asked([one.place for one in chosen], book.nearest)
    yield Row(f"{name}: reverse", ms, "CPU ms", at_most=ms_goal)


def _typed(
    name: str, book: AddressBook, connection: sqlite3.Connection, chosen: Sequence[Known]
) -> Iterator[Row]:
    """Yield whether the right street is among eight suggestions after 60 % of its name."""
    streets = sorted({one.street for one in chosen})
    starts = [street[: max(3, round(len(street) * 0.6))].strip() for street in streets]
    found, ms = _asked(starts, book.suggest)
    hits = sum(
        any(street.casefold() in one.label.casefold() for one in lines)
        for street, lines in zip(streets, found, strict=True)
    )
    names = [row[0] for row in connection.execute("SELECT name FROM street")]
    theirs, their_ms = _asked(
        starts, lambda start: process.extract(start, names, scorer=fuzz.WRatio, limit=8)
    )
    plain_hits = sum(
        any(street == one[0] for one in lines)
        for street, lines in zip(streets, theirs, strict=True)
    )
    yield Row(
        f"{name}: street among 8 suggestions", 100 * hits / len(streets), "%",
        against=f"plain: {100 * plain_hits / len(streets):.1f} %",
    )  # fmt: skip
    yield Row(f"{name}: suggest", ms, "CPU ms", against=f"plain: {their_ms:.2f}")


class Plain:
    """The plain way: the address line most like the query, by WRatio."""

    def __init__(self, known: Sequence[Known], *, number_first: bool) -> None:
        """Write every address on a line."""
        self._known = known
        self._first = number_first
        self._lines = [utils.default_process(k.line(number_first=number_first)) for k in known]

    def find(self, line: str) -> Any:
        """Return the most similar address."""
        return self._most_like(line, self._lines)

    def without(self, left: Known) -> Any:
        """Return the most similar address but for one object."""
        lines = [
            "" if one is left else line for one, line in zip(self._known, self._lines, strict=True)
        ]
        return self._most_like(left.line(number_first=self._first), lines)

    def _most_like(self, line: str, lines: Sequence[str]) -> Any:
        best = process.extractOne(utils.default_process(line), lines, scorer=fuzz.WRatio)
        return None if best is None else self._known[best[2]]


def _asked(queries: Sequence[Any], ask: Callable[[Any], Any]) -> tuple[list[Any], float]:
    """Return the answers, and the CPU milliseconds one took."""
    began = time.process_time()
    answers = [ask(query) for query in queries]
    return answers, (time.process_time() - began) * 1000 / max(1, len(queries))


def _within(found: Sequence[Any], wanted: Sequence[Known], reach_m: float) -> float:
    """Return which percentage of pins lies near where the address is."""
    near = sum(
        pin is not None and haversine_m(pin.place, one.place) <= reach_m
        for pin, one in zip(found, wanted, strict=True)
    )
    return 100 * near / max(1, len(wanted))


def _left_out(
    connection: sqlite3.Connection, book: AddressBook, one: Known, *, number_first: bool
) -> Any:
    """Return the pin of an address whose object was taken off the book; the book is as before."""
    close = 1e-7
    lat, lon = one.place.lat, one.place.lon
    connection.execute(
        "DELETE FROM door WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?",
        (lat - close, lat + close, lon - close, lon + close),
    )
    pin = book.find(one.line(number_first=number_first))
    connection.rollback()
    return pin


def _slip(street: str) -> str:
    """Return a name with two neighbouring letters swapped in its longest word."""
    word = max(street.split(), key=len)
    pairs = [at for at in range(1, len(word) - 1) if word[at : at + 2].isalpha()]
    swapped = [at for at in pairs if word[at] != word[at + 1]]
    if len(word) < 4 or not swapped:
        return street
    at = Random(street).choice(swapped)  # noqa: S311
    return street.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :], 1)


def _shortened(street: str) -> str:
    """Return a name with its usual words shortened, as people write them."""
    for long, short in SHORT.items():
        if long[0].isupper():
            street = " ".join(short if word == long else word for word in street.split())
        elif street.endswith(long) and len(street) > len(long) + 2:
            street = street.removesuffix(long) + short
    return street


def _known(source: Path) -> list[Known]:
    """Return every mapped address with a street and a number that is one."""
    found = []
    reader = osmium.FileProcessor(str(source)).with_locations()
    for thing in reader.with_filter(osmium.filter.KeyFilter("addr:housenumber")):
        tags = thing.tags
        street, number = tags.get("addr:street", ""), tags["addr:housenumber"]
        if not street or not any(sign.isdigit() for sign in number):
            continue
        if isinstance(thing, osmium.osm.Node):
            place = LatLon(thing.location.lat, thing.location.lon)
        elif isinstance(thing, osmium.osm.Way):
            spots = [(n.lat, n.lon) for n in thing.nodes if n.location.valid()]
            if not spots:
                continue
            lats, lons = zip(*spots, strict=True)
            place = LatLon((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
        else:
            continue
        found.append(Known(number, street, tags.get("addr:city", ""), place))
    return found

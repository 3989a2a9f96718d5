"""What of an OpenStreetMap extract can be looked up: streets, house numbers, named places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium

from route_app.lib.geo import LatLon

BUSINESS_KEYS = ("shop", "office", "amenity", "tourism", "craft", "healthcare", "leisure")
LANDMARK_KEYS = ("historic", "building", "man_made", "landuse", "aeroway", "railway")
LANDMARK_RAILWAYS = ("station", "halt")
TOWN_KINDS = ("city", "town", "village")
DISTRICT_KINDS = ("suburb", "borough", "quarter", "neighbourhood", "hamlet", "locality")
OTHER_NAMES = ("alt_name", "old_name", "short_name", "official_name", "loc_name")
# what `addr:interpolation` says -> how far apart the numbers on the line are
STEPS = {"odd": 2, "even": 2, "all": 1}


@dataclass
class Way:
    """One named piece of street."""

    name: str
    others: tuple[str, ...]
    line: list[tuple[float, float]]
    refs: list[int]


@dataclass
class Address:
    """One object with a house number."""

    street: str
    numbers: str
    city: str
    postcode: str
    place: LatLon


@dataclass
class NumberLine:
    """A line that stands for the numbers from one door to another, `step` apart."""

    street: str
    low: int
    high: int
    step: int
    line: list[tuple[float, float]]


@dataclass
class Named:
    """A business, a town or a district."""

    kind: str
    name: str
    street: str
    numbers: str
    city: str
    place: LatLon


@dataclass
class Found:
    """What an extract holds."""

    ways: list[Way] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    lines: list[NumberLine] = field(default_factory=list)
    doors: dict[int, tuple[str, str]] = field(default_factory=dict)  # node -> street, number

    def towns(self) -> list[Named]:
        """Return the towns and villages."""
        return [one for one in self.named if one.kind in TOWN_KINDS]


def read(source: Path) -> Found:
    """Collect what can be looked up."""
    found = Found()
    wanted = osmium.filter.KeyFilter("addr:housenumber", *BUSINESS_KEYS)
    reader = osmium.FileProcessor(str(source)).with_areas(wanted)
    for thing in reader.with_filter(osmium.filter.EmptyTagFilter()):
        tags = thing.tags
        if isinstance(thing, osmium.osm.Node):
            place = LatLon(thing.location.lat, thing.location.lon)
            if "place" in tags and "name" in tags:
                _add_town(tags, place, found)
            _add(tags, place, found)
            if "addr:housenumber" in tags:
                found.doors[thing.id] = (str(tags.get("addr:street", "")), tags["addr:housenumber"])
        elif isinstance(thing, osmium.osm.Way):
            whole = [(n.ref, (n.lon, n.lat)) for n in thing.nodes if n.location.valid()]
            line = [spot for _, spot in whole]
            if "addr:interpolation" in tags:
                found.lines.extend(_number_lines(tags, whole, found))
            elif "highway" in tags and "name" in tags and line:
                found.ways.append(Way(tags["name"], _others(tags), line, [ref for ref, _ in whole]))
            elif line and ("addr:housenumber" in tags or "name" in tags):
                _add(tags, _middle(line), found)
        elif isinstance(thing, osmium.osm.Area) and not thing.from_way():
            ring = [(n.lon, n.lat) for outer in thing.outer_rings() for n in outer]
            if ring:
                _add(tags, _middle(ring), found)
    return found


def _others(tags: Any) -> tuple[str, ...]:
    """Return the other names of a thing."""
    return tuple(t.v for t in tags if t.k.startswith("name:") or t.k in OTHER_NAMES)


def _number_lines(
    tags: Any, whole: list[tuple[int, tuple[float, float]]], found: Found
) -> Iterator[NumberLine]:
    """Yield the lines of numbers between each two doors of an `addr:interpolation` way."""
    kind = tags["addr:interpolation"]
    step = int(kind) if kind.isdigit() and int(kind) else STEPS.get(kind, 0)
    at = [n for n, (ref, _) in enumerate(whole) if ref in found.doors]
    for start, end in pairwise(at):
        (street, first), (other, last) = (found.doors[whole[n][0]] for n in (start, end))
        if not (step and first.isdigit() and last.isdigit() and first != last):
            continue
        line = [spot for _, spot in whole[start : end + 1]]
        low, high = int(first), int(last)
        if low > high:
            low, high, line = high, low, line[::-1]
        name = street or other or tags.get("addr:street", "")
        if name:
            yield NumberLine(name, low, high, step, line)


def _add_town(tags: Any, place: LatLon, found: Found) -> None:
    """Add a settlement or a district."""
    kind = tags["place"]
    if kind in TOWN_KINDS or kind in DISTRICT_KINDS:
        names = {tags["name"], *(t.v for t in tags if t.k.startswith("name:"))}
        for name in sorted(names, key=lambda one: one != tags["name"]):
            found.named.append(Named(kind, name, "", "", "", place))


def _add(tags: Any, place: LatLon, found: Found) -> None:
    """Add an address, a business, or both."""
    numbers = tags.get("addr:housenumber", "")
    second = tags.get("addr:streetnumber", "")  # where houses bear a number of the town, too
    if second and second not in numbers:
        numbers = f"{numbers};{second}" if numbers else second
    street = tags.get("addr:street", "") or tags.get("addr:place", "")
    city = tags.get("addr:city", "")
    if not any(sign.isalpha() for sign in city):
        city = ""  # a number that slipped into the wrong field
    if numbers:
        found.addresses.append(Address(street, numbers, city, tags.get("addr:postcode", ""), place))
    kind = _kind(tags) if "name" in tags else ""
    for name in dict.fromkeys((tags["name"], *_others(tags))) if kind else ():
        found.named.append(Named(kind, name, street, numbers, city, place))


def _kind(tags: Any) -> str:
    """Return whether a named thing is a business or a landmark, "" where it is neither."""
    if any(key in tags for key in BUSINESS_KEYS):
        return "business"
    if tags.get("railway", "") not in ("", *LANDMARK_RAILWAYS):
        return ""
    return "landmark" if any(key in tags for key in LANDMARK_KEYS) else ""


def _middle(line: list[tuple[float, float]]) -> LatLon:
    """Return the middle of the box around some corners."""
    lons, lats = zip(*line, strict=True)
    return LatLon((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)

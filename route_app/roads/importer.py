"""Read the drivable roads of an OpenStreetMap extract (`.osm.pbf`, `.osm`)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium

from route_app.errors import InvalidInput
from route_app.roads import tags as read
from route_app.roads.conditions import read_clauses, signed_hours
from route_app.roads.rawroads import RawRestriction, RawRoads

EXTRACT_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
_RESTRICTION_KEYS = ("restriction:motorcar", "restriction:motor_vehicle", "restriction")
_KEYS = (
    "highway", "route", "barrier", *_RESTRICTION_KEYS,
    *(f"{key}:conditional" for key in _RESTRICTION_KEYS),
)  # fmt: skip


def is_extract(path: Path) -> bool:
    """Return whether a file's name says it is an OpenStreetMap extract."""
    return path.name.lower().endswith(EXTRACT_SUFFIXES)


def read_date(path: Path) -> str:
    """Return the date an extract's header bears, "" where it bears none or cannot be read."""
    try:
        with osmium.io.Reader(str(path)) as reader:
            header = reader.header()
            return str(header.get("timestamp") or header.get("osmosis_replication_timestamp"))
    except (RuntimeError, ValueError, OSError):
        return ""


def read_extract(path: Path) -> RawRoads:
    """Return the drivable roads of an extract. Raises InvalidInput when it cannot be used."""
    _check_file(path)
    raw = RawRoads()
    try:
        source = osmium.FileProcessor(str(path)).with_locations()
        thing: Any
        for thing in source.with_filter(osmium.filter.KeyFilter(*_KEYS)):
            if thing.is_node():
                _take_node(raw, thing)
            elif thing.is_way():
                _take_way(raw, thing)
            elif thing.is_relation():
                _take_relation(raw, thing)
    except (RuntimeError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{path.name} is damaged or is not an OpenStreetMap extract ({error}). "
            "Fetch the file again."
        ) from error
    if not raw.way_nodes:
        raise InvalidInput(
            f"{path.name} has no roads a car can use. Choose an extract of a place with streets."
        )
    return raw


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InvalidInput(f"There is no file {path.name}. Check the path to the extract.")
    if not is_extract(path):
        raise InvalidInput(
            f"{path.name} is of a kind that cannot be read. "
            "Give an .osm.pbf or .osm extract, or a .graphml file saved by OSMnx."
        )
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path.name} is empty. Fetch the extract again.")


def _take_node(raw: RawRoads, node: Any) -> None:
    if node.tags.get("highway") == "traffic_signals":
        raw.signals[node.id] = read.signal_direction(node.tags)
    if "barrier" in node.tags and read.blocks_cars(node.tags):
        raw.barriers.add(node.id)


def _take_way(raw: RawRoads, way: Any) -> None:
    if read.road_class(way.tags) is None:
        return
    points = list(_known_points(way))
    missing = len(way.nodes) - len(points)
    if missing and read.access(way.tags) != "closed":
        raw.missing_refs += missing
        raw.ways_cut += len(points) >= 2
    raw.add_way(way.id, way.tags, points=points)


def _known_points(way: Any) -> Iterator[tuple[int, float, float]]:
    """Yield the nodes of a way that the extract holds, each once in a row."""
    last = None
    for node in way.nodes:
        where = node.location
        if where.valid():
            if node.ref != last:
                yield node.ref, where.lon, where.lat
            last = node.ref


def _take_relation(raw: RawRoads, relation: Any) -> None:
    tags = relation.tags
    if tags.get("type") != "restriction":
        return
    spared = (tags.get("except") or "").replace(" ", "").split(";")
    if "motorcar" in spared or "motor_vehicle" in spared:
        return
    rules = list(_rules(raw, tags))
    if not rules:
        return
    ends: dict[str, list[int]] = {"from": [], "to": []}
    via_nodes: list[int] = []
    via_ways: list[int] = []
    for member in relation.members:
        if member.role in ends and member.type == "w":
            ends[member.role].append(member.ref)
        elif member.role == "via":
            (via_nodes if member.type == "n" else via_ways).append(member.ref)
    if not ends["from"] or not ends["to"] or (len(via_nodes) != 1) == (not via_ways):
        raw.skipped["incomplete"] += 1
        return
    raw.restrictions += [
        RawRestriction(
            kind=kind,
            from_ways=tuple(ends["from"]),
            via_node=via_nodes[0] if via_nodes else None,
            via_ways=tuple(via_ways),
            to_ways=tuple(ends["to"]),
            when=when,
        )
        for kind, when in rules
    ]


def _rules(raw: RawRoads, tags: Any) -> Iterator[tuple[str, str]]:
    """Yield what a relation forbids or demands, and the hours at which it does ("": always)."""
    kind = next((said for key in _RESTRICTION_KEYS if (said := tags.get(key))), None)
    if kind is not None:
        hours = signed_hours(tags)
        if not kind.startswith(("no_", "only_")):
            raw.skipped["not understood"] += 1
        elif hours == "":
            raw.skipped["hours not understood"] += 1
        else:
            yield kind, hours or ""
    said = next((said for key in _RESTRICTION_KEYS if (said := tags.get(f"{key}:conditional"))), "")
    for clause in read_clauses(said):
        if clause.hours and clause.value.startswith(("no_", "only_")):
            yield clause.value, clause.hours
        else:
            raw.skipped["hours not understood"] += 1

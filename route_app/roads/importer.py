"""Read the drivable roads of an OpenStreetMap extract (`.osm.pbf`, `.osm`)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from route_app.errors import InvalidInput
from route_app.roads import tags as read
from route_app.roads.conditions import read_clauses, signed_hours
from route_app.roads.dateline import parts_of, shares_of
from route_app.roads.profile import CLASSES
from route_app.roads.rawroads import CONDITIONAL_KEYS, Line, RawRestriction, RawRoads
from route_app.roads.wayfacts import facts_of_pairs

EXTRACT_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
_RESTRICTION_KEYS = ("restriction:motorcar", "restriction:motor_vehicle", "restriction")
_KEYS = (
    "highway", "route", "barrier", *_RESTRICTION_KEYS,
    *(f"{key}:conditional" for key in _RESTRICTION_KEYS),
)  # fmt: skip
# Most roads have no other tags than some of these, a name and a source.
_USUAL_KEYS = ("highway", "oneway", "maxspeed", "surface", "service", "junction", "access")
_RARE_KEYS = tuple(key for key in (*read.WAY_KEYS, *CONDITIONAL_KEYS) if key not in _USUAL_KEYS)
_FERRY = CLASSES.index("ferry")
_TELL_EVERY = 5_000
_HISTORY = (
    "{} holds some roads more than once, as files of the map's history do. "
    "Choose a plain extract, of one point in time."
)


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


def read_extract(path: Path, progress: Callable[[float], None] | None = None) -> RawRoads:
    """Return the drivable roads of an extract. Raises InvalidInput when it cannot be used.

    The file is read once. `progress` is told now and then which share of it is read.
    """
    _check_file(path)
    raw = RawRoads()
    try:
        _check_header(path)
        source = osmium.FileProcessor(str(path)).with_locations()
        thing: Any
        told = -1.0
        for number, thing in enumerate(source.with_filter(osmium.filter.KeyFilter(*_KEYS))):
            if thing.deleted:
                continue
            if thing.is_way():
                _take_way(raw, thing)
            elif thing.is_node():
                raw.add_node(thing.id, thing.tags)
            else:
                _take_relation(raw, thing)
            if progress and number % _TELL_EVERY == 0 and (share := share_read(path)) - told > 0.01:
                told = share
                progress(share)
    except (RuntimeError, ValueError, OSError) as error:
        raise InvalidInput(_damaged(path, error)) from error
    _check_roads(path, raw)
    return raw


def share_read(path: Path) -> float:
    """Return the share of a file being read that is read, 0 where the system cannot say.

    The reader runs a little ahead; a file it has closed is read in whole.
    """
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        return 0.0
    for entry in opened.iterdir():
        # A file may be closed between being listed and being looked at.
        with suppress(OSError):
            if entry.readlink() == path.resolve():
                said = Path(f"/proc/self/fdinfo/{entry.name}").read_text()
                return min(1.0, int(said.split()[1]) / max(path.stat().st_size, 1))
    return 1.0


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
    with path.open("rb") as content:
        begin = content.read(512).lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html")):
        raise InvalidInput(
            f"{path.name} is a web page, not an extract: the download went wrong. "
            "Fetch the extract again."
        )


def _check_header(path: Path) -> None:
    with osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
        if reader.header().has_multiple_object_versions:
            raise InvalidInput(_HISTORY.format(path.name))


def _damaged(path: Path, error: Exception) -> str:
    return (
        f"{path.name} is damaged or is not an OpenStreetMap extract ({error}). "
        "Fetch the file again."
    )


def _check_roads(path: Path, raw: RawRoads) -> None:
    if not raw.way_nodes and raw.unsaved:
        raise InvalidInput(
            f"{path.name} was saved in an editor before its changes were uploaded: its points "
            "have negative numbers, which cannot be read. Choose a plain extract."
        )
    if not raw.way_nodes:
        raise InvalidInput(
            f"{path.name} has no roads a car can use. Choose an extract of a place with streets."
        )
    ways = np.frombuffer(raw.way_osm, np.int64)
    if len(np.unique(ways)) + raw.ways_split < len(ways):
        raise InvalidInput(_HISTORY.format(path.name))


def _take_way(raw: RawRoads, way: Any) -> None:
    tags = way.tags
    get = tags.get
    pairs = [(key, value) for key in _USUAL_KEYS if (value := get(key)) is not None]
    name, ref = get("name"), get("ref")
    rare = []
    # Asking for each tag is dear, so for most ways only the usual ones are asked for.
    if len(tags) > len(pairs) + (name is not None) + (ref is not None) + ("source" in tags):
        rare = [(key, value) for key in _RARE_KEYS if (value := get(key)) is not None]
    facts = facts_of_pairs((*pairs, *rare))
    if facts is None:
        return
    line = _line(raw, way)
    if facts.road_class == _FERRY and isnan(facts.duration_s) and tags.get("duration"):
        raw.durations_ignored += 1
    parts = parts_of(line, count(-1 - raw.ways_split, -1))
    raw.ways_split += len(parts) - 1
    for part, share in zip(parts, shares_of(parts) if len(parts) > 1 else (1.0,), strict=True):
        own = facts._replace(duration_s=facts.duration_s * share) if share < 1 else facts
        raw.add_way(way.id, own, part, name=name or ref or "")
        if rare and len(part.refs) >= 2:
            raw.take_conditions(tags)


def _line(raw: RawRoads, way: Any) -> Line:
    nodes = way.nodes
    met = [nodes[row] for row in range(len(nodes))]
    refs = [node.ref for node in met]
    places = [node.location for node in met]
    try:
        line = Line(refs, [place.lon for place in places], [place.lat for place in places])
    except osmium.InvalidLocationError:
        rows = [row for row, place in enumerate(places) if place.valid()]
        raw.missing_refs += len(refs) - len(rows)
        raw.ways_cut += len(rows) >= 2
        raw.unsaved |= min(refs) < 0
        known = [places[row] for row in rows]
        line = Line(
            [refs[row] for row in rows],
            [place.lon for place in known],
            [place.lat for place in known],
        )
    return line if len(set(line.refs)) == len(line.refs) else _without_repeats(line)


def _without_repeats(line: Line) -> Line:
    """Return a line with each point once in a row."""
    refs = line.refs
    rows = [row for row, ref in enumerate(refs) if row == 0 or ref != refs[row - 1]]
    return _rows_of(line, rows)


def _rows_of(line: Line, rows: Iterable[int]) -> Line:
    chosen = list(rows)
    return Line(
        [line.refs[row] for row in chosen],
        [line.lons[row] for row in chosen],
        [line.lats[row] for row in chosen],
    )


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

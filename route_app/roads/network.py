"""A drivable road network as arrays: junctions, street pieces between them, and their ways.

A piece is a stretch of one way between two junctions; it holds one or two arcs, the directions
in which it may be driven. Nothing here knows about speeds or turns.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from route_app.errors import Unavailable
from route_app.lib.geo import EARTH_RADIUS_M
from route_app.roads.rawroads import RawRestriction, RawRoads

FORMAT_VERSION = 2
# What reading a damaged archive can raise.
DAMAGE = (KeyError, ValueError, OSError, EOFError, BadZipFile, NotImplementedError, RuntimeError)

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Arcs:
    """Every direction a piece may be driven in, tail junction to head junction."""

    piece: Ints
    against: Bools
    tail: Ints
    head: Ints

    @property
    def count(self) -> int:
        """Return how many arcs there are."""
        return len(self.piece)


@dataclass(frozen=True)
class Network:
    """The arrays of a network. Rows of one prefix belong together; `*_m` are metres.

    No car passes a junction that is `blocked`; one that is `gated` only those with an errand.
    `piece_from` and `piece_to` are the first and last row of a piece in the `point_*` columns.
    `light_*` are traffic lights between junctions: on which piece, how far along, for whom.
    `timed_*` are speed limits in km/h at some hours. `restriction_*` is a flat list of
    OpenStreetMap ids, see `restrictions`. Both point into `conditions`.
    """

    node_osm: Longs
    node_lat: Floats
    node_lon: Floats
    node_signal: Bools
    node_blocked: Bools
    node_gated: Bools
    point_lat: Floats
    point_lon: Floats
    point_at_m: Floats
    piece_way: Ints
    piece_from: Ints
    piece_to: Ints
    piece_tail: Ints
    piece_head: Ints
    piece_m: Floats
    light_piece: Ints
    light_at_m: Floats
    light_forward: Bools
    light_backward: Bools
    way_osm: Longs
    way_class: NDArray[np.int8]
    way_service: NDArray[np.int8]
    way_surface: NDArray[np.int8]
    way_forward: Bools
    way_backward: Bools
    way_restricted: Bools
    way_roundabout: Bools
    way_snappable: Bools
    way_limit_forward: Floats
    way_limit_backward: Floats
    way_duration_s: Floats
    way_name: Ints
    names_utf8: NDArray[np.uint8]
    timed_way: Ints
    timed_kmh: Floats
    timed_when: Ints
    conditions_utf8: NDArray[np.uint8]
    restriction_numbers: Longs
    restriction_kinds: NDArray[np.uint8]
    drives_left: Bools
    country_utf8: NDArray[np.uint8]

    @cached_property
    def arcs(self) -> Arcs:
        """Return the arcs: all forward ones by piece, then all backward ones."""
        ahead = np.flatnonzero(self.way_forward[self.piece_way])
        back = np.flatnonzero(self.way_backward[self.piece_way])
        return Arcs(
            piece=np.concatenate([ahead, back]).astype(np.int32),
            against=np.repeat([False, True], [len(ahead), len(back)]),
            tail=np.concatenate([self.piece_tail[ahead], self.piece_head[back]]),
            head=np.concatenate([self.piece_head[ahead], self.piece_tail[back]]),
        )

    @cached_property
    def arc_ahead(self) -> Ints:
        """Return for each piece its forward arc, -1 where there is none."""
        return self._arc_of_piece(against=False)

    @cached_property
    def arc_back(self) -> Ints:
        """Return for each piece its backward arc, -1 where there is none."""
        return self._arc_of_piece(against=True)

    @cached_property
    def streets_at(self) -> Ints:
        """Return how many street pieces end at each junction."""
        ends = np.concatenate([self.piece_tail, self.piece_head])
        return np.bincount(ends, minlength=len(self.node_osm)).astype(np.int32)

    @cached_property
    def arcs_out(self) -> Ints:
        """Return how many arcs begin at each junction."""
        return np.bincount(self.arcs.tail, minlength=len(self.node_osm)).astype(np.int32)

    @cached_property
    def arc_headings(self) -> tuple[Floats, Floats]:
        """Return where each arc heads as it begins and ends: radians east of north."""
        arcs = self.arcs
        first, last = self.piece_from[arcs.piece], self.piece_to[arcs.piece]
        begins = self._headings(
            np.where(arcs.against, last, first), np.where(arcs.against, last - 1, first + 1)
        )
        ends = self._headings(
            np.where(arcs.against, first + 1, last - 1), np.where(arcs.against, first, last)
        )
        return begins, ends

    @cached_property
    def leaves_roundabout(self) -> Bools:
        """Return at which junctions an arc that is not of a roundabout begins."""
        plain = ~self.way_roundabout[self.piece_way[self.arcs.piece]]
        found = np.zeros(len(self.node_osm), bool)
        found[self.arcs.tail[plain]] = True
        return found

    @cached_property
    def names(self) -> list[str]:
        """Return the street names that `way_name` points into."""
        return self.names_utf8.tobytes().decode("utf-8").split("\n")

    @property
    def country(self) -> str:
        """Return the two letters of the country the roads lie in, "" where it is not known."""
        return self.country_utf8.tobytes().decode("utf-8")

    @cached_property
    def conditions(self) -> list[str]:
        """Return the hours at which something holds; the first, "", is always."""
        return self.conditions_utf8.tobytes().decode("utf-8").split("\n")

    @cached_property
    def restrictions(self) -> list[RawRestriction]:
        """Return the turn restrictions as they were read."""
        kinds = self.restriction_kinds.tobytes().decode("utf-8").split("\n")
        rows, at = [], 0
        numbers = self.restriction_numbers.tolist()
        while at < len(numbers):
            kind, when, *sizes = numbers[at : at + 6]
            at += 6
            parts = []
            for size in sizes:
                parts.append(tuple(numbers[at : at + size]))
                at += size
            rows.append(
                RawRestriction(
                    kind=kinds[kind],
                    from_ways=parts[0],
                    via_node=parts[1][0] if parts[1] else None,
                    via_ways=parts[2],
                    to_ways=parts[3],
                    when=self.conditions[when],
                )
            )
        return rows

    def piece_points(self, piece: int) -> slice:
        """Return the rows of a piece in the `point_*` columns."""
        return slice(int(self.piece_from[piece]), int(self.piece_to[piece]) + 1)

    def _headings(self, a: Ints, b: Ints) -> Floats:
        north = self.point_lat[b] - self.point_lat[a]
        east = (self.point_lon[b] - self.point_lon[a]) * np.cos(np.radians(self.point_lat[a]))
        heading: Floats = np.arctan2(east, north)
        return heading

    def _arc_of_piece(self, *, against: bool) -> Ints:
        arcs = np.full(len(self.piece_way), -1, np.int32)
        chosen = np.flatnonzero(self.arcs.against == against)
        arcs[self.arcs.piece[chosen]] = chosen
        return arcs


def build_network(raw: RawRoads, *, drives_left: bool = False, country: str = "") -> Network:
    """Return the network of the roads read: ways cut at junctions, shape kept."""
    # Not copied: the columns are the largest things there are while a network is built.
    refs, counts = np.frombuffer(raw.refs, np.int64), np.frombuffer(raw.way_nodes, np.int64)
    lats, lons = np.frombuffer(raw.lats), np.frombuffer(raw.lons)
    way_of_point = np.repeat(np.arange(len(counts)), counts)
    nodes, node_of_point = np.unique(refs, return_inverse=True)
    at_m = _metres_along(lats, lons, way_of_point)

    barriers = np.isin(nodes, np.array(sorted(raw.barriers), np.int64))
    gates = np.isin(nodes, np.array(sorted(raw.gates), np.int64))
    junction = _junctions(node_of_point, counts, barriers | gates)
    cuts = np.flatnonzero(junction[node_of_point])
    first, last = cuts[:-1], cuts[1:]
    whole = way_of_point[first] == way_of_point[last]
    first, last = first[whole], last[whole]

    junctions = np.flatnonzero(junction)
    number = np.full(len(nodes), -1, np.int32)
    number[junctions] = np.arange(len(junctions), dtype=np.int32)
    point_of_node = np.empty(len(nodes), np.int64)
    point_of_node[node_of_point] = np.arange(len(refs))
    at_junction = point_of_node[junctions]

    signals = np.array(sorted(raw.signals), np.int64)
    signal_node = np.isin(nodes, signals)
    names, name_index = np.unique(np.array(raw.way_name, object), return_inverse=True)
    return Network(
        node_osm=nodes[junctions],
        node_lat=lats[at_junction],
        node_lon=lons[at_junction],
        node_signal=signal_node[junctions],
        node_blocked=barriers[junctions],
        node_gated=gates[junctions],
        point_lat=lats,
        point_lon=lons,
        point_at_m=at_m,
        piece_way=way_of_point[first].astype(np.int32),
        piece_from=first.astype(np.int32),
        piece_to=last.astype(np.int32),
        piece_tail=number[node_of_point[first]],
        piece_head=number[node_of_point[last]],
        piece_m=at_m[last] - at_m[first],
        **_lights_between(
            raw, refs, signal_node[node_of_point] & ~junction[node_of_point], (first, at_m)
        ),
        **_way_columns(raw),
        way_name=name_index.astype(np.int32),
        names_utf8=_as_bytes([name.replace("\n", " ") for name in names]),
        **_rule_columns(raw),
        drives_left=np.array([drives_left]),
        country_utf8=_as_bytes([country.upper()]),
    )


def save_network(network: Network, path: Path) -> None:
    """Write a network to one file."""
    columns = {entry.name: getattr(network, entry.name) for entry in fields(Network)}
    with path.open("wb") as out:
        np.savez(out, format_version=np.array([FORMAT_VERSION]), **columns)


def load_network(path: Path) -> Network:
    """Return a network written by `save_network`. Raises Unavailable when the file is damaged."""
    try:
        # Opened here, because numpy forgets to close a file that is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if int(stored["format_version"][0]) != FORMAT_VERSION:
                raise ValueError("it was written by another version")
            network = Network(**{entry.name: stored[entry.name] for entry in fields(Network)})
        if not len(network.piece_way) or int(network.piece_to.max()) >= len(network.point_lat):
            raise ValueError("its parts do not fit together")
    except DAMAGE as error:
        raise Unavailable(
            f"The stored road network {path.parent.parent.name} cannot be read ({error}). "
            "Build it again from its extract."
        ) from error
    return network


def metres_between(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Return the distances of near points, row by row."""
    east = np.radians(lon_b - lon_a) * np.cos(np.radians((lat_a + lat_b) / 2))
    metres: Floats = np.hypot(east, np.radians(lat_b - lat_a)) * EARTH_RADIUS_M
    return metres


def _metres_along(lats: Floats, lons: Floats, way_of_point: Longs) -> Floats:
    """Return the running length at each point; it does not grow from one way to the next."""
    steps = metres_between(lats[:-1], lons[:-1], lats[1:], lons[1:])
    steps[way_of_point[1:] != way_of_point[:-1]] = 0
    return np.concatenate([[0.0], np.cumsum(steps)])


def _junctions(node_of_point: Longs, counts: Longs, barriers: Bools) -> Bools:
    """Return which nodes end a piece: ends of ways, nodes met twice, barriers."""
    junction: Bools = np.bincount(node_of_point) > 1
    ends = np.cumsum(counts)
    junction[node_of_point[ends - counts]] = True
    junction[node_of_point[ends - 1]] = True
    junction |= barriers
    return junction


def _lights_between(
    raw: RawRoads, refs: Longs, lit: Bools, pieces: tuple[Longs, Floats], /
) -> dict[str, Any]:
    """Return the traffic lights that stand on pieces, away from junctions.

    `pieces` are the first point of each piece, and the running length at each point.
    """
    first, at_m = pieces
    rows = np.flatnonzero(lit)
    piece = np.searchsorted(first, rows, side="right") - 1
    facing = np.array([raw.signals[ref] for ref in refs[rows].tolist()], np.int8)
    return {
        "light_piece": piece.astype(np.int32),
        "light_at_m": at_m[rows] - at_m[first[piece]],
        "light_forward": (facing & 1) > 0,
        "light_backward": (facing & 2) > 0,
    }


def _way_columns(raw: RawRoads) -> dict[str, Any]:
    flags = (
        "way_forward", "way_backward", "way_restricted", "way_roundabout", "way_snappable",
    )  # fmt: skip
    columns: dict[str, Any] = {name: np.array(getattr(raw, name), np.bool_) for name in flags}
    for name in ("way_class", "way_service", "way_surface"):
        columns[name] = np.array(getattr(raw, name), np.int8)
    for name in ("way_limit_forward", "way_limit_backward", "way_duration_s"):
        columns[name] = np.array(getattr(raw, name), np.float64)
    columns["way_osm"] = np.array(raw.way_osm, np.int64)
    return columns


def _rule_columns(raw: RawRoads) -> dict[str, Any]:
    """Return the columns of what holds at some hours, and of the turn restrictions."""
    rows, limits = raw.restrictions, raw.timed_limits
    kinds = sorted({row.kind for row in rows})
    hours = sorted({"", *(row.when for row in rows), *(when for _, _, when in limits)})
    numbers: list[int] = []
    for row in rows:
        via = () if row.via_node is None else (row.via_node,)
        parts = (row.from_ways, via, row.via_ways, row.to_ways)
        numbers += [kinds.index(row.kind), hours.index(row.when), *(len(part) for part in parts)]
        for part in parts:
            numbers += part
    return {
        "timed_way": np.array([way for way, _, _ in limits], np.int32),
        "timed_kmh": np.array([kmh for _, kmh, _ in limits], np.float64),
        "timed_when": np.array([hours.index(when) for _, _, when in limits], np.int32),
        "conditions_utf8": _as_bytes(hours),
        "restriction_numbers": np.array(numbers, np.int64),
        "restriction_kinds": _as_bytes(kinds),
    }


def _as_bytes(texts: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode("utf-8"), np.uint8)

"""Turn restrictions: which turns are forbidden, always or in some time slots.

A restriction from A over B to C forbids C only to those who came from A. So B gets a shadow, a
second vertex for the same arcs: A leads into the shadow, and the shadow does not lead to C.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from route_app.roads.conditions import slot_bits
from route_app.roads.engine import Slot
from route_app.roads.network import Bools, Ints, Network
from route_app.roads.rawroads import RawRestriction

_LONGEST_VIA = 12
# What is forbidden at some hours keeps this bit even where it is long enough for no slot, so that
# the turns and parts of a network do not depend on the hours of the slots.
TIMED = 0x80
_ALWAYS = 0xFF


@dataclass
class Turns:
    """Turns from vertex to vertex while the graph is made; a vertex stands for one arc.

    `turn_closed` has bit n where a turn is forbidden in slot n, and `TIMED` if it is in any.
    """

    vertex_arc: Ints
    turn_from: Ints
    turn_to: Ints
    turn_closed: NDArray[np.uint8]
    applied: int = 0
    timed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def always_open(self) -> Bools:
        """Return which turns are allowed at every hour."""
        allowed: Bools = self.turn_closed == 0
        return allowed

    def keep(self, chosen: Bools) -> None:
        """Drop all other turns."""
        self.turn_from, self.turn_to = self.turn_from[chosen], self.turn_to[chosen]
        self.turn_closed = self.turn_closed[chosen]

    def add(self, start: Ints, onto: Ints, closed: NDArray[np.uint8] | None = None) -> None:
        """Add turns, open ones unless said otherwise."""
        bits = np.zeros(len(start), np.uint8) if closed is None else closed
        self.turn_from = np.concatenate([self.turn_from, start])
        self.turn_to = np.concatenate([self.turn_to, onto])
        self.turn_closed = np.concatenate([self.turn_closed, bits])


@dataclass(frozen=True)
class _Lookup:
    """Arcs by the ways and junctions restrictions speak of."""

    arcs_of_way: dict[int, list[int]]
    tail: dict[int, int]
    head: dict[int, int]
    node: dict[int, int]

    def into(self, way: int, node: int) -> list[int]:
        return [arc for arc in self.arcs_of_way.get(way, ()) if self.head[arc] == node]

    def out_of(self, way: int, node: int) -> list[int]:
        return [arc for arc in self.arcs_of_way.get(way, ()) if self.tail[arc] == node]

    def of(self, ways: Iterable[int]) -> list[int]:
        return [arc for way in ways for arc in self.arcs_of_way.get(way, ())]


def restrict(network: Network, turns: Turns, hours: Mapping[Slot, str]) -> Turns:
    """Return the turns that the network's restrictions leave; `hours` are those of the slots."""
    if not network.restrictions:
        return turns
    lookup = _make_lookup(network)
    over_ways = []
    forbidden: dict[tuple[int, int], int] = {}
    exits = _exits(turns, lookup)
    for row in network.restrictions:
        if row.via_node is None:
            over_ways.append(row)
            continue
        found = _forbidden_at_node(row, lookup, exits, network)
        _count(turns, row, reason="" if found else "not on the drivable network")
        for pair in found:
            forbidden[pair] = forbidden.get(pair, 0) | _bits(row, hours)
    _close(turns, forbidden)
    if over_ways:
        _add_shadows(turns, over_ways, lookup, hours)
    return turns


def _bits(row: RawRestriction, hours: Mapping[Slot, str]) -> int:
    return TIMED | slot_bits(row.when, hours) if row.when else _ALWAYS


def _count(turns: Turns, row: RawRestriction, *, reason: str) -> None:
    if reason:
        turns.skipped[reason] += 1
    else:
        turns.applied += 1
        turns.timed += bool(row.when)


def _make_lookup(network: Network) -> _Lookup:
    rows = network.restrictions
    named = {way for row in rows for way in (*row.from_ways, *row.via_ways, *row.to_ways)}
    arcs = network.arcs
    ways = np.flatnonzero(np.isin(network.way_osm, np.array(sorted(named), np.int64)))
    chosen = np.zeros(len(network.way_osm), bool)
    chosen[ways] = True
    way_of_arc = network.piece_way[arcs.piece]
    found = np.flatnonzero(chosen[way_of_arc])
    arcs_of_way: dict[int, list[int]] = {}
    osm = network.way_osm[way_of_arc[found]].tolist()
    for arc, way in zip(found.tolist(), osm, strict=True):
        arcs_of_way.setdefault(way, []).append(arc)
    via = np.array(sorted({row.via_node for row in rows if row.via_node is not None}), np.int64)
    at = np.flatnonzero(np.isin(network.node_osm, via))
    return _Lookup(
        arcs_of_way=arcs_of_way,
        tail=dict(zip(found.tolist(), arcs.tail[found].tolist(), strict=True)),
        head=dict(zip(found.tolist(), arcs.head[found].tolist(), strict=True)),
        node=dict(zip(network.node_osm[at].tolist(), at.tolist(), strict=True)),
    )


def _exits(turns: Turns, lookup: _Lookup) -> dict[int, list[int]]:
    """Return where each arc of a named way leads, before any restriction."""
    named = np.zeros(len(turns.vertex_arc), bool)
    named[list(lookup.head)] = True
    rows = np.flatnonzero(named[turns.turn_from])
    exits: dict[int, list[int]] = {}
    pairs = zip(turns.turn_from[rows].tolist(), turns.turn_to[rows].tolist(), strict=True)
    for arc, onto in pairs:
        exits.setdefault(arc, []).append(onto)
    return exits


def _forbidden_at_node(
    row: RawRestriction, lookup: _Lookup, exits: dict[int, list[int]], network: Network
) -> set[tuple[int, int]]:
    node = lookup.node.get(row.via_node if row.via_node is not None else -1)
    if node is None:
        return set()
    onto = {arc for way in row.to_ways for arc in lookup.out_of(way, node)}
    coming = [arc for way in row.from_ways for arc in lookup.into(way, node)]
    if not onto or not coming:
        return set()
    piece = network.arcs.piece
    pairs = set()
    for arc in coming:
        back = {out for out in onto if piece[out] == piece[arc]}
        # "No U-turn" names the same way twice; straight on along it stays allowed.
        aimed = back if row.kind == "no_u_turn" and row.from_ways == row.to_ways else onto
        if row.kind.startswith("no_"):
            pairs |= {(arc, out) for out in aimed}
        else:
            pairs |= {(arc, out) for out in exits.get(arc, ()) if out not in onto}
    # An only_ restriction that leaves nothing to forbid is still obeyed.
    return pairs or {(-1, -1)}


def _close(turns: Turns, forbidden: dict[tuple[int, int], int]) -> None:
    if not forbidden:
        return
    size = len(turns.vertex_arc)
    touched = np.zeros(size, bool)
    touched[[start for start, _ in forbidden if start >= 0]] = True
    rows = np.flatnonzero(touched[turns.turn_from])
    pairs = zip(turns.turn_from[rows].tolist(), turns.turn_to[rows].tolist(), strict=True)
    bits = [forbidden.get(pair, 0) for pair in pairs]
    turns.turn_closed[rows] |= np.array(bits, np.uint8)
    turns.keep(turns.turn_closed != _ALWAYS)


def _add_shadows(
    turns: Turns, rows: list[RawRestriction], lookup: _Lookup, hours: Mapping[Slot, str]
) -> None:
    """Give each via chain its shadow; restrictions that share their first turns share it."""
    movable = np.zeros(len(turns.vertex_arc), bool)
    movable[[arc for row in rows for arc in lookup.of((*row.from_ways, *row.via_ways))]] = True
    mine = movable[turns.turn_from]
    shadows = _Shadows(vertex_arc=turns.vertex_arc.tolist())
    for arc, onto, closed in zip(
        turns.turn_from[mine].tolist(),
        turns.turn_to[mine].tolist(),
        turns.turn_closed[mine].tolist(),
        strict=True,
    ):
        shadows.leads.setdefault(arc, {})[onto] = closed
    for row in rows:
        chains = _via_chains(row, lookup)
        for start, chain, ends in chains:
            shadows.add(row.kind, start, chain=chain, ends=ends, bits=_bits(row, hours))
        _count(turns, row, reason="" if chains else "not on the drivable network")
    turns.vertex_arc = np.array(shadows.vertex_arc, np.int32)
    turns.keep(~mine)
    moved = [
        (arc, out, closed)
        for arc, onto in shadows.leads.items()
        for out, closed in sorted(onto.items())
    ]
    table = np.array(moved, np.int32).reshape(-1, 3)
    turns.add(table[:, 0], table[:, 1], table[:, 2].astype(np.uint8))


@dataclass
class _Shadows:
    """Vertices and turns of the arcs that via-way restrictions touch.

    `leads` has for each vertex those it leads to, with the bits of when that is forbidden; it
    leads to at most one vertex of an arc. `private` are the copies that only one vertex leads to.
    """

    vertex_arc: list[int]
    leads: dict[int, dict[int, int]] = field(default_factory=dict)
    copies: dict[int, list[int]] = field(default_factory=dict)
    private: set[tuple[int, int]] = field(default_factory=set)

    def add(
        self, kind: str, start: int, *, chain: tuple[int, ...], ends: set[int], bits: int
    ) -> None:
        """Obey one restriction over a chain of arcs, for those who came by its first arc."""
        for vertex in [start, *self.copies.get(start, ())]:
            path = self._path(vertex, chain)
            if len(path) < len(chain):
                continue  # somewhere on the way a turn is forbidden anyway
            only = kind.startswith("only_")
            self._forbid(path[-1], bits, ends=ends, others=only)
            if only:
                for step, following in zip(path[:-1], chain[1:], strict=True):
                    self._forbid(step, bits, ends={following}, others=True)

    def _path(self, vertex: int, chain: tuple[int, ...]) -> list[int]:
        """Return the chain's vertices that only those who came from a vertex drive through."""
        path: list[int] = []
        for arc in chain:
            onto = self.leads.get(vertex, {})
            common = next((one for one in onto if self.vertex_arc[one] == arc), None)
            if common is None:
                return path
            if (vertex, common) not in self.private:
                own = len(self.vertex_arc)
                self.vertex_arc.append(arc)
                self.copies.setdefault(arc, []).append(own)
                self.private.add((vertex, own))
                self.leads[own] = dict(self.leads.get(common, {}))
                onto[own] = onto.pop(common)
                common = own
            vertex = common
            path.append(vertex)
        return path

    def _forbid(self, vertex: int, bits: int, *, ends: set[int], others: bool) -> None:
        for onto in list(self.leads[vertex]):
            if (self.vertex_arc[onto] in ends) != others:
                closed = self.leads[vertex][onto] | bits
                if closed == _ALWAYS:
                    del self.leads[vertex][onto]
                else:
                    self.leads[vertex][onto] = closed


def _via_chains(
    row: RawRestriction, lookup: _Lookup
) -> list[tuple[int, tuple[int, ...], set[int]]]:
    """Return (arc before, arcs along the via ways, arcs after) for each way to drive them."""
    via, onto = lookup.of(row.via_ways), lookup.of(row.to_ways)
    found = []
    for start in lookup.of(row.from_ways):
        chain = _walk(start, via, onto, lookup)
        if chain:
            node = lookup.head[chain[-1]]
            found.append((start, chain, {arc for arc in onto if lookup.tail[arc] == node}))
    return found


def _walk(start: int, via: list[int], onto: list[int], lookup: _Lookup) -> tuple[int, ...] | None:
    """Return the shortest run of via arcs from the head of `start` to the tail of an end."""
    goals = {lookup.tail[arc] for arc in onto}
    paths: list[tuple[int, ...]] = [(arc,) for arc in via if lookup.tail[arc] == lookup.head[start]]
    for _ in range(_LONGEST_VIA):
        for path in paths:
            if lookup.head[path[-1]] in goals:
                return path
        paths = [
            (*path, arc)
            for path in paths
            for arc in via
            if lookup.tail[arc] == lookup.head[path[-1]]
            and lookup.head[arc] not in {lookup.tail[step] for step in path}
        ]
    return None

"""Turn restrictions: which turns are forbidden, and shadows for those over a via way.

A restriction from A over B to C forbids C only to those who came from A. So B gets a shadow, a
second vertex for the same arcs: A leads into the shadow, and the shadow does not lead to C.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from route_app.roads.network import Ints, Network
from route_app.roads.rawroads import RawRestriction

_LONGEST_VIA = 12


@dataclass
class Turns:
    """Turns from vertex to vertex while the graph is made; a vertex stands for one arc."""

    vertex_arc: Ints
    turn_from: Ints
    turn_to: Ints
    applied: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Lookup:
    """Arcs by the ways and junctions restrictions speak of."""

    arcs_of_way: dict[int, list[int]]
    tail: list[int]
    head: list[int]
    node: dict[int, int]

    def into(self, way: int, node: int) -> list[int]:
        return [arc for arc in self.arcs_of_way.get(way, ()) if self.head[arc] == node]

    def out_of(self, way: int, node: int) -> list[int]:
        return [arc for arc in self.arcs_of_way.get(way, ()) if self.tail[arc] == node]


def restrict(network: Network, turns: Turns) -> Turns:
    """Return the turns that the network's restrictions leave."""
    if not network.restrictions:
        return turns
    lookup = _make_lookup(network)
    over_ways = []
    forbidden: set[tuple[int, int]] = set()
    exits = _exits(network, turns, lookup)
    for row in network.restrictions:
        if row.via_node is None:
            over_ways.append(row)
            continue
        found = _forbidden_at_node(row, lookup, exits, network)
        turns.skipped["not on the drivable network"] += not found
        turns.applied += bool(found)
        forbidden |= found
    _drop(turns, forbidden)
    if over_ways:
        _add_shadows(turns, over_ways, lookup)
    return turns


def _make_lookup(network: Network) -> _Lookup:
    named = {
        way for row in network.restrictions for way in (*row.from_ways, *row.via_ways, *row.to_ways)
    }
    way_of_arc = network.way_osm[network.piece_way[network.arcs.piece]]
    rows = np.flatnonzero(np.isin(way_of_arc, np.array(sorted(named), np.int64)))
    arcs_of_way: dict[int, list[int]] = {}
    for arc, way in zip(rows.tolist(), way_of_arc[rows].tolist(), strict=True):
        arcs_of_way.setdefault(way, []).append(arc)
    return _Lookup(
        arcs_of_way=arcs_of_way,
        tail=network.arcs.tail.tolist(),
        head=network.arcs.head.tolist(),
        node={osm: row for row, osm in enumerate(network.node_osm.tolist())},
    )


def _exits(network: Network, turns: Turns, lookup: _Lookup) -> dict[int, list[int]]:
    """Return where each arc of a named way leads, before any restriction."""
    named = np.zeros(network.arcs.count, bool)
    named[[arc for arcs in lookup.arcs_of_way.values() for arc in arcs]] = True
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


def _drop(turns: Turns, forbidden: set[tuple[int, int]]) -> None:
    if not forbidden:
        return
    size = np.int64(len(turns.vertex_arc))
    keys = turns.turn_from.astype(np.int64) * size + turns.turn_to
    gone = np.array([a * int(size) + b for a, b in forbidden if a >= 0], np.int64)
    keep = ~np.isin(keys, gone)
    turns.turn_from, turns.turn_to = turns.turn_from[keep], turns.turn_to[keep]


def _add_shadows(turns: Turns, rows: list[RawRestriction], lookup: _Lookup) -> None:
    """Give each via chain its shadow; restrictions that share their first turn share it."""
    movable = {arc for row in rows for way in (*row.from_ways, *row.via_ways)
               for arc in lookup.arcs_of_way.get(way, ())}  # fmt: skip
    mine = np.isin(turns.turn_from, np.array(sorted(movable), np.int32))
    shadows = _Shadows(vertex_arc=turns.vertex_arc.tolist())
    pairs = zip(turns.turn_from[mine].tolist(), turns.turn_to[mine].tolist(), strict=True)
    for arc, onto in pairs:
        shadows.leads.setdefault(arc, set()).add(onto)
    for row in rows:
        chains = _via_chains(row, lookup)
        done = sum(shadows.add(row.kind, start, chain=chain, ends=ends)
                   for start, chain, ends in chains)  # fmt: skip
        turns.applied += bool(done)
        if not done:
            turns.skipped["over several ways" if chains else "not on the drivable network"] += 1
    turns.vertex_arc = np.array(shadows.vertex_arc, np.int32)
    moved = np.array(
        [(arc, out) for arc, onto in shadows.leads.items() for out in sorted(onto)], np.int32
    ).reshape(-1, 2)
    turns.turn_from = np.concatenate([turns.turn_from[~mine], moved[:, 0]])
    turns.turn_to = np.concatenate([turns.turn_to[~mine], moved[:, 1]])


@dataclass
class _Shadows:
    """Vertices and turns of the arcs that via-way restrictions touch."""

    vertex_arc: list[int]
    leads: dict[int, set[int]] = field(default_factory=dict)
    made: dict[tuple[int, int], tuple[tuple[int, ...], list[int]]] = field(default_factory=dict)

    def add(self, kind: str, start: int, *, chain: tuple[int, ...], ends: set[int]) -> bool:
        """Obey one restriction over a chain of arcs; say whether that was possible."""
        known = self.made.get((start, chain[0]))
        if known and known[0] != chain:
            return False
        if not known and chain[0] not in self.leads.get(start, ()):
            return True  # that turn is forbidden anyway
        copies = known[1] if known else self._copy(start, chain)
        last = copies[-1]
        if kind.startswith("no_"):
            self.leads[last] = {v for v in self.leads[last] if self.vertex_arc[v] not in ends}
            return True
        self.leads[last] = {v for v in self.leads[last] if self.vertex_arc[v] in ends}
        for copy, following in pairwise(copies):
            self.leads[copy] &= {following}
        return True

    def _copy(self, start: int, chain: tuple[int, ...]) -> list[int]:
        copies = list(range(len(self.vertex_arc), len(self.vertex_arc) + len(chain)))
        for step, arc in enumerate(chain):
            onto = set(self.leads.get(arc, ()))
            if step + 1 < len(chain):
                onto = {v for v in onto if self.vertex_arc[v] != chain[step + 1]}
                onto.add(copies[step + 1])
            self.leads[copies[step]] = onto
        for vertex in [v for v in self.leads if self.vertex_arc_of(v) == start]:
            if chain[0] in self.leads[vertex]:
                self.leads[vertex].discard(chain[0])
                self.leads[vertex].add(copies[0])
        self.vertex_arc.extend(chain)
        self.made[start, chain[0]] = (chain, copies)
        return copies

    def vertex_arc_of(self, vertex: int) -> int:
        """Return the arc of a vertex, -1 for one that is just being made."""
        return self.vertex_arc[vertex] if vertex < len(self.vertex_arc) else -1


def _via_chains(
    row: RawRestriction, lookup: _Lookup
) -> list[tuple[int, tuple[int, ...], set[int]]]:
    """Return (arc before, arcs along the via ways, arcs after) for each way to drive them."""
    via = [arc for way in row.via_ways for arc in lookup.arcs_of_way.get(way, ())]
    onto = [arc for way in row.to_ways for arc in lookup.arcs_of_way.get(way, ())]
    found = []
    for way in row.from_ways:
        for start in lookup.arcs_of_way.get(way, ()):
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

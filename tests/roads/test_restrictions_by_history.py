"""Shadows against a search that remembers how it came: the restrictions of random towns.

The other search has no shadows. Its states are the two arcs driven last, and every restriction is
checked where a driver would meet its sign.
"""

import heapq
import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from route_app.roads.engine import UNREACHABLE
from route_app.roads.packed import CENTISECOND, make_search_graph
from route_app.roads.profile import Profile
from route_app.roads.restrictions import _bits, _forbidden_at_node, _make_lookup, _via_chains
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.slots import SLOTS
from route_app.roads.turns import weigh
from tests.roads.towns import Town, at

RUSH = "Mo-Fr 07:00-09:00,16:00-18:30"
NIGHT = "22:00-06:00"
SIZE = 5


def _town(seed):
    """A grid in which about every third crossing forbids something, half of it over a street."""
    rng = random.Random(seed)
    town, ends = Town(), {}
    for i in range(SIZE):
        for j in range(SIZE):
            town.node(1 + i * SIZE + j, 90 * i + rng.uniform(-20, 20), 90 * j)
    for i in range(SIZE):
        for j in range(SIZE):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < SIZE and j + dj < SIZE and rng.random() < 0.92:
                    pair = (1 + i * SIZE + j, 1 + (i + di) * SIZE + j + dj)
                    way = 101 + len(ends)
                    ends[way] = pair
                    oneway = {"oneway": "yes"} if rng.random() < 0.25 else {}
                    town.way(way, list(pair), maxspeed=str(rng.choice([30, 45, 60])), **oneway)
    for _ in range(14):
        via = rng.choice([*ends])
        start = rng.choice([way for way in ends if {*ends[way]} & {*ends[via]} and way != via])
        goal = rng.choice([way for way in ends if {*ends[way]} & {*ends[via]} and way != start])
        kind = rng.choice(["no_left_turn", "no_left_turn", "only_straight_on"])
        when = rng.choice(["", RUSH, NIGHT])
        said = {"restriction:conditional": f"{kind} @ ({when})"} if when else {}
        shared = {*ends[start]} & {*ends[goal]}
        place = {"node": shared.pop()} if shared else {"way": via}
        town.restriction("" if when else kind, start, goal, **place, **said)
    return town


class _ByHistory:
    """Costs by arc, from the turns all arcs could make and the restrictions as they are written."""

    def __init__(self, engine, slot):
        network, graph = engine.roads, engine.graph
        self.arcs, self.profile = network.arcs, Profile()
        self.weights = weigh(network, graph, self.profile, slot=slot)
        pairs = zip(graph.vertex_arc[graph.turn_from], graph.vertex_arc[graph.turn_to], strict=True)
        self.price = dict(zip(pairs, self.weights.turn_cs.tolist(), strict=True))
        self.bit = 1 << SLOTS.index(slot)
        self.exits = {
            arc: [
                out
                for out in np.flatnonzero(self.arcs.tail == self.arcs.head[arc]).tolist()
                if self.arcs.piece[out] != self.arcs.piece[arc]
            ]
            for arc in range(self.arcs.count)
        }
        main = graph.turn_from < self.arcs.count
        self.turning_back = {
            int(arc)
            for arc, onto in zip(graph.turn_from[main], graph.turn_to[main], strict=True)
            if self.arcs.piece[arc] == self.arcs.piece[graph.vertex_arc[onto]]
        }
        self._read(network)

    def _read(self, network):
        lookup = _make_lookup(network)
        self.at_node, self.over = {}, []
        for row in network.restrictions:
            bits = _bits(row, self.profile.hours)
            if row.via_node is None:
                self.over += [
                    (row.kind, start, chain[0], ends, bits)
                    for start, chain, ends in _via_chains(row, lookup)
                    if len(chain) == 1
                ]
            else:
                for pair in _forbidden_at_node(row, lookup, self.exits, network):
                    self.at_node[pair] = self.at_node.get(pair, 0) | bits

    def _closed(self, before, arc, out):
        bits = self.at_node.get((arc, out), 0)
        for kind, start, via, ends, when in self.over:
            if (before, arc) == (start, via) and (out in ends) == kind.startswith("no_"):
                bits |= when
        return bits

    def _onto(self, before, arc):
        closed = {out: self._closed(before, arc, out) for out in self.exits[arc]}
        found = [out for out, bits in closed.items() if not bits & self.bit]
        if arc in self.turning_back or all(closed.values()):
            found += [
                out
                for out in np.flatnonzero(self.arcs.piece == self.arcs.piece[arc]).tolist()
                if out != arc
            ]
        return found

    def costs_from(self, start):
        best, seen, queue = {}, set(), [(0, None, start)]
        while queue:
            cost, before, arc = heapq.heappop(queue)
            if (before, arc) in seen:
                continue
            seen.add((before, arc))
            if before is not None:
                best.setdefault(arc, cost)
            for out in self._onto(before, arc):
                step = self.price[arc, out] + int(self.weights.arc_cs[out])
                heapq.heappush(queue, (cost + step, arc, out))
        return best


def _ours(engine, slot):
    weights = weigh(engine.roads, engine.graph, Profile(), slot=slot)
    graph = make_search_graph(engine.roads, engine.graph, weights)
    arc = graph.vertex_arc[graph.onto]
    turn = np.rint(graph.turn / CENTISECOND)
    cost = turn + weights.arc_cs[arc]
    return graph, csr_matrix((cost, graph.onto, graph.begin.astype(np.int32)))


def test_the_towns_have_what_is_to_be_tested(tmp_path):
    graphs = [ScipyEngine(_town(seed).network(tmp_path)).graph for seed in range(40)]
    assert sum(len(one.vertex_arc) - len(one.arc_waits) for one in graphs) > 40
    assert sum(one.timed for one in graphs) > 80
    closed = np.concatenate([one.turn_closed for one in graphs])
    assert all((closed >> SLOTS.index(slot) & 1).any() for slot in ("peak", "free_flow"))
    assert (closed[closed > 0] != 15).all()


@pytest.mark.parametrize("seed", range(40))
def test_shadows_forbid_what_the_signs_forbid_and_nothing_else(tmp_path, seed):
    engine = ScipyEngine(_town(seed).network(tmp_path))
    count = engine.roads.arcs.count
    for slot in SLOTS:
        by_history = _ByHistory(engine, slot)
        graph, matrix = _ours(engine, slot)
        for start in range(0, count, 7):
            expected = by_history.costs_from(start)
            found = {}
            for first in range(graph.begin[start], graph.begin[start + 1]):
                vertex = graph.onto[first]
                reached = dijkstra(matrix, indices=int(vertex)) + matrix.data[first]
                for goal in np.flatnonzero(np.isfinite(reached)).tolist():
                    arc = int(graph.vertex_arc[goal])
                    found[arc] = min(found.get(arc, np.inf), reached[goal])
            assert {arc: round(cost) for arc, cost in found.items()} == expected


@pytest.mark.usefixtures("both_engines")
@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_snapped_to_one_part_is_joined_in_every_slot(tmp_path, seed):
    engine = _town(seed).engine(tmp_path)
    rng = random.Random(seed)
    places = [at(rng.uniform(-20, 380), rng.uniform(-20, 380)) for _ in range(25)]
    part = np.array([-1 if snap.part is None else snap.part for snap in engine.snap(places)])
    same = (part[:, None] == part) & (part >= 0)
    assert same.sum() > 25
    for slot in SLOTS:
        assert (engine.matrix(places, slot=slot).seconds[same] < UNREACHABLE).all()

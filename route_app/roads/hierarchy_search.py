"""Shortest paths through a contraction hierarchy: a few thousand arcs a place, exact.

Every search climbs from a place to all its ancestors in the elimination tree; two places meet at
the cheapest ancestor that both reach. Costs are the packed ones, whose sums are exact, so the
answers equal those of any other exact search on the same costs.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from os import cpu_count
from threading import local

import numpy as np

from route_app.roads.hierarchy import Hierarchy, customized
from route_app.roads.hierarchy_loops import (
    Climb,
    Reached,
    Rows,
    climb,
    labels,
    meet,
    summit,
    unpack,
)
from route_app.roads.network import Floats, Longs
from route_app.roads.packed import Ends, SearchGraph
from route_app.roads.search import Chain, departures, straight_on

_SIDE_BY_SIDE_FROM = 64


class Scratch(local):
    """Room for two searches upwards, for each thread its own: filling it anew costs more."""

    def __init__(self, size: int) -> None:
        self._room = [
            Climb(np.full(size, np.inf), np.empty(size, np.int64), np.empty(size, np.int32))
            for _ in range(2)
        ]

    def pair(self) -> tuple[Climb, Climb]:
        """Return the room; whoever takes it leaves the costs infinite again."""
        return self._room[0], self._room[1]


class HierarchySearch:
    """Searches on one slot's costs; threads may share it."""

    def __init__(self, hierarchy: Hierarchy, graph: SearchGraph, scratch: Scratch) -> None:
        self.graph = graph
        self._tree = hierarchy
        self._metric = customized(hierarchy, graph.turn_row, graph.cost)
        self._scratch = scratch
        self._rank = np.empty(hierarchy.size, np.int32)
        self._rank[hierarchy.vertex] = np.arange(hierarchy.size, dtype=np.int32)

    def shortest(self, ends: Ends, count: int) -> Longs:
        """Return the packed costs between every two of `count` places, -1 where none leads."""
        result = np.full((count, count), -1, np.int64)
        np.fill_diagonal(result, 0)
        places = np.unique(ends.place)
        if not len(places):
            return result
        best = np.minimum(self._table(ends, places), straight_on(ends, places))
        found = np.where(np.isfinite(best), best, -1).astype(np.int64)
        np.fill_diagonal(found, 0)
        result[np.ix_(places, places)] = found
        return result

    def chain(self, ends: Ends, start: int, goal: int) -> Chain | None:
        """Return the cheapest way from one place to another over at least one turn, if any."""
        _, onto, cost = departures(self.graph, ends, np.array([start]))
        goals = ends.place == goal
        rest = -ends.rest[goals].astype(np.float64)
        out, back = self._scratch.pair()
        parent, metric = self._tree.parent, self._metric
        count = climb(self._rank[onto], cost, parent, metric.up, out)
        count_back = climb(self._rank[ends.vertex[goals]], rest, parent, metric.down, back)
        try:
            top = summit(out, back, count)
            return None if top < 0 else self._way_over(top, out, back)
        finally:
            # Only what was visited is not infinite any more.
            out.best[out.visited[:count]] = np.inf
            back.best[back.visited[:count_back]] = np.inf

    def _way_over(self, top: int, out: Climb, back: Climb) -> Chain:
        """Return the way that two searches found over the vertex where they meet."""
        ahead = list(_steps(out, self._metric.up, top))
        begin = ahead[-1][0] if ahead else top
        path = [begin]
        for low, high, row in reversed(ahead):
            path += self._unpacked((low, high, row))
        for low, high, row in _steps(back, self._metric.down, top):
            path += self._unpacked((high, low, row))
        vertices = self._tree.vertex[np.array(path, np.int64)]
        return Chain(
            tuple(vertices.tolist()),
            begin=float(out.best[begin]),
            packed=int(out.best[top] + back.best[top]),
        )

    def _table(self, ends: Ends, places: Longs) -> Floats:
        """Return the packed costs over at least one turn, by rows of `places`."""
        source, onto, cost = departures(self.graph, ends, places)
        begin = np.searchsorted(source, np.arange(len(places) + 1)).astype(np.int64)
        starts = Reached(begin, self._rank[onto], cost)
        begin = np.append(np.searchsorted(ends.place, places), len(ends.place)).astype(np.int64)
        goals = Reached(begin, self._rank[ends.vertex], -ends.rest.astype(np.float64))
        return self._met(
            labels(starts, self._tree.parent, self._metric.up),
            labels(goals, self._tree.parent, self._metric.down),
            len(places),
        )

    def _met(self, out: Reached, back: Reached, count: int) -> Floats:
        table = np.empty((count, count))
        threads = min(cpu_count() or 1, 8)
        if count < _SIDE_BY_SIDE_FROM or threads == 1:
            meet(out, back, (0, count), self._tree.size, table)
            return table
        cuts = np.linspace(0, count, threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(threads) as pool:
            jobs = [
                pool.submit(meet, out, back, between, self._tree.size, table)
                for between in pairwise(cuts)
            ]
            for job in jobs:
                job.result()
        return table

    def _unpacked(self, arc: tuple[int, int, int]) -> list[int]:
        tree, metric = self._tree, self._metric
        return unpack(arc, metric.up, metric.down, tree.below_up, tree.below_down)


def _steps(found: Climb, rows: Rows, top: int) -> Iterator[tuple[int, int, int]]:
    """Yield the arcs from a vertex down to where the search began: low end, high end, row."""
    while (row := int(found.came_by[top])) >= 0:
        low = int(np.searchsorted(rows.begin, row, side="right")) - 1
        yield low, top, row
        top = low

"""Shortest paths on the turn-aware graph with scipy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from route_app.roads.clipping import Clip, circles, clip
from route_app.roads.network import Floats, Ints, Longs
from route_app.roads.packed import Ends, SearchGraph

_SOURCES_AT_ONCE = 16


@dataclass(frozen=True)
class Chain:
    """The vertices of a way from the first one turned onto, what they cost, and the whole way.

    `begin` is the packed cost from the place to the end of the first vertex, `packed` the whole.
    """

    vertices: tuple[int, ...]
    begin: float
    packed: int


class Search(Protocol):
    """Finds the cheapest ways between places on one slot's costs; safe between threads."""

    def shortest(self, ends: Ends, count: int) -> Longs:
        """Return the packed costs between every two of `count` places, -1 where none leads."""
        ...

    def chain(self, ends: Ends, start: int, goal: int) -> Chain | None:
        """Return the cheapest way from one place to another over at least one turn, if any."""
        ...


class DijkstraSearch:
    """Searches with scipy, without preparation."""

    def __init__(self, graph: SearchGraph) -> None:
        self.graph = graph

    def shortest(self, ends: Ends, count: int) -> Longs:
        """Return the packed costs between every two of `count` places, -1 where none leads.

        Places near each other are first searched in a circle around them. A pair stands as soon
        as it is no dearer than leaving the circle and coming back; the rest is searched again
        more widely.
        """
        result = np.full((count, count), -1, np.int64)
        np.fill_diagonal(result, 0)
        left = np.unique(ends.place)
        if not len(left):
            return result
        for inside in circles(self.graph, ends):
            left = _settle(result, left, clip(self.graph, ends, inside))
            if not len(left):
                return result
        _settle(result, left, Clip(self.graph, ends))
        return result

    def chain(self, ends: Ends, start: int, goal: int) -> Chain | None:
        """Return the cheapest way from one place to another over at least one turn, if any."""
        goals = ends.place == goal
        costs, before = one_to_all(self.graph, ends, start)
        vertices = ends.vertex[goals]
        arrive = costs[vertices] - ends.rest[goals]
        if not len(arrive) or not np.isfinite(arrive.min()):
            return None
        at = int(np.argmin(arrive))
        chain = [int(vertices[at])]
        while before[chain[-1]] != self.graph.size:
            chain.append(int(before[chain[-1]]))
        return Chain(tuple(reversed(chain)), begin=float(costs[chain[-1]]), packed=int(arrive[at]))


def _settle(result: Longs, sources: Longs, part: Clip) -> Longs:
    """Fill in the rows of the sources; return the sources with a pair that is not proven."""
    ends = part.ends
    places = np.unique(ends.place)
    groups = np.flatnonzero(np.r_[True, np.diff(ends.place) > 0])
    back = _cost_to_return(part, groups)
    open_sources = []
    for chunk, costs in search_from(part.graph, ends, sources):
        arrive = costs[:, ends.vertex] - ends.rest
        best = np.minimum.reduceat(arrive, groups, axis=1)
        best = np.minimum(best, straight_on(ends, chunk))
        packed = np.where(np.isfinite(best), best, -1).astype(np.int64)
        result[np.ix_(chunk, places)] = packed
        if part.leave is not None:
            away = (costs[:, : part.graph.size] + part.leave).min(axis=1)
            # A place's own arc may lead straight out.
            own = np.minimum.reduceat(ends.rest + part.leave[ends.vertex], groups)
            away = np.minimum(away, own[np.searchsorted(places, chunk)])
            open_sources.append(chunk[(best > away[:, None] + back).any(axis=1)])
    return np.concatenate(open_sources) if open_sources else np.empty(0, np.int64)


def _cost_to_return(part: Clip, groups: Longs) -> Floats:
    """Return the least packed cost from outside a part to each place."""
    if part.enter is None:
        return np.zeros(len(groups))
    entries = np.flatnonzero(np.isfinite(part.enter))
    graph = part.graph
    outside = csr_matrix(
        (
            np.concatenate([graph.cost, part.enter[entries]]),
            np.concatenate([graph.onto, entries.astype(np.int32)]),
            np.r_[graph.begin, len(graph.onto) + len(entries)].astype(np.int32),
        ),
        shape=(graph.size + 1, graph.size + 1),
    )
    costs = dijkstra(outside, directed=True, indices=np.array([graph.size]))[0]
    reached: Floats = np.minimum.reduceat(costs[part.ends.vertex] - part.ends.rest, groups)
    return reached


def search_from(graph: SearchGraph, ends: Ends, sources: Longs) -> Iterator[tuple[Longs, Floats]]:
    """Yield chunks of places with the packed cost from each to the end of every vertex."""
    extended = with_sources(graph, ends, sources)
    for at in range(0, len(sources), _SOURCES_AT_ONCE):
        chunk = sources[at : at + _SOURCES_AT_ONCE]
        rows = graph.size + np.arange(at, at + len(chunk))
        yield chunk, dijkstra(extended, directed=True, indices=rows)


def one_to_all(
    graph: SearchGraph, ends: Ends, source: int, *, limit: float = np.inf
) -> tuple[Floats, Ints]:
    """Return the packed cost from one place to every vertex, and the vertex before each.

    The place itself is vertex `graph.size`.
    """
    costs, before = dijkstra(
        with_sources(graph, ends, np.array([source])),
        directed=True,
        indices=np.array([graph.size]),
        return_predecessors=True,
        limit=limit,
    )
    return costs[0], before[0]


def with_sources(graph: SearchGraph, ends: Ends, sources: Longs) -> csr_matrix:
    """Return the graph with one more vertex per source place, leading to what follows its arcs.

    A place's own arc is thus entered only by coming round to it again.
    """
    source, onto, cost = departures(graph, ends, sources)
    size = graph.size + len(sources)
    begin = len(graph.onto) + np.searchsorted(source, np.arange(1, len(sources) + 1))
    return csr_matrix(
        (
            np.concatenate([graph.cost, cost]),
            np.concatenate([graph.onto, onto]),
            np.concatenate([graph.begin, begin]).astype(np.int32),
        ),
        shape=(size, size),
    )


def departures(graph: SearchGraph, ends: Ends, sources: Longs) -> tuple[Longs, Ints, Floats]:
    """Return, sorted by source, the vertices that follow the arcs of places and what they cost.

    A source is told by its row in `sources`; each of its vertices stands there once, at its least
    packed cost.
    """
    starts = ends.main & np.isin(ends.place, sources)
    vertex, rest = ends.vertex[starts], ends.rest[starts]
    count = graph.begin[vertex + 1] - graph.begin[vertex]
    owner = np.repeat(np.arange(len(vertex)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    turn = graph.begin[vertex[owner]] + within
    source = np.searchsorted(sources, ends.place[starts])[owner]
    onto, cost = graph.onto[turn], graph.cost[turn] + rest[owner]
    order = np.lexsort((cost, onto, source))
    source, onto, cost = source[order], onto[order], cost[order]
    keep = np.r_[True, (np.diff(source) > 0) | (np.diff(onto) != 0)][: len(source)]
    return source[keep], onto[keep].astype(np.int32), cost[keep]


def straight_on(ends: Ends, chunk: Longs) -> Floats:
    """Return the packed costs of staying on one arc, from each place of a chunk to every place.

    A row per place of the chunk, a column per place of `ends`; infinite where the target lies
    behind, or on another arc.
    """
    number = np.cumsum(np.r_[True, np.diff(ends.place) > 0]) - 1
    best = np.full((len(chunk), int(number[-1]) + 1), np.inf)
    row_of = np.full(int(ends.place.max()) + 1, -1)
    row_of[chunk] = np.arange(len(chunk))
    main = np.flatnonzero(ends.main)
    main = main[np.argsort(ends.vertex[main], kind="stable")]
    cuts = np.flatnonzero(np.diff(ends.vertex[main])) + 1
    for same in np.split(main, cuts):
        left = ends.rest[same]
        rows = row_of[ends.place[same]]
        here = np.flatnonzero(rows >= 0)
        gap = (left[here][:, None] - left[None, :]).astype(np.float64)
        gap[gap < 0] = np.inf
        target = np.broadcast_to(number[same], gap.shape)
        source = np.broadcast_to(rows[here][:, None], gap.shape)
        np.minimum.at(best, (source, target), gap)
    return best

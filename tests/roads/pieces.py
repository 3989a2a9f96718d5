"""Random pieces of real extracts, and travel on them by plain Dijkstra searches."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from route_app.lib.geo import LatLon
from route_app.roads.engine import UNREACHABLE
from route_app.roads.packed import find_ends, make_search_graph, metres_of, seconds_of
from route_app.roads.rawroads import RawRoads
from route_app.roads.turns import weigh

_WAY_COLUMNS = [name for name in RawRoads.__dataclass_fields__ if name.startswith("way_")]


def cut(raw, rng, *, metres):
    """Return the roads within so many metres (north, and east) of a random point of a road."""
    lats, lons = np.array(raw.lats), np.array(raw.lons)
    centre = rng.integers(len(lats))
    high = metres / 111_195
    wide = high / np.cos(np.radians(lats[centre]))
    near = (abs(lats - lats[centre]) < high) & (abs(lons - lons[centre]) < wide)
    piece = RawRoads()
    piece.signals, piece.barriers, piece.gates = raw.signals, raw.barriers, raw.gates
    piece.restrictions = raw.restrictions
    timed = {}
    for way, kmh, when in raw.timed_limits:
        timed.setdefault(way, []).append((kmh, when))
    ends = np.cumsum(np.array(raw.way_nodes))
    for way, (end, count) in enumerate(zip(ends.tolist(), raw.way_nodes, strict=True)):
        for first, last in _runs(near[end - count : end]):
            rows = slice(end - count + first, end - count + last)
            piece.refs.extend(raw.refs[rows])
            piece.lats.extend(raw.lats[rows])
            piece.lons.extend(raw.lons[rows])
            for name in _WAY_COLUMNS:
                value = last - first if name == "way_nodes" else getattr(raw, name)[way]
                getattr(piece, name).append(value)
            row = len(piece.way_osm) - 1
            piece.timed_limits += [(row, kmh, when) for kmh, when in timed.get(way, ())]
    return piece


def _runs(near):
    """Yield the stretches of at least two points in a row that are near."""
    edges = np.flatnonzero(np.diff(np.r_[0, near.astype(np.int8), 0]))
    for first, last in edges.reshape(-1, 2):
        if last - first >= 2:
            yield int(first), int(last)


def street_places(network, rng, count):
    """Return places a few metres beside random streets; some share a street, or a spot."""
    rows = rng.integers(len(network.point_lat), size=count)
    rows[: count // 4] = rows[count // 4 : 2 * (count // 4)]
    off = rng.normal(0, 2e-4, (count, 2))
    places = [
        LatLon(float(network.point_lat[row] + north), float(network.point_lon[row] + east))
        for row, (north, east) in zip(rows, off, strict=True)
    ]
    return [*places, places[0]]


def plain_dijkstra(engine, places, slot):
    """Return seconds and metres by searches from every arc end, with nothing left out or clipped.

    Only the costs of arcs and turns and the spots on the streets are the engine's own.
    """
    weights = weigh(engine.roads, engine.graph, engine.profile, slot=slot)
    graph = make_search_graph(engine.roads, engine.graph, weights)
    ends = find_ends(engine.roads, engine.graph, weights, engine._snapper.locate(places)[0])
    matrix = csr_matrix(
        (graph.cost, graph.onto, graph.begin.astype(np.int32)), shape=(graph.size, graph.size)
    )
    starts = np.unique(ends.vertex[ends.main])
    followers = {int(v): slice(int(graph.begin[v]), int(graph.begin[v + 1])) for v in starts}
    sources = np.unique(np.concatenate([graph.onto[rows] for rows in followers.values()]))
    found = dijkstra(matrix, indices=sources) if len(sources) else np.empty((0, graph.size))
    row_of = {int(source): row for row, source in enumerate(sources)}
    best = np.full((len(places), len(places)), np.inf)
    for begin in np.flatnonzero(ends.main):
        vertex, i, rest = int(ends.vertex[begin]), int(ends.place[begin]), ends.rest[begin]
        for goal in range(len(ends.place)):
            j, left = int(ends.place[goal]), ends.rest[goal]
            if ends.main[goal] and ends.vertex[goal] == vertex and rest >= left:
                best[i, j] = min(best[i, j], rest - left)
            for turn in range(followers[vertex].start, followers[vertex].stop):
                on = found[row_of[int(graph.onto[turn])], ends.vertex[goal]]
                best[i, j] = min(best[i, j], rest + graph.cost[turn] + on - left)
    np.fill_diagonal(best, 0)
    packed = np.where(np.isfinite(best), best, -1).astype(np.int64)
    seconds, metres = np.rint(seconds_of(packed)), np.rint(metres_of(packed))
    seconds[packed < 0] = metres[packed < 0] = UNREACHABLE
    return seconds.astype(np.int64).tolist(), metres.astype(np.int64).tolist()

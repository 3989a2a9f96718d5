"""From a search to a drive: the line along the road, its length, time and streets."""

from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from route_app.lib.geo import LatLon
from route_app.roads.directions import turns_of
from route_app.roads.engine import Leg
from route_app.roads.network import Bools, Floats, Ints, Network
from route_app.roads.packed import Ends, SearchGraph, metres_of, seconds_of
from route_app.roads.search import Search
from route_app.roads.snapping import Located, point_along


@dataclass(frozen=True)
class Drive:
    """A path as arcs in order and its packed cost; the first and last arc are driven in part."""

    arcs: tuple[int, ...]
    packed: int


def find_drive(
    search: Search, graph: SearchGraph, ends: Ends, start: int, goal: int, /
) -> Drive | None:
    """Return the fastest drive from one place to another, None where no road leads."""
    best = _straight_on(ends, start, goal)
    chain = search.chain(ends, start, goal)
    if chain is None or (best and best.packed <= chain.packed):
        return best
    begins = ends.place == start
    first = _first_arc(graph, ends, begins, onto=chain.vertices[0], cost=chain.begin)
    arcs = [first, *(int(graph.vertex_arc[vertex]) for vertex in chain.vertices)]
    return Drive(tuple(arcs), chain.packed)


def make_leg(network: Network, drive: Drive, *, located: Located, rows: tuple[int, int]) -> Leg:
    """Return the drive as a line with its seconds, metres, streets and turns."""
    packed = np.array([drive.packed])
    seconds, metres = round(float(seconds_of(packed)[0])), round(float(metres_of(packed)[0]))
    arcs = np.array(drive.arcs, np.int32)
    start_m, goal_m = float(located.along_m[rows[0]]), float(located.along_m[rows[1]])
    path = _line(network, arcs, start_m, goal_m)
    turns = turns_of(network, arcs, _begins_m(network, arcs, start_m), metres=metres)
    first, last = replace(turns[0], place=path[0]), replace(turns[-1], place=path[-1])
    ways = network.piece_way[network.arcs.piece[arcs]]
    names = [network.names[name] for name in network.way_name[ways]]
    return Leg(
        path=path,
        seconds=seconds,
        metres=metres,
        streets=tuple(name for name, _ in groupby(name for name in names if name)),
        turns=(first, *turns[1:-1], last),
    )


def _begins_m(network: Network, arcs: Ints, start_m: float) -> Floats:
    """Return how far into a drive each of its arcs begins."""
    length = network.piece_m[network.arcs.piece[arcs]]
    driven = start_m if not network.arcs.against[arcs[0]] else length[0] - start_m
    begins: Floats = np.concatenate([[0.0], np.cumsum(length[:-1]) - driven])
    return begins


def _straight_on(ends: Ends, start: int, goal: int) -> Drive | None:
    """Return the drive that stays on one arc, if the goal lies ahead on it."""
    begins = {int(v): int(r) for v, r in _main_rows(ends, start)}
    found = [
        (begins[vertex] - rest, vertex)
        for vertex, rest in ((int(v), int(r)) for v, r in _main_rows(ends, goal))
        if vertex in begins and begins[vertex] >= rest
    ]
    if not found:
        return None
    packed, vertex = min(found)
    return Drive((vertex,), packed)


def _main_rows(ends: Ends, place: int) -> list[tuple[int, int]]:
    rows = np.flatnonzero((ends.place == place) & ends.main)
    return list(zip(ends.vertex[rows].tolist(), ends.rest[rows].tolist(), strict=True))


def _first_arc(graph: SearchGraph, ends: Ends, begins: Bools, *, onto: int, cost: float) -> int:
    """Return on which of its arcs a drive started, given the first vertex it turned onto."""
    for row in np.flatnonzero(begins & ends.main):
        vertex = int(ends.vertex[row])
        turns = slice(int(graph.begin[vertex]), int(graph.begin[vertex + 1]))
        fits = (graph.onto[turns] == onto) & (graph.cost[turns] + ends.rest[row] == cost)
        if fits.any():
            return int(graph.vertex_arc[vertex])
    raise AssertionError("a drive must start on an arc of its place")


def _line(network: Network, arcs: Ints, start_m: float, goal_m: float, /) -> tuple[LatLon, ...]:
    """Return the points of a drive from its start to its goal, both on the road."""
    if len(arcs) == 1:
        points = _stretch(network, int(arcs[0]), start_m, goal_m)
    else:
        middle = _whole(network, arcs[1:-1])
        points = np.concatenate(
            [
                _stretch(network, int(arcs[0]), start_m, None),
                middle,
                _stretch(network, int(arcs[-1]), None, goal_m),
            ]
        )
    moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
    kept = [LatLon(lat, lon) for lat, lon in points[moved].tolist()]
    return tuple(kept) if len(kept) > 1 else (kept[0], kept[0])


def _whole(network: Network, arcs: Ints) -> Floats:
    """Return the points (lat, lon) of arcs driven from end to end."""
    piece, back = network.arcs.piece[arcs], network.arcs.against[arcs]
    first, last = network.piece_from[piece], network.piece_to[piece]
    count = last - first + 1
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = np.where(
        np.repeat(back, count), np.repeat(last, count) - within, np.repeat(first, count) + within
    )
    return np.column_stack([network.point_lat[row], network.point_lon[row]])


def _stretch(network: Network, arc: int, begin: float | None, end: float | None, /) -> Floats:
    """Return an arc's points (lat, lon) between two positions along its piece, in driving order.

    None stands for where the arc begins or ends.
    """
    piece, back = int(network.arcs.piece[arc]), bool(network.arcs.against[arc])
    length = float(network.piece_m[piece])
    a = begin if begin is not None else length if back else 0.0
    b = end if end is not None else 0.0 if back else length
    rows = network.piece_points(piece)
    at = network.point_at_m[rows] - network.point_at_m[rows.start]
    inner = np.flatnonzero((at > min(a, b)) & (at < max(a, b))) + rows.start
    ends = [point_along(network, piece, place) for place in (a, b)]
    middle = np.column_stack([network.point_lat[inner], network.point_lon[inner]])
    first, last = ([[one.lat, one.lon]] for one in ends)
    return np.concatenate([first, middle[::-1] if a > b else middle, last])

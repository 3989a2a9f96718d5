"""From a search to a drive: the line along the road, its length, time and streets."""

from dataclasses import dataclass

import numpy as np

from route_app.lib.geo import LatLon
from route_app.roads.engine import Leg
from route_app.roads.network import Bools, Network
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
    """Return the drive as a line with its seconds, metres and streets."""
    packed = np.array([drive.packed])
    path = _line(network, drive, float(located.along_m[rows[0]]), float(located.along_m[rows[1]]))
    streets: list[str] = []
    for arc in drive.arcs:
        way = network.piece_way[network.arcs.piece[arc]]
        name = network.names[network.way_name[way]]
        if name and (not streets or streets[-1] != name):
            streets.append(name)
    return Leg(
        path=path,
        seconds=round(float(seconds_of(packed)[0])),
        metres=round(float(metres_of(packed)[0])),
        streets=tuple(streets),
    )


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


def _line(network: Network, drive: Drive, start_m: float, goal_m: float) -> tuple[LatLon, ...]:
    """Return the points of a drive from its start to its goal, both on the road."""
    points: list[LatLon] = []
    last = len(drive.arcs) - 1
    for step, arc in enumerate(drive.arcs):
        piece, back = int(network.arcs.piece[arc]), bool(network.arcs.against[arc])
        length = float(network.piece_m[piece])
        low, high = (length, 0.0) if back else (0.0, length)
        begin = start_m if step == 0 else low
        end = goal_m if step == last else high
        points += _stretch(network, piece, begin, end)
    kept = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return tuple(kept) if len(kept) > 1 else (kept[0], kept[0])


def _stretch(network: Network, piece: int, begin: float, end: float) -> list[LatLon]:
    """Return a piece's points between two positions along it, in driving order."""
    rows = network.piece_points(piece)
    at = network.point_at_m[rows] - network.point_at_m[rows.start]
    low, high = min(begin, end), max(begin, end)
    inner = np.flatnonzero((at > low) & (at < high)) + rows.start
    middle = [LatLon(float(network.point_lat[row]), float(network.point_lon[row])) for row in inner]
    if begin > end:
        middle.reverse()
    return [point_along(network, piece, begin), *middle, point_along(network, piece, end)]

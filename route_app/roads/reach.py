"""The ring around everything that can be reached in a time."""

from dataclasses import replace

import numpy as np
import shapely

from route_app.lib.geo import LatLon
from route_app.roads.clipping import clip
from route_app.roads.network import Bools, Floats, Ints, Longs, Network
from route_app.roads.packed import CENTISECOND, ENTRY, Ends, SearchGraph
from route_app.roads.search import one_to_all
from route_app.roads.snapping import Located

_HULL_RATIO = 0.25
_STEPS = 4


def reachable_ring(
    network: Network, graph: SearchGraph, ends: Ends, *, located: Located, within_s: int
) -> tuple[LatLon, ...]:
    """Return a closed ring around every stretch of road reached in time, in order."""
    limit_cs = within_s * 100
    graph, ends = _within(graph, ends, limit_cs)
    costs, _ = one_to_all(graph, ends, 0, limit=float((limit_cs + 1) * CENTISECOND + ENTRY))
    costs = costs[: graph.size]
    spent = np.where(np.isfinite(costs), costs, 0).astype(np.int64) % ENTRY // CENTISECOND
    reached = np.isfinite(costs) & (spent <= limit_cs)
    entered = _entered(graph, ends, spent, reached)
    share = np.clip((limit_cs - entered) / graph.arc_cs[graph.vertex_arc], 0, 1)
    share[reached] = 1.0
    rows = np.flatnonzero(share > 0)
    points = [_arc_points(network, graph.vertex_arc[rows], share[rows])]
    points.append(_first_stretch(network, graph, ends, located=located, limit_cs=limit_cs))
    return ring_around(np.concatenate(points))


def _within(graph: SearchGraph, ends: Ends, limit_cs: int) -> tuple[SearchGraph, Ends]:
    """Return the part of a graph that can be reached in time if errand roads are driven freely.

    Nothing outside it can be reached in time, so the search proper, which takes them last and
    has no use for a limit, looks no further.
    """
    freely = replace(graph, cost=np.mod(graph.cost, ENTRY))
    costs, _ = one_to_all(freely, ends, 0, limit=float((limit_cs + 1) * CENTISECOND))
    inside = np.isfinite(costs[: graph.size])
    inside[ends.vertex] = True
    begun = np.repeat(inside, np.diff(graph.begin))
    inside[graph.onto[begun]] = True
    part = clip(graph, ends, inside)
    return part.graph, part.ends


def _entered(graph: SearchGraph, ends: Ends, spent: Longs, reached: Bools) -> Floats:
    """Return when each vertex's arc is entered, infinite where it is not."""
    entered = np.full(graph.size, np.inf)
    source = np.repeat(np.arange(graph.size), np.diff(graph.begin))
    use = reached[source]
    turn = (graph.turn.astype(np.int64) % ENTRY) // CENTISECOND
    np.minimum.at(entered, graph.onto[use], (spent[source] + turn)[use])
    for vertex, rest in zip(ends.vertex[ends.main], ends.rest[ends.main], strict=True):
        turns = slice(int(graph.begin[vertex]), int(graph.begin[vertex + 1]))
        np.minimum.at(entered, graph.onto[turns], turn[turns] + rest // CENTISECOND)
    return entered


def _arc_points(network: Network, arcs: Ints, share: Floats) -> Floats:
    """Return points (lon, lat) spread along the reached part of each arc."""
    piece, back = network.arcs.piece[arcs], network.arcs.against[arcs]
    found = []
    for step in range(_STEPS + 1):
        part = share * step / _STEPS
        part = np.where(back, 1 - part, part)
        at = network.point_at_m[network.piece_from[piece]] + part * network.piece_m[piece]
        found.append(_points_at(network, piece, at))
    return np.concatenate(found)


def _points_at(network: Network, piece: Ints, at: Floats) -> Floats:
    """Return the points (lon, lat) at running lengths that lie on the given pieces."""
    row = np.searchsorted(network.point_at_m, at, side="right") - 1
    row = np.clip(row, network.piece_from[piece], network.piece_to[piece] - 1)
    step = network.point_at_m[row + 1] - network.point_at_m[row]
    part = np.clip((at - network.point_at_m[row]) / np.where(step > 0, step, 1), 0, 1)
    lon = network.point_lon[row] + part * (network.point_lon[row + 1] - network.point_lon[row])
    lat = network.point_lat[row] + part * (network.point_lat[row + 1] - network.point_lat[row])
    return np.column_stack([lon, lat])


def _first_stretch(
    network: Network, graph: SearchGraph, ends: Ends, *, located: Located, limit_cs: int
) -> Floats:
    """Return points along the start's own arcs, as far as the time allows."""
    piece = located.piece[:1]
    begin = network.point_at_m[network.piece_from[piece]]
    found = []
    for vertex in ends.vertex[ends.main].tolist():
        back = network.arcs.against[vertex]
        speed = network.piece_m[piece] / graph.arc_cs[vertex]
        way = (-1 if back else 1) * speed * limit_cs
        for step in range(_STEPS + 1):
            along = np.clip(located.along_m[:1] + way * step / _STEPS, 0, network.piece_m[piece])
            found.append(_points_at(network, piece, begin + along))
    return np.concatenate(found)


def ring_around(points: Floats, *, ratio: float = _HULL_RATIO) -> tuple[LatLon, ...]:
    """Return the outline of points (lon, lat); a few metres wide even where there is one street.

    The smaller the ratio, the deeper the outline goes in between points; 1 is the convex hull.
    """
    squeeze = float(np.cos(np.radians(points[:, 1].mean())))
    flat = shapely.multipoints(points * [squeeze, 1.0])
    hull = shapely.concave_hull(flat, ratio=ratio)
    outline = shapely.get_exterior_ring(shapely.buffer(hull, 0.0001, quad_segs=2))
    shape = shapely.get_coordinates(shapely.simplify(outline, 0.00003))
    return tuple(LatLon(float(lat), float(lon / squeeze)) for lon, lat in shape)

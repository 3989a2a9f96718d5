"""The part of a network around some places, and what it costs to leave it and come back.

With those two costs a search in the part proves its own answers, so clipping never changes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from route_app.roads.network import Bools, Floats, metres_between
from route_app.roads.packed import Ends, SearchGraph

_WIDTHS = (1.6, 3.2)
_MARGIN_M = 1_500.0
_WORTH_IT = 0.6


@dataclass(frozen=True)
class Clip:
    """A part of a graph, the places in its numbering, and the packed cost of crossing its rim.

    `leave` is the cheapest turn outwards of each vertex, `enter` the cheapest inwards onto it,
    infinite where there is none; both are None for a whole graph.
    """

    graph: SearchGraph
    ends: Ends
    leave: Floats | None = None
    enter: Floats | None = None


def circles(graph: SearchGraph, ends: Ends) -> Iterator[Bools]:
    """Yield which vertices lie in wider and wider circles around the places, while it pays."""
    lats, lons = graph.head_lat[ends.vertex], graph.head_lon[ends.vertex]
    lat, lon = (lats.min() + lats.max()) / 2, (lons.min() + lons.max()) / 2
    radius = metres_between(lats, lons, lat, lon).max()
    away = metres_between(graph.head_lat, graph.head_lon, lat, lon)
    for width in _WIDTHS:
        inside = away <= radius * width + _MARGIN_M
        inside[ends.vertex] = True
        if inside.mean() > _WORTH_IT:
            return
        yield inside


def clip(graph: SearchGraph, ends: Ends, inside: Bools) -> Clip:
    """Return the part of a graph made of the vertices inside."""
    number = np.cumsum(inside) - 1
    start = np.repeat(np.arange(graph.size), np.diff(graph.begin))
    from_inside, onto_inside = inside[start], inside[graph.onto]
    kept = from_inside & onto_inside
    size = int(inside.sum())
    leave, enter = np.full(size, np.inf), np.full(size, np.inf)
    out, back = from_inside & ~onto_inside, ~from_inside & onto_inside
    np.minimum.at(leave, number[start[out]], graph.cost[out])
    np.minimum.at(enter, number[graph.onto[back]], graph.cost[back])
    part = replace(
        graph,
        begin=np.searchsorted(number[start[kept]], np.arange(size + 1)).astype(np.int64),
        onto=number[graph.onto[kept]].astype(np.int32),
        turn_row=graph.turn_row[kept],
        turn=graph.turn[kept],
        cost=graph.cost[kept],
        vertex_arc=graph.vertex_arc[inside],
        head_lat=graph.head_lat[inside],
        head_lon=graph.head_lon[inside],
    )
    return Clip(part, replace(ends, vertex=number[ends.vertex]), leave, enter)

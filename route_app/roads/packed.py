"""The turn graph with one packed number per cost, and where places touch it.

One number carries a whole cost: errand-road entries, then hundredths of a second, then metres.
Adding such numbers adds all three, and comparing them looks at time only between paths with
equally few entries, and at length only between equal times. So the metres are those of the very
path that gives the seconds, and roads for those with an errand are driven through only where
nothing else leads on. Sums stay exact below 2**53: 93 hours, 8,388 km, 32 entries; no drive on
earth that a person plans is longer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from route_app.roads.network import Floats, Ints, Longs, Network
from route_app.roads.snapping import Located
from route_app.roads.turns import TurnGraph, Weights

CENTISECOND = 1 << 23
ENTRY = 1 << 48


@dataclass(frozen=True)
class SearchGraph:
    """The turn graph with packed costs as a sparse matrix: row is left, column is entered.

    Turns that are closed in the slot are not in it; `turn_row` says which of all turns each is.
    """

    begin: Longs
    onto: Ints
    turn_row: Longs
    turn: Floats
    cost: Floats
    arc_cs: Longs
    arc_m: Longs
    vertex_arc: Ints
    head_lat: Floats
    head_lon: Floats

    @property
    def size(self) -> int:
        """Return the number of vertices."""
        return len(self.vertex_arc)


@dataclass(frozen=True)
class Ends:
    """Where places touch the graph: one row per place and vertex, sorted by place.

    `rest` is the packed cost from the place to the end of the vertex's arc.
    """

    place: Longs
    vertex: Longs
    rest: Longs
    main: NDArray[np.bool_]


def make_search_graph(network: Network, graph: TurnGraph, weights: Weights) -> SearchGraph:
    """Return the graph with the weights of one slot."""
    open_ = np.flatnonzero(weights.turn_open)
    onto = graph.turn_to[open_]
    arc = graph.vertex_arc[onto]
    # Whole numbers below 2**53 are exact as floats, which the searches want.
    turn = weights.turn_cs[open_] * float(CENTISECOND) + graph.turn_enters[open_] * float(ENTRY)
    driven = weights.arc_cs * float(CENTISECOND) + weights.arc_m
    count = np.bincount(graph.turn_from[open_], minlength=len(graph.vertex_arc))
    return SearchGraph(
        begin=np.concatenate([[0], np.cumsum(count)]),
        onto=onto,
        turn_row=open_,
        turn=turn,
        cost=turn + driven[arc],
        arc_cs=weights.arc_cs,
        arc_m=weights.arc_m,
        vertex_arc=graph.vertex_arc,
        head_lat=network.node_lat[network.arcs.head[graph.vertex_arc]],
        head_lon=network.node_lon[network.arcs.head[graph.vertex_arc]],
    )


def find_ends(network: Network, graph: TurnGraph, weights: Weights, located: Located) -> Ends:
    """Return the vertices at which each located place starts and ends."""
    place, arc, share = [], [], []
    length = np.maximum(network.piece_m[located.piece], 1e-9)
    for arc_of_piece, against in ((network.arc_ahead, False), (network.arc_back, True)):
        here = arc_of_piece[located.piece]
        rows = np.flatnonzero((located.piece >= 0) & (here >= 0))
        rows = rows[graph.component[here[rows]] >= 0]
        along = located.along_m[rows] / length[rows]
        place.append(rows)
        arc.append(here[rows])
        share.append(np.clip(along if against else 1 - along, 0, 1))
    places, arcs, left = np.concatenate(place), np.concatenate(arc), np.concatenate(share)
    rest_cs = np.rint(left * weights.arc_cs[arcs]).astype(np.int64)
    rest_m = np.rint(left * weights.arc_m[arcs]).astype(np.int64)
    rows, vertices = _with_shadows(graph, arcs)
    order = np.lexsort((vertices, places[rows]))
    rows, vertices = rows[order], vertices[order]
    return Ends(
        place=places[rows].astype(np.int64),
        vertex=vertices,
        rest=(rest_cs * CENTISECOND + rest_m)[rows],
        main=vertices < network.arcs.count,
    )


def _with_shadows(graph: TurnGraph, arcs: Ints) -> tuple[Longs, Longs]:
    """Return each row once for every vertex that stands for its arc."""
    rows, vertices = [np.arange(len(arcs))], [arcs.astype(np.int64)]
    for shadow in range(len(graph.component), len(graph.vertex_arc)):
        same = np.flatnonzero(arcs == graph.vertex_arc[shadow])
        rows.append(same)
        vertices.append(np.full(len(same), shadow, np.int64))
    return np.concatenate(rows), np.concatenate(vertices)


def seconds_of(packed: Longs) -> Floats:
    """Return the seconds in packed costs."""
    seconds: Floats = ((packed // CENTISECOND) % (ENTRY // CENTISECOND)) / 100
    return seconds


def metres_of(packed: Longs) -> Floats:
    """Return the metres in packed costs."""
    metres: Floats = (packed % CENTISECOND).astype(np.float64)
    return metres

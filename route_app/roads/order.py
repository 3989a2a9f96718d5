"""In which order a contraction hierarchy takes the vertices of a turn-aware graph.

Nested dissection of the junctions: what separates the network into halves comes last. A vertex,
which is an arc, takes the rank of the junction it ends at, so that the arcs into a separating
junction separate the turns as well: the order is found on the small graph and serves the large
one (Buchhold, Wagner, Zeitz, Zuendorf: Customizable Contraction Hierarchies with Turn Costs,
ATMOS 2020).
"""

from array import array
from typing import Any

import numpy as np
from routingkit_cch import compute_order_inertial

from route_app.errors import Unavailable
from route_app.roads.network import Ints, Longs, Network
from route_app.roads.turns import TurnGraph


def contraction_order(network: Network, graph: TurnGraph) -> Ints:
    """Return the vertices of the graph in the order in which they are contracted."""
    rank = junction_ranks(network)
    arcs = network.arcs
    head, tail = arcs.head[graph.vertex_arc], arcs.tail[graph.vertex_arc]
    order: Ints = np.lexsort((rank[tail], rank[head])).astype(np.int32)
    return order


def junction_ranks(network: Network) -> Ints:
    """Return the rank of each junction: dead ends and plain stretches first, separators last."""
    count = len(network.node_osm)
    tails, heads = network.piece_tail, network.piece_head
    core, core_tails, core_heads = _strip(tails, heads, count)
    rank = np.empty(count, np.int32)
    inner = np.flatnonzero(core < 0)
    # Stripped ones go first, in the order in which they were stripped.
    stripped = np.flatnonzero(core >= 0)
    rank[stripped[np.argsort(core[stripped], kind="stable")]] = np.arange(len(stripped))
    if len(inner):
        number = np.full(count, -1, np.int32)
        number[inner] = np.arange(len(inner), dtype=np.int32)
        found = _dissect(
            len(inner),
            number[core_tails],
            number[core_heads],
            (network.node_lat[inner], network.node_lon[inner]),
        )
        rank[inner[found]] = len(stripped) + np.arange(len(inner))
    return rank


def _strip(tails: Ints, heads: Ints, count: int) -> tuple[Longs, Ints, Ints]:
    """Take away dead ends, again and again, then junctions that only two streets meet.

    Returns for each junction the round in which it went, -1 for those that stay, and the streets
    between those that stay, the ones over a stripped junction joined.
    """
    gone = np.full(count, -1, np.int64)
    a, b = _plain(tails.astype(np.int64), heads.astype(np.int64), count)
    degree = np.bincount(a, minlength=count) + np.bincount(b, minlength=count)
    round_number = 0
    while (leaf := (degree == 1) & (gone < 0)).any():
        gone[leaf] = round_number
        round_number += 1
        goes = leaf[a] | leaf[b]
        degree -= np.bincount(a[goes], minlength=count) + np.bincount(b[goes], minlength=count)
        a, b = a[~goes], b[~goes]
    gone[(degree == 0) & (gone < 0)] = round_number
    for step in range(1, 4):
        a, b, through = _join_pairs(a, b, count)
        gone[through] = round_number + step
    return gone, a.astype(np.int32), b.astype(np.int32)


def _join_pairs(a: Longs, b: Longs, count: int) -> tuple[Longs, Longs, Longs]:
    """Take away junctions of two streets, no two of them neighbours, and join their streets."""
    degree = np.bincount(a, minlength=count) + np.bincount(b, minlength=count)
    both = np.concatenate([a, b])
    other = np.concatenate([b, a])
    two = degree == 2
    # Of two neighbours that could both go, the one with the higher number stays.
    beside = two[both] & two[other]
    stays = np.zeros(count, bool)
    stays[np.maximum(both[beside], other[beside])] = True
    through = np.flatnonzero(two & ~stays)
    mine = np.zeros(count, bool)
    mine[through] = True
    rows = np.flatnonzero(mine[both])
    rows = rows[np.argsort(both[rows], kind="stable")]
    ends = other[rows].reshape(-1, 2)
    keep = ~(mine[a] | mine[b])
    a, b = np.concatenate([a[keep], ends[:, 0]]), np.concatenate([b[keep], ends[:, 1]])
    a, b = _plain(a, b, count)
    return a, b, through


def _plain(a: Longs, b: Longs, count: int) -> tuple[Longs, Longs]:
    """Return each pair of neighbours once, without loops."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys = np.unique((low * count + high)[low != high])
    return np.divmod(keys, count)


def _dissect(
    count: int, tails: Ints, heads: Ints, where: tuple[np.ndarray, np.ndarray], /
) -> Longs:
    try:
        # It asks for lists; arrays of the standard library do as well and are a fifth of the size.
        columns: list[Any] = [
            array("I", tails.astype(np.uint32).tobytes()),
            array("I", heads.astype(np.uint32).tobytes()),
            array("d", where[0].tobytes()),
            array("d", where[1].tobytes()),
        ]
        found = compute_order_inertial(count, *columns)
    except BaseException as error:  # the library panics with an error that is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise Unavailable(f"The order of the roads could not be found ({error}).") from error
    return np.array(found, np.int64)

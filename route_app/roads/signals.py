"""How many groups of traffic lights each arc waits at.

Lights closer to each other than `signal_group_m` along the way are one wait: a car that got
green at the stop line is not stopped again in the middle of the crossing.
"""

import numpy as np

from route_app.roads.network import Bools, Floats, Ints, Network
from route_app.roads.profile import Profile

_STOP_LINE_M = 40.0


def arc_waits(network: Network, profile: Profile) -> Ints:
    """Return the number of waits on each arc, the light at its head junction among them."""
    arcs = network.arcs
    length = network.piece_m[arcs.piece]
    light_arc, light_at = _lights_by_arc(network)
    lit = _lit_junctions(network, light_arc, light_at)

    heads = np.flatnonzero(network.node_signal[arcs.head])
    arc = np.concatenate([light_arc, heads])
    at = np.concatenate([light_at, length[heads]])
    order = np.lexsort((at, arc))
    arc, at = arc[order], at[order]
    # A light is free when the one before it on the arc, or a lit tail junction, is near.
    first = np.r_[True, arc[1:] != arc[:-1]] if len(arc) else np.zeros(0, bool)
    gap = np.empty(len(at))
    gap[1:] = np.diff(at)
    gap[first] = np.where(lit[arcs.tail[arc[first]]], at[first], np.inf)
    waits = np.bincount(arc[gap > profile.signal_group_m], minlength=arcs.count)
    return waits.astype(np.int32)


def _lights_by_arc(network: Network) -> tuple[Ints, Floats]:
    """Return, for lights between junctions, the arc they stop and how far along it they stand."""
    ahead = network.arc_ahead[network.light_piece]
    back = network.arc_back[network.light_piece]
    use_ahead = network.light_forward & (ahead >= 0)
    use_back = network.light_backward & (back >= 0)
    from_end = network.piece_m[network.light_piece] - network.light_at_m
    arc = np.concatenate([ahead[use_ahead], back[use_back]])
    return arc, np.concatenate([network.light_at_m[use_ahead], from_end[use_back]])


def _lit_junctions(network: Network, light_arc: Ints, light_at: Floats) -> Bools:
    """Return which junctions lights govern: on them, or at a stop line shortly before them."""
    lit = network.node_signal.copy()
    to_head = network.piece_m[network.arcs.piece[light_arc]] - light_at
    lit[network.arcs.head[light_arc[to_head <= _STOP_LINE_M]]] = True
    return lit

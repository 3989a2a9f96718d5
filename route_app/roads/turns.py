"""The turn-aware graph: a vertex is an arc driven to its end, an edge is a turn onto the next.

Turn costs follow the well-known sigmoid: nothing straight on, most for sharp turns, more across
oncoming traffic than away from it. Weights are whole numbers, so that every search agrees.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from route_app.roads.engine import Slot
from route_app.roads.network import Bools, Floats, Ints, Longs, Network
from route_app.roads.profile import Profile
from route_app.roads.restrictions import Turns, restrict
from route_app.roads.signals import arc_waits
from route_app.roads.slots import SLOTS
from route_app.roads.speeds import arc_seconds, is_ferry

KEPT_SHARE = 0.01
KEPT_ARCS = 500


@dataclass(frozen=True)
class TurnGraph:
    """Turns between vertices with what they cost in any slot; the first vertices are the arcs.

    `turn_s` holds the bend and turning round, `turn_oncoming` how much of the oncoming traffic is
    crossed, `turn_enters` whether the turn leads from a public road onto one for those with an
    errand, or through a gate for them.
    `turn_closed` has bit n where the turn is forbidden in slot n of `SLOTS`; the turns themselves
    are the same in every slot.
    `component` numbers the strongly connected parts kept, biggest first; -1 is in none. Turns
    forbidden at any hour join no part, so what is in one part is joined in every slot.
    """

    vertex_arc: Ints
    turn_from: Ints
    turn_to: Ints
    turn_s: Floats
    turn_oncoming: Floats
    turn_enters: Bools
    turn_closed: NDArray[np.uint8]
    arc_waits: Ints
    component: Ints
    applied: int
    timed: int
    skipped: Counter[str]


@dataclass(frozen=True)
class Weights:
    """Costs in one slot: hundredths of a second and metres, at least one hundredth an arc.

    `turn_open` says which turns may be driven; one that is not counts as missing, its cost as
    without meaning.
    """

    arc_cs: Longs
    arc_m: Longs
    turn_cs: Longs
    turn_open: Bools


def build_turns(network: Network, profile: Profile) -> TurnGraph:
    """Return the turn-aware graph of a network."""
    arcs = network.arcs
    turn_from, turn_to = _all_turns(network)
    turning_back = arcs.piece[turn_from] == arcs.piece[turn_to]
    turning_back &= arcs.against[turn_from] != arcs.against[turn_to]
    keep = ~turning_back & ~network.node_blocked[arcs.head[turn_from]]
    turns = restrict(
        network,
        Turns(
            vertex_arc=np.arange(arcs.count, dtype=np.int32),
            turn_from=turn_from[keep],
            turn_to=turn_to[keep],
            turn_closed=np.zeros(int(keep.sum()), np.uint8),
        ),
        profile.hours,
    )
    _turn_back_at_dead_ends(network, turns)
    _turn_back_where_cut_off(network, turns)
    return _priced(network, profile, turns)


def weigh(network: Network, graph: TurnGraph, profile: Profile, *, slot: Slot) -> Weights:
    """Return what arcs and turns cost in a slot. A light is waited for when leaving its arc."""
    waits = graph.arc_waits[graph.vertex_arc[graph.turn_from]]
    turn_s = (
        graph.turn_s
        + graph.turn_oncoming * profile.oncoming_s
        + waits * profile.slots[slot].signal_s
    )
    arc_cs = np.rint(arc_seconds(network, profile, slot=slot) * 100).astype(np.int64)
    return Weights(
        arc_cs=np.maximum(arc_cs, 1),
        arc_m=np.rint(network.piece_m[network.arcs.piece]).astype(np.int64),
        turn_cs=np.rint(turn_s * 100).astype(np.int64),
        turn_open=(graph.turn_closed >> SLOTS.index(slot)) & 1 == 0,
    )


def _all_turns(network: Network) -> tuple[Ints, Ints]:
    """Return every pair of an arc and an arc that starts where it ends."""
    arcs = network.arcs
    by_tail = np.argsort(arcs.tail, kind="stable").astype(np.int32)
    begin = np.searchsorted(arcs.tail[by_tail], np.arange(len(network.node_osm) + 1))
    count = (begin[1:] - begin[:-1])[arcs.head]
    turn_from = np.repeat(np.arange(arcs.count, dtype=np.int32), count)
    within = np.arange(len(turn_from)) - np.repeat(np.cumsum(count) - count, count)
    return turn_from, by_tail[begin[arcs.head[turn_from]] + within]


def _opposite(network: Network, arc: Ints) -> Ints:
    """Return the other direction of each arc, -1 on a one-way street."""
    piece = network.arcs.piece[arc]
    back = network.arcs.against[arc]
    result: Ints = np.where(back, network.arc_ahead[piece], network.arc_back[piece])
    return result


def _turn_back_at_dead_ends(network: Network, turns: Turns) -> None:
    leads_on = np.zeros(len(turns.vertex_arc), bool)
    leads_on[turns.turn_from[turns.always_open]] = True
    _add_turning_back(network, turns, np.flatnonzero(~leads_on).astype(np.int32))


def _turn_back_where_cut_off(network: Network, turns: Turns) -> None:
    """Allow turning round where the two directions of a street could not reach each other."""
    label = _arc_labels(network, turns)
    arc = np.arange(network.arcs.count, dtype=np.int32)
    other = _opposite(network, arc)
    cut_off = (other >= 0) & (label[arc] != label[other])
    _add_turning_back(network, turns, np.flatnonzero(cut_off[turns.vertex_arc]).astype(np.int32))


def _add_turning_back(network: Network, turns: Turns, vertices: Ints) -> None:
    back = _opposite(network, turns.vertex_arc[vertices])
    possible = back >= 0
    size = len(turns.vertex_arc)
    starting = np.zeros(size, bool)
    starting[vertices[possible]] = True
    near = np.flatnonzero(starting[turns.turn_from])
    already = turns.turn_from[near].astype(np.int64) * size + turns.turn_to[near]
    wanted = vertices[possible].astype(np.int64) * size + back[possible]
    start, onto = np.divmod(np.setdiff1d(wanted, already), size)
    turns.add(start.astype(np.int32), onto.astype(np.int32))


def _priced(network: Network, profile: Profile, turns: Turns) -> TurnGraph:
    order = np.lexsort((turns.turn_to, turns.turn_from))
    turns.turn_from, turns.turn_to = turns.turn_from[order], turns.turn_to[order]
    turns.turn_closed = turns.turn_closed[order]
    start, onto = turns.vertex_arc[turns.turn_from], turns.vertex_arc[turns.turn_to]
    arcs = network.arcs
    angle = turn_angles(network, start, onto)
    back = (arcs.piece[start] == arcs.piece[onto]) & (arcs.against[start] != arcs.against[onto])
    meeting = network.streets_at[arcs.head[start]]
    bend = _bend_s(angle, profile, drives_left=bool(network.drives_left[0]))
    across = angle if network.drives_left[0] else -angle
    oncoming = np.where(back | (meeting <= 2), 0.0, _oncoming_share(across))
    closed = network.way_restricted[network.piece_way[arcs.piece]]
    return TurnGraph(
        vertex_arc=turns.vertex_arc,
        turn_from=turns.turn_from,
        turn_to=turns.turn_to,
        turn_s=np.where(back, profile.u_turn_s, np.where(meeting > 2, bend, 0.0)),
        turn_oncoming=oncoming,
        turn_enters=(closed[onto] & ~closed[start])
        | (network.node_gated[arcs.head[start]] & ~back),
        turn_closed=turns.turn_closed & np.uint8((1 << len(SLOTS)) - 1),
        arc_waits=arc_waits(network, profile),
        component=_kept_components(network, turns),
        applied=turns.applied,
        timed=turns.timed,
        skipped=turns.skipped,
    )


def turn_angles(network: Network, start: Ints, onto: Ints) -> Floats:
    """Return the change of heading in degrees: right is positive, straight on is 0."""
    leaving, arriving = network.arc_headings
    change = leaving[onto] - arriving[start]
    angle: Floats = np.degrees((change + np.pi) % (2 * np.pi) - np.pi)
    return angle


def _bend_s(angle: Floats, profile: Profile, *, drives_left: bool) -> Floats:
    """Return the sigmoid cost of a bend; the side towards the own kerb is cheaper."""
    bias = 1 / profile.turn_bias if drives_left else profile.turn_bias
    right = 1 + np.exp(-(13 / bias * angle / 180 - 6.5 * bias))
    left = 1 + np.exp(-(13 * bias * -angle / 180 - 6.5 / bias))
    bend: Floats = profile.turn_s / np.where(angle >= 0, right, left)
    return bend


def _oncoming_share(across: Floats) -> Floats:
    """Return how much of the way oncoming traffic is crossed; `across` is the angle towards it."""
    share: Floats = np.where(across > 0, 1 / (1 + np.exp(-(13 * across / 180 - 3.25))), 0.0)
    return share


def _strong_labels(turns: Turns) -> Ints:
    size = len(turns.vertex_arc)
    start, onto = turns.turn_from[turns.always_open], turns.turn_to[turns.always_open]
    ones = np.ones(len(start), np.int8)
    joined = csr_matrix((ones, (start, onto)), shape=(size, size))
    labels: Ints = connected_components(joined, directed=True, connection="strong")[1]
    return labels


def _arc_labels(network: Network, turns: Turns) -> Ints:
    """Return for each arc the strongly connected part it is in.

    An arc that is only ever entered as a shadow is in the part that leads into one of its shadows
    and that the arc itself leads to: who stops in it came from there and gets back.
    """
    count = network.arcs.count
    of_vertex = _strong_labels(turns)
    label = of_vertex[:count]
    shadowed = np.zeros(count, bool)
    shadowed[turns.vertex_arc[count:]] = True
    shadowed &= np.bincount(of_vertex)[label] == 1
    if not shadowed.any():
        return label
    start, onto = turns.turn_from[turns.always_open], turns.turn_to[turns.always_open]
    entering = shadowed[turns.vertex_arc[onto]] & (onto >= count)
    leaving = (start < count) & shadowed[turns.vertex_arc[start]]
    into = set(
        zip(
            turns.vertex_arc[onto[entering]].tolist(),
            of_vertex[start[entering]].tolist(),
            strict=True,
        )
    )
    back = zip(start[leaving].tolist(), of_vertex[onto[leaving]].tolist(), strict=True)
    label = label.copy()
    for arc, part in sorted(into & set(back)):
        label[arc] = part
    return label


def _kept_components(network: Network, turns: Turns) -> Ints:
    """Return for each arc its part of the network, numbered by size; small parts are -1."""
    label = _arc_labels(network, turns)
    on_land = ~is_ferry(network)
    size = np.bincount(label[on_land], minlength=label.max() + 1)
    round_trip = size >= 2
    loops = turns.vertex_arc[turns.turn_from] == turns.vertex_arc[turns.turn_to]
    round_trip[label[turns.vertex_arc[turns.turn_from[loops]]]] = True
    enough = min(KEPT_ARCS, max(1, KEPT_SHARE * on_land.sum()))
    kept = np.flatnonzero(round_trip & (size >= enough))
    number = np.full(len(size), -1, np.int32)
    number[kept[np.argsort(-size[kept], kind="stable")]] = np.arange(len(kept))
    return number[label]

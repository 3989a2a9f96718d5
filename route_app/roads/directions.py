"""What to do on a drive: its turns in words a person can follow, with the streets' names.

Only what a driver must notice is told: another street, a bend where there was a choice, a
roundabout with the exit to take, a ferry, turning round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from route_app.lib.geo import LatLon
from route_app.roads.engine import Turn, TurnKind
from route_app.roads.network import Floats, Ints, Network
from route_app.roads.profile import CLASSES
from route_app.roads.turns import turn_angles

_FERRY = CLASSES.index("ferry")
# The change of heading from which a turn is called so, in degrees.
_SLIGHT, _PLAIN, _SHARP = 20, 45, 120

_WORDS: Mapping[TurnKind, str] = MappingProxyType(
    {
        "depart": "Start", "straight": "Continue", "slight_left": "Keep left",
        "left": "Turn left", "sharp_left": "Turn sharp left", "slight_right": "Keep right",
        "right": "Turn right", "sharp_right": "Turn sharp right", "u_turn": "Turn round",
        "roundabout": "Drive round the roundabout", "ferry": "Take the ferry",
        "arrive": "You are there",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Way:
    """The arcs of a drive, and what is known at the junction before each but the first."""

    arcs: Ints
    names: list[str]
    ferry: list[bool]
    roundabout: list[bool]
    angle: list[float]
    choices: list[int]
    back: list[bool]


def told(turn: Turn) -> str:
    """Return a turn in words: Turn left onto Main Street."""
    words = _WORDS[turn.kind]
    if turn.kind == "roundabout" and turn.exit:
        words = f"Leave the roundabout by exit {turn.exit}"
    joint = {"depart": " on ", "arrive": ": ", "ferry": ": "}.get(turn.kind, " onto ")
    return f"{words}{joint}{turn.street}" if turn.street else words


def turns_of(network: Network, arcs: Ints, begin_m: Floats, *, metres: int) -> tuple[Turn, ...]:
    """Return the turns of a drive along arcs, from `depart` to `arrive`.

    `begin_m` is how far into the drive each arc begins, `metres` the length of the whole.
    """
    way = _read(network, arcs)
    told: list[tuple[int, TurnKind, str, int | None]] = [(0, "depart", way.names[0], None)]
    step = 1
    while step < len(arcs):
        if way.roundabout[step] and not way.roundabout[step - 1]:
            exit_number, after = _round(network, way, step)
            name = way.names[after] if after < len(arcs) else way.names[step]
            told.append((step, "roundabout", name, exit_number))
            step = after + 1
            continue
        kind = _kind(way, step)
        if kind:
            told.append((step, kind, way.names[step], None))
        step += 1
    cuts = [round(float(begin_m[step])) for step, *_ in told] + [metres]
    cuts[0] = 0
    lengths = [max(0, b - a) for a, b in pairwise(cuts)]
    turns = [
        Turn(kind, _place(network, way, step), street, length, exit_number)
        for (step, kind, street, exit_number), length in zip(told, lengths, strict=True)
    ]
    return (*turns, Turn("arrive", _place(network, way, len(arcs)), way.names[-1], 0))


def _read(network: Network, arcs: Ints) -> _Way:
    piece, against = network.arcs.piece[arcs], network.arcs.against[arcs]
    ways = network.piece_way[piece]
    junction = network.arcs.tail[arcs[1:]]
    degree = network.arcs_out[junction]
    other = np.where(against[:-1], network.arc_ahead[piece[:-1]], network.arc_back[piece[:-1]])
    return _Way(
        arcs=arcs,
        names=[network.names[name] for name in network.way_name[ways]],
        ferry=(network.way_class[ways] == _FERRY).tolist(),
        roundabout=network.way_roundabout[ways].tolist(),
        angle=[0.0, *turn_angles(network, arcs[:-1], arcs[1:]).tolist()],
        # The ways on, besides turning round.
        choices=[0, *(degree - (other >= 0)).tolist()],
        back=[False, *(other == arcs[1:]).tolist()],
    )


def _kind(way: _Way, step: int) -> TurnKind | None:
    """Return what to call the turn onto an arc, None where there is nothing to notice."""
    if way.back[step]:
        return "u_turn"
    if way.ferry[step] != way.ferry[step - 1]:
        return "ferry" if way.ferry[step] else "straight"
    angle, name, before = way.angle[step], way.names[step], way.names[step - 1]
    size = abs(angle)
    renamed = name != before
    if way.choices[step] < 2 and not renamed:
        return None  # the road only bends
    if size < _SLIGHT:
        return "straight" if renamed and name else None
    if size < _PLAIN and not renamed:
        return None  # along one street
    return _bend(angle)


def _bend(angle: float) -> TurnKind:
    right, size = angle > 0, abs(angle)
    if size >= _SHARP:
        return "sharp_right" if right else "sharp_left"
    if size >= _PLAIN:
        return "right" if right else "left"
    return "slight_right" if right else "slight_left"


def _round(network: Network, way: _Way, step: int) -> tuple[int | None, int]:
    """Return which exit of a roundabout is taken, and the first arc after it.

    The exit is None, and the arc behind the last, for a drive that ends on the roundabout.
    """
    exits = 0
    for after in range(step + 1, len(way.arcs) + 1):
        junction = int(network.arcs.head[way.arcs[after - 1]])
        if after == len(way.arcs):
            return None, after
        if not way.roundabout[after]:
            return exits + 1, after
        exits += bool(network.leaves_roundabout[junction])
    return None, len(way.arcs)


def _place(network: Network, way: _Way, step: int) -> LatLon:
    """Return the junction before an arc; of a drive's ends the caller knows better."""
    last = step >= len(way.arcs)
    ends = network.arcs.head if last else network.arcs.tail
    junction = int(ends[way.arcs[-1 if last else step]])
    return LatLon(float(network.node_lat[junction]), float(network.node_lon[junction]))

"""The manoeuvres of a Valhalla route as the steps of a drive, and its compressed lines.

Manoeuvres are numbered in the documentation of Valhalla's turn-by-turn API, "Maneuver types".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from route_app.lib.geo import LatLon
from route_app.roads.engine import TurnKind
from route_app.roads.server_drives import Step

_KINDS: Mapping[int, TurnKind] = {
    1: "depart", 2: "depart", 3: "depart",
    4: "arrive", 5: "arrive", 6: "arrive",
    9: "slight_right", 10: "right", 11: "sharp_right", 12: "u_turn",
    13: "u_turn", 14: "sharp_left", 15: "left", 16: "slight_left",
    18: "slight_right", 19: "slight_left", 20: "slight_right", 21: "slight_left",
    23: "slight_right", 24: "slight_left", 26: "roundabout", 28: "ferry",
    37: "slight_right", 38: "slight_left",
}  # fmt: skip
_ROUNDABOUT_EXIT = 27
_PRECISION = 1e6


def read_steps(leg: Mapping[str, Any]) -> list[Step]:
    """Return the steps of one leg. Raises KeyError, TypeError or ValueError for what are none."""
    line = read_line(leg["shape"])
    return [_read(one, line) for one in leg["maneuvers"]]


def read_line(text: str) -> tuple[LatLon, ...]:
    """Return the places of a line in Google's polyline format, with six decimals as Valhalla has.

    Raises ValueError where it is cut short.
    """
    places, sums, value, shift, which = [], [0, 0], 0, 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits >= 0x20:
            continue
        sums[which] += ~(value >> 1) if value & 1 else value >> 1
        value, shift, which = 0, 0, 1 - which
        if which == 0:
            places.append(LatLon(sums[0] / _PRECISION, sums[1] / _PRECISION))
    if shift or which or not places:
        raise ValueError("a line that ends in the middle of a place")
    return tuple(places)


def _read(one: Mapping[str, Any], line: Sequence[LatLon]) -> Step:
    number = int(one["type"])
    begin, end = int(one["begin_shape_index"]), int(one["end_shape_index"])
    names = one.get("street_names") or [""]
    kind = _KINDS.get(number, "straight")
    leaves = one.get("roundabout_exit_count") if kind == "roundabout" else None
    return Step(
        kind=kind,
        path=(line[begin], *line[begin + 1 : end + 1]),
        metres=1000 * float(one["length"]),
        street=str(names[0]),
        exit=None if leaves is None else int(leaves),
        goes_on=number == _ROUNDABOUT_EXIT,
    )

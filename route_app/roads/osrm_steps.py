"""The steps of an OSRM route as the steps of a drive.

Manoeuvres are named in the documentation of OSRM's HTTP API v1, under "StepManeuver object".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from route_app.lib.geo import LatLon
from route_app.roads.engine import TurnKind
from route_app.roads.server_drives import Step

_MODIFIERS: Mapping[str, TurnKind] = {
    "uturn": "u_turn",
    "sharp right": "sharp_right",
    "right": "right",
    "slight right": "slight_right",
    "straight": "straight",
    "slight left": "slight_left",
    "left": "left",
    "sharp left": "sharp_left",
}
_CIRCLES = ("roundabout", "rotary")
_OUT_OF_CIRCLES = ("exit roundabout", "exit rotary")


def read_steps(steps: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return the steps of one leg. Raises KeyError, TypeError or ValueError for what are none."""
    modes = [str(step.get("mode", "")) for step in steps]
    changes = [row > 0 and mode != modes[row - 1] for row, mode in enumerate(modes)]
    return [_read(step, boards=board) for step, board in zip(steps, changes, strict=True)]


def _read(step: Mapping[str, Any], *, boards: bool) -> Step:
    """Return one step; `boards` says that one drives onto a ferry there, or off it again."""
    manoeuvre = step["maneuver"]
    path = tuple(LatLon(float(lat), float(lon)) for lon, lat in step["geometry"]["coordinates"])
    if not path:
        raise ValueError("a step that leads nowhere")
    said = str(manoeuvre["type"])
    kind = _kind(said, str(manoeuvre.get("modifier", "straight")), str(step.get("mode", "")))
    return Step(
        kind=kind,
        path=path,
        metres=float(step["distance"]),
        street=str(step.get("name", "")),
        exit=int(manoeuvre["exit"]) if kind == "roundabout" and "exit" in manoeuvre else None,
        goes_on=said in _OUT_OF_CIRCLES or (said == "notification" and not boards),
    )


def _kind(said: str, modifier: str, mode: str) -> TurnKind:
    if said == "depart":
        return "depart"
    if said == "arrive":
        return "arrive"
    if mode == "ferry":
        return "ferry"
    if said in _CIRCLES:
        return "roundabout"
    return _MODIFIERS.get(modifier, "straight")

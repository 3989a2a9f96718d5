"""Between when and when 80 of 100 arrivals lie, for the stops of a day still to come.

Each drive and each visit may take less or more than planned; as independent errors do, these add
up by their squares. Waiting for a window takes lateness away, and nobody begins before it opens.
Times are seconds of the day.
"""

from collections.abc import Mapping, Sequence
from math import exp, hypot
from typing import Any, Protocol

from route_app.roads.engine import DEFAULT_SLOT

_STEP_S = 300


class Expected(Protocol):
    """What is read of a stop."""

    @property
    def kind(self) -> str:
        """Return visit, break or end."""

    @property
    def begin_s(self) -> int:
        """Return when the plan begins there."""

    @property
    def depart_s(self) -> int:
        """Return when the plan leaves."""

    @property
    def drive_s(self) -> int:
        """Return how long the drive to it takes."""

    @property
    def wait_s(self) -> int:
        """Return how long the plan waits there for the window to open."""


def begin_bands(
    stops: Sequence[Expected], expected: Sequence[int | None], calibration: Mapping[str, Any]
) -> list[tuple[int, int] | None]:
    """Return between when and when each stop begins, None where that lies behind or is not known.

    `expected` says when each is thought to begin now; `calibration` is what the plan keeps.
    """
    drives = calibration.get("bands", {}).get(DEFAULT_SLOT)
    visits = calibration.get("visits")
    if not drives or not visits:
        return [None] * len(stops)
    early = late = 0.0
    found: list[tuple[int, int] | None] = []
    for stop, begin in zip(stops, expected, strict=True):
        if begin is None:
            early = late = 0.0
            found.append(None)
            continue
        early = hypot(early, stop.drive_s * (1 - exp(drives["low"])))
        late = hypot(late, stop.drive_s * (exp(drives["high"]) - 1))
        if stop.wait_s and begin <= stop.begin_s:
            early, late = 0.0, max(0.0, late - stop.wait_s)
        # a break begins when it may, not when the drive to it ends
        around = (round(begin - early), round(begin + late))
        found.append(None if stop.kind == "break" else around)
        stay = stop.depart_s - stop.begin_s if stop.kind == "visit" else 0
        early = hypot(early, stay * (1 - exp(visits["low"])))
        late = hypot(late, stay * (exp(visits["high"]) - 1))
    return found


def outward(band: tuple[int, int]) -> tuple[int, int]:
    """Return a band with its ends at whole five minutes, never narrower."""
    return band[0] // _STEP_S * _STEP_S, -(-band[1] // _STEP_S) * _STEP_S

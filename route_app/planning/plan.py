"""What comes out of planning: routes with their times, what stayed out and why, and how good it is.

Units as in `problem.py`: seconds after local midnight of the shift's day, seconds, metres, points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class StopKind(StrEnum):
    """What happens at a stop."""

    VISIT = "visit"
    BREAK = "break"
    END = "end"


class Reason(StrEnum):
    """Why a visit is not in the plan: the code; the sentence says it for this visit."""

    NO_PIN = "no_pin"
    NO_ROAD = "no_road"
    CLOSED_TODAY = "closed_today"
    BY_APPOINTMENT = "by_appointment"
    NO_SHIFT = "no_shift"
    SKILL_MISSING = "skill_missing"
    TOO_FAR = "too_far_for_day"
    SERVICE_TOO_LONG = "service_too_long"
    WINDOW_TOO_TIGHT = "window_too_tight"
    APPOINTMENT_CONFLICT = "appointment_conflict"
    MAX_VISITS = "max_visits"
    DAY_FULL = "day_full"
    LOCKED_OUT = "locked_out"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route. `drive_s` and `drive_m` lead to it; `slack_s` is how late it may begin.

    A visit's `begin` to `depart` is its service; a break's is the pause; the end has no length.
    """

    kind: StopKind
    visit_id: str | None
    place: int | None
    arrive: int
    begin: int
    depart: int
    drive_s: int = 0
    drive_m: int = 0
    wait_s: int = 0
    slack_s: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A shift's stops in order, from leaving the start (`start`) to the end stop."""

    shift_id: str
    start: int
    stops: tuple[Stop, ...]

    @property
    def visit_ids(self) -> tuple[str, ...]:
        """Return the visits in order."""
        return tuple(stop.visit_id for stop in self.stops if stop.visit_id is not None)

    @property
    def end(self) -> int:
        """Return when the route is over."""
        return self.stops[-1].depart if self.stops else self.start

    @property
    def drive_s(self) -> int:
        """Return the seconds at the wheel."""
        return sum(stop.drive_s for stop in self.stops)

    @property
    def drive_m(self) -> int:
        """Return the metres driven."""
        return sum(stop.drive_m for stop in self.stops)

    @property
    def wait_s(self) -> int:
        """Return the seconds spent waiting."""
        return sum(stop.wait_s for stop in self.stops)

    @property
    def service_s(self) -> int:
        """Return the seconds spent with customers."""
        return sum(stop.depart - stop.begin for stop in self.stops if stop.kind is StopKind.VISIT)


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A visit that stayed out, and why."""

    visit_id: str
    reason: Reason
    sentence: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof of how good a plan is: nobody can collect more than `bound` points.

    `method` names the proof; `optimal` says that the plan reaches the bound.
    """

    bound: int
    optimal: bool
    method: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: its code, where, and in words. `by_s` is how far off, where that counts."""

    code: str
    shift_id: str
    visit_id: str | None
    sentence: str
    by_s: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes for all shifts, everything unplanned, and what is needed to make the plan again.

    `capped` says that the wall clock ended the search, so that another run may differ.
    """

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    prize: int
    seed: int
    input_hash: str
    engine: str
    certificate: Certificate | None = None
    capped: bool = False


Orders = tuple[tuple[str, ...], ...]
"""For every shift of a problem, in its order: the ids of its visits in the order of the day."""


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop looking. Counts make a plan repeatable; `seconds` is only the safety net.

    `solutions` ends the search of the routing model, `tries` (insertions tried) our own.
    """

    solutions: int = 76
    tries: int = 250_000
    seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuse a budget that can find nothing."""
        if self.solutions < 1 or self.tries < 0 or self.seconds <= 0:
            raise ValueError("A budget needs at least one solution and some time.")

    @classmethod
    def about(cls, seconds: float) -> "Budget":
        """Return the budget that an ordinary machine uses up in about so many seconds."""
        return cls(max(20, round(38 * seconds)), round(125_000 * seconds), max(4.0, 5 * seconds))

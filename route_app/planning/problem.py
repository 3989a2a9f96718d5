"""What is to be planned: visits, shifts, and the travel between their places.

Units: every time is whole seconds after local midnight of the shift's day, every length of time
whole seconds, every distance whole metres, every prize a whole number of points.

Concepts:
- A window says when service may BEGIN; both ends count. A visit may have several windows a day.
  In the mode "whole" the service must also END inside the same window.
- A rep drives, arrives, waits until the window opens, serves, and departs.
- Hours: the rep leaves the start no earlier than `hours.start` and is at the end no later than
  `hours.end - reserve_s`. A place of None means anywhere: no drive to the first, or from the last.
- A break begins inside its window and lasts its duration. It never lies inside a service, and may
  pause a drive. It counts as taken when the rep has not set off yet or is already back for it.
- A visit that is not required may stay unplanned; that costs its prize. Nothing is visited twice.
- A problem may have one shift or hundreds (weeks, teams): a shift is one rep's one day.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from route_app.lib.timewindow import TimeWindow, clipped
from route_app.roads.engine import UNREACHABLE


class Commitment(StrEnum):
    """How firmly a visit is promised, most binding first: the first wins a conflict."""

    ALL_DAY = "all_day"
    TIMED = "timed"
    FLEXIBLE_DAY = "flexible_day"
    FLEXIBLE_WEEK = "flexible_week"
    RESERVATION = "reservation"
    SUGGESTION = "suggestion"

    @property
    def rank(self) -> int:
        """Return its place on the ladder; 0 is the most binding."""
        return list(Commitment).index(self)


class HoursMode(StrEnum):
    """Whether a window binds only the begin of service, or the whole of it."""

    START = "start"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Visit:
    """One call we want to make.

    `windows` holds the windows of each day it may be made on; a day that is missing is closed.
    `shift_bonus` adds points on some shifts (a preferred weekday, the usual rep).
    `shifts` names the only shifts allowed, None allows all; the shift must offer all `skills`.
    """

    id: str
    account_id: str
    place: int
    service_s: int
    prize: int
    windows: Mapping[date, tuple[TimeWindow, ...]]
    mode: HoursMode = HoursMode.START
    commitment: Commitment = Commitment.SUGGESTION
    required: bool = False
    shifts: frozenset[str] | None = None
    skills: frozenset[str] = frozenset()
    shift_bonus: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.service_s < 0 or self.prize < 0:
            raise ValueError(f"Visit {self.id}: service and prize cannot be negative.")
        for day, windows in self.windows.items():
            for one, following in pairwise(windows):
                if following.start <= one.end:
                    raise ValueError(f"Visit {self.id}: the windows of {day} overlap.")

    def begins(self, day: date) -> tuple[TimeWindow, ...]:
        """Return when service may begin on a day, whatever the mode."""
        windows = self.windows.get(day, ())
        if self.mode is HoursMode.START:
            return windows
        return tuple(
            TimeWindow(window.start, window.end - self.service_s)
            for window in windows
            if window.end - self.service_s >= window.start
        )


@dataclass(frozen=True, slots=True)
class Break:
    """A pause that begins inside `window`. A block (a dentist at ten) has one second to begin."""

    window: TimeWindow
    duration_s: int
    label: str = "Break"

    def __post_init__(self) -> None:
        """Refuse a break without length."""
        if self.duration_s <= 0:
            raise ValueError(f"{self.label}: it must last at least a second.")


@dataclass(frozen=True, slots=True)
class Shift:
    """One rep's one day. An absence is simply no shift."""

    id: str
    rep_id: str
    day: date
    start_place: int | None
    end_place: int | None
    hours: TimeWindow
    breaks: tuple[Break, ...] = ()
    max_visits: int | None = None
    reserve_s: int = 0
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse breaks out of order and limits below zero."""
        if self.reserve_s < 0 or (self.max_visits is not None and self.max_visits < 0):
            raise ValueError(f"Shift {self.id}: reserve and visit limit cannot be negative.")
        for one, following in pairwise(self.breaks):
            if following.window < one.window:
                raise ValueError(f"Shift {self.id}: breaks must be in the order of the day.")

    @property
    def last_end(self) -> int:
        """Return when the rep must be at the end, the reserve kept free."""
        return self.hours.end - self.reserve_s


@dataclass(frozen=True, slots=True)
class Lock:
    """Visits that stay on a shift in this order; `adjacent`: nothing between; `first`: at once."""

    shift_id: str
    visit_ids: tuple[str, ...]
    adjacent: bool = True
    first: bool = False


@dataclass(frozen=True, slots=True)
class Spacing:
    """Visits to one account, in order, so many days apart (those that are planned)."""

    visit_ids: tuple[str, ...]
    min_days: int
    max_days: int | None = None


@dataclass(frozen=True)
class Problem:
    """All that a solver needs, checked. `seconds[i, j]` and `metres[i, j]` join places i and j."""

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    locks: tuple[Lock, ...] = ()
    spacings: tuple[Spacing, ...] = ()
    network: str = ""
    estimated: bool = False

    def __post_init__(self) -> None:
        """Refuse what does not fit together, and freeze the matrices."""
        for name in ("seconds", "metres"):
            matrix = np.array(getattr(self, name), dtype=np.int32)
            if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
                raise ValueError(f"The {name} must be a square matrix.")
            if matrix.size and (matrix.min() < 0 or np.diagonal(matrix).any()):
                raise ValueError(f"The {name} cannot be negative, nor lead from a place to itself.")
            matrix.setflags(write=False)
            object.__setattr__(self, name, matrix)
        if self.seconds.shape != self.metres.shape:
            raise ValueError("Seconds and metres must cover the same places.")
        _refuse_doubles("visit", [visit.id for visit in self.visits])
        _refuse_doubles("shift", [shift.id for shift in self.shifts])
        self._refuse_unknown_places()
        self._refuse_unknown_names()

    def _refuse_unknown_places(self) -> None:
        places = range(len(self.seconds))
        for visit in self.visits:
            if visit.place not in places:
                raise ValueError(f"Visit {visit.id} is at place {visit.place}, which is not there.")
        for shift in self.shifts:
            for place in (shift.start_place, shift.end_place):
                if place is not None and place not in places:
                    raise ValueError(f"Shift {shift.id} uses place {place}, which is not there.")

    def _refuse_unknown_names(self) -> None:
        named = [name for lock in self.locks for name in lock.visit_ids]
        _refuse_doubles("lock on visit", named)
        named += [name for spacing in self.spacings for name in spacing.visit_ids]
        for name in named:
            if name not in self.visit_of:
                raise ValueError(f"There is no visit {name} to lock or space.")
        for lock in self.locks:
            if lock.shift_id not in self.shift_of:
                raise ValueError(f"There is no shift {lock.shift_id} to lock visits on.")

    @cached_property
    def visit_of(self) -> dict[str, Visit]:
        """Return the visits by id."""
        return {visit.id: visit for visit in self.visits}

    @cached_property
    def shift_of(self) -> dict[str, Shift]:
        """Return the shifts by id."""
        return {shift.id: shift for shift in self.shifts}

    def travel(self, origin: int | None, target: int | None) -> int:
        """Return the seconds from place to place; 0 from or to anywhere; UNREACHABLE if no road."""
        if origin is None or target is None:
            return 0
        return int(self.seconds[origin, target])

    def distance(self, origin: int | None, target: int | None) -> int:
        """Return the metres from place to place; 0 from or to anywhere."""
        if origin is None or target is None or self.seconds[origin, target] == UNREACHABLE:
            return 0
        return int(self.metres[origin, target])

    def prize(self, visit: Visit, shift: Shift) -> int:
        """Return the points a visit brings on a shift."""
        return max(0, visit.prize + visit.shift_bonus.get(shift.id, 0))

    def begins(self, visit: Visit, shift: Shift) -> tuple[TimeWindow, ...]:
        """Return when service may begin on a shift; empty if the visit may not be made on it."""
        if visit.shifts is not None and shift.id not in visit.shifts:
            return ()
        if not visit.skills <= shift.skills:
            return ()
        return clipped(visit.begins(shift.day), shift.hours)

    def replace(self, **changes: Any) -> "Problem":
        """Return a copy with some parts changed, checked again."""
        return replace(self, **changes)

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of all that decides the plan: the same problem has the same digest."""
        told = {
            "visits": [_plain(asdict(visit)) for visit in self.visits],
            "shifts": [_plain(asdict(shift)) for shift in self.shifts],
            "locks": [asdict(lock) for lock in self.locks],
            "spacings": [asdict(spacing) for spacing in self.spacings],
            "network": [self.network, self.estimated],
        }
        text = json.dumps(told, sort_keys=True, default=str)
        found = hashlib.sha256(text.encode())
        found.update(np.ascontiguousarray(self.seconds, dtype="<i4").tobytes())
        found.update(np.ascontiguousarray(self.metres, dtype="<i4").tobytes())
        return found.hexdigest()


def _refuse_doubles(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"There are two entries for {what} {name}.")
        seen.add(name)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, sets and date keys in a fixed order."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value

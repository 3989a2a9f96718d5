"""Stretches of one day: whole seconds after local midnight, both ends inclusive.

A day may run past midnight (a bar that closes at two), so a window may end up to two days after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DAY_S = 86_400
LATEST_S = 2 * DAY_S


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """From `start` to `end`, both included. Raises ValueError when it runs backwards."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a window that runs backwards or leaves the day."""
        if not 0 <= self.start <= self.end <= LATEST_S:
            raise ValueError(
                f"A time window from {self.start} to {self.end} s is not possible: it must run "
                f"forwards, between 0 and {LATEST_S} s after midnight."
            )

    def __contains__(self, second: int) -> bool:
        """Return whether a second of the day lies in the window."""
        return self.start <= second <= self.end

    def clip(self, other: "TimeWindow") -> "TimeWindow | None":
        """Return what both windows share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeWindow(start, end) if start <= end else None


def merged(windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return the windows in order, with those that overlap or touch made one."""
    out: list[TimeWindow] = []
    for window in sorted(windows):
        if out and window.start <= out[-1].end + 1:
            out[-1] = TimeWindow(out[-1].start, max(out[-1].end, window.end))
        else:
            out.append(window)
    return tuple(out)


def clipped(windows: Iterable[TimeWindow], to: TimeWindow) -> tuple[TimeWindow, ...]:
    """Return what lies of each window inside another one."""
    parts = (window.clip(to) for window in windows)
    return tuple(part for part in parts if part is not None)


def first_in(windows: Sequence[TimeWindow], at: int) -> int | None:
    """Return the first second from `at` on that lies in one of the ordered windows, or None."""
    for window in windows:
        if at <= window.end:
            return max(at, window.start)
    return None


def last_in(windows: Sequence[TimeWindow], at: int) -> int | None:
    """Return the last second up to `at` that lies in one of the ordered windows, or None."""
    for window in reversed(windows):
        if at >= window.start:
            return min(at, window.end)
    return None

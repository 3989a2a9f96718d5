"""The calibration chart: predicted against actual, as a drawing and as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp

import numpy as np

from route_app.calibration.queries import Overview, Point
from route_app.roads.calibrated import door_of

WIDTH, HEIGHT = 360, 280
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 34
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """One drive, in units of the drawing."""

    x: float
    y: float
    inside: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of WIDTH by HEIGHT units. `band` and `line` are SVG points; `beyond` not drawn."""

    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    as_predicted: str
    as_learned: str
    band: str
    beyond: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bracket:
    """Drives predicted to take from so many minutes to so many: medians in seconds."""

    from_min: int
    to_min: int
    n: int
    predicted_s: float
    actual_s: float
    expected_s: float
    inside: int


def chart_of(overview: Overview) -> Chart | None:
    """Return the chart of the drives that were compared, None without any."""
    points = overview.points
    if not points:
        return None
    across = _Axis(max(one.predicted_s for one in points), LEFT, WIDTH - RIGHT)
    high = float(np.quantile([one.actual_s for one in points], 0.98))
    up = _Axis(max(high, 1.0), HEIGHT - BOTTOM, TOP)
    shown = [one for one in points if one.actual_s <= up.most_s]
    learned, band = _learned(overview, across, up)
    return Chart(
        dots=tuple(Dot(across(one.predicted_s), up(one.actual_s), one.inside) for one in shown),
        x_ticks=across.ticks,
        y_ticks=up.ticks,
        as_predicted=_line(across, up, lambda seconds: seconds),
        as_learned=learned,
        band=band,
        beyond=len(points) - len(shown),
    )


def brackets_of(points: Sequence[Point]) -> list[Bracket]:
    """Return the same drives as a table, by how long they were predicted to take."""
    if not points:
        return []
    edges = _edges([one.predicted_s for one in points])
    found = []
    for low, high in pairwise(edges):
        mine = [one for one in points if 60 * low <= one.predicted_s < 60 * high]
        if mine:
            found.append(
                Bracket(
                    from_min=low,
                    to_min=high,
                    n=len(mine),
                    predicted_s=float(np.median([one.predicted_s for one in mine])),
                    actual_s=float(np.median([one.actual_s for one in mine])),
                    expected_s=float(np.median([one.expected_s for one in mine])),
                    inside=sum(one.inside for one in mine),
                )
            )
    return found


def _edges(predicted: Sequence[int]) -> list[int]:
    most = max(predicted) // 60 + 1
    step = next((step for step in _STEPS_MIN if most / step <= _MOST_TICKS), _STEPS_MIN[-1])
    return list(range(0, most + step, step))


class _Axis:
    """Seconds to units of the drawing, with marks at whole minutes."""

    def __init__(self, most_s: float, begin: float, end: float) -> None:
        minutes = most_s / 60
        step = next((one for one in _STEPS_MIN if minutes / one <= _MOST_TICKS), _STEPS_MIN[-1])
        self.most_s = 60.0 * step * max(1, -(-minutes // step))
        self._begin, self._end = begin, end
        marks = range(0, round(self.most_s / 60) + 1, step)
        self.ticks = tuple(Tick(self(60 * mark), str(mark)) for mark in marks)

    def __call__(self, seconds: float) -> float:
        share = min(1.0, max(0.0, seconds / self.most_s))
        return round(self._begin + share * (self._end - self._begin), 1)


def _learned(overview: Overview, across: _Axis, up: _Axis) -> tuple[str, str]:
    """Return the company's line and band of the slot with most drives."""
    first = overview.rows[0].basis if overview.rows else ""
    rows = [
        row for row in overview.rows if row.territory_id is None and row.slot and row.basis == first
    ]
    if not rows:
        return "", ""
    row = max(rows, key=lambda one: one.n)

    def learned(seconds: float) -> float:
        return row.factor * seconds + door_of(seconds, row.door_s)

    low = _line(across, up, lambda seconds: learned(seconds) * exp(row.low), whole=True)
    high = _line(across, up, lambda seconds: learned(seconds) * exp(row.high), whole=True)
    back = " ".join(reversed(high.split(" ")))
    return _line(across, up, learned), f"{low} {back}"


def _line(across: _Axis, up: _Axis, of: Callable[[float], float], *, whole: bool = False) -> str:
    """Return a curve as SVG points, ended where it leaves the drawing unless wanted whole."""
    corners = np.linspace(0, across.most_s, 61)
    shown = [one for one in corners if whole or of(float(one)) <= up.most_s]
    return " ".join(f"{across(float(one))},{up(of(float(one)))}" for one in shown)

"""How much slower or faster than predicted a team drives: from drives to factors and bands.

A drive is expected to take `factor * predicted + door` seconds. Parking and the walk to the door
(`door`) are the same for a long drive and a short one, so they cannot be a factor.

With r = ln((actual - door) / predicted), the factor of a territory and time slot is
exp(all + slot + territory + cell), each part the median of what the parts before it leave
unexplained, times n / (n + PRIOR_DRIVES): as if PRIOR_DRIVES more drives had shown no difference.
So a cell without drives follows its territory, its slot and the company, and all of them start
from 1. Medians, because a detour or a forgotten check-out must not move a factor.

Bands hold 80 of 100 drives: quantiles of ln(actual / expected), shrunk in the same way from the
slot to the company to a prior spread. Units: seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from route_app.roads.calibrated import (
    LEAST_FACTOR,
    MOST_DOOR_S,
    MOST_FACTOR,
    PRIOR_SPREAD,
    Z_80,
    door_of,
)
from route_app.roads.engine import Slot
from route_app.roads.slots import SLOTS

PRIOR_DRIVES = 30
DOOR_STEP_S = 20
LEAST_GAIN = 0.02  # seconds at the door are believed only if the error falls by this share
EVERYWHERE = ""

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drive:
    """One observed drive. `territory` is its id, or EVERYWHERE where it has none."""

    predicted_s: int
    actual_s: int
    slot: Slot
    territory: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Cell:
    """What was learned of a territory and slot from `n` drives; `low`, `high` are log-ratios."""

    factor: float = 1.0
    n: int = 0
    low: float = -Z_80 * PRIOR_SPREAD
    high: float = Z_80 * PRIOR_SPREAD


@dataclass(frozen=True, slots=True)
class Expected:
    """How long a drive should take, and between what 80 of 100 such drives lie."""

    seconds: float
    low_s: float
    high_s: float

    def holds(self, actual_s: float) -> bool:
        """Return whether a drive lies inside the band."""
        return self.low_s <= actual_s <= self.high_s


@dataclass(frozen=True, slots=True)
class Fit:
    """What a set of drives taught. Without any, every factor is 1 and the band is the prior."""

    n: int = 0
    door_s: int = 0
    cells: Mapping[tuple[str, Slot], Cell] = field(default_factory=dict)

    def cell(self, territory: str, slot: Slot) -> Cell:
        """Return what is known of a territory and slot; of the company where it has no drives."""
        known = self.cells.get((territory, slot)) or self.cells.get((EVERYWHERE, slot))
        return known or Cell()

    def expected(self, predicted_s: float, *, territory: str, slot: Slot) -> Expected:
        """Return how long a predicted drive should take."""
        cell = self.cell(territory, slot)
        seconds = cell.factor * predicted_s + door_of(predicted_s, self.door_s)
        return Expected(seconds, seconds * exp(cell.low), seconds * exp(cell.high))


def fit(drives: Sequence[Drive]) -> Fit:
    """Return what these drives teach. Equal drives, in any order, give an equal fit."""
    if not drives:
        return Fit()
    table = _Table(drives)
    door = _door(table)
    logs = _log_factors(table, door)
    fitted = _clamped(logs.of(table)) * table.predicted + door
    bands = _bands(table, np.log(table.actual / fitted))
    cells = {
        (territory, slot): Cell(
            factor=float(_clamped(np.array([value]))[0]), n=logs.counts[at], low=low, high=high
        )
        for at, value in logs.values.items()
        for territory, slot in [(table.territories[at[0]], SLOTS[at[1]])]
        for low, high in [bands[at[1]]]
    }
    return Fit(n=len(drives), door_s=door, cells=cells)


class _Table:
    """Drives as columns; territory 0 is EVERYWHERE."""

    def __init__(self, drives: Sequence[Drive]) -> None:
        named = sorted({drive.territory for drive in drives} - {EVERYWHERE})
        self.territories = [EVERYWHERE, *named]
        number = {name: at for at, name in enumerate(self.territories)}
        self.predicted: _Floats = np.array([max(1, one.predicted_s) for one in drives], float)
        self.actual: _Floats = np.array([max(1, one.actual_s) for one in drives], float)
        self.slot: _Ints = np.array([SLOTS.index(one.slot) for one in drives])
        self.territory: _Ints = np.array([number[one.territory] for one in drives])


@dataclass(frozen=True, slots=True)
class _Logs:
    """Log factor and number of drives by (territory, slot), both as numbers."""

    values: Mapping[tuple[int, int], float]
    counts: Mapping[tuple[int, int], int]

    def of(self, table: _Table) -> _Floats:
        pairs = zip(table.territory.tolist(), table.slot.tolist(), strict=True)
        return np.array([self.values[pair] for pair in pairs])


def _log_factors(table: _Table, door: int, *, prior: int = PRIOR_DRIVES) -> _Logs:
    # What is left of a drive shorter than the door must still be a drive.
    net = np.maximum(table.actual - door, 0.2 * table.predicted)
    rest = np.log(net / table.predicted)
    everywhere, rest = _explained(rest, prior)
    slots = np.zeros(len(SLOTS))
    for slot in range(len(SLOTS)):
        mine = table.slot == slot
        slots[slot], rest[mine] = _explained(rest[mine], prior)
    values = {(0, slot): everywhere + float(slots[slot]) for slot in range(len(SLOTS))}
    counts = {(0, slot): int((table.slot == slot).sum()) for slot in range(len(SLOTS))}
    for territory in range(1, len(table.territories)):
        mine = table.territory == territory
        shift, rest[mine] = _explained(rest[mine], prior)
        for slot in range(len(SLOTS)):
            cell = mine & (table.slot == slot)
            values[territory, slot] = values[0, slot] + shift + _explained(rest[cell], prior)[0]
            counts[territory, slot] = int(cell.sum())
    return _Logs(values, counts)


def _explained(rest: _Floats, prior: int) -> tuple[float, _Floats]:
    """Return the shrunk median of what is unexplained, and what it leaves unexplained."""
    if not len(rest):
        return 0.0, rest
    part = float(np.median(rest)) * len(rest) / (len(rest) + prior)
    return part, rest - part


def _door(table: _Table) -> int:
    """Return the seconds at the door that make the least error, shrunk; 0 if they gain little."""
    errors = {
        door: _error(table, door) for door in range(0, MOST_DOOR_S + DOOR_STEP_S, DOOR_STEP_S)
    }
    best = min(errors, key=lambda door: (errors[door], door))
    if errors[best] > errors[0] * (1 - LEAST_GAIN):
        return 0
    count = len(table.actual)
    return min(MOST_DOOR_S, round(best * count / (count + PRIOR_DRIVES)))


def _error(table: _Table, door: int) -> float:
    # Factors unshrunk: what shrinking leaves unexplained must not be taken for a door.
    logs = _log_factors(table, door, prior=0)
    fitted = _clamped(logs.of(table)) * table.predicted + door
    return float(np.abs(np.log(table.actual / fitted)).mean())


def _clamped(logs: _Floats) -> _Floats:
    return np.exp(np.clip(logs, log(LEAST_FACTOR), log(MOST_FACTOR)))


def _bands(table: _Table, residual: _Floats) -> list[tuple[float, float]]:
    """Return the band of each slot, as log-ratios."""
    prior = Cell()
    company = _band(residual, (prior.low, prior.high))
    return [_band(residual[table.slot == slot], company) for slot in range(len(SLOTS))]


def _band(residual: _Floats, prior: tuple[float, float]) -> tuple[float, float]:
    count = len(residual)
    if not count:
        return prior
    seen = np.quantile(residual, (0.1, 0.9))
    low, high = (
        float(count * part + PRIOR_DRIVES * before) / (count + PRIOR_DRIVES)
        for part, before in zip(seen, prior, strict=True)
    )
    return min(low, 0.0), max(high, 0.0)

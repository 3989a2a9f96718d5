"""From judged drives and visits to all that is kept: the rules that join the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from route_app.calibration.estimator import EVERYWHERE, Cell, Drive, Expected, fit
from route_app.calibration.predict import Predicted
from route_app.calibration.replay import Figures, figures, replay
from route_app.calibration.visits import Length, Visited, lengths
from route_app.roads.calibrated import Basis
from route_app.roads.engine import Slot
from route_app.roads.slots import SLOTS

ALL_SLOTS = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """One row of what holds from now on: a territory (EVERYWHERE) and slot (ALL_SLOTS)."""

    basis: Basis
    territory: str
    slot: str
    cell: Cell
    door_s: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that was learned; `expected` holds what was to be expected of each drive, by id."""

    rows: tuple[Learned, ...]
    expected: Mapping[str, Expected]
    lengths: Mapping[tuple[str, str], Length]
    drives: int


def learn(
    drives: Sequence[Predicted], visits: Sequence[tuple[datetime, Visited]], *, since: datetime
) -> Lesson:
    """Return what drives and visits from an instant on teach. Roads and estimates never mix."""
    kept = [one for one in drives if one.drive.dropped is None and one.drive.at >= since]
    rows: list[Learned] = []
    expected: dict[str, Expected] = {}
    for basis in sorted({one.basis for one in kept}):
        mine = [one for one in kept if one.basis == basis]
        told = replay([(one.drive.at, drive_of(one)) for one in mine])
        expected |= {one.drive.id: value for one, value in zip(mine, told, strict=True) if value}
        rows += _rows(basis, [drive_of(one) for one in mine], told)
    return Lesson(
        rows=tuple(rows),
        expected=expected,
        lengths=lengths([one for at, one in visits if at >= since]),
        drives=len(kept),
    )


def drive_of(one: Predicted) -> Drive:
    """Return a kept drive as the estimator takes it."""
    return Drive(
        predicted_s=one.drive.predicted_s or 0,
        actual_s=one.drive.actual_s,
        slot=one.drive.slot,
        territory=one.drive.territory,
    )


def _rows(basis: Basis, drives: Sequence[Drive], told: Sequence[Expected | None]) -> list[Learned]:
    fitted = fit(drives)
    pairs = list(zip(drives, told, strict=True))
    by_cell: dict[tuple[str, Slot], list[tuple[Drive, Expected | None]]] = {}
    for drive, expected in pairs:
        for territory in {EVERYWHERE, drive.territory}:
            by_cell.setdefault((territory, drive.slot), []).append((drive, expected))

    def row(territory: str, slot: Slot) -> Learned:
        cell, mine = fitted.cell(territory, slot), by_cell.get((territory, slot), [])
        return Learned(basis, territory, slot, cell, fitted.door_s, figures(mine))

    whole = Learned(
        basis, EVERYWHERE, ALL_SLOTS, Cell(n=len(drives)), fitted.door_s, figures(pairs)
    )
    territories = [EVERYWHERE, *sorted({one.territory for one in drives} - {EVERYWHERE})]
    return [whole, *(row(territory, slot) for territory in territories for slot in SLOTS)]

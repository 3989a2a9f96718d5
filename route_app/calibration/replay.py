"""What would have been expected of each drive with only the drives before it: an honest look back.

Figures of a fit on the drives it was fitted to always flatter. So the past is gone through week by
week: learn from all that came before, then compare with what happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from route_app.calibration.estimator import Drive, Expected, Fit, fit

WEEK = timedelta(days=7)
WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Figures:
    """How good predictions were: median absolute error in seconds, before and after learning.

    `inside` is the share of arrivals inside the band; all are None without a drive.
    """

    n: int = 0
    before_s: float | None = None
    after_s: float | None = None
    inside: float | None = None


def replay(drives: Sequence[tuple[datetime, Drive]]) -> list[Expected | None]:
    """Return what was to be expected of each drive, in the order given, by the weeks before it.

    None for those of the first week: nothing had been learned yet.
    """
    order = sorted(range(len(drives)), key=lambda at: drives[at][0])
    found: dict[int, Expected | None] = {}
    begin = 0
    while begin < len(order):
        monday = drives[order[begin]][0]
        week = [at for at in order[begin:] if drives[at][0] < monday + WEEK]
        learned = _before(drives, order[:begin], since=monday - WINDOW)
        for at in week:
            one = drives[at][1]
            told = learned.expected(one.predicted_s, territory=one.territory, slot=one.slot)
            found[at] = told if learned.n else None
        begin += len(week)
    return [found[at] for at in range(len(drives))]


def _before(
    drives: Sequence[tuple[datetime, Drive]], numbers: Sequence[int], *, since: datetime
) -> Fit:
    return fit([drives[at][1] for at in numbers if drives[at][0] >= since])


def figures(pairs: Iterable[tuple[Drive, Expected | None]]) -> Figures:
    """Return how good the expectations of these drives were; those without any do not count."""
    known = [(drive, told) for drive, told in pairs if told is not None]
    if not known:
        return Figures()
    before = [abs(drive.actual_s - drive.predicted_s) for drive, _ in known]
    after = [abs(drive.actual_s - told.seconds) for drive, told in known]
    inside = [told.holds(drive.actual_s) for drive, told in known]
    return Figures(
        n=len(known),
        before_s=float(np.median(before)),
        after_s=float(np.median(after)),
        inside=float(np.mean(inside)),
    )

"""The self-calibrating clock on synthetic logs with a known truth, replayed week by week."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from benchmarks.rows import Row
from route_app.calibration.drives import judge, observe
from route_app.calibration.estimator import Drive, Expected, fit
from route_app.calibration.replay import Figures, figures, replay
from tests.calibration.hidden_truth import TRUTH, ZONE, Truth, predicted_s, team

MOST_ERROR_SHARE = 0.65
LEAST_INSIDE, MOST_INSIDE = 0.72, 0.88
WARM_UP = timedelta(weeks=2)


def rows(*, quick: bool) -> Iterator[Row]:
    """Replay teams whose truth is known, each week judged by what came before it."""
    seeds = (1,) if quick else (1, 2, 3, 4, 5)
    began = time.process_time()
    found = [_team(TRUTH, seed) for seed in seeds]
    seconds = time.process_time() - began
    pairs = [pair for team_pairs, _ in found for pair in team_pairs]
    whole = figures(pairs)
    inside = _or_nan(whole.inside)
    yield Row("clock: drives judged, out of sample", whole.n, "", at_least=1_000)
    yield Row(
        "clock: median error, of the uncalibrated",
        _left(whole),
        "",
        at_most=MOST_ERROR_SHARE,
        against=f"{_or_nan(whole.before_s):.0f} s before, {_or_nan(whole.after_s):.0f} s now, "
        f"{_floor(pairs):.0f} s if the truth were known",
    )
    yield Row("clock: arrivals in the 80 % band", inside, "", at_least=LEAST_INSIDE)
    yield Row("clock: no wider than it must be", inside, "", at_most=MOST_INSIDE)
    yield Row(
        "clock: factors off the truth, median",
        median(off for _, one in found for off in one),
        "",
        at_most=0.05,
        against="uncalibrated "
        + f"{median(abs(1 / one - 1) for one in TRUTH.factors.values()):.2f}",
    )
    calm, _ = _team(Truth(dict.fromkeys(TRUTH.factors, 1.0), door_s=0), 6)
    yield Row(
        "clock: error where nothing is to be learned",
        _left(figures(calm)),
        "",
        at_most=1.05,
        against="1 uncalibrated",
    )
    yield Row("clock: CPU a team of 12 weeks", seconds / len(seeds), "s")


def _left(found: Figures) -> float:
    """Return the share of the error that is left; a non-number, which misses, without drives."""
    return _or_nan(found.after_s) / _or_nan(found.before_s)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _floor(pairs: list[tuple[Drive, Expected | None]]) -> float:
    """Return the median error of somebody who knows the truth: noise and errands remain."""
    return median(abs(one.actual_s - _true_s(one)) for one, _ in pairs)


def _true_s(drive: Drive) -> float:
    factor = TRUTH.factors.get((drive.territory, drive.slot), 1.0)
    return factor * drive.predicted_s + TRUTH.door_s


def _team(truth: Truth, seed: int) -> tuple[list[tuple[Drive, Expected | None]], list[float]]:
    """Return drives after the first weeks with what was expected, and how far factors are off."""
    kept = []
    for log in team(truth, seed=seed):
        for day in log.days:
            for one in observe(day, zone=ZONE):
                seen = judge(one, predicted_s(*one.asks, one.slot)) if one.asks else one
                if seen.dropped is None and seen.predicted_s is not None:
                    drive = Drive(seen.predicted_s, seen.actual_s, seen.slot, seen.territory)
                    kept.append((seen.at, drive))
    first = min(at for at, _ in kept)
    pairs = [
        (drive, told)
        for (at, drive), told in zip(kept, replay(kept), strict=True)
        if at >= first + WARM_UP
    ]
    found = fit([drive for _, drive in kept])
    off = [abs(found.cell(*cell).factor / factor - 1) for cell, factor in truth.factors.items()]
    return pairs, off

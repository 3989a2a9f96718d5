"""How long visits really take, by tier and by the kind of account within it.

The length of a tier is `default * exp(m * n / (n + PRIOR_VISITS))`, m the median of
ln(actual / default) over its n visits; a segment's is its tier's, moved in the same way by what
its own visits leave unexplained. Units: seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

PRIOR_VISITS = 20
FEWEST_VISITS = 10  # a segment with fewer goes by its tier
LEAST_RATIO, MOST_RATIO = 0.5, 2.0
SHORTEST_S, LONGEST_S = 120, 4 * 3600
_ROUND_S = 60
WHOLE_TIER = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit that reached somebody, with the tier's usual length."""

    tier: str
    segment: str
    default_s: int
    actual_s: int

    @property
    def is_plausible(self) -> bool:
        """Return whether it was a visit, not a slip of the finger or a forgotten check-out."""
        return SHORTEST_S <= self.actual_s <= LONGEST_S


@dataclass(frozen=True, slots=True)
class Length:
    """How long visits take: the usual length, and between what 80 of 100 lie."""

    default_s: int
    service_s: int
    low_s: int
    high_s: int
    n: int


def lengths(visits: Sequence[Visited]) -> dict[tuple[str, str], Length]:
    """Return the length of visits by (tier, segment); the segment WHOLE_TIER is all of the tier."""
    kept = [one for one in visits if one.is_plausible and one.default_s > 0]
    found: dict[tuple[str, str], Length] = {}
    for tier in sorted({one.tier for one in kept}):
        mine = [one for one in kept if one.tier == tier]
        base = _moved(mine, 0.0)
        found[tier, WHOLE_TIER] = _length(mine, base)
        for segment in sorted({one.segment for one in mine} - {WHOLE_TIER}):
            part = [one for one in mine if one.segment == segment]
            if len(part) >= FEWEST_VISITS:
                found[tier, segment] = _length(part, _moved(part, base))
    return found


def _moved(visits: Sequence[Visited], base: float) -> float:
    """Return a log ratio, moved from its base towards what the visits show."""
    logs = np.log([one.actual_s / one.default_s for one in visits]) - base
    return base + float(np.median(logs)) * len(visits) / (len(visits) + PRIOR_VISITS)


def _length(visits: Sequence[Visited], moved: float) -> Length:
    default = visits[0].default_s
    ratio = min(MOST_RATIO, max(LEAST_RATIO, exp(moved)))
    service = round(default * ratio / _ROUND_S) * _ROUND_S
    low, high = np.quantile([one.actual_s for one in visits], (0.1, 0.9))
    share = len(visits) / (len(visits) + PRIOR_VISITS)
    return Length(
        default_s=default,
        service_s=service,
        low_s=min(service, round(share * low + (1 - share) * service * LEAST_RATIO)),
        high_s=max(service, round(share * high + (1 - share) * service * 1.5)),
        n=len(visits),
    )

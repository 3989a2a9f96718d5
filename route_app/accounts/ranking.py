"""How much a visit to an account is worth today: a score whose parts can be read aloud.

    20·tier + 20·potential + 30·clip((r-0.7)/1.3, 0, 1) + 40·max(0, r-1.5)
    + 15·opportunity·timing + 10·clip((order gap-1)/1.5, 0, 1) + 5·new ± boost

r is days since the last visit over the days wanted. The unbounded part keeps small accounts from
being put off for ever. Every part is rounded to whole points, so that the parts add up exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from route_app.accounts.cadence import DueState, due

TIER_SHARE = {"A": 1.0, "B": 0.6, "C": 0.25, "D": 0.0}
NEW_DAYS = 90
MOST_BOOST = 20
_SURE_ORDERS = 3  # with fewer orders, a gap between them says little


@dataclass(frozen=True, slots=True)
class Facts:
    """What the score stands on. `potential_share` is the share of accounts with less potential.

    `opportunity` and `opportunity_half` are expected values in money (half: the company's median);
    `order_gap_ratio` is days since the last order over the usual gap.
    """

    id: str
    tier: str
    created_at: datetime
    target_days: int | None = None
    earliest_pct: int = 70
    latest_pct: int = 130
    first_due_on: date | None = None
    last_visited_at: datetime | None = None
    potential_share: float | None = None
    boost: int = 0
    opportunity: float = 0.0
    opportunity_half: float = 0.0
    opportunity_timing: float = 1.0
    order_gap_ratio: float | None = None
    order_count: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for the score, and its points."""

    code: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Priority:
    """A score and its parts; the points of the parts add up to the total."""

    total: int
    parts: tuple[Part, ...]

    @property
    def shown(self) -> int:
        """Return the score as people see it, 0 to 100; the total itself decides the order."""
        return min(100, max(0, self.total))

    @property
    def why(self) -> str:
        """Return the three largest parts in words: "tier A (+20), 5 days overdue (+14)"."""
        largest = sorted(self.parts, key=lambda part: -abs(part.points))[:3]
        return ", ".join(f"{part.label} ({part.points:+d})" for part in largest)


def priority(facts: Facts, on: date, *, zone: tzinfo = UTC) -> Priority:
    """Return the score of one account on a day, with its parts."""
    state = due(facts, on, zone=zone)
    ratio = state.ratio
    tier = facts.tier.upper()
    points = (
        ("tier", f"tier {tier}", 20 * TIER_SHARE.get(tier, 0.25)),
        ("potential", _potential_text(facts), 20 * (facts.potential_share or 0.0)),
        ("due", _due_text(facts, on, zone), 30 * min(1.0, max(0.0, (ratio - 0.7) / 1.3))),
        ("waiting", "waiting far too long", 40 * max(0.0, ratio - 1.5)),
        ("opportunity", "open opportunity", _opportunity(facts)),
        ("order_gap", "orders less than usual", _order_gap(facts)),
        ("new", "new account", 5.0 if _age_days(facts, on, zone) < NEW_DAYS else 0.0),
        ("boost", "your manager's push", float(_boost(facts))),
    )
    parts = tuple(
        Part(code, label, int(np.rint(value))) for code, label, value in points if np.rint(value)
    )
    return Priority(sum(part.points for part in parts), parts)


def totals(many: Sequence[Facts], on: date, *, zone: tzinfo = UTC) -> NDArray[np.int64]:
    """Return the totals of many accounts at once: what `priority` gives each, without the words."""
    rows = [
        (
            TIER_SHARE.get(facts.tier.upper(), 0.25),
            facts.potential_share or 0.0,
            due(facts, on, zone=zone).ratio,
            _opportunity(facts),
            _order_gap(facts),
            _age_days(facts, on, zone) < NEW_DAYS,
            _boost(facts),
        )
        for facts in many
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 7)
    tier, potential, ratio, opportunity, gap, new, boost = table.T
    parts = (
        20 * tier,
        20 * potential,
        30 * np.clip((ratio - 0.7) / 1.3, 0, 1),
        40 * np.maximum(0, ratio - 1.5),
        opportunity,
        gap,
        5 * new,
        boost,
    )
    whole: NDArray[np.int64] = np.sum([np.rint(part) for part in parts], axis=0).astype(np.int64)
    return whole


def potential_shares(potentials: Sequence[float | None]) -> list[float | None]:
    """Return for each potential the share of known ones below it; None stays None."""
    known = np.sort(np.array([value for value in potentials if value is not None], dtype=float))
    if not known.size:
        return [None] * len(potentials)
    top = max(1, known.size - 1)
    return [
        None if value is None else float(np.searchsorted(known, value) / top)
        for value in potentials
    ]


def _potential_text(facts: Facts) -> str:
    top = max(1, round(100 * (1 - (facts.potential_share or 0.0))))
    return f"potential in the top {top} %"


def _due_text(facts: Facts, on: date, zone: tzinfo) -> str:
    state = due(facts, on, zone=zone)
    if state.days_since is None:
        return "never visited"
    every = f"every {_days(state.target_days)}" if state.target_days > 1 else "every day"
    late = state.days_since - state.target_days
    if state.state is DueState.OVERDUE and late > 0:
        return f"{_days(late)} overdue ({every})"
    if state.state is DueState.DUE and late > 0:
        return f"due for {_days(late)} ({every})"
    if state.days_since == 0:
        return f"last visit today ({every})"
    return f"last visit {_days(state.days_since)} ago ({every})"


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"


def _opportunity(facts: Facts) -> float:
    if facts.opportunity <= 0:
        return 0.0
    share = facts.opportunity / (facts.opportunity + max(0.0, facts.opportunity_half))
    return 15 * share * min(1.0, max(0.0, facts.opportunity_timing))


def _order_gap(facts: Facts) -> float:
    if facts.order_gap_ratio is None:
        return 0.0
    full = 10 * min(1.0, max(0.0, (facts.order_gap_ratio - 1) / 1.5))
    return full if facts.order_count >= _SURE_ORDERS else 0.3 * full


def _age_days(facts: Facts, on: date, zone: tzinfo) -> int:
    return (on - facts.created_at.astimezone(zone).date()).days


def _boost(facts: Facts) -> int:
    return max(-MOST_BOOST, min(MOST_BOOST, facts.boost))

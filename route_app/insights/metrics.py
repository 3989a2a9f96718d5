"""Figures about how it goes, each with the count it stands on.

Times of day are seconds after local midnight. A stop is late when it is not done 15 minutes after
its planned begin.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from route_app.activity.progress import DoneVisit, PlannedStop, StopStatus, progress

LATE_AFTER_S = 15 * 60
DAY_S = 86_400
PERIOD_DAYS = 90


class StopState(StrEnum):
    """How a planned visit stands, as a manager reads it."""

    DONE = "done"
    HERE = "here"
    LATE = "late"
    OPEN = "open"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class SeenStop:
    """One planned visit: its place in the plan, how it stands, and when it is expected now."""

    index: int
    state: StopState
    expected_s: int | None
    check_in_id: str | None


@dataclass(frozen=True, slots=True)
class RepDay:
    """A rep's day in figures. `next_stop` is the first visit still open."""

    visits: tuple[SeenStop, ...]
    next_stop: SeenStop | None

    @property
    def planned(self) -> int:
        """Return how many visits were planned."""
        return len(self.visits)

    @property
    def done(self) -> int:
        """Return how many of them are done."""
        return self._count(StopState.DONE)

    @property
    def late(self) -> int:
        """Return how many are late now; a visit that was missed was late, too."""
        return self._count(StopState.LATE, StopState.MISSED)

    @property
    def left(self) -> int:
        """Return how many are not done."""
        return self.planned - self.done

    def _count(self, *states: StopState) -> int:
        return sum(visit.state in states for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole that is shown with both of its counts."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """Return the share between 0 and 1, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> int | None:
        """Return the share in whole percent; only all of it is 100, only none of it is 0."""
        if not self.whole:
            return None
        rounded = round(100 * self.part / self.whole)
        if 0 < self.part < self.whole:
            return min(99, max(1, rounded))
        return rounded

    def __add__(self, other: "Share") -> "Share":
        """Return both groups taken together."""
        return Share(self.part + other.part, self.whole + other.whole)


NONE = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Covered:
    """What coverage reads of one account. `latest_days` is the longest gap its cadence allows."""

    rep_id: str | None
    tier: str
    latest_days: float
    last_visited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that reached the customer, with the gap its account allows before it."""

    rep_id: str
    account_id: str
    at: datetime
    earliest_days: float
    latest_days: float
    ordered: bool


@dataclass(slots=True)
class Coverage:
    """Coverage of a group of accounts, as a whole and by tier."""

    total: Share = NONE
    tiers: dict[str, Share] = field(default_factory=dict)


def rep_day(
    stops: Sequence[PlannedStop],
    visits: Iterable[DoneVisit],
    *,
    now_s: int | None,
    past: int = 0,
) -> RepDay:
    """Return how a day goes at a moment; `now_s` beyond midnight says that the day is over.

    The first `past` stops lay behind already when the plan was made.
    """
    going = progress(stops, visits, now_s=now_s, past=past)
    seen = tuple(
        SeenStop(
            index=index,
            state=_state(row.status, stop.begin_s, now_s),
            expected_s=row.expected_s,
            check_in_id=row.check_in_id,
        )
        for index, (stop, row) in enumerate(zip(stops, going.stops, strict=True))
        if stop.kind == "visit"
    )
    open_ones = (one for one in seen if one.state in (StopState.OPEN, StopState.LATE))
    over = now_s is not None and now_s >= DAY_S
    return RepDay(visits=seen, next_stop=None if over else next(open_ones, None))


def coverage(accounts: Iterable[Covered], *, now: datetime) -> dict[str | None, Coverage]:
    """Return by rep how many active accounts were visited within their latest interval."""
    found: dict[str | None, Coverage] = {}
    for account in accounts:
        group = found.setdefault(account.rep_id, Coverage())
        share = Share(int(_is_covered(account, now)), 1)
        group.total += share
        group.tiers[account.tier] = group.tiers.get(account.tier, NONE) + share
    return found


def on_time(visits: Iterable[Visited], *, since: datetime) -> dict[str, Share]:
    """Return by rep how many visits since an instant came neither too early nor too late.

    Counted are visits that have one before them at the same account, however long ago.
    """
    found: dict[str, Share] = {}
    before: dict[str, datetime] = {}
    for visit in sorted(visits, key=lambda one: one.at):
        last = before.get(visit.account_id)
        before[visit.account_id] = visit.at
        if last is None or visit.at < since:
            continue
        gap = (visit.at - last).total_seconds() / DAY_S
        good = visit.earliest_days <= gap <= visit.latest_days
        found[visit.rep_id] = found.get(visit.rep_id, NONE) + Share(int(good), 1)
    return found


def strike_rate(visits: Iterable[Visited], *, since: datetime) -> dict[str, Share]:
    """Return by rep how many visits since an instant brought an order."""
    found: dict[str, Share] = {}
    for visit in visits:
        if visit.at >= since:
            found[visit.rep_id] = found.get(visit.rep_id, NONE) + Share(int(visit.ordered), 1)
    return found


def together(shares: Iterable[Share]) -> Share:
    """Return several groups taken together."""
    return sum(shares, NONE)


def _state(status: StopStatus, begin_s: int, now_s: int | None) -> StopState:
    if status is StopStatus.DONE:
        return StopState.DONE
    if status is StopStatus.HERE:
        return StopState.HERE
    if status is StopStatus.MISSED:
        return StopState.MISSED
    late = now_s is not None and now_s > begin_s + LATE_AFTER_S
    return StopState.LATE if late else StopState.OPEN


def _is_covered(account: Covered, now: datetime) -> bool:
    if account.last_visited_at is None:
        return False
    return (now - account.last_visited_at).total_seconds() <= account.latest_days * DAY_S

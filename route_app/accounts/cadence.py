"""How often an account wants a visit, and whether one is due.

An account is due from `earliest_pct` of its days on (default 70 %), and overdue past
`latest_pct` (130 %). One that was never visited is due at once, unless its first date is ahead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

TIER_DAYS = {"A": 14, "B": 28, "C": 56, "D": 91}
TIER_SERVICE_S = {"A": 1800, "B": 1500, "C": 1200, "D": 900}
_OTHER_TIER = "C"
Lengths = Mapping[tuple[str, str], int]


class Visited(Protocol):
    """What must be known of an account to say when it is due; a row of the table fits."""

    @property
    def tier(self) -> str: ...  # noqa: D102  # its class says it

    @property
    def target_days(self) -> int | None: ...  # noqa: D102  # its class says it

    @property
    def earliest_pct(self) -> int: ...  # noqa: D102  # its class says it

    @property
    def latest_pct(self) -> int: ...  # noqa: D102  # its class says it

    @property
    def first_due_on(self) -> date | None: ...  # noqa: D102  # its class says it

    @property
    def last_visited_at(self) -> datetime | None: ...  # noqa: D102  # its class says it

    @property
    def created_at(self) -> datetime: ...  # noqa: D102  # its class says it


class Served(Protocol):
    """What must be known of an account to say how long a visit takes."""

    @property
    def tier(self) -> str: ...  # noqa: D102  # its class says it

    @property
    def service_s(self) -> int | None: ...  # noqa: D102  # its class says it


class Alike(Served, Protocol):
    """What must be known of an account to say how long visits to its like take."""

    @property
    def segment(self) -> str: ...  # noqa: D102  # its class says it

    @property
    def industry(self) -> str: ...  # noqa: D102  # its class says it


class DueState(StrEnum):
    """Where an account stands between two visits."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    NEVER = "never"

    @property
    def wants_visit(self) -> bool:
        """Return whether a visit is due."""
        return self is not DueState.NOT_DUE


@dataclass(frozen=True, slots=True)
class Due:
    """Where an account stands on a day. `ratio` is 1 when exactly the wanted days have gone by."""

    state: DueState
    ratio: float
    days_since: int | None
    target_days: int
    next_on: date


def effective_target_days(account: Visited) -> int:
    """Return the days wanted between visits: the account's own, or its tier's."""
    if account.target_days is not None and account.target_days > 0:
        return account.target_days
    return TIER_DAYS.get(account.tier.upper(), TIER_DAYS[_OTHER_TIER])


def effective_service_s(account: Served) -> int:
    """Return how long a visit takes: the account's own seconds, or its tier's."""
    if account.service_s is not None and account.service_s >= 0:
        return account.service_s
    return TIER_SERVICE_S.get(account.tier.upper(), TIER_SERVICE_S[_OTHER_TIER])


def service_s_of(account: Alike, learned: Lengths) -> int:
    """Return how long a visit takes: the account's own seconds, else what was learned of its like.

    Learned seconds are by (tier, segment), the segment "" standing for the whole tier. A segment
    is the account's own, else its industry.
    """
    own = account.service_s is not None and account.service_s >= 0
    if own or not learned:
        return effective_service_s(account)
    tier = account.tier.upper()
    found = learned.get((tier, segment_of(account)), learned.get((tier, "")))
    return effective_service_s(account) if found is None else found


def segment_of(account: Alike) -> str:
    """Return what kind of account it is within its tier; empty if nobody said."""
    return account.segment.strip() or account.industry.strip()


def due(account: Visited, on: date, *, zone: tzinfo = UTC) -> Due:
    """Return whether an account is due on a day; `zone` says on which local day a visit was."""
    target = effective_target_days(account)
    first = account.first_due_on
    if account.last_visited_at is None:
        since = first or _day(account.created_at, zone)
        # A wait counts from the day the first visit was due, on top of being due at all.
        ratio = 1.0 + max(0, (on - since).days) / target
        ahead = first is not None and first > on
        state = DueState.NOT_DUE if ahead else DueState.NEVER
        return Due(state, 0.0 if ahead else ratio, None, target, first or on)
    last = _day(account.last_visited_at, zone)
    days = max(0, (on - last).days)
    next_on = last + timedelta(days=target)
    if first is not None and first > on:
        return Due(DueState.NOT_DUE, days / target, days, target, max(first, next_on))
    return Due(_state(account, days, target), days / target, days, target, next_on)


def _state(account: Visited, days: int, target: int) -> DueState:
    if days * 100 > target * account.latest_pct:
        return DueState.OVERDUE
    if days * 100 >= target * account.earliest_pct:
        return DueState.DUE
    return DueState.NOT_DUE


def _day(at: datetime, zone: tzinfo) -> date:
    if at.tzinfo is None:
        raise ValueError("An instant without a time zone cannot be placed on a local day.")
    return at.astimezone(zone).date()

"""Make up a demo company's trade: tiers, potential, visits and orders, from a fixed seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

WEEKS = 12
_TIERS = (("A", 0.10, 14), ("B", 0.25, 28), ("C", 0.40, 56), ("D", 0.25, 91))
_SERVICE_MINUTES = {"A": 45, "B": 35, "C": 30, "D": 20}
_MEDIAN_POTENTIAL = {"A": 24_000, "B": 9_000, "C": 3_500, "D": 1_200}
_VISITS_A_DAY = (6, 7, 7, 8)
_NOTES = (
    "Asked for the new price list.",
    "Wants a tasting for the staff.",
    "Shelf well stocked; competitor on promotion.",
    "New purchaser from next month.",
    "Happy with the delivery times.",
    "Coffee machine due for service.",
    "",
    "",
    "",
)


@dataclass(frozen=True, slots=True)
class Worth:
    """What one demo account is worth, how often to come, and for how long."""

    tier: str
    potential: float
    target_days: int
    service_s: int


@dataclass(frozen=True, slots=True)
class Call:
    """One demo visit that happened. `order_value` is None when nothing was ordered."""

    account: int
    started_at: datetime
    ended_at: datetime
    reached: bool
    order_value: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Past:
    """One rep's past: when each account was last seen before the twelve weeks, and the calls since.

    An account never seen has None there.
    """

    seen_before: tuple[date | None, ...]
    calls: tuple[Call, ...]


def worths(count: int, *, seed: int) -> list[Worth]:
    """Return tier, potential and cadence for so many accounts."""
    chance = Random(seed)  # noqa: S311  # repeatable on purpose
    made = []
    for _ in range(count):
        tier, _share, days = chance.choices(_TIERS, [share for _, share, _ in _TIERS])[0]
        potential = _MEDIAN_POTENTIAL[tier] * chance.lognormvariate(0, 0.45)
        made.append(Worth(tier, round(potential, -2), days, _SERVICE_MINUTES[tier] * 60))
    return made


def history(
    accounts: Sequence[Worth], *, until: date, zone: ZoneInfo, seed: int, busy: float = 1.0
) -> Past:
    """Return one rep's calls on working days of the twelve weeks before a day, oldest first.

    The rep goes where visits are most overdue, with some chance, and gets round less than all:
    so that on any day some accounts are due, some overdue and some never seen.
    """
    chance = Random(seed)  # noqa: S311  # repeatable on purpose
    first = until - timedelta(weeks=WEEKS)
    seen = [first - timedelta(days=chance.randrange(1, worth.target_days)) for worth in accounts]
    never = set(chance.sample(range(len(accounts)), len(accounts) // 20))
    before = tuple(None if index in never else day for index, day in enumerate(seen))
    calls: list[Call] = []
    for offset in range((until - first).days):
        day = first + timedelta(days=offset)
        if day.weekday() >= 5:
            continue
        overdue = sorted(
            (index for index in range(len(accounts)) if index not in never),
            key=lambda index: -_pull(chance, accounts[index], (day - seen[index]).days),
        )
        wanted = round(chance.choice(_VISITS_A_DAY) * busy)
        begin = datetime.combine(day, time(9, chance.randrange(0, 25)), zone)
        for index in overdue[:wanted]:
            call = _call(chance, index, accounts[index], begin)
            calls.append(call)
            if call.reached:
                seen[index] = day
            begin = call.ended_at + timedelta(minutes=chance.randrange(8, 35))
    return Past(before, tuple(calls))


def _pull(chance: Random, worth: Worth, days_since: int) -> float:
    return days_since / worth.target_days + chance.uniform(0, 0.5)


def _call(chance: Random, index: int, worth: Worth, begin: datetime) -> Call:
    reached = chance.random() < 0.9
    minutes = chance.randrange(12, 38) if reached else chance.randrange(2, 6)
    ordered = reached and chance.random() < 0.55
    value = worth.potential / 365 * worth.target_days * chance.lognormvariate(0, 0.4)
    return Call(
        account=index,
        started_at=begin,
        ended_at=begin + timedelta(minutes=minutes),
        reached=reached,
        order_value=round(value, 2) if ordered else None,
        note=chance.choice(_NOTES) if reached else "",
    )

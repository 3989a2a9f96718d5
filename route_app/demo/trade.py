"""Make up a demo company's trade: tiers, potential, visits and orders, from a fixed seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from random import Random
from zoneinfo import ZoneInfo

WEEKS = 12
_TIERS = (("A", 0.10, 14), ("B", 0.25, 28), ("C", 0.40, 56), ("D", 0.25, 91))
_AGREED_S = 45 * 60  # with the most important; how long others take is for the product to learn
_MEDIAN_POTENTIAL = {"A": 24_000, "B": 9_000, "C": 3_500, "D": 1_200}
_VISITS_A_DAY = (6, 7, 7, 8)
# How long visits really take, which nobody has entered: it is there to be learned.
_MINUTES = {"A": 40, "B": 31, "C": 25, "D": 16}
# Some days begin early, some after a morning at the office: so that all time slots are driven in.
_BEGINS = (time(8, 15), time(9, 0), time(9, 0), time(12, 45))
_LUNCH_FROM, _LUNCH_TO = time(11, 45), time(13, 15)

DriveSeconds = Callable[[Random, int, int, datetime], float]
"""Seconds from one account to another, by their numbers, leaving at a local time."""

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
    """What one demo account is worth, how often to come, and for how long if that is agreed."""

    tier: str
    potential: float
    target_days: int
    service_s: int | None


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
        agreed = _AGREED_S if tier == "A" else None
        made.append(Worth(tier, round(potential, -2), days, agreed))
    return made


def history(
    accounts: Sequence[Worth],
    *,
    until: date,
    zone: ZoneInfo,
    seed: int,
    busy: float = 1.0,
    drive_s: DriveSeconds = lambda _chance, _origin, _target, _at: 600,
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
        begin = datetime.combine(day, chance.choice(_BEGINS), zone)
        begin += timedelta(minutes=chance.randrange(0, 25))
        today = _round(chance, accounts, overdue[:wanted], begin=begin, drive_s=drive_s)
        seen = [day if index in _met(today) else last for index, last in enumerate(seen)]
        calls += today
    return Past(before, tuple(calls))


def _met(calls: Sequence[Call]) -> frozenset[int]:
    return frozenset(call.account for call in calls if call.reached)


def _round(
    chance: Random,
    accounts: Sequence[Worth],
    order: Sequence[int],
    *,
    begin: datetime,
    drive_s: DriveSeconds,
) -> list[Call]:
    """Return one day's calls: visits, drives, a lunch, and now and then something in between."""
    calls: list[Call] = []
    ate = begin.time() > _LUNCH_FROM
    for index, following in zip_longest(order, order[1:]):
        call = _call(chance, index, accounts[index], begin)
        calls.append(call)
        if following is None:
            break
        pause = 0
        if not ate and _LUNCH_FROM <= call.ended_at.time() <= _LUNCH_TO:
            ate, pause = True, chance.randrange(30, 46)
        elif chance.random() < 0.05:
            pause = chance.randrange(10, 60)
        driven = drive_s(chance, index, following, call.ended_at)
        begin = call.ended_at + timedelta(minutes=pause, seconds=round(driven))
    return calls


def _pull(chance: Random, worth: Worth, days_since: int) -> float:
    return days_since / worth.target_days + chance.uniform(0, 0.5)


def _call(chance: Random, index: int, worth: Worth, begin: datetime) -> Call:
    reached = chance.random() < 0.9
    usual = _MINUTES[worth.tier] * chance.lognormvariate(0, 0.25)
    seconds = round(60 * usual) if reached else chance.randrange(120, 360)
    ordered = reached and chance.random() < 0.55
    value = worth.potential / 365 * worth.target_days * chance.lognormvariate(0, 0.4)
    return Call(
        account=index,
        started_at=begin,
        ended_at=begin + timedelta(seconds=seconds),
        reached=reached,
        order_value=round(value, 2) if ordered else None,
        note=chance.choice(_NOTES) if reached else "",
    )

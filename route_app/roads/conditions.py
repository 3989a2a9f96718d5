"""Rules that hold at some hours only (`value @ (hours)`), and in which time slots they hold.

A rule counts in a slot when its hours cover at least a third of that slot's week. Hours that name
a month are looked at in four weeks of the year. What is no time (rain, weight, an event) or
passes with the year is not understood.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from route_app.lib.weekhours import Certainty, read_hours
from route_app.roads.engine import Slot
from route_app.roads.slots import A_MONDAY, SLOTS, holds_at, quarters_of
from route_app.roads.tags import Tags

_SPLIT = re.compile(r";(?![^(]*\))")
_SEASON = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|week|easter", re.IGNORECASE)
_YEAR = re.compile(r"\b(19|20)\d\d\b(?!:)")
_A_QUARTER_YEAR = timedelta(weeks=13)
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Clause:
    """A value and the hours it holds at, "" where the condition is not understood."""

    value: str
    hours: str


def read_clauses(text: str) -> list[Clause]:
    """Return the clauses of a `:conditional` tag: `30 @ (22:00-06:00); 50 @ (Sa-Su)`."""
    clauses: list[list[str]] = []
    for part in _SPLIT.split(text) if text.strip() else ():
        value, at, condition = part.partition("@")
        if at or not clauses:
            clauses.append([value.strip(), condition.strip() if at else "no condition"])
        else:  # hours without brackets may go on after a semicolon
            clauses[-1][1] += f"; {part.strip()}"
    return [Clause(value, _hours(condition)) for value, condition in clauses]


def signed_hours(tags: Tags) -> str | None:
    """Return the hours of the older tags `day_on`, `hour_off` ..., None where there are none."""
    days = [_day(tags.get(key)) for key in ("day_on", "day_off")]
    times = [(tags.get(key) or "").strip()[:5] for key in ("hour_on", "hour_off")]
    if not any((*days, *times)) and not (tags.get("day_on") or tags.get("hour_on")):
        return None
    if (any(days) and not all(days)) or (any(times) and not all(times)):
        return ""
    said = " ".join(("-".join(days) if all(days) else "", "-".join(times) if all(times) else ""))
    return _hours(said.strip())


def slot_bits(hours: str, slot_hours: Mapping[Slot, str]) -> int:
    """Return the slots in which a rule of such hours holds: bit n is `SLOTS[n]`."""
    return _slot_bits(hours, tuple(sorted(slot_hours.items())))


@lru_cache(maxsize=5_000)
def _slot_bits(hours: str, slot_hours: tuple[tuple[Slot, str], ...]) -> int:
    seasons = range(4) if _SEASON.search(hours) else range(1)
    bits = 0
    for number, quarters in enumerate(_quarters(slot_hours)):
        held = sum(
            holds_at(hours, begin + season * _A_QUARTER_YEAR)
            for season in seasons
            for begin in quarters
        )
        bits |= (0 < len(quarters) * len(seasons) <= 3 * held) << number
    return bits


@lru_cache(maxsize=16)
def _quarters(slot_hours: tuple[tuple[Slot, str], ...]) -> list[list[datetime]]:
    return [quarters_of(slot, dict(slot_hours)) for slot in SLOTS]


def _hours(condition: str) -> str:
    if condition.startswith("(") and condition.endswith(")"):
        condition = condition[1:-1].strip()
    if not condition or _YEAR.search(condition) or '"' in condition:
        return ""
    read = read_hours(condition)
    return read.understood if read.on(A_MONDAY).certainty is Certainty.KNOWN else ""


def _day(value: str | None) -> str:
    short = (value or "").strip()[:2].capitalize()
    return short if short in _DAYS else ""

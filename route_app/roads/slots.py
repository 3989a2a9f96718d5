"""Which time slot of the roads holds when: by the weekday and the clock of the place.

A slot is a kind of traffic, not an hour: the same travel times serve every hour of a slot.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import get_args

from route_app.errors import InvalidInput
from route_app.lib.timewindow import DAY_S
from route_app.lib.weekhours import read_hours
from route_app.roads.engine import DEFAULT_SLOT, Slot

SLOTS: tuple[Slot, ...] = get_args(Slot)
# Where the hours of two slots overlap, the first of these holds.
_BY_WEIGHT: tuple[Slot, ...] = ("peak", "shoulder", "free_flow")
A_MONDAY = date(2024, 1, 1)
_STEP_MIN = 15

# Hours as OpenStreetMap writes them. What no slot claims is off-peak.
DEFAULT_HOURS: Mapping[Slot, str] = MappingProxyType(
    {
        "peak": "Mo-Fr 07:00-09:00,16:00-18:30",
        "shoulder": "Mo-Fr 09:00-10:00,15:00-16:00,18:30-19:30",
        "free_flow": "Mo-Su 22:00-05:30",
    }
)


def slot_at(local: datetime, hours: Mapping[Slot, str] = DEFAULT_HOURS) -> Slot:
    """Return the slot that holds at a local date and time."""
    for slot in _BY_WEIGHT:
        if slot in hours and holds_at(hours[slot], local):
            return slot
    return DEFAULT_SLOT


def holds_at(text: str, local: datetime) -> bool:
    """Return whether hours written as OpenStreetMap does hold at a local date and time."""
    second = local.hour * 3600 + local.minute * 60 + local.second
    read = read_hours(text)
    today = read.on(local.date()).windows
    yesterday = read.on(local.date() - timedelta(days=1)).windows
    # The end is left out: nine o'clock belongs to the slot that begins then.
    return any(one.start <= second < one.end for one in today) or any(
        one.start <= second + DAY_S < one.end for one in yesterday
    )


def quarters_of(slot: Slot, hours: Mapping[Slot, str] = DEFAULT_HOURS) -> list[datetime]:
    """Return the begin of every quarter of an hour of one week, from Monday, in which it holds."""
    first = datetime.combine(A_MONDAY, time())
    week = (first + timedelta(minutes=_STEP_MIN * n) for n in range(7 * 24 * 60 // _STEP_MIN))
    return [begin for begin in week if slot_at(begin, hours) == slot]


def check_hours(hours: Mapping[Slot, str]) -> None:
    """Refuse hours of a slot that does not exist, or that cannot be read."""
    for slot, text in hours.items():
        if slot not in SLOTS or slot == DEFAULT_SLOT:
            raise InvalidInput(f"There are no hours to set for the time slot {slot}.")
        if not isinstance(text, str):
            raise InvalidInput(f"The hours of {slot} must be text, such as Mo-Fr 07:00-09:00.")
        if problem := read_hours(text).problem:
            raise InvalidInput(f"The hours of {slot} cannot be used. {problem}")

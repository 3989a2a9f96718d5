"""A rep's day of check-ins as observed drives, and why some of them teach nothing.

A drive goes from the check-out of one visit to the check-in of the next, of the same rep on the
same local day. What was in between is not known, so what looks like a break, a detour or a wrong
clock is left out; each with its reason, because a filter nobody sees could hide anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from route_app.lib.geo import LatLon
from route_app.roads.calibrated import SHORTEST_S
from route_app.roads.engine import UNREACHABLE, Slot
from route_app.roads.slots import DEFAULT_HOURS, slot_at

SLOWEST, SLOWEST_MORE_S = 3.0, 1_200
FASTEST = 0.4
LUNCH_SHARE = 0.5  # of the lunch break: so much time to spare in its hours is lunch
LUNCH_SLOWER = 0.6  # but a drive may be this much slower than predicted and still be a drive


class Dropped(StrEnum):
    """Why a drive teaches nothing."""

    FIRST = "first"
    NO_CHECK_OUT = "no_check_out"
    OVERLAP = "overlap"
    AWAY = "away"
    NO_PIN = "no_pin"
    NO_ROAD = "no_road"
    SHORT = "short"
    LUNCH = "lunch"
    SLOW = "slow"
    FAST = "fast"

    @property
    def sentence(self) -> str:
        """Return the reason as people read it."""
        return _SENTENCES[self]


_SENTENCES = {
    Dropped.FIRST: "First visit of the day: nobody says when the drive to it began.",
    Dropped.NO_CHECK_OUT: "The visit before was never checked out.",
    Dropped.OVERLAP: "It would have begun before the visit before had ended.",
    Dropped.AWAY: "A check-in was made away from the account.",
    Dropped.NO_PIN: "An account has no pin.",
    Dropped.NO_ROAD: "No road of the network joins the two accounts.",
    Dropped.SHORT: f"The drive is predicted to take less than {SHORTEST_S} seconds.",
    Dropped.LUNCH: "It fell in the lunch hours and left time for lunch.",
    Dropped.SLOW: "It took so long that there was a break or a detour.",
    Dropped.FAST: "It was faster than any drive: a check-out came late.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One check-in. `away` says it was made far from the account; `ended_at` None: never ended."""

    id: str
    place: LatLon | None
    territory: str
    started_at: datetime
    ended_at: datetime | None
    away: bool = False


@dataclass(frozen=True, slots=True)
class Lunch:
    """When a rep's lunch may be and how long it takes, in seconds of the local day."""

    from_s: int = 41_400
    to_s: int = 48_600
    lasts_s: int = 1_800


@dataclass(frozen=True, slots=True)
class Observed:
    """What lies between two check-ins. `dropped` is None as long as it may teach something.

    `lunch_s`: so much time to spare is lunch, 0 outside its hours. `predicted_s` is set later.
    """

    id: str
    from_id: str | None
    at: datetime
    slot: Slot
    territory: str
    origin: LatLon | None
    target: LatLon | None
    actual_s: int
    lunch_s: int = 0
    predicted_s: int | None = None
    dropped: Dropped | None = None

    @property
    def asks(self) -> tuple[LatLon, LatLon] | None:
        """Return the drive to be predicted, or None if none is."""
        if self.dropped is not None or self.origin is None or self.target is None:
            return None
        return self.origin, self.target


def observe(
    calls: Sequence[Call],
    *,
    zone: ZoneInfo,
    lunch: Lunch | None = None,
    hours: Mapping[Slot, str] = DEFAULT_HOURS,
) -> list[Observed]:
    """Return what lies before each of one rep's check-ins, in their order; slots by local time."""
    ordered = sorted(calls, key=lambda call: (call.started_at, call.id))
    lunch = lunch or Lunch()
    found = []
    for before, call in pairwise([None, *ordered]):
        assert call is not None  # noqa: S101  # only the first is None
        if before is not None and _day(before, zone) == _day(call, zone):
            found.append(_between(before, call, zone=zone, lunch=lunch, hours=hours))
        else:
            found.append(_first(call, zone=zone, hours=hours))
    return found


def judge(drive: Observed, predicted_s: int) -> Observed:
    """Return a drive with its prediction, dropped if the two cannot be the same drive."""
    if drive.dropped is not None:
        return drive
    if predicted_s >= UNREACHABLE:
        return replace(drive, dropped=Dropped.NO_ROAD)
    return replace(drive, predicted_s=predicted_s, dropped=_implausible(drive, predicted_s))


def _implausible(drive: Observed, predicted_s: int) -> Dropped | None:
    spare = drive.actual_s - predicted_s
    if predicted_s < SHORTEST_S:
        return Dropped.SHORT
    if drive.actual_s < FASTEST * predicted_s:
        return Dropped.FAST
    if drive.lunch_s and spare >= max(drive.lunch_s, LUNCH_SLOWER * predicted_s):
        return Dropped.LUNCH
    if drive.actual_s > SLOWEST * predicted_s + SLOWEST_MORE_S:
        return Dropped.SLOW
    return None


def _first(call: Call, *, zone: ZoneInfo, hours: Mapping[Slot, str]) -> Observed:
    return Observed(
        id=call.id,
        from_id=None,
        at=call.started_at,
        slot=slot_at(call.started_at.astimezone(zone), hours),
        territory=call.territory,
        origin=None,
        target=call.place,
        actual_s=0,
        dropped=Dropped.FIRST,
    )


def _between(
    before: Call, call: Call, *, zone: ZoneInfo, lunch: Lunch, hours: Mapping[Slot, str]
) -> Observed:
    left = before.ended_at or before.started_at
    return Observed(
        id=call.id,
        from_id=before.id,
        at=left,
        slot=slot_at(left.astimezone(zone), hours),
        territory=call.territory,
        origin=before.place,
        target=call.place,
        actual_s=max(0, round((call.started_at - left).total_seconds())),
        lunch_s=_lunch_s(left.astimezone(zone), call.started_at.astimezone(zone), lunch),
        dropped=_dropped(before, call),
    )


def _dropped(before: Call, call: Call) -> Dropped | None:
    """Return why two visits tell of no drive, before anything is predicted."""
    if before.ended_at is None:
        return Dropped.NO_CHECK_OUT
    if before.ended_at >= call.started_at:
        return Dropped.OVERLAP
    if before.away or call.away:
        return Dropped.AWAY
    if before.place is None or call.place is None:
        return Dropped.NO_PIN
    return None


def _lunch_s(left: datetime, came: datetime, lunch: Lunch) -> int:
    """Return how much time to spare would be lunch; 0 if lunch is at other hours."""
    begin, end = (at.hour * 3600 + at.minute * 60 + at.second for at in (left, came))
    overlaps = min(end, lunch.to_s) - max(begin, lunch.from_s)
    wanted = round(LUNCH_SHARE * lunch.lasts_s)
    return wanted if lunch.lasts_s > 0 and overlaps >= wanted else 0


def _day(call: Call, zone: ZoneInfo) -> object:
    return call.started_at.astimezone(zone).date()

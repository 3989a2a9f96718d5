"""Local days and UTC instants: what the wall clock of a place says, and when that is.

"Seconds after local midnight" is always what the wall clock says: 08:30 is 30 600 on every day of
the year, also on the two days on which the clocks change. 93 600 is 02:00 of the next day.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_S = 86_400


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises ValueError for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"'{name}' is not a time zone. Use a name such as Europe/Berlin."
        ) from error


def instant(day: date, second: int, *, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the wall clock shows this second of a local day.

    A time the clocks skip in spring is taken as the hour after; of a time that comes twice in
    autumn, the first is meant.
    """
    days, rest = divmod(second, DAY_S)
    wall = datetime.combine(day + timedelta(days=days), datetime.min.time(), tzinfo=zone)
    return (wall + timedelta(seconds=rest)).astimezone(UTC)


def second_of(at: datetime, day: date, *, zone: ZoneInfo) -> int:
    """Return what the wall clock shows at an instant, as seconds after midnight of a local day.

    Negative before that day. Raises ValueError for a naive instant.
    """
    wall = _local(at, zone)
    midnight = datetime.combine(day, datetime.min.time())
    return int((wall.replace(tzinfo=None) - midnight).total_seconds())


def local_day(at: datetime, *, zone: ZoneInfo) -> date:
    """Return the date the wall clock shows at an instant. Raises ValueError for a naive one."""
    return _local(at, zone).date()


def day_bounds(day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants at which a local day begins and the next one does (23 to 25 hours)."""
    return instant(day, 0, zone=zone), instant(day, DAY_S, zone=zone)


def clock_text(second: int) -> str:
    """Return a second of the day as people read it: 08:30, or 02:00 (next day)."""
    days, rest = divmod(second, DAY_S)
    text = f"{rest // 3600:02}:{rest % 3600 // 60:02}"
    return text if days == 0 else f"{text} (next day)"


def duration_text(seconds: int) -> str:
    """Return how long something takes as people say it: 25 min, 1 h, 2 h 05 min."""
    minutes = max(0, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h" if not rest else f"{hours} h {rest:02} min"


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant without a time zone cannot be placed on a local day.")
    return at.astimezone(zone)

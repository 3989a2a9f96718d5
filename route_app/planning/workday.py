"""A rep's hours and breaks on one day, from the text and numbers people entered."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from route_app.lib.clock import clock_text, duration_text
from route_app.lib.timewindow import TimeWindow
from route_app.lib.weekhours import Certainty, is_public_holiday, read_hours
from route_app.planning.problem import Break

LUNCH = "Lunch"
FALLBACK = TimeWindow(8 * 3600 + 1800, 17 * 3600)


@dataclass(frozen=True, slots=True)
class Workday:
    """When a rep works on a day (None: not at all), the breaks, and what is odd about it."""

    hours: TimeWindow | None
    breaks: tuple[Break, ...] = ()
    notes: tuple[str, ...] = ()


def workday(
    day: date,
    *,
    work_hours: str,
    country: str,
    lunch: tuple[int, int, int],
) -> Workday:
    """Return the working day; `lunch` is (from, to, length): the whole break lies in between.

    Hours with a gap make one day with a block in it. A public holiday is off unless the hours
    speak of public holidays (PH) themselves.
    """
    if not work_hours.strip():
        return Workday(FALLBACK, _lunch(lunch, FALLBACK), ("No working hours are set: 08:30 to "
                       "17:00 is assumed. Ask your admin to set them.",))  # fmt: skip
    week = read_hours(work_hours, country)
    found = week.on(day)
    if found.certainty is Certainty.UNKNOWN:
        return Workday(FALLBACK, _lunch(lunch, FALLBACK), (f"Working hours: {week.problem}",))
    if "PH" not in week.understood and is_public_holiday(day, country):
        return Workday(None, (), ("This is a public holiday, so nothing is planned. To work on "
                       "holidays, add 'PH 08:30-17:00' to the working hours.",))  # fmt: skip
    windows = [window for window in found.windows if window.end > window.start]
    if not windows:
        return Workday(None, (), (f"Nothing is planned: the working hours '{week.text}' leave "
                       "this day off.",))  # fmt: skip
    hours = TimeWindow(windows[0].start, windows[-1].end)
    blocks = [
        Break(TimeWindow(one.end, one.end), two.start - one.end, "Off work")
        for one, two in pairwise(windows)
    ]
    breaks = [*_lunch(lunch, hours, tuple(blocks)), *blocks]
    return Workday(hours, tuple(sorted(breaks, key=lambda rule: rule.window)), _no_lunch(lunch))


def _no_lunch(lunch: tuple[int, int, int]) -> tuple[str, ...]:
    opens, closes, lasts = lunch
    if lasts <= 0 or closes - lasts >= opens:
        return ()
    between = f"between {clock_text(opens)} and {clock_text(closes)}"
    return (
        f"A lunch of {duration_text(lasts)} does not fit {between}, so none is planned. "
        "Ask your admin to correct it.",
    )


def _lunch(
    lunch: tuple[int, int, int], hours: TimeWindow, blocks: tuple[Break, ...] = ()
) -> tuple[Break, ...]:
    """Return the lunch break, or none if the day has no room for one or pauses then anyway."""
    opens, closes, lasts = lunch
    if lasts <= 0 or closes - lasts < opens:
        return ()
    begin = TimeWindow(opens, closes - lasts)
    if begin.end < hours.start or begin.start > hours.end:
        return ()
    for block in blocks:
        ends = block.window.start + block.duration_s
        if block.window.start < closes and ends > opens and block.duration_s >= lasts:
            return ()
    return (Break(begin, lasts, LUNCH),)

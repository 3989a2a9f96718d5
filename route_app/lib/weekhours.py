"""When a place is open, from text as OpenStreetMap writes it or as people type it.

Text that cannot be read is never guessed at: it says so in a sentence, and the day counts as
unknown. "By appointment" is its own answer: somebody must ask first.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave two names out
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from route_app.lib.hourstext import tidied
from route_app.lib.timewindow import DAY_S, LATEST_S, TimeWindow, merged

_ASK = re.compile(r"appoint|arrangement|request|reserv|on call|ask|termin|vereinbarung", re.I)
_LONGEST = 1000


class Certainty(StrEnum):
    """How sure the hours of a day are."""

    KNOWN = "known"
    UNKNOWN = "unknown"  # nothing known or not readable: working hours are assumed
    ASK = "ask"  # open by appointment only


@dataclass(frozen=True, slots=True)
class DayHours:
    """When a place is open on one day (empty and KNOWN: closed), and a sentence if that is odd."""

    windows: tuple[TimeWindow, ...]
    certainty: Certainty = Certainty.KNOWN
    sentence: str = ""

    @property
    def closed(self) -> bool:
        """Return whether the place is known to be closed all day."""
        return self.certainty is Certainty.KNOWN and not self.windows


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Opening hours once read: the text as given, how it was understood, and what is wrong."""

    text: str
    understood: str
    problem: str = ""
    country: str = ""

    def on(self, day: date) -> DayHours:
        """Return when the place is open on a day; a window may run past midnight."""
        if not self.understood:
            return DayHours((), Certainty.UNKNOWN, self.problem)
        return _on(self.understood, self.country, day)


@lru_cache(maxsize=20_000)
def read_hours(text: str, country: str = "") -> WeekHours:
    """Return opening hours from their text; public holidays are those of an ISO country code."""
    text = " ".join(text.split())
    if not text:
        return WeekHours("", "", "")
    if len(text) > _LONGEST:
        return WeekHours(text, "", f"The opening hours are longer than {_LONGEST} characters.")
    for candidate in (text, tidied(text)):
        if candidate and _engine(candidate, country) is not None:
            return WeekHours(text, candidate, "", country)
    if _ASK.search(text) and not re.search(r"[\d\"]", text):
        return WeekHours(text, f'"{text}"', "", country)
    shown = text if len(text) <= 60 else text[:57] + "..."
    return WeekHours(
        text,
        "",
        f"The opening hours '{shown}' cannot be read, so working hours are assumed. "
        "Write them like 'Mo-Fr 09:00-17:00; Sa 10:00-13:00'.",
    )


@lru_cache(maxsize=20_000)
def _on(understood: str, country: str, day: date) -> DayHours:
    engine = _engine(understood, country)
    if engine is None:
        return DayHours((), Certainty.UNKNOWN, "The opening hours cannot be read.")
    midnight = datetime.combine(day, datetime.min.time())
    known: list[TimeWindow] = []
    asked: list[TimeWindow] = []
    comments: list[str] = []
    for begin, end, state, comment in engine.intervals(midnight, midnight + timedelta(hours=36)):
        start_s = int((begin - midnight).total_seconds())
        if state == State.CLOSED or start_s >= DAY_S:
            continue
        end_s = min(LATEST_S, int((end - midnight).total_seconds()))
        ask = state == State.UNKNOWN or bool(_ASK.search(comment))
        (asked if ask else known).append(TimeWindow(start_s, end_s))
        if ask:
            comments.append(comment or "not certain")
    if known or not asked:
        return DayHours(merged(known))
    return DayHours(
        merged(asked),
        Certainty.ASK,
        f"The opening hours say '{comments[0]}': ask there first, then make an appointment.",
    )


@lru_cache(maxsize=5_000)
def _engine(text: str, country: str) -> OpeningHours | None:
    try:
        return OpeningHours(text, country=country.upper() or None)
    except UnknownCountryError:
        return _engine(text, "") if country else None
    except ParserError:
        return None


@lru_cache(maxsize=5_000)
def is_public_holiday(day: date, country: str) -> bool:
    """Return whether a day is a public holiday in a country; False for a country nobody knows."""
    engine = _engine("PH", country) if country else None
    return engine is not None and engine.is_open(datetime.combine(day, datetime.min.time()))

"""Whom a rep's day is about: accounts that are due and visits that are promised, as visits.

At most `MOST_CANDIDATES` accounts go into the search: those with the most points, less
`AWAY_POINTS` for every minute (as the crow flies) they lie away from home or from a promised visit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from route_app.accounts.cadence import due
from route_app.accounts.ranking import Priority, priority, totals
from route_app.lib.clock import clock_text
from route_app.lib.geo import EARTH_RADIUS_M
from route_app.lib.timewindow import DAY_S, LATEST_S, TimeWindow, clipped, merged
from route_app.lib.weekhours import Certainty, read_hours
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.plan import Reason
from route_app.planning.problem import Commitment, HoursMode
from route_app.planning.rest import Rest
from route_app.planning.workday import Workday

MOST_CANDIDATES = 120
MOST_WITHOUT_PIN = 50
AWAY_POINTS = 0.5
SOON_DAYS = 10
_CROW_M_PER_S = 10.0
_FIRM = (Commitment.TIMED, Commitment.ALL_DAY)
_NO_OTHER_TRY = (
    "Nobody was met there earlier today, and no time is left for another try. It stays due."
)
_RESERVED_POINTS = 60  # a promise for later in the week beats most suggestions of the day


@dataclass(frozen=True, slots=True)
class Pick:
    """A visit worth considering, with why; `windows` say when it may begin, in `mode`."""

    visit_id: str
    card: Card
    appointment_id: str | None
    commitment: Commitment
    required: bool
    service_s: int
    prize: int
    windows: tuple[TimeWindow, ...]
    mode: HoursMode
    reasons: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A visit left out before any search, and why."""

    visit_id: str
    card: Card
    appointment_id: str | None
    reason: Reason
    sentence: str
    prize: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The visits to search among, those left out already, and notes about the day."""

    picks: tuple[Pick, ...]
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathering:
    picks: list[Pick] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    again_s: Mapping[str, int | None] = field(default_factory=dict)


def choose(
    rep: RepDay,
    cards: Sequence[Card],
    promises: Sequence[Promise],
    *,
    workday: Workday,
    rest: Rest | None = None,
) -> Choice:
    """Return whom the day, or the rest of it, is about. Pure: equal facts give an equal choice."""
    out = _Gathering(notes=list(workday.notes), again_s=rest.again_s if rest else {})
    here = ZoneInfo(rep.time_zone)
    if rest is not None:
        promises = [one for one in promises if not _is_settled(one, rest)]
        cards = [card for card in cards if rest.again_s.get(card.id, 0) is not None]
    if workday.hours is None:
        _leave_all(out, cards, promises, rest)
        return Choice((), tuple(out.left), tuple(out.notes))
    for promise in promises:
        _take_promise(out, promise, rep, workday.hours, here)
    promised = {promise.card.id for promise in promises}
    wanted = [
        card for card in cards if card.id not in promised and _wants_visit(card, rep.day, here)
    ]
    _take_due(out, wanted, rep, workday.hours, here)
    if not out.picks and not out.left:
        out.notes.append(_nothing_due(cards) if rest is None else "Nothing more is due today.")
    return Choice(tuple(out.picks), tuple(out.left), tuple(out.notes))


def _is_settled(promise: Promise, rest: Rest) -> bool:
    firm = _commitment(promise) in _FIRM
    return rest.settles(promise.id, promise.card.id, promise.earliest, firm=firm)


def _leave_all(
    out: _Gathering, cards: Sequence[Card], promises: Sequence[Promise], rest: Rest | None
) -> None:
    """Say of a day off, or one that is over, what cannot be kept any more."""
    over = rest is not None and rest.over
    sentence = "The working day is over." if over else "You do not work on this day."
    for promise in promises:
        if promise.last_chance:
            out.left.append(_left(promise, Reason.NO_SHIFT, sentence))
    promised = {promise.card.id for promise in promises}
    for card in cards:
        if over and rest is not None and card.id in rest.missed - promised:
            sentence = "It was planned for today, but the working day is over. It stays due."
            out.left.append(_left(card, Reason.NO_SHIFT, sentence))


def _commitment(promise: Promise) -> Commitment:
    try:
        return Commitment(promise.commitment)
    except ValueError:
        return Commitment.TIMED


def _take_promise(
    out: _Gathering, promise: Promise, rep: RepDay, hours: TimeWindow, here: ZoneInfo, /
) -> None:
    commitment = _commitment(promise)
    points = priority(promise.card.facts, rep.day, zone=here)
    if promise.card.place is None:
        out.left.append(_left(promise, Reason.NO_PIN, _no_pin(promise.card)))
        return
    begins = TimeWindow(max(0, promise.earliest), max(0, min(promise.latest, 2 * DAY_S)))
    windows: tuple[TimeWindow, ...] = (begins,)
    loose = commitment not in _FIRM
    if loose:
        opened = _opening(promise.card, rep.day, hours, promise.service_s)
        windows = clipped(opened, begins) or windows
    if not _is_open_for(promise, windows, rep.day):
        out.notes.append(
            f"{promise.card.name} is closed at the time of its appointment "
            f"({clock_text(windows[0].start)}). It is planned all the same: ask there whether it "
            "still holds."
        )
    if loose and promise.card.id in out.again_s:
        windows = _later(windows, out.again_s[promise.card.id])
        if not windows:
            out.left.append(_left(promise, Reason.WINDOW_TOO_TIGHT, _NO_OTHER_TRY))
            return
    required = commitment is not Commitment.FLEXIBLE_WEEK or promise.last_chance
    label = promise.title or ("appointment" if not loose else "promised visit")
    said = f"{label}, {clock_text(begins.start)}" if not loose else label
    out.picks.append(
        Pick(
            visit_id=f"p:{promise.id}",
            card=promise.card,
            appointment_id=promise.id,
            commitment=commitment,
            required=required,
            service_s=promise.service_s,
            prize=max(1, points.total) + (0 if required else _RESERVED_POINTS),
            windows=windows,
            mode=HoursMode.START,
            reasons=({"code": "promise", "label": said, "points": 0}, *_parts(points)),
        )
    )


def _take_due(
    out: _Gathering, wanted: list[Card], rep: RepDay, hours: TimeWindow, here: ZoneInfo, /
) -> None:
    """Add the due accounts: those that can be visited and are best placed, and why not the rest."""
    points = totals([card.facts for card in wanted], rep.day, zone=here)
    ranked = sorted(
        zip(wanted, points.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].id)
    )
    possible: list[tuple[Card, int]] = []
    without_pin = 0
    for card, total in ranked:
        if card.place is not None:
            possible.append((card, total))
            continue
        without_pin += 1
        if without_pin <= MOST_WITHOUT_PIN:
            out.left.append(_left(card, Reason.NO_PIN, _no_pin(card), prize=max(0, total)))
    if without_pin > MOST_WITHOUT_PIN:
        out.notes.append(
            f"{without_pin} due accounts have no pin on the map and cannot be planned. "
            f"The {MOST_WITHOUT_PIN} most important are listed."
        )
    taken = 0
    unreadable = 0
    for card, total in _nearest_first(possible, rep, out.picks):
        if taken == MOST_CANDIDATES:
            break
        answer = _visit(card, total, rep, hours, again_s=out.again_s.get(card.id))
        unreadable += bool(_hours_problem(card))
        if isinstance(answer, Left):
            if len(out.left) < 2 * MOST_CANDIDATES:
                out.left.append(answer)
            continue
        out.picks.append(answer)
        taken += 1
    looked_at = taken + sum(one.reason is not Reason.NO_PIN for one in out.left)
    if len(possible) > looked_at:
        out.notes.append(
            f"{len(possible)} accounts are due. The {taken} best placed by points and nearness "
            "were considered for this day; the others wait their turn."
        )
    if unreadable:
        out.notes.append(
            f"The opening hours of {unreadable} {'account' if unreadable == 1 else 'accounts'} "
            "cannot be read, so working hours were assumed there."
        )


def _visit(
    card: Card, total: int, rep: RepDay, hours: TimeWindow, *, again_s: int | None
) -> Pick | Left:
    found = read_hours(card.opening_hours, card.country).on(rep.day)
    prize = max(1, total)
    if found.certainty is Certainty.ASK:
        return _left(card, Reason.BY_APPOINTMENT, found.sentence, prize=prize)
    if found.closed:
        sentence = "Closed on this day. Plan it for another day."
        return _left(card, Reason.CLOSED_TODAY, sentence, prize=prize)
    windows = found.windows or (hours,)
    reasons = _parts(priority(card.facts, rep.day, zone=ZoneInfo(rep.time_zone)))
    if again_s is not None:
        windows = _later(windows, again_s)
        reasons = ({"code": "again", "label": "not met earlier today", "points": 0}, *reasons)
        if not clipped(windows, hours):
            return _left(card, Reason.WINDOW_TOO_TIGHT, _NO_OTHER_TRY, prize=prize)
    return Pick(
        visit_id=f"a:{card.id}",
        card=card,
        appointment_id=None,
        commitment=Commitment.SUGGESTION,
        required=False,
        service_s=card.service_s,
        prize=prize,
        windows=windows,
        mode=HoursMode.WHOLE,
        reasons=reasons,
    )


def _nearest_first(
    possible: list[tuple[Card, int]], rep: RepDay, picks: Sequence[Pick]
) -> list[tuple[Card, int]]:
    """Return accounts by points less what it costs to get there; far ones last."""
    if not possible:
        return []
    spots = np.radians([(card.place.lat, card.place.lon) for card, _ in possible if card.place])
    anchors = [pick.card.place for pick in picks if pick.card.place]
    anchors += [place for place in (rep.home, rep.here) if place is not None]
    around = np.radians([(place.lat, place.lon) for place in anchors])
    if not anchors:
        around = np.median(spots, axis=0, keepdims=True)
    north = spots[:, None, 0] - around[None, :, 0]
    east = (spots[:, None, 1] - around[None, :, 1] + np.pi) % (2 * np.pi) - np.pi
    east *= np.cos(spots[:, None, 0])
    away_m = EARTH_RADIUS_M * np.hypot(north, east).min(axis=1)
    minutes = away_m / _CROW_M_PER_S / 60
    worth = np.array([total for _, total in possible]) - AWAY_POINTS * minutes
    order = sorted(range(len(possible)), key=lambda n: (-worth[n], possible[n][0].id))
    return [possible[n] for n in order]


def _wants_visit(card: Card, day: date, here: ZoneInfo) -> bool:
    if card.promised_on is not None and (card.promised_on - day).days <= SOON_DAYS:
        return False  # somebody goes there soon anyway
    state = due(card.facts, day, zone=here)
    if state.state.wants_visit:
        return True
    pushed = card.facts.boost > 0 and state.days_since is not None
    return pushed and state.ratio >= 0.5  # a manager's push brings a visit forward, not tomorrow's


def _opening(card: Card, day: date, hours: TimeWindow, service_s: int) -> tuple[TimeWindow, ...]:
    """Return when service may begin and end within the opening hours; working hours if unknown."""
    found = read_hours(card.opening_hours, card.country).on(day)
    if found.certainty is Certainty.UNKNOWN:
        return (hours,)
    return merged(
        TimeWindow(window.start, window.end - service_s)
        for window in found.windows
        if window.end - service_s >= window.start
    )


def _is_open_for(promise: Promise, windows: Sequence[TimeWindow], day: date) -> bool:
    """Return whether some begin in these windows finds the account open; unknown counts as open."""
    found = read_hours(promise.card.opening_hours, promise.card.country).on(day)
    if found.certainty is not Certainty.KNOWN:
        return True
    return any(
        max(begins.start, opened.start) <= min(begins.end, opened.end - promise.service_s)
        for begins in windows
        for opened in found.windows
    )


def _later(windows: Sequence[TimeWindow], again_s: int | None) -> tuple[TimeWindow, ...]:
    """Return what of the windows lies late enough for another try."""
    if again_s is None:
        return tuple(windows)
    return clipped(windows, TimeWindow(min(again_s, LATEST_S), LATEST_S))


def _hours_problem(card: Card) -> str:
    return read_hours(card.opening_hours, card.country).problem


def _no_pin(card: Card) -> str:
    return "It has no pin on the map. Set one, or correct its address."


def _parts(points: Priority) -> tuple[dict[str, object], ...]:
    return tuple(
        {"code": part.code, "label": part.label, "points": part.points} for part in points.parts
    )


def _left(of: Card | Promise, reason: Reason, sentence: str, *, prize: int = 0) -> Left:
    if isinstance(of, Promise):
        return Left(f"p:{of.id}", of.card, of.id, reason, sentence, prize)
    return Left(f"a:{of.id}", of, None, reason, sentence, prize)


def _nothing_due(cards: Iterable[Card]) -> str:
    if not any(True for _ in cards):
        return (
            "You have no accounts yet, so nothing could be planned. "
            "Ask your manager to give you a territory or accounts."
        )
    return (
        "Nothing is due on this day: every account was visited recently enough. "
        "Make an appointment, or shorten the days between visits where you want to go more often."
    )

"""Whom a rep's day is about: accounts that are due and visits that are promised, as visits.

At most `MOST_CANDIDATES` accounts go into the search: those with the most points, less
`AWAY_POINTS` for every minute (as the crow flies) they lie away from home or from a promised visit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from route_app.accounts.cadence import due
from route_app.accounts.ranking import Facts, Priority, priority, totals
from route_app.lib.clock import clock_text
from route_app.lib.geo import EARTH_RADIUS_M, LatLon
from route_app.lib.timewindow import DAY_S, TimeWindow, clipped, merged
from route_app.lib.weekhours import Certainty, read_hours
from route_app.planning.plan import Reason
from route_app.planning.problem import Commitment, HoursMode
from route_app.planning.workday import Workday

MOST_CANDIDATES = 120
MOST_WITHOUT_PIN = 50
AWAY_POINTS = 0.5
SOON_DAYS = 10
_CROW_M_PER_S = 10.0
_RESERVED_POINTS = 60  # a promise for later in the week beats most suggestions of the day


@dataclass(frozen=True, slots=True)
class Card:
    """What planning must know of an account. `promised_on`: its next appointment after the day."""

    id: str
    name: str
    place: LatLon | None
    service_s: int
    opening_hours: str
    country: str
    facts: Facts
    promised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An appointment: service may begin from `earliest` to `latest`, seconds of the day planned.

    Both may lie on other days (negative, or past midnight). `last_chance`: this is its last day.
    """

    id: str
    card: Card
    commitment: str
    earliest: int
    latest: int
    service_s: int
    title: str = ""
    last_chance: bool = True


@dataclass(frozen=True, slots=True)
class RepDay:
    """A rep's day as it was entered."""

    rep_id: str
    name: str
    day: date
    time_zone: str
    country: str
    work_hours: str
    home: LatLon | None
    home_label: str = ""
    lunch_from_s: int = 41_400
    lunch_to_s: int = 48_600
    lunch_s: int = 1_800
    max_visits: int | None = None
    reserve_s: int = 0


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


def choose(
    rep: RepDay, cards: Sequence[Card], promises: Sequence[Promise], *, workday: Workday
) -> Choice:
    """Return whom the day is about. Pure: the same facts give the same choice."""
    out = _Gathering(notes=list(workday.notes))
    here = ZoneInfo(rep.time_zone)
    if workday.hours is None:
        for promise in promises:
            if promise.last_chance:
                out.left.append(_left(promise, Reason.NO_SHIFT, "You do not work on this day."))
        return Choice((), tuple(out.left), tuple(out.notes))
    for promise in promises:
        _take_promise(out, promise, rep, workday.hours, here)
    promised = {promise.card.id for promise in promises}
    wanted = [
        card for card in cards if card.id not in promised and _wants_visit(card, rep.day, here)
    ]
    _take_due(out, wanted, rep, workday.hours, here)
    if not out.picks and not out.left:
        out.notes.append(_nothing_due(cards))
    return Choice(tuple(out.picks), tuple(out.left), tuple(out.notes))


def _take_promise(
    out: _Gathering, promise: Promise, rep: RepDay, hours: TimeWindow, here: ZoneInfo, /
) -> None:
    try:
        commitment = Commitment(promise.commitment)
    except ValueError:
        commitment = Commitment.TIMED
    points = priority(promise.card.facts, rep.day, zone=here)
    if promise.card.place is None:
        out.left.append(_left(promise, Reason.NO_PIN, _no_pin(promise.card)))
        return
    begins = TimeWindow(max(0, promise.earliest), max(0, min(promise.latest, 2 * DAY_S)))
    windows: tuple[TimeWindow, ...] = (begins,)
    loose = commitment not in (Commitment.TIMED, Commitment.ALL_DAY)
    if loose:
        opened = _opening(promise.card, rep.day, hours, promise.service_s)
        windows = clipped(opened, begins) or windows
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
        answer = _visit(card, total, rep, hours, here)
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
    card: Card, total: int, rep: RepDay, hours: TimeWindow, here: ZoneInfo, /
) -> Pick | Left:
    found = read_hours(card.opening_hours, card.country).on(rep.day)
    prize = max(1, total)
    if found.certainty is Certainty.ASK:
        return _left(card, Reason.BY_APPOINTMENT, found.sentence, prize=prize)
    if found.closed:
        sentence = "Closed on this day. Plan it for another day."
        return _left(card, Reason.CLOSED_TODAY, sentence, prize=prize)
    return Pick(
        visit_id=f"a:{card.id}",
        card=card,
        appointment_id=None,
        commitment=Commitment.SUGGESTION,
        required=False,
        service_s=card.service_s,
        prize=prize,
        windows=found.windows or (hours,),
        mode=HoursMode.WHOLE,
        reasons=_parts(priority(card.facts, rep.day, zone=here)),
    )


def _nearest_first(
    possible: list[tuple[Card, int]], rep: RepDay, picks: Sequence[Pick]
) -> list[tuple[Card, int]]:
    """Return accounts by points less what it costs to get there; far ones last."""
    if not possible:
        return []
    spots = np.radians([(card.place.lat, card.place.lon) for card, _ in possible if card.place])
    anchors = [pick.card.place for pick in picks if pick.card.place]
    if rep.home is not None:
        anchors.append(rep.home)
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

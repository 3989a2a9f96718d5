"""Why a visit stayed out: which constraint stood in its way, found by relaxing one after another.

Each answer is a reason code, a sentence a rep can act on, and the numbers behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from route_app.lib.clock import clock_text, duration_text
from route_app.lib.timewindow import LATEST_S, TimeWindow
from route_app.planning.backbone import Refused
from route_app.planning.draft import Line
from route_app.planning.plan import Orders, Reason, Unplanned
from route_app.planning.problem import HoursMode, Problem, Shift, Visit
from route_app.planning.timing import end_of
from route_app.roads.engine import UNREACHABLE

Names = Mapping[str, str]
_NEXT_TO_S = 60


def explain(
    problem: Problem, orders: Orders, *, refused: Sequence[Refused], names: Names
) -> tuple[Unplanned, ...]:
    """Return a reason for every visit that is on none of the routes."""
    planned = {name for order in orders for name in order}
    against = {one.visit_id: one.against for one in refused}
    spared = _spared(problem, orders)
    out: list[Unplanned] = []
    for visit in problem.visits:
        if visit.id in planned:
            continue
        found = _alone(problem, visit)
        if found is None and visit.id in against:
            found = _conflict(problem, visit, against[visit.id], names)
        out.append(found or _beside(problem, visit, orders, spared=spared, names=names))
    return tuple(out)


def _say(visit: Visit, reason: Reason, sentence: str, **detail: object) -> Unplanned:
    return Unplanned(visit.id, reason, sentence, detail)


def _alone(problem: Problem, visit: Visit) -> Unplanned | None:
    """Return why the visit fits into no day even by itself, or None if it does."""
    if not problem.shifts:
        return _say(visit, Reason.NO_SHIFT, "There is no working day to visit on.")
    allowed = [
        shift for shift in problem.shifts if visit.shifts is None or shift.id in visit.shifts
    ]
    if not allowed:
        return _say(visit, Reason.NO_SHIFT, "The day this visit belongs to is not worked.")
    able = [shift for shift in allowed if visit.skills <= shift.skills]
    if not able:
        missing = ", ".join(sorted(visit.skills - allowed[0].skills))
        return _say(visit, Reason.SKILL_MISSING, f"This visit needs somebody with: {missing}.")
    open_on = [shift for shift in able if visit.windows.get(shift.day)]
    if not open_on:
        return _say(visit, Reason.CLOSED_TODAY, "Closed on this day. Plan it for another day.")
    if any(end_of(problem, shift, [visit.id]) is not None for shift in open_on):
        return None
    answers = [_impossible(problem, visit, shift) for shift in open_on]
    return min(answers, key=lambda answer: list(Reason).index(answer.reason))


def _impossible(problem: Problem, visit: Visit, shift: Shift) -> Unplanned:
    """Return why a visit does not fit into one empty day."""
    there = problem.travel(shift.start_place, visit.place)
    back = problem.travel(visit.place, shift.end_place)
    if UNREACHABLE in (there, back):
        return _say(visit, Reason.NO_ROAD, "No road leads there. Check the pin on the map.")
    hours = shift.last_end - shift.hours.start
    longest = max(window.end - window.start for window in visit.windows[shift.day])
    whole = visit.mode is HoursMode.WHOLE
    if visit.service_s > hours or (whole and visit.service_s > longest):
        takes, room = duration_text(visit.service_s), min(hours, longest if whole else hours)
        sentence = f"The visit takes {takes}, but there are only {duration_text(max(0, room))}."
        return _say(visit, Reason.SERVICE_TOO_LONG, sentence, service_s=visit.service_s)
    if shift.max_visits == 0:
        return _say(visit, Reason.MAX_VISITS, "No visits are wanted on this day.")
    drive = there + back
    if drive + visit.service_s > hours:
        over = drive + visit.service_s - hours
        sentence = (
            f"Too far for this day: {duration_text(drive)} of driving there and back; "
            f"the time is {duration_text(over)} too short."
        )
        return _say(visit, Reason.TOO_FAR, sentence, needs_s=over, drive_s=drive)
    windows = visit.begins(shift.day) or visit.windows[shift.day]
    opens = " and ".join(f"{clock_text(w.start)} to {clock_text(w.end)}" for w in windows[:3])
    earliest = clock_text(shift.hours.start + there)
    sentence = (
        f"It can begin {opens}; you can be there from {earliest} "
        f"and must be back by {clock_text(shift.last_end)}."
    )
    return _say(visit, Reason.WINDOW_TOO_TIGHT, sentence)


def _conflict(problem: Problem, visit: Visit, against: str | None, names: Names) -> Unplanned:
    if against is None:
        sentence = "It cannot be kept together with what is promised on this day. Move it."
        return _say(visit, Reason.APPOINTMENT_CONFLICT, sentence)
    other = names.get(against, against)
    windows = next((w for w in problem.visit_of[against].windows.values() if w), ())
    at = f" ({clock_text(windows[0].start)})" if windows else ""
    sentence = f"It clashes with {other}{at}, which was promised first. Move one of the two."
    return _say(visit, Reason.APPOINTMENT_CONFLICT, sentence, against=against)


def _beside(
    problem: Problem,
    visit: Visit,
    orders: Orders,
    *,
    spared: list[tuple[str, Line]],
    names: Names,
) -> Unplanned:
    """Return what keeps a possible visit out of the days as they are planned."""
    for shift, order in zip(problem.shifts, orders, strict=True):
        if _fits(problem, replace(shift, max_visits=None), order, visit):
            most = shift.max_visits
            sentence = f"There is time for it, but the limit of visits for this day is {most}."
            return _say(visit, Reason.MAX_VISITS, sentence, max_visits=most)
    needs = _needs_s(problem, visit, orders)
    instead = _instead_of(problem, visit, spared)
    if needs is not None:
        sentence = f"The day is full: it would need {duration_text(max(60, needs))} more."
        sentence += _or_drop(problem, visit, instead, names)
        return _say(visit, Reason.DAY_FULL, sentence, needs_s=needs, instead_of=instead)
    if instead is None and _blocked_by_promises(problem, visit, orders):
        sentence = "Its opening times clash with the appointments of the day."
        return _say(visit, Reason.APPOINTMENT_CONFLICT, sentence)
    if _fits_any(problem.replace(visits=_with_open(problem, visit)), visit, orders):
        windows = next((w for w in visit.windows.values() if w), ())
        opens = " and ".join(f"{clock_text(w.start)}-{clock_text(w.end)}" for w in windows[:3])
        sentence = f"At the times it is open ({opens}) the route is elsewhere."
        sentence += _or_drop(problem, visit, instead, names)
        return _say(visit, Reason.WINDOW_TOO_TIGHT, sentence, instead_of=instead)
    needs = _about_s(problem, visit, orders)
    sentence = f"The day is full: it would need about {duration_text(max(60, needs))} more."
    sentence += _or_drop(problem, visit, instead, names)
    return _say(visit, Reason.DAY_FULL, sentence, needs_s=needs, instead_of=instead)


def _or_drop(problem: Problem, visit: Visit, instead: str | None, names: Names) -> str:
    """Return what would have to give way and why it does not; empty if nothing would help."""
    if instead is None:
        return ""
    other = problem.visit_of[instead]
    near = problem.travel(other.place, visit.place)
    away = "next to it" if near < _NEXT_TO_S else f"{duration_text(near)} away"
    told = f" It would fit instead of {names.get(instead, instead)}, {away}"
    if other.prize > visit.prize:
        worth = f"{other.prize} points against {visit.prize}"
        return f"{told}, which is worth more on this day ({worth})."
    if other.prize == visit.prize:
        return f"{told}, which is worth as much ({visit.prize} points)."
    return f"{told}."


def _needs_s(problem: Problem, visit: Visit, orders: Orders) -> int | None:
    """Return by how many seconds the day would have to be longer, or None if that is no cure."""
    best: int | None = None
    for shift, order in zip(problem.shifts, orders, strict=True):
        if shift.max_visits is not None and len(order) >= shift.max_visits:
            continue
        longer = replace(
            shift, hours=TimeWindow(shift.hours.start, min(LATEST_S, shift.hours.end + 6 * 3600))
        )
        for trial in _insertions(order, visit.id):
            end = end_of(problem, longer, trial)
            if end is not None and (best is None or end - shift.last_end < best):
                best = end - shift.last_end
    return best


def _about_s(problem: Problem, visit: Visit, orders: Orders) -> int:
    """Return the service and detour it takes, less the time still free, whatever the windows."""
    best = LATEST_S
    for shift, order in zip(problem.shifts, orders, strict=True):
        if not problem.begins(visit, shift):
            continue
        stops = [problem.visit_of[name].place for name in order]
        end = end_of(problem, shift, order)
        free = shift.last_end - (end if end is not None else shift.last_end)
        for one, two in pairwise([shift.start_place, *stops, shift.end_place]):
            detour = problem.travel(one, visit.place) + problem.travel(visit.place, two)
            best = min(best, detour - problem.travel(one, two) + visit.service_s - free)
    return best


def _spared(problem: Problem, orders: Orders) -> list[tuple[str, Line]]:
    """Return each planned suggestion with its day without it."""
    travel = problem.seconds.tolist()
    found: list[tuple[str, Line]] = []
    for shift, order in zip(problem.shifts, orders, strict=True):
        for name in order:
            visit = problem.visit_of[name]
            line = Line(problem, shift, travel)
            if not visit.required and line.set_order(other for other in order if other != name):
                found.append((name, line))
    return found


def _instead_of(problem: Problem, visit: Visit, spared: list[tuple[str, Line]]) -> str | None:
    """Return the nearest planned suggestion whose absence would make room."""

    def away(one: tuple[str, Line]) -> tuple[int, int, str]:
        other = problem.visit_of[one[0]]
        return problem.travel(other.place, visit.place), other.prize, other.id

    nearest = sorted(spared, key=away)
    return next((name for name, line in nearest if line.best_insertion(visit.id)), None)


def _blocked_by_promises(problem: Problem, visit: Visit, orders: Orders) -> bool:
    promised = tuple(
        tuple(name for name in order if problem.visit_of[name].required) for order in orders
    )
    return any(promised) and not _fits_any(problem, visit, promised)


def _with_open(problem: Problem, visit: Visit) -> tuple[Visit, ...]:
    """Return the visits, this one open at all hours."""
    always = (TimeWindow(0, LATEST_S),)
    opened = replace(visit, windows={shift.day: always for shift in problem.shifts})
    return tuple(opened if other.id == visit.id else other for other in problem.visits)


def _fits_any(problem: Problem, visit: Visit, orders: Orders) -> bool:
    return any(
        _fits(problem, shift, order, visit)
        for shift, order in zip(problem.shifts, orders, strict=True)
    )


def _fits(problem: Problem, shift: Shift, order: Sequence[str], visit: Visit) -> bool:
    if not problem.begins(visit, shift):
        return False
    return any(end_of(problem, shift, trial) is not None for trial in _insertions(order, visit.id))


def _insertions(order: Sequence[str], name: str) -> list[list[str]]:
    return [[*order[:n], name, *order[n:]] for n in range(len(order) + 1)]

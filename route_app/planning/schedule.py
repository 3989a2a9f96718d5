"""Times for visits in a given order: when to leave, arrive, begin, pause and be back.

`follow` is strict: it returns the day, or None if some promise cannot be kept. `lay_out` never
refuses: it plans a hand-made order as well as can be and says which promises break.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from route_app.lib.clock import clock_text, duration_text
from route_app.lib.timewindow import LATEST_S, TimeWindow, first_in, last_in
from route_app.planning.plan import Route, Stop, StopKind, Violation
from route_app.planning.problem import Break, Problem, Shift, Visit
from route_app.planning.timing import (
    States,
    drive,
    end_of,
    finish,
    latest_ready,
    pause,
    serve,
    start_states,
)
from route_app.roads.engine import UNREACHABLE

Windows = Sequence[Sequence[TimeWindow]]
Legs = Sequence[tuple[int, int]]


def follow(problem: Problem, shift: Shift, order: Sequence[str]) -> Route | None:
    """Return the day in this order with its times, or None if some promise cannot be kept."""
    if not order:
        return Route(shift.id, shift.hours.start, ())
    if end_of(problem, shift, order) is None:
        return None
    visits = [problem.visit_of[visit_id] for visit_id in order]
    windows = [problem.begins(visit, shift) for visit in visits]
    return _timed(shift, visits, windows, _legs(problem, shift, visits))


def lay_out(
    problem: Problem, shift: Shift, order: Sequence[str]
) -> tuple[Route, tuple[Violation, ...]]:
    """Return times for an order nobody may refuse, and every promise it breaks.

    Each visit begins in a window if it can, and on arrival if it comes too late for all of them.
    A drive for which there is no road is shown as no drive, and named.
    """
    route = follow(problem, shift, order)
    if route is not None:
        return route, ()
    visits = [problem.visit_of[visit_id] for visit_id in order]
    windows = [_loosened(problem.begins(visit, shift)) for visit in visits]
    legs = _legs(problem, shift, visits)
    bridged = [(0, 0) if seconds >= UNREACHABLE else (seconds, m) for seconds, m in legs]
    anyhow = replace(shift, hours=TimeWindow(shift.hours.start, LATEST_S), reserve_s=0)
    loose = _timed(anyhow, visits, windows, bridged) or _timed(
        replace(anyhow, breaks=()), visits, windows, bridged
    )
    if loose is None:
        sentence = "This order takes longer than two days."
        return Route(shift.id, shift.hours.start, ()), (
            Violation("hours", shift.id, None, sentence),
        )
    return loose, _violations(problem, shift, visits, loose, legs)


def _loosened(begins: Sequence[TimeWindow]) -> tuple[TimeWindow, ...]:
    if not begins:
        return (TimeWindow(0, LATEST_S),)
    return (*begins[:-1], TimeWindow(begins[-1].start, LATEST_S))


def _legs(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> list[tuple[int, int]]:
    places = [shift.start_place, *(visit.place for visit in visits), shift.end_place]
    return [(problem.travel(one, two), problem.distance(one, two)) for one, two in pairwise(places)]


def _timed(shift: Shift, visits: Sequence[Visit], windows: Windows, legs: Legs) -> Route | None:
    """Return the earliest day in this order, choosing before which stop each break comes."""
    ready = [start_states(shift)]
    for visit, begins, (seconds, _metres) in zip(visits, windows, legs, strict=False):
        states = serve(drive(ready[-1], seconds, shift.breaks), begins, visit.service_s)
        if states is None:
            return None
        ready.append(states)
    done = finish(drive(ready[-1], legs[-1][0], shift.breaks), shift)
    if done is None:
        return None
    counts = _breaks_before(shift, visits, windows, legs, ready=ready, done=done)
    breaks = [shift.breaks[one:two] for one, two in pairwise(counts)]
    latest = _latest_begins(shift, visits, windows, legs, breaks=breaks, left=counts[-1])
    return _route(shift, visits, windows, legs, breaks=breaks, latest=latest)


def _breaks_before(
    shift: Shift,
    visits: Sequence[Visit],
    windows: Windows,
    legs: Legs,
    *,
    ready: Sequence[States],
    done: tuple[int, int],
) -> list[int]:
    """Return how many breaks are taken before each leg and after the last: the earliest day's."""
    target, taken = done
    counts = [taken]
    for index in range(len(legs) - 1, -1, -1):
        for k, start in enumerate(ready[index][: taken + 1]):
            if start is None:
                continue
            alone = tuple(start if n == k else None for n in range(len(ready[index])))
            reached = drive(alone, legs[index][0], shift.breaks)[taken]
            if reached is not None and index < len(visits):
                begin = first_in(windows[index], reached)
                reached = None if begin is None else begin + visits[index].service_s
            if reached == target:
                target, taken = start, k
                counts.insert(0, k)
                break
    return counts


def _latest_begins(
    shift: Shift,
    visits: Sequence[Visit],
    windows: Windows,
    legs: Legs,
    *,
    breaks: Sequence[Sequence[Break]],
    left: int,
) -> list[int]:
    """Return for each visit the latest begin that still keeps the rest of the day."""
    deadline = min([shift.last_end, *(rule.window.end for rule in shift.breaks[left:])])
    latest: list[int] = []
    for index in range(len(visits) - 1, -1, -1):
        ready = latest_ready(deadline, legs[index + 1][0], breaks[index + 1])
        allowed = None if ready is None else ready - visits[index].service_s
        found = None if allowed is None else last_in(windows[index], allowed)
        deadline = found if found is not None else 0
        latest.insert(0, deadline)
    return latest


def _route(
    shift: Shift,
    visits: Sequence[Visit],
    windows: Windows,
    legs: Legs,
    *,
    breaks: Sequence[Sequence[Break]],
    latest: Sequence[int],
) -> Route:
    """Return the stops, leaving as late as the first visit's begin allows."""
    time = next(start for start in start_states(shift) if start is not None)
    place = shift.start_place
    stops: list[Stop] = []
    left_at = time
    for index, leg in enumerate(legs):
        last = index == len(visits)
        if index == 0 and not last:
            arrival = _drive_stops(time, leg, breaks[0], origin=place, target=visits[0].place)[1]
            begin = first_in(windows[0], arrival.arrive)
            late = None if begin is None else latest_ready(begin, leg[0], breaks[0])
            time = left_at = max(time, late if late is not None else time)
        target = shift.end_place if last else visits[index].place
        pauses, arrival = _drive_stops(time, leg, breaks[index], origin=place, target=target)
        stops += pauses
        if last:
            slack = max(0, shift.last_end - arrival.arrive)
            stops.append(replace(arrival, kind=StopKind.END, slack_s=slack))
            break
        visit = visits[index]
        begin = first_in(windows[index], arrival.arrive)
        begin = arrival.arrive if begin is None else begin
        time, place = begin + visit.service_s, visit.place
        stops.append(
            replace(
                arrival,
                visit_id=visit.id,
                begin=begin,
                depart=time,
                wait_s=begin - arrival.arrive,
                slack_s=max(0, latest[index] - begin),
            )
        )
    return Route(shift.id, left_at, tuple(stops))


def _drive_stops(
    time: int,
    leg: tuple[int, int],
    breaks: Sequence[Break],
    *,
    origin: int | None,
    target: int | None,
) -> tuple[list[Stop], Stop]:
    """Return the breaks on one drive, and the arrival as a stop without length."""
    seconds, metres = leg
    rest, driven_m, pauses = seconds, 0, []
    for number, rule in enumerate(breaks):
        begin, after = pause(time, rest, rule) or (time, rest)
        if number == len(breaks) - 1 and after and time + rest <= rule.window.end:
            # As quick as on the way, and better: eat where the next visit is.
            begin, after = max(rule.window.start, time + rest), 0
        here, share = rest - after, metres * (seconds - after) // seconds if seconds else 0
        place = target if not after else origin if after == seconds else None
        pauses.append(
            Stop(
                StopKind.BREAK, None, place, time + here, begin, begin + rule.duration_s,
                drive_s=here, drive_m=share - driven_m, wait_s=begin - time - here,
                slack_s=max(0, rule.window.end - begin), label=rule.label,
            )
        )  # fmt: skip
        time, rest, driven_m = begin + rule.duration_s, after, share
    arrive = time + rest
    stop = Stop(StopKind.VISIT, None, target, arrive, arrive, arrive, rest, metres - driven_m)
    return pauses, stop


def _violations(
    problem: Problem, shift: Shift, visits: Sequence[Visit], route: Route, legs: Legs
) -> tuple[Violation, ...]:
    """Return every promise a laid-out day breaks, in the order of the day."""
    out: list[Violation] = []

    def add(code: str, visit_id: str | None, sentence: str, by_s: int = 0) -> None:
        out.append(Violation(code, shift.id, visit_id, sentence, by_s))

    if shift.max_visits is not None and len(visits) > shift.max_visits:
        add("max_visits", None, f"{len(visits)} visits, but {shift.max_visits} is the most a day.")
    begin_of = {stop.visit_id: stop.begin for stop in route.stops if stop.visit_id}
    for visit, (seconds, _metres) in zip(visits, legs, strict=False):
        windows, begin = problem.begins(visit, shift), begin_of[visit.id]
        if seconds >= UNREACHABLE:
            add("no_road", visit.id, "No road leads here from the stop before.")
        if not windows:
            add("closed", visit.id, "No visit is possible here on this day.")
        elif begin > windows[-1].end:
            by = begin - windows[-1].end
            latest = clock_text(windows[-1].end)
            add("late", visit.id, f"{duration_text(by)} late: begin by {latest}.", by)
    if legs[-1][0] >= UNREACHABLE:
        add("no_road", None, "No road leads from the last visit to the end.")
    if route.end > shift.last_end:
        by = route.end - shift.last_end
        add("hours", None, f"The day ends {duration_text(by)} after the working hours.", by)
    taken = {stop.label for stop in route.stops if stop.kind is StopKind.BREAK}
    for rule in shift.breaks:
        owed = route.end > rule.window.end and route.start < rule.window.start + rule.duration_s
        if owed and rule.label not in taken:
            add("break", None, f"No room for: {rule.label}.")
    return tuple(out)

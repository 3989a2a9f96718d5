"""How time runs through a day: driving, pausing, waiting, serving.

The state of a day is (time, breaks taken so far). Being earlier is never worse, so one earliest
time per number of breaks is all that must be carried along.
"""

from collections.abc import Sequence

from route_app.lib.timewindow import TimeWindow, first_in
from route_app.planning.problem import Break, Problem, Shift
from route_app.roads.engine import UNREACHABLE

States = tuple[int | None, ...]
"""For k = 0, 1, ... breaks taken: the earliest time at this point of the day, or None."""


def start_states(shift: Shift) -> States:
    """Return the state before setting off: breaks long over by then are behind the rep."""
    time, taken = shift.hours.start, 0
    for pause in shift.breaks:
        if pause.window.end >= time:
            break
        time, taken = max(time, pause.window.start + pause.duration_s), taken + 1
    return tuple(time if k == taken else None for k in range(len(shift.breaks) + 1))


def drive(states: States, seconds: int, breaks: Sequence[Break]) -> States:
    """Return the earliest arrivals after a drive, with any number of further breaks on the way."""
    if seconds >= UNREACHABLE:
        return (None,) * len(states)
    if len(breaks) == 1:  # nearly every day, and most of the time of a search is spent here
        return _drive_one_break(states, seconds, breaks[0])
    best: list[int | None] = [None] * len(states)
    for taken, start in enumerate(states):
        if start is None:
            continue
        time, rest = start, seconds
        for k in range(taken, len(states)):
            arrival, found = time + rest, best[k]
            if found is None or arrival < found:
                best[k] = arrival
            if k == len(breaks):
                break
            after = pause(time, rest, breaks[k])
            if after is None:
                break
            time, rest = after[0] + breaks[k].duration_s, after[1]
    return tuple(best)


def _drive_one_break(states: States, seconds: int, rule: Break) -> States:
    before, after = states
    arrival = None if after is None else after + seconds
    if before is None:
        return None, arrival
    plain = before + seconds
    if before <= rule.window.end:
        opens = rule.window.start
        # paused at once, on the way, or (when there before it may begin) on arrival
        paused = plain + rule.duration_s if plain > opens else opens + rule.duration_s
        if arrival is None or paused < arrival:
            arrival = paused
    return plain, arrival


def pause(time: int, rest: int, rule: Break) -> tuple[int, int] | None:
    """Return (begin of the break, drive still to do) when a drive pauses as early as it may."""
    opens, closes = rule.window.start, rule.window.end
    if time > closes:
        return None
    if time >= opens:
        return time, rest
    driven = min(rest, opens - time)
    return opens, rest - driven


def serve(states: States, begins: Sequence[TimeWindow], service_s: int) -> States | None:
    """Return when service is over after these arrivals, or None if no window is met."""
    out: list[int | None] = []
    alive = False
    for arrival in states:
        begin = None if arrival is None else first_in(begins, arrival)
        out.append(None if begin is None else begin + service_s)
        alive = alive or begin is not None
    return tuple(out) if alive else None


def finish(states: States, shift: Shift) -> tuple[int, int] | None:
    """Return (end, breaks taken) of the earliest allowed arrival at the end, or None.

    A break not taken is fine if it can still begin after the end.
    """
    ends = [
        (end, taken)
        for taken, end in enumerate(states)
        if end is not None
        and end <= shift.last_end
        and all(end <= rule.window.end for rule in shift.breaks[taken:])
    ]
    return min(ends) if ends else None


def latest_ready(deadline: int, seconds: int, breaks: Sequence[Break]) -> int | None:
    """Return the latest time to drive off, take these breaks and arrive by the deadline."""
    time, rest = deadline, seconds
    for rule in reversed(breaks):
        begin = min(time - rule.duration_s, rule.window.end)
        if begin < rule.window.start:
            return None
        rest -= min(rest, time - rule.duration_s - begin)
        time = begin
    return time - rest


def end_of(problem: Problem, shift: Shift, order: Sequence[str]) -> int | None:
    """Return the earliest end of a day in this order, or None if it cannot be kept."""
    if shift.max_visits is not None and len(order) > shift.max_visits:
        return None
    if not order:
        return shift.hours.start
    states = start_states(shift)
    place = shift.start_place
    for visit_id in order:
        visit = problem.visit_of[visit_id]
        arrivals = drive(states, problem.travel(place, visit.place), shift.breaks)
        served = serve(arrivals, problem.begins(visit, shift), visit.service_s)
        if served is None:
            return None
        states, place = served, visit.place
    done = finish(drive(states, problem.travel(place, shift.end_place), shift.breaks), shift)
    return done[0] if done else None

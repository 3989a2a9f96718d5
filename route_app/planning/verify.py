"""Whether a plan keeps every promise, checked from the plan's own times alone.

This shares no code with the solver, the improvement or `schedule.py`: each stop's told times are
held against the problem. Every plan that is stored goes through here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from route_app.planning.plan import Plan, Reason, Route, Stop, StopKind, Violation
from route_app.planning.problem import HoursMode, Problem, Shift, Visit
from route_app.roads.engine import UNREACHABLE


class BrokenPlan(Exception):
    """A plan breaks a promise: a fault in the planner, never to be stored."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        """Keep the violations and say the first few."""
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{one.code}: {one.sentence}" for one in violations[:5]))


def verify(problem: Problem, plan: Plan) -> None:
    """Raise BrokenPlan if the plan breaks anything."""
    found = violations(problem, plan)
    if found:
        raise BrokenPlan(found)


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return every promise the plan breaks; empty when it is sound."""
    out = list(_completeness(problem, plan))
    for route in plan.routes:
        shift = problem.shift_of.get(route.shift_id)
        if shift is None:
            out.append(_broken("unknown_shift", route.shift_id, None, "There is no such shift."))
            continue
        if any(stop.visit_id and stop.visit_id not in problem.visit_of for stop in route.stops):
            continue  # named by the completeness check; nothing to time it against
        if not route.stops:
            continue
        out += _sequence(problem, shift, route)
        out += _visits(problem, shift, route)
        out += _day(shift, route)
        out += _breaks(shift, route)
    out += _locks(problem, plan)
    out += _spacings(problem, plan)
    return tuple(out)


def _broken(code: str, shift_id: str, visit_id: str | None, sentence: str) -> Violation:
    return Violation(code, shift_id, visit_id, sentence)


def _completeness(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Planned and unplanned together are all visits, each once; the points are counted right."""
    seen: set[str] = set()
    planned = [(route.shift_id, name) for route in plan.routes for name in route.visit_ids]
    for where, name in [*planned, *(("", one.visit_id) for one in plan.unplanned)]:
        if name in seen:
            yield _broken("twice", where, name, f"Visit {name} is there twice.")
        elif name not in problem.visit_of:
            yield _broken("unknown_visit", where, name, f"There is no visit {name}.")
        seen.add(name)
    for one in plan.unplanned:
        visit = problem.visit_of.get(one.visit_id)
        if visit is not None and visit.required and one.reason is Reason.DAY_FULL:
            yield _broken("mandatory", "", visit.id, "A promised visit was left out for others.")
    for name in problem.visit_of:
        if name not in seen:
            yield _broken("lost", "", name, f"Visit {name} is neither planned nor left out.")
    shifts = [route.shift_id for route in plan.routes]
    if len(set(shifts)) != len(shifts):
        yield _broken("shift_twice", "", None, "One shift has two routes.")
    prize = sum(
        max(0, problem.visit_of[name].prize + problem.visit_of[name].shift_bonus.get(where, 0))
        for where, name in planned
        if name in problem.visit_of
    )
    if prize != plan.prize:
        yield _broken("prize", "", None, f"The plan tells {plan.prize} points, but brings {prize}.")


def _sequence(problem: Problem, shift: Shift, route: Route) -> Iterator[Violation]:
    """Time runs forward, and between two visits there is the whole drive."""
    time = route.start
    for stop in route.stops:
        if stop.arrive != time + stop.drive_s or stop.begin != stop.arrive + stop.wait_s:
            yield _broken("times", shift.id, stop.visit_id, f"Times do not add up at {stop.begin}.")
        if min(stop.drive_s, stop.drive_m, stop.wait_s, stop.depart - stop.begin) < 0:
            yield _broken("times", shift.id, stop.visit_id, f"Time runs back at {stop.begin}.")
        time = stop.depart
    place, driven = shift.start_place, 0
    for stop in route.stops:
        driven += stop.drive_s
        if stop.kind is StopKind.BREAK:
            continue
        target = shift.end_place if stop.kind is StopKind.END else _visit(problem, stop).place
        needed = 0
        if place is not None and target is not None:
            needed = int(problem.seconds[place, target])
        if needed == UNREACHABLE:
            yield _broken("no_road", shift.id, stop.visit_id, "No road leads to this stop.")
        elif driven != needed:
            told = f"The drive takes {needed} s, the plan has {driven} s."
            yield _broken("travel", shift.id, stop.visit_id, told)
        place, driven = target, 0


def _visits(problem: Problem, shift: Shift, route: Route) -> Iterator[Violation]:
    """Each visit is allowed here, begins in a window and is served in full."""
    for stop in route.stops:
        if stop.kind is not StopKind.VISIT:
            continue
        visit = _visit(problem, stop)
        if stop.depart - stop.begin != visit.service_s:
            yield _broken("service", shift.id, visit.id, "The service is not served in full.")
        if not _open(visit, shift, stop):
            yield _broken("window", shift.id, visit.id, f"Service begins at {stop.begin}: closed.")
        if visit.shifts is not None and shift.id not in visit.shifts:
            yield _broken("shift", shift.id, visit.id, "The visit may not be made on this shift.")
        if visit.skills - shift.skills:
            yield _broken("skills", shift.id, visit.id, "The rep lacks a skill for this visit.")


def _open(visit: Visit, shift: Shift, stop: Stop) -> bool:
    for window in visit.windows.get(shift.day, ()):
        last = stop.depart if visit.mode is HoursMode.WHOLE else stop.begin
        if window.start <= stop.begin and last <= window.end:
            return True
    return False


def _day(shift: Shift, route: Route) -> Iterator[Violation]:
    """Check the hours, the reserve, the limit, and that the day ends with an end."""
    if route.start < shift.hours.start:
        yield _broken("hours", shift.id, None, "The day starts before the working hours.")
    if route.stops[-1].depart > shift.hours.end - shift.reserve_s:
        yield _broken("hours", shift.id, None, "The day ends after the working hours.")
    count = sum(stop.kind is StopKind.VISIT for stop in route.stops)
    if shift.max_visits is not None and count > shift.max_visits:
        yield _broken("max_visits", shift.id, None, f"{count} visits are too many for one day.")
    ends = [stop.kind is StopKind.END for stop in route.stops]
    if not ends[-1] or sum(ends) != 1:
        yield _broken("end", shift.id, None, "The day must end once, and with its end.")


def _breaks(shift: Shift, route: Route) -> Iterator[Violation]:
    """Each break owed is taken, in its window and in full.

    One is owed unless the rep is back before it must begin, or sets off after it could be over.
    """
    pauses = [stop for stop in route.stops if stop.kind is StopKind.BREAK]
    for rule in shift.breaks:
        fitting = next(
            (
                stop
                for stop in pauses
                if rule.window.start <= stop.begin <= rule.window.end
                and stop.depart - stop.begin == rule.duration_s
            ),
            None,
        )
        if fitting is not None:
            pauses.remove(fitting)
            continue
        back = route.stops[-1].depart <= rule.window.end
        not_yet = route.start >= rule.window.start + rule.duration_s
        if not (back or not_yet):
            yield _broken("break", shift.id, None, f"There is no room for: {rule.label}.")
    for stop in pauses:
        yield _broken("break", shift.id, None, f"A break at {stop.begin} that nobody asked for.")


def _locks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Locked visits that are planned are on their shift, in their order."""
    orders = {route.shift_id: route.visit_ids for route in plan.routes}
    for lock in problem.locks:
        order = orders.get(lock.shift_id, ())
        elsewhere = {
            name for shift_id, o in orders.items() if shift_id != lock.shift_id for name in o
        }
        for name in lock.visit_ids:
            if name in elsewhere:
                yield _broken("lock", lock.shift_id, name, "A locked visit is on another shift.")
        places = [order.index(name) for name in lock.visit_ids if name in order]
        jumps = [two - one for one, two in pairwise(places)]
        if any(jump < 1 or (lock.adjacent and jump != 1) for jump in jumps):
            yield _broken("lock", lock.shift_id, None, "Locked visits are out of their order.")
        if lock.first and places and places[0] != 0:
            yield _broken("lock", lock.shift_id, None, "The locked beginning is not at the start.")


def _spacings(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Visits to one account are the wanted days apart."""
    day_of = {
        name: problem.shift_of[route.shift_id].day
        for route in plan.routes
        if route.shift_id in problem.shift_of
        for name in route.visit_ids
    }
    for spacing in problem.spacings:
        days = [(name, day_of[name]) for name in spacing.visit_ids if name in day_of]
        for (_, one), (name, two) in pairwise(days):
            gap = (two - one).days
            if gap < spacing.min_days or (spacing.max_days is not None and gap > spacing.max_days):
                yield _broken("spacing", "", name, f"{gap} days after the visit before.")


def _visit(problem: Problem, stop: Stop) -> Visit:
    return problem.visit_of[stop.visit_id or ""]

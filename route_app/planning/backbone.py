"""The promised visits first: which of them one can keep together, decided before any optimising.

They are taken in the order of the ladder of commitment, so the firmer promise wins and the later
of two equal ones is the one refused, by name.
"""

from dataclasses import dataclass

from route_app.planning.draft import Draft, Line
from route_app.planning.plan import Orders
from route_app.planning.problem import Problem, Visit

_MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A promised visit that cannot be kept; `against` is the promise in its way, if it is one."""

    visit_id: str
    against: str | None


@dataclass(frozen=True, slots=True)
class Backbone:
    """Days with nothing but promised and locked visits, and the promises refused."""

    orders: Orders
    refused: tuple[Refused, ...]


def backbone(problem: Problem) -> Backbone:
    """Return days that keep every promise that can be kept, the firmest first."""
    draft = Draft(problem)
    locked = _take_locks(draft)
    refused: list[Refused] = []
    for visit in sorted(problem.visits, key=_firmest_first):
        if not visit.required or visit.id in locked:
            continue
        if not (draft.insert_best(visit.id) or _reorder(draft, visit.id)):
            refused.append(Refused(visit.id, _against(draft, visit.id)))
    return Backbone(draft.orders, tuple(refused))


def _firmest_first(visit: Visit) -> tuple[int, int, str]:
    begins = [windows[0].start for windows in visit.windows.values() if windows]
    return visit.commitment.rank, min(begins, default=0), visit.id


def _take_locks(draft: Draft) -> frozenset[str]:
    """Put locked visits where they are locked; what cannot be kept is left for later."""
    taken: set[str] = set()
    for line in draft.lines:
        locks = [lock for lock in draft.problem.locks if lock.shift_id == line.shift.id]
        for lock in sorted(locks, key=lambda lock: not lock.first):
            order = [*line.order, *lock.visit_ids]
            if line.set_order(order) or _arrange(line, order):
                taken |= set(lock.visit_ids)
    return frozenset(taken)


def _reorder(draft: Draft, visit_id: str) -> bool:
    """Find room by putting a day's promised visits into another order."""
    return any(
        visit_id in line.possible and _arrange(line, [*line.order, visit_id])
        for line in draft.lines
    )


def _arrange(line: Line, names: list[str]) -> bool:
    """Search an order of these visits that keeps everything, depth first; True if taken."""
    firsts = {name: line.begins[name][-1].end for name in names if line.begins[name]}
    if len(firsts) != len(names):
        return False
    before = list(line.order)
    line.set_order([])
    nodes = 0

    def extend(order: list[str], rest: list[str]) -> bool:
        nonlocal nodes
        if not rest:
            return line.set_order(order)
        for name in rest:
            nodes += 1
            if nodes > _MOST_NODES:
                return False
            grown = [*order, name]
            left = [other for other in rest if other != name]
            if line.begins_in_time(grown) and extend(grown, left):
                return True
        return False

    if extend([], sorted(names, key=lambda name: (firsts[name], name))):
        return True
    line.set_order(before)
    return False


def _against(draft: Draft, visit_id: str) -> str | None:
    """Return the kept promise whose absence would make room, the latest one first; or None."""
    for line in draft.lines:
        if visit_id not in line.possible:
            continue
        before = list(line.order)
        for name in reversed(before):
            without = [other for other in before if other != name]
            found = _arrange(line, [*without, visit_id])
            line.set_order(before)
            if found:
                return name
    return None

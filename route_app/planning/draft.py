"""Routes while they are being made: whether a visit fits somewhere, answered without a full count.

For every place in a route the earliest times up to it and the latest times from it on are kept, so
that trying one insertion costs two drives, however long the route is.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from route_app.lib.timewindow import TimeWindow, first_in, last_in
from route_app.planning.plan import Orders
from route_app.planning.problem import Problem, Shift
from route_app.planning.timing import (
    States,
    drive,
    finish,
    latest_ready,
    serve,
    start_states,
)
from route_app.roads.engine import UNREACHABLE

Latest = tuple[int | None, ...]


class Line:
    """One shift's visits in order, with the earliest and latest times along it."""

    def __init__(self, problem: Problem, shift: Shift, travel: Sequence[Sequence[int]]) -> None:
        """Start with an empty day."""
        self.problem, self.shift, self._travel = problem, shift, travel
        self.order: list[str] = []
        self.begins = {visit.id: problem.begins(visit, shift) for visit in problem.visits}
        self.possible = frozenset(name for name, windows in self.begins.items() if windows)
        self._stop = {visit.id: (visit.place, visit.service_s) for visit in problem.visits}
        self._locks = [lock for lock in problem.locks if lock.shift_id == shift.id]
        self._lock_of = {name: lock for lock in self._locks for name in lock.visit_ids}
        self._ready: list[States] = []
        self._latest: list[Latest] = []
        self._plain: list[States] = []
        self._soonest: list[int] = []
        self.end = shift.hours.start
        self.set_order([])

    def set_order(self, order: Iterable[str]) -> bool:
        """Take an order if it keeps every promise; leave the line as it is if not."""
        order = list(order)
        counted = self._count(order)
        if counted is None or not self._keeps_locks(order):
            return False
        self.order = order
        self.end, self._ready, self._latest = counted
        self._soonest = [min(time for time in at if time is not None) for at in self._ready]
        self._plain = [
            drive(
                ready, self._drive(self._place_before(p), self._place_after(p)), self.shift.breaks
            )
            for p, ready in enumerate(self._ready)
        ]
        return True

    def best_insertion(self, visit_id: str) -> tuple[int, int] | None:
        """Return (seconds added before the next stop, position) of the cheapest fit, or None."""
        limit = self.shift.max_visits
        if visit_id not in self.possible or (limit is not None and len(self.order) >= limit):
            return None
        best: tuple[int, int] | None = None
        closes = self.begins[visit_id][-1].end
        # nearly every day has one break, and most of the time of a search is spent here
        added_at = self._added_one_break if len(self.shift.breaks) == 1 else self._added
        for position, soonest in enumerate(self._soonest):
            if soonest > closes:
                break  # later places in the order are later in the day
            added = added_at(visit_id, position)
            if added is not None and (best is None or added < best[0]):
                trial = [*self.order[:position], visit_id, *self.order[position:]]
                if self._keeps_locks(trial):
                    best = (added, position)
        return best

    def insert(self, visit_id: str, position: int) -> bool:
        """Insert a visit; False, and nothing changed, if it does not fit after all."""
        return self.set_order([*self.order[:position], visit_id, *self.order[position:]])

    def begins_in_time(self, order: Sequence[str]) -> bool:
        """Return whether an order meets all windows, whatever comes after its last visit."""
        states: States | None = start_states(self.shift)
        place = self.shift.start_place
        for name in order:
            target, service_s = self._stop[name]
            arrivals = drive(states or (), self._drive(place, target), self.shift.breaks)
            states = serve(arrivals, self.begins[name], service_s)
            if states is None:
                return False
            place = target
        return True

    def _added(self, visit_id: str, position: int) -> int | None:
        breaks, ready, latest = self.shift.breaks, self._ready[position], self._latest[position]
        place, service_s = self._stop[visit_id]
        before = self._place_before(position)
        after = self._place_after(position)
        arrivals = drive(ready, self._drive(before, place), breaks)
        states = serve(arrivals, self.begins[visit_id], service_s)
        if states is None:
            return None
        there = drive(states, self._drive(place, after), breaks)
        added: int | None = None
        for arrival, latest_at, without in zip(there, latest, self._plain[position], strict=True):
            if arrival is None or latest_at is None or arrival > latest_at:
                continue
            extra = arrival - (without if without is not None else arrival)
            if added is None or extra < added:
                added = extra
        return added

    def _added_one_break(self, visit_id: str, position: int) -> int | None:
        """Return what `_added` does on a day with one break, without a call for each step."""
        rule = self.shift.breaks[0]
        opens, closes, lasts = rule.window.start, rule.window.end, rule.duration_s
        place, service_s = self._stop[visit_id]
        windows = self.begins[visit_id]
        before, after = self._ready[position]
        seconds = self._drive(self._place_before(position), place)
        back = self._drive(place, self._place_after(position))
        if seconds >= UNREACHABLE or back >= UNREACHABLE:
            return None
        for again in (False, True):
            step = back if again else seconds
            if after is not None:
                after += step
            if before is not None:
                plain = before + step
                if before <= closes:
                    paused = (plain if plain > opens else opens) + lasts
                    if after is None or paused < after:
                        after = paused
                before = plain
            if not again:
                before = None if before is None else first_in(windows, before)
                after = None if after is None else first_in(windows, after)
                if before is None and after is None:
                    return None
                before = None if before is None else before + service_s
                after = None if after is None else after + service_s
        (latest, latest_after), (without, without_after) = (
            self._latest[position], self._plain[position],
        )  # fmt: skip
        added: int | None = None
        if before is not None and latest is not None and before <= latest:
            added = before - (without if without is not None else before)
        if after is not None and latest_after is not None and after <= latest_after:
            extra = after - (without_after if without_after is not None else after)
            if added is None or extra < added:
                added = extra
        return added

    def _count(self, order: list[str]) -> tuple[int, list[States], list[Latest]] | None:
        limit = self.shift.max_visits
        if limit is not None and len(order) > limit:
            return None
        breaks, place = self.shift.breaks, self.shift.start_place
        ready = [start_states(self.shift)]
        for name in order:
            target, service_s = self._stop[name]
            arrivals = drive(ready[-1], self._drive(place, target), breaks)
            states = serve(arrivals, self.begins[name], service_s)
            if states is None:
                return None
            ready.append(states)
            place = target
        home = drive(ready[-1], self._drive(place, self.shift.end_place), breaks)
        done = finish(home, self.shift)
        if done is None and order:
            return None
        return (done[0] if done and order else self.shift.hours.start), ready, self._late(order)

    def _late(self, order: list[str]) -> list[Latest]:
        """Return for every position the latest arrivals at what now stands there, per breaks."""
        breaks, count = self.shift.breaks, len(self.shift.breaks)
        closes = [rule.window.end for rule in breaks]
        latest: Latest = tuple(min([self.shift.last_end, *closes[k:]]) for k in range(count + 1))
        out = [latest]
        after = self.shift.end_place
        for name in reversed(order):
            place, service_s = self._stop[name]
            seconds = self._drive(place, after)
            latest = tuple(
                self._latest_begin(name, service_s, k, seconds, latest) for k in range(count + 1)
            )
            out.insert(0, latest)
            after = place
        return out

    def _latest_begin(
        self, name: str, service_s: int, taken: int, seconds: int, latest: Latest, /
    ) -> int | None:
        best: int | None = None
        for k in range(taken, len(latest)):
            deadline = latest[k]
            if deadline is None:
                continue
            ready = latest_ready(deadline, seconds, self.shift.breaks[taken:k])
            if ready is not None and (best is None or ready > best):
                best = ready
        windows: Sequence[TimeWindow] = self.begins[name]
        return None if best is None else last_in(windows, best - service_s)

    def _keeps_locks(self, order: list[str]) -> bool:
        if not self._locks:
            return True
        for lock in self._locks:
            at = [order.index(name) for name in lock.visit_ids if name in order]
            if at != sorted(at) or (lock.first and at and at[0] != 0):
                return False
            if lock.adjacent and at and at[-1] - at[0] != len(at) - 1:
                return False
        return True

    def _place_before(self, position: int) -> int | None:
        return self._stop[self.order[position - 1]][0] if position else self.shift.start_place

    def _place_after(self, position: int) -> int | None:
        if position < len(self.order):
            return self._stop[self.order[position]][0]
        return self.shift.end_place

    def _drive(self, origin: int | None, target: int | None) -> int:
        return 0 if origin is None or target is None else self._travel[origin][target]


class Draft:
    """All shifts' lines, and which visits are on none of them."""

    def __init__(self, problem: Problem) -> None:
        """Start with empty days."""
        self.problem = problem
        travel = problem.seconds.tolist()
        self.lines = tuple(Line(problem, shift, travel) for shift in problem.shifts)
        self.tries = 0
        self._spacings = {
            name: spacing for spacing in problem.spacings for name in spacing.visit_ids
        }

    @property
    def orders(self) -> Orders:
        """Return the visits of every shift, in order."""
        return tuple(tuple(line.order) for line in self.lines)

    def take(self, orders: Orders) -> None:
        """Take orders as far as they keep every promise: what does not fit is left out."""
        for line in self.lines:
            line.set_order([])
        for line, order in zip(self.lines, orders, strict=True):
            fresh = [name for name in order if self._spaced(line, name)]
            if line.set_order(fresh):
                continue
            for name in fresh:
                line.insert(name, len(line.order))

    def insert_best(self, visit_id: str) -> bool:
        """Insert a visit where it adds the least time for its points; False if it fits nowhere."""
        visit = self.problem.visit_of[visit_id]
        best: tuple[float, int, int] | None = None
        for number, line in enumerate(self.lines):
            self.tries += len(line.order) + 1
            found = line.best_insertion(visit_id)
            if found is None or not self._spaced(line, visit_id):
                continue
            prize = self.problem.prize(visit, line.shift)
            cost = (found[0] + 60) / (prize + 1)
            if best is None or cost < best[0]:
                best = (cost, number, found[1])
        return best is not None and self.lines[best[1]].insert(visit_id, best[2])

    def remove(self, visit_ids: set[str]) -> None:
        """Take visits out. Without them a day only gets easier, where travel is metric."""
        for line in self.lines:
            if not visit_ids.isdisjoint(line.order):
                kept = [name for name in line.order if name not in visit_ids]
                if not line.set_order(kept):
                    line.set_order([])

    def value(self) -> tuple[int, float]:
        """Return (points, minus the seconds the days take): more is better."""
        points = sum(
            self.problem.prize(self.problem.visit_of[name], line.shift)
            for line in self.lines
            for name in line.order
        )
        return points, -float(sum(line.end - line.shift.hours.start for line in self.lines))

    def _spaced(self, line: Line, visit_id: str) -> bool:
        spacing = self._spacings.get(visit_id)
        if spacing is None:
            return True
        day_of = {name: one.shift.day for one in self.lines for name in one.order}
        day_of[visit_id] = line.shift.day
        days = [day_of[name] for name in spacing.visit_ids if name in day_of]
        return all(
            spacing.min_days <= (two - one).days <= (spacing.max_days or 10_000)
            for one, two in pairwise(days)
        )

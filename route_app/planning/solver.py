"""The routing model of OR-Tools: the only module that knows that library.

Days are laid one after the other on one long time line, so that many shifts are one model. Travel
and service are the cost of an arc; a visit left out costs its points times the length of a day, or
leaving everything out would look cheapest.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from route_app.lib.timewindow import LATEST_S, TimeWindow, merged
from route_app.planning.plan import Budget, Orders
from route_app.planning.problem import Problem, Shift, Visit

_STRIDE_S = LATEST_S + 1
_FEW = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """Orders for every shift, or None when the model found none; `status` is the library's word."""

    orders: Orders | None
    status: str


def solve(
    problem: Problem,
    *,
    budget: Budget,
    promised: frozenset[str] = frozenset(),
    leave: frozenset[str] = frozenset(),
) -> Answer:
    """Return which visits to make in which order. Promised visits are kept if that can be.

    Holds the interpreter's lock while it searches: run it in a process of its own.
    """
    visits = [visit for visit in problem.visits if visit.id not in leave and _days(problem, visit)]
    if not visits or not problem.shifts:
        return Answer(tuple(() for _ in problem.shifts), "NOTHING_TO_DO")
    model = _Model(problem, visits, promised)
    return model.search(budget)


def _allowed(problem: Problem, visit: Visit) -> list[int]:
    """Return the numbers of the shifts on which a visit may be made."""
    return [n for n, shift in enumerate(problem.shifts) if problem.begins(visit, shift)]


def _days(problem: Problem, visit: Visit) -> dict[date, tuple[TimeWindow, ...]]:
    """Return when service may begin, for each day on which some shift allows it."""
    found: dict[date, list[TimeWindow]] = {}
    for shift in problem.shifts:
        found.setdefault(shift.day, []).extend(problem.begins(visit, shift))
    return {day: merged(windows) for day, windows in found.items() if windows}


class _Model:
    def __init__(self, problem: Problem, visits: list[Visit], promised: frozenset[str]) -> None:
        self._problem, self._visits = problem, visits
        days = sorted({shift.day for shift in problem.shifts})
        self._offset = {day: number * _STRIDE_S for number, day in enumerate(days)}
        self._horizon = len(days) * _STRIDE_S
        count, shifts = len(visits), len(problem.shifts)
        self._places: list[int | None] = [visit.place for visit in visits]
        self._places += [shift.start_place for shift in problem.shifts]
        self._places += [shift.end_place for shift in problem.shifts]
        self._manager = pywrapcp.RoutingIndexManager(
            count + 2 * shifts,
            shifts,
            list(range(count, count + shifts)),
            list(range(count + shifts, count + 2 * shifts)),
        )
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._index = {
            visit.id: self._manager.NodeToIndex(number) for number, visit in enumerate(visits)
        }
        self._add_time()
        self._add_visits(promised)
        self._add_limits()
        self._add_locks()

    def search(self, budget: Budget) -> Answer:
        """Search and read the routes off the answer."""
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        first = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.first_solution_strategy = first
        search = routing_enums_pb2.LocalSearchMetaheuristic
        # With next to nothing to try, tabu search never reaches its number of solutions.
        few = len(self._visits) < _FEW
        parameters.local_search_metaheuristic = search.GREEDY_DESCENT if few else search.TABU_SEARCH
        parameters.solution_limit = budget.solutions
        parameters.time_limit.FromMilliseconds(max(1, round(budget.seconds * 1000)))
        found = self._routing.SolveWithParameters(parameters)
        name = routing_enums_pb2.RoutingSearchStatus.Value.Name(self._routing.status())
        return Answer(None if found is None else self._read(found), name)

    def _read(self, found: pywrapcp.Assignment) -> Orders:
        orders = []
        for number in range(len(self._problem.shifts)):
            index, order = self._routing.Start(number), []
            while not self._routing.IsEnd(index):
                node = self._manager.IndexToNode(index)
                if node < len(self._visits):
                    order.append(self._visits[node].id)
                index = found.Value(self._routing.NextVar(index))
            orders.append(tuple(order))
        return tuple(orders)

    def _add_time(self) -> None:
        never = self._horizon + 1
        services = [visit.service_s for visit in self._visits]
        services += [0] * (len(self._places) - len(services))
        table = [
            [min(never, self._problem.travel(origin, target)) + service for target in self._places]
            for origin, service in zip(self._places, services, strict=True)
        ]
        transit = self._routing.RegisterTransitMatrix(table)
        self._routing.SetArcCostEvaluatorOfAllVehicles(transit)
        self._routing.AddDimension(transit, self._horizon, self._horizon, False, "time")
        self._time = self._routing.GetDimensionOrDie("time")
        per_index = [services[self._manager.IndexToNode(i)] for i in range(self._routing.Size())]
        for number, shift in enumerate(self._problem.shifts):
            self._add_hours(number, shift)
            if shift.breaks:
                self._time.SetBreakIntervalsOfVehicle(self._pauses(shift), number, per_index)

    def _add_hours(self, number: int, shift: Shift) -> None:
        offset = self._offset[shift.day]
        first, last = offset + shift.hours.start, offset + max(shift.hours.start, shift.last_end)
        for index in (self._routing.Start(number), self._routing.End(number)):
            self._time.CumulVar(index).SetRange(first, last)

    def _pauses(self, shift: Shift) -> list[pywrapcp.IntervalVar]:
        offset = self._offset[shift.day]
        return [
            self._routing.solver().FixedDurationIntervalVar(
                offset + rule.window.start,
                offset + rule.window.end,
                rule.duration_s,
                False,
                f"{shift.id} {number}",
            )
            for number, rule in enumerate(shift.breaks)
        ]

    def _add_visits(self, promised: frozenset[str]) -> None:
        scale = max(shift.hours.end - shift.hours.start for shift in self._problem.shifts) + 1
        prizes = [
            max(self._problem.prize(visit, shift) for shift in self._problem.shifts)
            for visit in self._visits
        ]
        everything = (sum(prizes) + len(prizes)) * scale
        for visit, prize in zip(self._visits, prizes, strict=True):
            index = self._index[visit.id]
            penalty = everything if visit.id in promised else max(1, prize) * scale
            self._routing.AddDisjunction([index], penalty)
            shifts = _allowed(self._problem, visit)
            if len(shifts) < len(self._problem.shifts):
                self._routing.VehicleVar(index).SetValues([-1, *shifts])
            self._add_windows(visit, index)

    def _add_windows(self, visit: Visit, index: int) -> None:
        """Allow the begins of all days; the hours of each shift keep days and reps apart."""
        begins = sorted(
            (self._offset[day] + window.start, self._offset[day] + window.end)
            for day, windows in _days(self._problem, visit).items()
            for window in windows
        )
        time = self._time.CumulVar(index)
        time.SetRange(begins[0][0], begins[-1][1])
        for (_, closes), (opens, _) in pairwise(begins):
            if closes + 1 <= opens - 1:
                time.RemoveInterval(closes + 1, opens - 1)

    def _add_limits(self) -> None:
        limits = [shift.max_visits for shift in self._problem.shifts]
        if all(limit is None for limit in limits):
            return
        ones = [1] * len(self._visits) + [0] * (2 * len(limits))
        count = self._routing.RegisterUnaryTransitVector(ones)
        most = [len(self._visits) if limit is None else limit for limit in limits]
        self._routing.AddDimensionWithVehicleCapacity(count, 0, most, True, "visits")

    def _add_locks(self) -> None:
        solver = self._routing.solver()
        number_of = {shift.id: number for number, shift in enumerate(self._problem.shifts)}
        for lock in self._problem.locks:
            chain = [self._index[name] for name in lock.visit_ids if name in self._index]
            number = number_of[lock.shift_id]
            for index in chain:
                self._routing.VehicleVar(index).SetValues([-1, number])
            if lock.first and chain:
                solver.Add(self._routing.NextVar(self._routing.Start(number)) == chain[0])
            for one, two in pairwise(chain):
                if lock.adjacent:
                    solver.Add(self._routing.NextVar(one) == two)
                else:
                    solver.Add(self._time.CumulVar(one) <= self._time.CumulVar(two))

"""From a problem to a plan: promises first, then the routing model and our own search, then proof.

Everything here is a function of the problem, the seed and the budget.
"""

from collections.abc import Mapping

from route_app.planning.backbone import Backbone, backbone
from route_app.planning.draft import Draft
from route_app.planning.explain import explain
from route_app.planning.improve import improve
from route_app.planning.plan import Budget, Orders, Plan, Route
from route_app.planning.problem import Problem
from route_app.planning.schedule import follow
from route_app.planning.solver import solve
from route_app.planning.verify import BrokenPlan, verify

# Goes into the input hash: a better engine makes new plans of unchanged days.
ENGINE = "routing-model+ruin-recreate/1"


def make_plan(
    problem: Problem,
    *,
    seed: int = 0,
    budget: Budget | None = None,
    names: Mapping[str, str] | None = None,
    input_hash: str = "",
) -> Plan:
    """Return the best plan found within the budget, checked. Raises BrokenPlan on a fault of ours.

    `names` says how to call visits in sentences.
    """
    budget = budget or Budget()
    base = backbone(problem)
    leave = frozenset(one.visit_id for one in base.refused)
    empty = Draft(problem)
    leave |= {
        visit.id
        for visit in problem.visits
        if all(line.best_insertion(visit.id) is None for line in empty.lines)
    }
    promised = frozenset(
        visit.id for visit in problem.visits if visit.required and visit.id not in leave
    )
    promised |= {name for order in base.orders for name in order}
    answer = solve(problem, budget=budget, promised=promised, leave=leave)
    start = _better(problem, answer.orders, base, promised)
    found = improve(problem, start, keep=promised, leave=leave, budget=budget, seed=seed)
    orders = _better(problem, found.orders, base, promised)
    plan = Plan(
        routes=tuple(_route(problem, number, order) for number, order in enumerate(orders)),
        unplanned=explain(problem, orders, refused=base.refused, names=names or {}),
        prize=_prize(problem, orders),
        seed=seed,
        input_hash=input_hash or problem.digest,
        engine=ENGINE,
        capped=found.capped,
    )
    verify(problem, plan)
    return plan


def _better(
    problem: Problem, orders: Orders | None, base: Backbone, promised: frozenset[str]
) -> Orders:
    """Return the orders if they keep every promise, and the promises alone if they do not."""
    if orders is None or not promised <= {name for order in orders for name in order}:
        return base.orders
    for shift, order in zip(problem.shifts, orders, strict=True):
        if follow(problem, shift, order) is None:
            return base.orders
    return orders


def _route(problem: Problem, number: int, order: tuple[str, ...]) -> Route:
    shift = problem.shifts[number]
    route = follow(problem, shift, order)
    if route is None:
        raise BrokenPlan(())
    return route


def _prize(problem: Problem, orders: Orders) -> int:
    return sum(
        problem.prize(problem.visit_of[name], shift)
        for shift, order in zip(problem.shifts, orders, strict=True)
        for name in order
    )

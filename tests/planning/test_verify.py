"""A kept and a broken plan for every promise: verify must pass the one and name the other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from route_app.planning.plan import Plan, Reason, Route, StopKind, Unplanned
from route_app.planning.problem import HoursMode, Lock, Problem, Spacing
from route_app.planning.schedule import follow
from route_app.planning.verify import BrokenPlan, verify, violations
from route_app.roads.engine import UNREACHABLE
from tests.planning.worlds import DAY, LUNCH, M, promise, shift, smalltown_problem, visit, window

JUNCTIONS = ["A2", "A3", "B3", "D3"]
VISITS = [visit("bakery", 1), visit("pharmacy", 2), visit("florist", 3)]
ORDER = ("bakery", "pharmacy", "florist")


def town(visits=VISITS, **values):
    return smalltown_problem(visits, junctions=JUNCTIONS, **values)


def plan_of(problem: Problem, orders: dict[str, tuple[str, ...]]) -> Plan:
    """A plan in these orders, timed by schedule.py; what is in none of them is unplanned."""
    routes = []
    for day in problem.shifts:
        order = orders.get(day.id, ())
        route = follow(problem, day, order)
        assert route is not None
        routes.append(route)
    planned = {name for order in orders.values() for name in order}
    prize = sum(
        problem.prize(problem.visit_of[name], problem.shift_of[day])
        for day, order in orders.items()
        for name in order
    )
    left = tuple(
        Unplanned(one.id, Reason.MANUAL, "Left out by hand.")
        for one in problem.visits
        if one.id not in planned
    )
    return Plan(tuple(routes), left, prize, 0, "", "hand")


def codes(problem, plan):
    return [one.code for one in violations(problem, plan)]


def with_stop(plan, number, **changes):
    route = plan.routes[0]
    stops = list(route.stops)
    stops[number] = replace(stops[number], **changes)
    return replace(plan, routes=(replace(route, stops=tuple(stops)),))


def test_a_sound_plan_passes():
    problem = town(shifts=(shift(breaks=(LUNCH,)),))
    verify(problem, plan_of(problem, {"s1": ORDER}))
    verify(problem, plan_of(problem, {}))


def test_a_broken_plan_is_refused_with_its_sentences():
    problem = town()
    plan = replace(plan_of(problem, {"s1": ORDER}), unplanned=(), prize=1)
    with pytest.raises(BrokenPlan, match="tells 1 points, but brings 30") as caught:
        verify(problem, plan)
    assert [one.code for one in caught.value.violations] == ["prize"]


def test_every_visit_is_planned_or_left_out_exactly_once():
    problem = town()
    plan = plan_of(problem, {"s1": ("bakery",)})
    assert codes(problem, plan) == []
    assert codes(problem, replace(plan, unplanned=plan.unplanned[:1])) == ["lost"]
    again = Unplanned("bakery", Reason.MANUAL, "")
    assert codes(problem, replace(plan, unplanned=(*plan.unplanned, again))) == ["twice"]
    stranger = Unplanned("nobody", Reason.MANUAL, "")
    assert codes(problem, replace(plan, unplanned=(*plan.unplanned, stranger))) == ["unknown_visit"]


def test_a_route_needs_a_known_shift_and_only_one():
    problem = town()
    plan = plan_of(problem, {})
    assert codes(problem, replace(plan, routes=(Route("s9", 0, ()),))) == ["unknown_shift"]
    twice = replace(plan, routes=(*plan.routes, *plan.routes))
    assert codes(problem, twice) == ["shift_twice"]


def test_windows_are_kept():
    kept = town([visit("bakery", 1, window(9, 10)), *VISITS[1:]])
    plan = plan_of(kept, {"s1": ORDER})
    assert codes(kept, plan) == []
    closed = town([visit("bakery", 1, window(11, 12)), *VISITS[1:]])
    assert codes(closed, plan) == ["window"]
    other_day = replace(VISITS[0], windows={DAY + timedelta(days=1): (window(9, 17),)})
    assert codes(town([other_day, *VISITS[1:]]), plan) == ["window"]


def test_a_whole_visit_ends_before_closing():
    plan = plan_of(town(), {"s1": ORDER})  # the bakery is served from 9:02 to 9:22
    just = town([visit("bakery", 1, window(9, 9.4), mode=HoursMode.WHOLE), *VISITS[1:]])
    assert codes(just, plan) == []
    short = town([visit("bakery", 1, window(9, 9.3), mode=HoursMode.WHOLE), *VISITS[1:]])
    assert codes(short, plan) == ["window"]
    assert codes(town([visit("bakery", 1, window(9, 9.3)), *VISITS[1:]]), plan) == []


def test_the_whole_drive_is_driven():
    problem = town()
    plan = plan_of(problem, {"s1": ORDER})
    slower = problem.replace(seconds=problem.seconds * 2)
    assert codes(slower, plan) == ["travel"] * 4
    seconds = problem.seconds.copy()
    seconds[1, 2] = UNREACHABLE
    assert codes(problem.replace(seconds=seconds), plan) == ["no_road"]


def test_service_is_served_in_full():
    problem = town()
    plan = plan_of(problem, {"s1": ORDER})
    longer = town([visit("bakery", 1, service_s=25 * M), *VISITS[1:]])
    assert codes(longer, plan) == ["service"]


def test_times_add_up():
    plan = plan_of(town(), {"s1": ORDER})
    assert codes(town(), with_stop(plan, 1, arrive=plan.routes[0].stops[1].arrive - 60)) == [
        "times"
    ]
    assert "times" in codes(town(), with_stop(plan, 1, wait_s=-60))


def test_hours_and_reserve_are_kept():
    problem = town()
    plan = plan_of(problem, {"s1": ORDER})  # from 9:00 to 10:10
    assert codes(problem.replace(shifts=(shift(hours=window(9, 10.25)),)), plan) == []
    assert codes(problem.replace(shifts=(shift(hours=window(9, 10)),)), plan) == ["hours"]
    assert codes(problem.replace(shifts=(shift(hours=window(9.01, 17)),)), plan) == ["hours"]
    tight = shift(hours=window(9, 10.25), reserve_s=10 * M)
    assert codes(problem.replace(shifts=(tight,)), plan) == ["hours"]


def test_the_limit_of_visits_is_kept():
    problem = town()
    plan = plan_of(problem, {"s1": ORDER})
    assert codes(problem.replace(shifts=(shift(max_visits=3),)), plan) == []
    assert codes(problem.replace(shifts=(shift(max_visits=2),)), plan) == ["max_visits"]


def test_the_day_ends_with_its_end():
    problem = town()
    plan = plan_of(problem, {"s1": ORDER})
    route = plan.routes[0]
    headless = replace(plan, routes=(replace(route, stops=route.stops[:-1]),))
    assert codes(problem, headless) == ["end"]


def test_the_break_is_taken_when_it_is_owed():
    late = [*VISITS[:2], promise("florist", 3, 14)]
    with_lunch = town(late, shifts=(shift(breaks=(LUNCH,)),))
    plan = plan_of(with_lunch, {"s1": ORDER})
    assert codes(with_lunch, plan) == []
    without = town(late)
    assert codes(with_lunch, plan_of(without, {"s1": ORDER})) == ["break"]
    assert codes(without, plan) == ["break"]  # one that nobody asked for
    place = [stop.kind for stop in plan.routes[0].stops].index(StopKind.BREAK)
    shorter = replace(LUNCH, duration_s=29 * M)
    assert "break" in codes(with_lunch.replace(shifts=(shift(breaks=(shorter,)),)), plan)
    assert "times" in codes(with_lunch, with_stop(plan, place, arrive=0))


def test_a_promise_is_not_left_out_for_a_suggestion():
    problem = town([promise("bakery", 1, 10), *VISITS[1:]])
    plan = plan_of(problem, {"s1": ("pharmacy", "florist")})
    assert codes(problem, plan) == []  # left out by hand
    silently = Unplanned("bakery", Reason.DAY_FULL, "The day is full.")
    assert codes(problem, replace(plan, unplanned=(silently,))) == ["mandatory"]


def test_skills_and_allowed_shifts_are_kept():
    plan = plan_of(town(), {"s1": ORDER})
    skilled = [visit("bakery", 1, skills=frozenset({"wine"})), *VISITS[1:]]
    assert codes(town(skilled), plan) == ["skills"]
    able = (shift(skills=frozenset({"wine"})),)
    assert codes(town(skilled, shifts=able), plan) == []
    elsewhere = [visit("bakery", 1, shifts=frozenset({"s2"})), *VISITS[1:]]
    assert codes(town(elsewhere), plan) == ["shift"]


@pytest.mark.parametrize(
    ("lock", "broken"),
    [
        (Lock("s1", ("bakery", "pharmacy")), []),
        (Lock("s1", ("bakery", "florist"), adjacent=False), []),
        (Lock("s1", ("bakery",), first=True), []),
        (Lock("s1", ("bakery", "florist")), ["lock"]),
        (Lock("s1", ("pharmacy", "bakery"), adjacent=False), ["lock"]),
        (Lock("s1", ("pharmacy",), first=True), ["lock"]),
    ],
)
def test_locks_are_kept(lock, broken):
    problem = town(locks=(lock,))
    assert codes(problem, plan_of(problem, {"s1": ORDER})) == broken


def test_visits_to_one_account_are_spaced():
    days = [DAY, DAY + timedelta(days=3)]
    shifts = tuple(shift(id=f"s{n}", day=day) for n, day in enumerate(days))
    opened = {day: (window(9, 17),) for day in days}
    visits = [replace(visit(name, 1), windows=opened) for name in ("first", "second")]
    orders = {"s0": ("first",), "s1": ("second",)}
    for rule, broken in (
        (Spacing(("first", "second"), 3), []),
        (Spacing(("first", "second"), 4), ["spacing"]),
        (Spacing(("first", "second"), 1, 2), ["spacing"]),
    ):
        problem = town(visits, shifts=shifts, spacings=(rule,))
        assert codes(problem, plan_of(problem, orders)) == broken
    problem = town(visits, shifts=shifts, locks=(Lock("s1", ("first",)),))
    assert codes(problem, plan_of(problem, orders)) == ["lock"]

"""schedule.py and timing.py: hand-counted minutes in Smalltown."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from route_app.planning.plan import StopKind
from route_app.planning.problem import Break, Lock
from route_app.planning.schedule import follow, lay_out
from route_app.planning.timing import drive, end_of, latest_ready
from route_app.planning.verify import violations
from route_app.roads.engine import UNREACHABLE
from tests.planning.test_verify import plan_of
from tests.planning.worlds import (
    DAY,
    LUNCH,
    M,
    promise,
    random_problem,
    shift,
    smalltown_problem,
    visit,
    window,
)

# Home A2, bakery A3 (2 minutes), pharmacy B3 (1 more), florist D3 (2 more), home again 5.
JUNCTIONS = ["A2", "A3", "B3", "D3"]
VISITS = [visit("bakery", 1), visit("pharmacy", 2), visit("florist", 3)]
ORDER = ("bakery", "pharmacy", "florist")


def town(visits=VISITS, **values):
    return smalltown_problem(visits, junctions=JUNCTIONS, **values)


def clock(hours, minutes=0):
    return (hours * 60 + minutes) * M


def test_it_counts_the_minutes_of_a_day():
    problem = town()
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert [stop.begin for stop in route.stops] == [
        clock(9, 2), clock(9, 23), clock(9, 45), clock(10, 10),
    ]  # fmt: skip
    assert [stop.drive_s for stop in route.stops] == [120, 60, 120, 300]
    assert route.end == clock(10, 10)
    assert route.service_s == 3 * 20 * M
    assert [stop.kind for stop in route.stops][-1] is StopKind.END


def test_it_leaves_late_rather_than_wait_at_the_first_door():
    problem = town([visit("bakery", 1, window(10, 12)), *VISITS[1:]])
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert route.start == clock(9, 58)
    assert route.wait_s == 0


def test_it_waits_where_a_window_opens_later():
    problem = town([VISITS[0], visit("pharmacy", 2, window(10, 12)), VISITS[2]])
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert route.stops[1].wait_s == 37 * M
    assert route.stops[1].begin == clock(10)


def test_it_takes_the_second_window_when_the_first_is_missed():
    problem = town([visit("bakery", 1, window(8, 9), window(14, 15)), *VISITS[1:]])
    route = follow(problem, problem.shifts[0], ("bakery",))
    assert route is not None
    assert route.stops[0].begin == clock(14)


def test_slack_is_how_late_a_visit_may_begin():
    problem = town([VISITS[0], promise("pharmacy", 2, 10), VISITS[2]])
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert route.stops[1].slack_s == 10 * M
    assert route.stops[0].slack_s == clock(9, 49) - route.stops[0].begin
    assert route.stops[2].slack_s == clock(16, 35) - route.stops[2].begin


def test_it_puts_the_break_where_it_costs_no_visit():
    problem = town(
        [VISITS[0], promise("pharmacy", 2, 13), VISITS[2]], shifts=(shift(breaks=(LUNCH,)),)
    )
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    kinds = [stop.kind.value for stop in route.stops]
    assert kinds == ["visit", "break", "visit", "visit", "end"]
    assert route.stops[1].begin == clock(11, 30)
    assert route.stops[2].begin == clock(13)


def test_no_break_is_owed_when_the_day_is_over_before_it():
    problem = town(shifts=(shift(breaks=(LUNCH,)),))
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert all(stop.kind is not StopKind.BREAK for stop in route.stops)


def test_a_long_drive_pauses_for_the_break():
    breaks = (LUNCH,)
    assert drive((clock(11), None), 3 * 3600, breaks) == (clock(14), clock(14, 30))
    assert drive((clock(13, 30), None), 600, breaks) == (clock(13, 40), None)
    assert drive((clock(9), None), UNREACHABLE, breaks) == (None, None)
    assert latest_ready(clock(14, 30), 3 * 3600, breaks) == clock(11)
    assert latest_ready(clock(11, 59), 0, breaks) is None


def test_two_breaks_are_taken_in_turn():
    dentist = Break(window(10, 10), 60 * M, "Dentist")
    day = shift(breaks=(dentist, LUNCH))
    problem = town([*VISITS[:2], promise("florist", 3, 14)], shifts=(day,))
    route = follow(problem, day, ORDER)
    assert route is not None
    assert [stop.label for stop in route.stops if stop.label] == ["Dentist", "Lunch"]
    assert violations(problem, plan_of(problem, {"s1": ORDER})) == ()


def test_start_and_end_may_be_anywhere():
    problem = town(shifts=(shift(start_place=None, end_place=None),))
    route = follow(problem, problem.shifts[0], ORDER)
    assert route is not None
    assert (route.start, route.end) == (clock(9), clock(10, 3))
    assert route.drive_s == 180


def test_it_refuses_what_cannot_be_kept():
    problem = town([visit("bakery", 1, window(9, 9.01)), *VISITS[1:]])
    assert follow(problem, problem.shifts[0], ("pharmacy", "bakery")) is None
    limited = town(shifts=(shift(max_visits=2),))
    assert follow(limited, limited.shifts[0], ORDER) is None


def test_a_hand_made_order_is_laid_out_and_its_broken_promises_named():
    problem = town(
        [promise("bakery", 1, 9.1), VISITS[1], visit("florist", 3)],
        shifts=(shift(hours=window(9, 10), max_visits=2),),
    )
    route, broken = lay_out(problem, problem.shifts[0], ("pharmacy", "florist", "bakery"))
    assert route.visit_ids == ("pharmacy", "florist", "bakery")
    assert [one.code for one in broken] == ["max_visits", "late", "hours"]
    assert broken[1].visit_id == "bakery"
    assert broken[1].by_s == route.stops[2].begin - clock(9, 16)
    assert "by 09:16" in broken[1].sentence


def test_an_order_that_keeps_everything_breaks_nothing():
    problem = town()
    route, broken = lay_out(problem, problem.shifts[0], ORDER)
    assert broken == ()
    assert route == follow(problem, problem.shifts[0], ORDER)


def test_a_closed_account_and_a_missing_break_are_named():
    problem = town(
        [visit("bakery", 1), visit("pharmacy", 2, shifts=frozenset({"other"}))],
        shifts=(shift(breaks=(Break(window(9.1, 9.1), 60 * M, "Dentist"),)),),
    )
    _route, broken = lay_out(problem, problem.shifts[0], ("bakery", "pharmacy"))
    assert {one.code for one in broken} >= {"closed"}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_every_strict_schedule_is_sound_and_slack_can_be_used(seed, count):
    problem = random_problem(seed, visits=6)
    names = [one.id for one in problem.visits]
    random.Random(seed).shuffle(names)
    order = tuple(names[:count])
    day = problem.shifts[0]
    route = follow(problem, day, order)
    assert (route is None) == (end_of(problem, day, order) is None)
    loose, broken = lay_out(problem, day, order)
    assert loose.visit_ids == order
    assert bool(broken) == (route is None)
    if route is None:
        return
    assert violations(problem, plan_of(problem, {day.id: order})) == ()
    # A visit held back by all its slack is still kept, and so is everything after it.
    late = next(stop for stop in route.stops if stop.visit_id)
    held = problem.replace(
        visits=tuple(
            visit(
                one.id, one.place, window((late.begin + late.slack_s) / 3600, 24),
                service_s=one.service_s,
            )
            if one.id == late.visit_id
            else one
            for one in problem.visits
        )
    )  # fmt: skip
    assert follow(held, day, order) is not None


def test_the_day_of_a_lock_is_checked_elsewhere_not_here():
    problem = town(locks=(Lock("s1", ("pharmacy", "bakery")),))
    assert follow(problem, problem.shifts[0], ORDER) is not None
    assert [one.code for one in violations(problem, plan_of(problem, {"s1": ORDER}))] == ["lock"]
    assert problem.shifts[0].day == DAY

"""Problems for tests: Smalltown's by hand, and random ones that are metric."""

import random
from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import Any

import numpy as np

from route_app.lib.timewindow import TimeWindow
from route_app.planning.plan import Budget
from route_app.planning.problem import Break, Commitment, HoursMode, Problem, Shift, Visit
from route_app.planning.timing import end_of
from tests import smalltown

DAY = date(2026, 11, 23)  # a Monday
QUICK = Budget(solutions=20, tries=4_000, seconds=20)
H = 3_600
M = 60


def window(start: float, end: float) -> TimeWindow:
    """A window in hours."""
    return TimeWindow(round(start * H), round(end * H))


def visit(name: str, place: int, *windows: TimeWindow, **values: Any) -> Visit:
    """A visit of 20 minutes worth 10 points, open from 8 to 18 if nothing else is said."""
    values = {"service_s": 20 * M, "prize": 10} | values
    days = {DAY: windows or (window(8, 18),)}
    return Visit(name, f"account-{name}", place, windows=days, **values)


def promise(name: str, place: int, begin: float, **values: Any) -> Visit:
    """An appointment that begins at an hour, or up to ten minutes later."""
    values = {"commitment": Commitment.TIMED, "required": True} | values
    return visit(name, place, window(begin, begin + 1 / 6), **values)


def shift(**values: Any) -> Shift:
    """A day from place 0 back to place 0, 9 to 17, without a break."""
    values = {
        "id": "s1", "rep_id": "rep", "day": DAY, "start_place": 0, "end_place": 0,
        "hours": window(9, 17),
    } | values  # fmt: skip
    return Shift(**values)


LUNCH = Break(window(11.5, 13), 30 * M, "Lunch")


def smalltown_problem(
    visits: Sequence[Visit], *, junctions: Sequence[str], **values: Any
) -> Problem:
    """Visits among junctions of Smalltown, whose minutes can be counted by hand."""
    matrix = smalltown.matrix(junctions)
    values = {"shifts": (shift(),)} | values
    return Problem(tuple(visits), seconds=matrix.seconds, metres=matrix.metres, **values)


def random_problem(seed: int, *, visits: int, **values: Any) -> Problem:
    """A random day: metric travel, several windows, now and then a lunch, promises and a limit."""
    dice = random.Random(seed)
    spots = np.array(
        [(dice.uniform(0, 20_000), dice.uniform(0, 20_000)) for _ in range(visits + 1)]
    )
    metres = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)).astype(int)
    seconds = metres // dice.choice([5, 8, 12]) + 60 * (1 - np.eye(visits + 1, dtype=int))
    for k in range(visits + 1):
        seconds = np.minimum(seconds, seconds[:, k : k + 1] + seconds[k : k + 1, :])
    made = []
    for number in range(visits):
        if dice.random() < 0.15:
            made.append(promise(f"v{number}", number + 1, dice.choice([9.5, 10, 13, 15, 15.25])))
            continue
        opens = dice.choice([8, 9, 10, 13])
        windows = (window(opens, opens + 2), window(opens + 3, opens + 5))
        made.append(
            visit(
                f"v{number}", number + 1, *windows[: dice.choice([1, 2])],
                prize=dice.randint(1, 60), service_s=dice.choice([10, 20, 45, 90]) * M,
                mode=dice.choice(list(HoursMode)),
            )
        )  # fmt: skip
    day = shift(
        breaks=(LUNCH,) if dice.random() < 0.6 else (),
        max_visits=dice.choice([None, None, 2, 4]),
        reserve_s=dice.choice([0, 0, 45 * M]),
        start_place=dice.choice([0, 0, None]),
        end_place=dice.choice([0, 0, None]),
    )
    values = {"shifts": (day,)} | values
    return Problem(tuple(made), seconds=seconds, metres=metres, **values)


def best_by_brute_force(problem: Problem, keep: frozenset[str] = frozenset()) -> int:
    """The most points any order of any visits of a one-day problem collects, trying them all."""
    (day,) = problem.shifts
    names = [one.id for one in problem.visits]
    best = -1
    for count in range(len(names) + 1):
        for order in permutations(names, count):
            worth = sum(problem.prize(problem.visit_of[name], day) for name in order)
            if worth > best and keep <= set(order) and end_of(problem, day, order) is not None:
                best = worth
    return best

"""Better days from good ones: take a few neighbouring visits out, put the best ones back in.

Ruin and recreate with simulated annealing. It ends after a number of insertions tried, not after a
time, so the same problem and seed give the same days on any machine.
"""

import random
import time
from dataclasses import dataclass
from math import log

from route_app.planning.draft import Draft
from route_app.planning.plan import Budget, Orders
from route_app.planning.problem import Problem

_MOST_OUT = 8
_MOST_IN = 50


@dataclass(frozen=True, slots=True)
class Improved:
    """The best days found; `capped` says that the clock, not the count, ended the search."""

    orders: Orders
    capped: bool


def improve(
    problem: Problem,
    orders: Orders,
    *,
    keep: frozenset[str],
    leave: frozenset[str],
    budget: Budget,
    seed: int,
) -> Improved:
    """Return days worth at least as much as these; visits in `keep` stay in, in `leave` out."""
    draft = Draft(problem)
    draft.take(orders)
    pool = [visit.id for visit in problem.visits if visit.id not in leave]
    pool = [name for name in pool if any(name in line.possible for line in draft.lines)]
    return _Search(draft, pool, keep=keep, seed=seed).run(budget)


class _Search:
    def __init__(self, draft: Draft, pool: list[str], *, keep: frozenset[str], seed: int) -> None:
        self._draft, self._pool, self._keep = draft, pool, keep
        self._random = random.Random(seed)  # noqa: S311  # a search, not a secret
        self._visit_of = draft.problem.visit_of
        self._locked = {name for lock in draft.problem.locks for name in lock.visit_ids}
        prizes = [self._visit_of[name].prize for name in pool]
        self._warmth = 0.4 * (sum(prizes) / len(prizes) if prizes else 1.0)

    def run(self, budget: Budget) -> Improved:
        """Search until the budget is used up."""
        draft, stop_at = self._draft, time.monotonic() + budget.seconds
        started = draft.tries
        self._recreate()
        best, best_value = draft.orders, draft.value()
        here, here_value = best, best_value
        if not self._pool:
            return Improved(best, capped=False)
        while (used := draft.tries - started) < budget.tries:
            if time.monotonic() > stop_at:
                draft.take(best)
                return Improved(self._polished(), capped=True)
            self._ruin()
            self._recreate()
            draft.tries += 1  # a round in which nothing could be tried counts too
            value = draft.value()
            if not self._keeps_promises():
                value = (-1, 0.0)
            if value > best_value:
                best, best_value = draft.orders, value
            if self._accepts(value, here_value, used / budget.tries):
                here, here_value = draft.orders, value
            else:
                draft.take(here)
        draft.take(best)
        return Improved(self._polished(), capped=False)

    def _polished(self) -> Orders:
        """Insert what still fits and swap in what is worth more, until nothing helps any more."""
        while self._one_step():
            pass
        return self._draft.orders

    def _one_step(self) -> bool:
        draft = self._draft
        before, value = draft.orders, draft.value()
        planned = {name for order in before for name in order}
        rest = [name for name in self._pool if name not in planned]
        rest.sort(key=lambda name: (-self._visit_of[name].prize, name))
        out = [name for name in planned if name not in self._keep | self._locked]
        out.sort(key=lambda name: (self._visit_of[name].prize, name))
        for name in rest:
            if draft.insert_best(name):
                return True
        for leaving in out:
            draft.remove({leaving})
            without = draft.orders
            for name in rest:
                if self._visit_of[name].prize < self._visit_of[leaving].prize:
                    break
                if draft.insert_best(name) and draft.value() > value:
                    return True
                draft.take(without)
            draft.take(before)
        return False

    def _accepts(self, value: tuple[int, float], than: tuple[int, float], progress: float) -> bool:
        if value >= than:
            return True
        if value[0] < 0:
            return False
        heat = self._warmth * 0.01**progress
        loss = than[0] - value[0] + (than[1] - value[1]) / 3600
        return bool(loss < -heat * log(max(1e-12, self._random.random())))

    def _keeps_promises(self) -> bool:
        planned = {name for order in self._draft.orders for name in order}
        return planned >= self._keep

    def _ruin(self) -> None:
        """Take out a string of visits from the days around a random one."""
        planned = [name for order in self._draft.orders for name in order]
        movable = [name for name in planned if name not in self._locked]
        if not movable:
            return
        seed = self._random.choice(movable)
        size = self._random.randint(1, min(_MOST_OUT, len(movable)))
        if self._random.random() < 0.5:
            place, seconds = self._visit_of[seed].place, self._draft.problem.seconds
            movable.sort(key=lambda name: int(seconds[place, self._visit_of[name].place]))
            out = movable[:size]
        else:
            at = movable.index(seed)
            first = max(0, min(at - self._random.randrange(size), len(movable) - size))
            out = movable[first : first + size]
        self._draft.remove(set(out))

    def _recreate(self) -> None:
        """Insert what fits, promised visits first, the rest in one of several random orders."""
        planned = {name for order in self._draft.orders for name in order}
        rest = [name for name in self._pool if name not in planned]
        power, style = self._random.uniform(0.6, 2.2), self._random.random()
        nudge = {name: self._random.uniform(0.6, 1.4) for name in rest}

        def eagerness(name: str) -> tuple[bool, float]:
            visit = self._visit_of[name]
            worth = visit.prize**power * nudge[name]
            if style < 0.6:
                worth /= visit.service_s + 600
            elif style > 0.9:
                worth = nudge[name]
            return name not in self._keep, -worth

        for name in sorted(self._some(rest), key=eagerness):
            self._draft.insert_best(name)

    def _some(self, rest: list[str]) -> list[str]:
        """Return the promised visits and some of the others: more rounds beat thorough ones."""
        promised = [name for name in rest if name in self._keep]
        others = [name for name in rest if name not in self._keep]
        if len(others) > _MOST_IN:
            others = self._random.sample(others, _MOST_IN)
        return promised + others

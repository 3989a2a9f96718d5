"""A rep's day from facts to a checked plan with its roads. Pure: reads nothing, stores nothing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace
from typing import Any

import numpy as np

from route_app.errors import NotFound
from route_app.lib.geo import LatLon
from route_app.lib.timewindow import TimeWindow
from route_app.planning.candidates import Choice, Left, Pick, choose
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.plan import Budget, Plan, Reason, Route
from route_app.planning.planner import ENGINE, make_plan
from route_app.planning.problem import Break, Problem, Shift, Visit
from route_app.planning.rest import Rest, SoFar, rest_of
from route_app.planning.workday import Workday, workday
from route_app.roads.calibrated import Basis, Correction, basis_of, calibrated
from route_app.roads.engine import TravelEngine
from route_app.roads.store import RoadStore

Path = tuple[tuple[float, float], ...]
_Ends = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class DayProblem:
    """All facts about a rep's day. `current_hash`: the input of the plan that holds now, if any.

    With `so_far` only the rest of the day is planned, once it has begun. `corrections` is what
    check-ins taught of the rep's drives.
    """

    rep: RepDay
    cards: tuple[Card, ...]
    promises: tuple[Promise, ...]
    current_hash: str | None = None
    so_far: SoFar | None = None
    corrections: Mapping[Basis, Correction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SolvedDay:
    """A day's plan with all that is stored beside it. `plan` is None when nothing had changed.

    `paths` holds the drive to each stop of the route as [lon, lat].
    """

    rep: RepDay
    problem: Problem
    plan: Plan | None
    picks: dict[str, Pick]
    left: tuple[Left, ...]
    notes: tuple[str, ...]
    paths: tuple[Path, ...]
    places: dict[str, Any]
    input_hash: str
    seed: int
    rest: Rest | None = None
    correction: Correction | None = None


def travel_of(roads: RoadStore, facts: DayProblem) -> TravelEngine:
    """Return the road network these places lie in, or straight-line estimates where none is built.

    An installation may have several networks; the rep's home and accounts say which is theirs.
    """
    pins = [card.place for card in facts.cards] + [facts.rep.home, facts.rep.here]
    return roads.open_for([pin for pin in pins if pin is not None])


def solve_day(
    facts: DayProblem, travel: TravelEngine, *, seed: int = 0, budget: Budget | None = None
) -> SolvedDay:
    """Return the day planned and checked; its plan is None if the current one already fits.

    The same facts, roads, seed and budget give the same plan. Drives take as long as the team's
    own have taken in the default slot: one matrix serves the whole day.
    """
    travel = calibrated(travel, facts.corrections)
    budget = budget or Budget()
    rep, day, rest = _to_plan(facts)
    choice = choose(rep, facts.cards, facts.promises, workday=day, rest=rest)
    home, start, choice = _on_roads(rep, choice, travel)
    problem, places, stand_in = _problem(rep, day, choice.picks, (start, home), travel)
    found = _input_hash(problem, choice, seed, budget, rest)
    picks = {pick.visit_id: pick for pick in choice.picks}
    plan = None
    if found != facts.current_hash:
        names = {pick.visit_id: pick.card.name for pick in choice.picks}
        plan = make_plan(problem, seed=seed, budget=budget, names=names, input_hash=found)
    routes = plan.routes if plan else ()
    notes = choice.notes + ((stand_in,) if stand_in else ())
    if plan is not None and day.hours and not any(route.visit_ids for route in routes):
        notes += _why_empty(plan, choice)
    notes += _lost_promises(plan, choice, picks)
    return SolvedDay(
        rep=rep,
        problem=problem,
        plan=plan,
        picks=picks,
        left=choice.left,
        notes=notes,
        paths=_paths(routes[0], problem, places, travel) if routes else (),
        places=_ends(rep, home, start, rest),
        input_hash=found,
        seed=seed,
        rest=rest,
        correction=facts.corrections.get(basis_of(problem.network)),
    )


def _to_plan(facts: DayProblem) -> tuple[RepDay, Workday, Rest | None]:
    """Return what there is to plan: the whole day, or the rest of one that has begun."""
    rep = facts.rep
    day = workday(
        rep.day,
        work_hours=rep.work_hours,
        country=rep.country,
        lunch=(rep.lunch_from_s, rep.lunch_to_s, rep.lunch_s),
    )
    rest = rest_of(facts.so_far, day) if facts.so_far else None
    if rest is None:
        return rep, day, None
    most = rep.max_visits if rep.max_visits is None else max(0, rep.max_visits - len(rest.calls))
    return replace(rep, here=rest.here, max_visits=most), rest.of(day), rest


def _why_empty(plan: Plan, choice: Choice) -> tuple[str, ...]:
    """Return a note for a working day on which visits are wanted and none could be planned."""
    reasons = [out.reason for out in plan.unplanned] + [one.reason for one in choice.left]
    if not reasons:
        return ()
    common = max(Reason, key=reasons.count)
    count, all_of = reasons.count(common), len(reasons)
    what = common.value.replace("_", " ")
    return (
        f"No visit could be planned: {count} of {all_of} for the same reason ({what}). "
        "Each one below says what is in its way.",
    )


def _lost_promises(plan: Plan | None, choice: Choice, picks: dict[str, Pick]) -> tuple[str, ...]:
    """Return a note for every promise that is not in the plan: it must never just be missing."""
    lost = [(one.card.name, one.sentence) for one in choice.left if one.appointment_id]
    lost += [
        (picks[out.visit_id].card.name, out.sentence)
        for out in (plan.unplanned if plan else ())
        if picks[out.visit_id].required
    ]
    return tuple(f"The appointment with {name} is not in the plan. {why}" for name, why in lost)


def _on_roads(
    rep: RepDay, choice: Choice, travel: TravelEngine
) -> tuple[LatLon | None, LatLon | None, Choice]:
    """Take out what no road leads to, with its reason; return home and start where roads lead."""
    ends = [place for place in (rep.home, rep.here) if place is not None]
    spots = [pick.card.place for pick in choice.picks if pick.card.place is not None]
    snaps = travel.snap([*ends, *spots]) if ends or spots else ()
    usable = {place: snap.usable for place, snap in zip(ends, snaps, strict=False)}
    notes = list(choice.notes)
    home = rep.home if rep.home and usable[rep.home] else None
    start = rep.here if rep.here and usable[rep.here] else home
    begins = "" if rep.here else "starts at its first visit and "
    if rep.home is None and choice.picks:
        notes.append(
            f"No home is set, so the day {begins}ends at its last. "
            "Ask your admin to set a home address, to have the way there planned too."
        )
    elif rep.home is not None and home is None:
        notes.append(
            f"No road leads to the home address, so the day {begins}ends at its last. "
            "Check the pin of the home."
        )
    picks, left, far = [], list(choice.left), 0
    for pick, snap in zip(choice.picks, snaps[len(ends) :], strict=True):
        if snap.usable:
            picks.append(pick)
            far += snap.status == "far"
            continue
        why = (
            "It lies where no road or ferry leads from the rest of the map."
            if snap.status == "island"
            else "There is no road within reach of its pin."
        )
        left.append(
            Left(
                pick.visit_id, pick.card, pick.appointment_id, Reason.NO_ROAD,
                f"{why} Check the pin on the map.", pick.prize,
            )
        )  # fmt: skip
    if far:
        notes.append(
            f"{far} {'pin is' if far == 1 else 'pins are'} far from any road, so the drive there "
            "is only roughly known. Check them on the map."
        )
    return home, start, Choice(tuple(picks), tuple(left), tuple(notes))


def _problem(
    rep: RepDay,
    day: Workday,
    picks: tuple[Pick, ...],
    ends: tuple[LatLon | None, LatLon | None],
    travel: TravelEngine,
    /,
) -> tuple[Problem, list[LatLon], str]:
    """Return the problem, its places, and what is to be said about where the travel came from.

    Accounts at one spot share a place.
    """
    number_of: dict[LatLon, int] = {}
    for place in (*ends, *(pick.card.place for pick in picks)):
        if place is not None:
            number_of.setdefault(place, len(number_of))
    places = list(number_of)
    empty = np.zeros((0, 0), dtype=np.int32)
    matrix = travel.matrix(places) if places else None
    start, end = (None if place is None else number_of[place] for place in ends)
    visits = tuple(
        Visit(
            id=pick.visit_id,
            account_id=pick.card.id,
            place=number_of[pick.card.place],
            service_s=pick.service_s,
            prize=pick.prize,
            windows={rep.day: pick.windows},
            mode=pick.mode,
            commitment=pick.commitment,
            required=pick.required,
        )
        for pick in picks
        if pick.card.place is not None
    )
    shifts = (_shift(rep, day.hours, day.breaks, (start, end)),) if day.hours else ()
    return (
        Problem(
            visits=visits,
            shifts=shifts,
            seconds=matrix.seconds if matrix else empty,
            metres=matrix.metres if matrix else empty,
            network=matrix.network if matrix else travel.network,
            estimated=matrix.estimated if matrix else False,
        ),
        places,
        matrix.stand_in if matrix else "",
    )


def _shift(rep: RepDay, hours: TimeWindow, breaks: tuple[Break, ...], ends: _Ends, /) -> Shift:
    return Shift(
        id=f"{rep.rep_id}:{rep.day}",
        rep_id=rep.rep_id,
        day=rep.day,
        start_place=ends[0],
        end_place=ends[1],
        hours=hours,
        breaks=breaks,
        max_visits=rep.max_visits,
        reserve_s=rep.reserve_s,
    )


def _input_hash(
    problem: Problem, choice: Choice, seed: int, budget: Budget, rest: Rest | None, /
) -> str:
    """Return the sha256 of everything a stored plan is made from."""
    told = [
        ENGINE,
        problem.digest,
        seed,
        budget.solutions,
        budget.tries,
        [pick.reasons for pick in choice.picks],
        [(one.visit_id, one.reason, one.sentence, one.prize) for one in choice.left],
        choice.notes,
    ]
    if rest is not None:
        told += [rest.from_s, rest.start_s, [astuple(stop) for stop in rest.kept]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _paths(
    route: Route, problem: Problem, places: list[LatLon], travel: TravelEngine
) -> tuple[Path, ...]:
    """Return the drive to each stop; the whole of a drive a break interrupts goes to its end."""
    shift = problem.shift_of[route.shift_id]
    here, chain, at_stop = shift.start_place, [], []
    for number, stop in enumerate(route.stops):
        if stop.place is None or (stop.place == here and stop.drive_s == 0):
            continue
        if here is not None and stop.place != here:
            chain.append((here, stop.place))
            at_stop.append(number)
        here = stop.place
    paths: list[Path] = [()] * len(route.stops)
    for number, path in zip(at_stop, _drives(chain, places, travel), strict=True):
        paths[number] = path
    return tuple(paths)


def _drives(chain: list[tuple[int, int]], places: list[LatLon], travel: TravelEngine) -> list[Path]:
    """Return a line for each drive of a chain, as [lon, lat]; straight where there is no way."""
    if not chain:
        return []
    ends = [places[origin] for origin, _ in chain] + [places[chain[-1][1]]]
    try:
        lines = [leg.path for leg in travel.legs(ends)]
    except NotFound:
        lines = [(places[origin], places[target]) for origin, target in chain]
    return [tuple((round(p.lon, 6), round(p.lat, 6)) for p in line) for line in lines]


def _ends(
    rep: RepDay, home: LatLon | None, start: LatLon | None, rest: Rest | None, /
) -> dict[str, Any]:
    """Return where the day begins and ends, and from when and after how many stops it was planned.

    A day under way that keeps what was done keeps where it began as well.
    """
    homely = _spot(home, rep.home_label or "Home")
    places: dict[str, Any] = {"start": homely, "end": homely}
    if rest is not None:
        away = homely if start == home else _spot(start, rest.label)
        places["start"] = dict(rest.start or {}) if rest.kept else away
        places["rest"] = {"from_s": rest.from_s, "stops": len(rest.kept)}
    return {name: place for name, place in places.items() if place}


def _spot(place: LatLon | None, label: str) -> dict[str, Any]:
    return {} if place is None else {"lat": place.lat, "lon": place.lon, "label": label}

"""A rep's day from facts to a checked plan with its roads. Pure: reads nothing, stores nothing."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from route_app.errors import NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.lib.timewindow import TimeWindow
from route_app.planning.candidates import Card, Choice, Left, Pick, Promise, RepDay, choose
from route_app.planning.plan import Budget, Plan, Reason, Route, StopKind
from route_app.planning.planner import ENGINE, make_plan
from route_app.planning.problem import Break, Problem, Shift, Visit
from route_app.planning.workday import Workday, workday
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import TravelEngine
from route_app.roads.store import RoadStore

Path = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class DayProblem:
    """All facts about a rep's day. `current_hash`: the input of the plan that holds now, if any."""

    rep: RepDay
    cards: tuple[Card, ...]
    promises: tuple[Promise, ...]
    current_hash: str | None = None


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


def travel_of(roads: RoadStore) -> TravelEngine:
    """Return the road network built last, or straight-line estimates where none is built."""
    try:
        return roads.open()
    except Unavailable:
        return CrowFlyEngine()


def solve_day(
    facts: DayProblem, travel: TravelEngine, *, seed: int = 0, budget: Budget | None = None
) -> SolvedDay:
    """Return the day planned and checked; its plan is None if the current one already fits.

    The same facts, roads, seed and budget give the same plan.
    """
    budget = budget or Budget()
    rep = facts.rep
    day = workday(
        rep.day,
        work_hours=rep.work_hours,
        country=rep.country,
        lunch=(rep.lunch_from_s, rep.lunch_to_s, rep.lunch_s),
    )
    choice = choose(rep, facts.cards, facts.promises, workday=day)
    home, choice = _on_roads(rep, choice, travel)
    problem, places = _problem(rep, day, choice.picks, home, travel)
    found = _input_hash(problem, choice, seed, budget)
    picks = {pick.visit_id: pick for pick in choice.picks}
    plan = None
    if found != facts.current_hash:
        names = {pick.visit_id: pick.card.name for pick in choice.picks}
        plan = make_plan(problem, seed=seed, budget=budget, names=names, input_hash=found)
    routes = plan.routes if plan else ()
    notes = choice.notes
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
        places=_ends(rep, home),
        input_hash=found,
        seed=seed,
    )


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


def _on_roads(rep: RepDay, choice: Choice, travel: TravelEngine) -> tuple[LatLon | None, Choice]:
    """Take out what no road leads to, with its reason; return the home if a road leads there."""
    spots = [pick.card.place for pick in choice.picks if pick.card.place is not None]
    homes = [rep.home] if rep.home is not None else []
    snaps = travel.snap([*homes, *spots]) if homes or spots else ()
    notes, home = list(choice.notes), rep.home
    if rep.home is None and choice.picks:
        notes.append(
            "No home is set, so the day starts at its first visit and ends at its last. "
            "Set a home address in your profile to have the way there planned too."
        )
    if homes and not snaps[0].usable:
        home = None
        notes.append(
            "No road leads to the home address, so the day starts at its first visit. "
            "Check the pin of the home."
        )
    picks, left, far = [], list(choice.left), 0
    for pick, snap in zip(choice.picks, snaps[len(homes) :], strict=True):
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
    return home, Choice(tuple(picks), tuple(left), tuple(notes))


def _problem(
    rep: RepDay,
    day: Workday,
    picks: tuple[Pick, ...],
    home: LatLon | None,
    travel: TravelEngine,
    /,
) -> tuple[Problem, list[LatLon]]:
    """Return the problem and its places; accounts at one spot share a place."""
    number_of: dict[LatLon, int] = {}
    if home is not None:
        number_of[home] = 0
    for pick in picks:
        if pick.card.place is not None:
            number_of.setdefault(pick.card.place, len(number_of))
    places = list(number_of)
    empty = np.zeros((0, 0), dtype=np.int32)
    matrix = travel.matrix(places) if places else None
    start = number_of[home] if home is not None else None
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
    shifts = (_shift(rep, day.hours, day.breaks, start),) if day.hours else ()
    return Problem(
        visits=visits,
        shifts=shifts,
        seconds=matrix.seconds if matrix else empty,
        metres=matrix.metres if matrix else empty,
        network=matrix.network if matrix else travel.network,
        estimated=matrix.estimated if matrix else False,
    ), places


def _shift(rep: RepDay, hours: TimeWindow, breaks: tuple[Break, ...], start: int | None) -> Shift:
    return Shift(
        id=f"{rep.rep_id}:{rep.day}",
        rep_id=rep.rep_id,
        day=rep.day,
        start_place=start,
        end_place=start,
        hours=hours,
        breaks=breaks,
        max_visits=rep.max_visits,
        reserve_s=rep.reserve_s,
    )


def _input_hash(problem: Problem, choice: Choice, seed: int, budget: Budget) -> str:
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


def _ends(rep: RepDay, home: LatLon | None) -> dict[str, Any]:
    if home is None:
        return {}
    spot = {"lat": home.lat, "lon": home.lon, "label": rep.home_label or "Home"}
    return {"start": spot, "end": spot}


def stop_rows(solved: SolvedDay) -> list[dict[str, Any]]:
    """Return the columns of each stop of a solved day, in order."""
    plan = solved.plan
    if plan is None or not plan.routes:
        return []
    rows: list[dict[str, Any]] = []
    shift = solved.problem.shifts[0]
    for position, (stop, path) in enumerate(zip(plan.routes[0].stops, solved.paths, strict=True)):
        pick = solved.picks.get(stop.visit_id or "")
        visit = solved.problem.visit_of.get(stop.visit_id or "")
        rows.append(
            {
                "position": position,
                "kind": stop.kind.value,
                "account_id": pick.card.id if pick else None,
                "appointment_id": pick.appointment_id if pick else None,
                "commitment": pick.commitment.value if pick else "",
                "arrive_s": stop.arrive,
                "begin_s": stop.begin,
                "depart_s": stop.depart,
                "drive_s": stop.drive_s,
                "drive_m": stop.drive_m,
                "wait_s": stop.wait_s,
                "slack_s": stop.slack_s,
                "prize": solved.problem.prize(visit, shift) if visit else 0,
                "reasons": list(pick.reasons) if pick else _label(stop.kind, stop.label),
                "path": [list(point) for point in path],
            }
        )
    return rows


def _label(kind: StopKind, label: str) -> list[dict[str, Any]]:
    return [{"code": kind.value, "label": label, "points": 0}] if label else []


def left_rows(solved: SolvedDay) -> list[dict[str, Any]]:
    """Return the columns of each visit left out: promises first, then the most valuable."""
    rows: list[dict[str, Any]] = [
        {
            "visit_id": one.visit_id,
            "account_id": one.card.id,
            "appointment_id": one.appointment_id,
            "reason": one.reason.value,
            "sentence": one.sentence,
            "prize": one.prize,
            "detail": {},
        }
        for one in solved.left
    ]
    for out in solved.plan.unplanned if solved.plan else ():
        pick = solved.picks[out.visit_id]
        rows.append(
            {
                "visit_id": out.visit_id,
                "account_id": pick.card.id,
                "appointment_id": pick.appointment_id,
                "reason": out.reason.value,
                "sentence": out.sentence[:500],
                "prize": pick.prize,
                "detail": _with_names(dict(out.detail), solved),
            }
        )
    return sorted(
        rows, key=lambda row: (row["appointment_id"] is None, -row["prize"], row["visit_id"])
    )


def _with_names(detail: dict[str, Any], solved: SolvedDay) -> dict[str, Any]:
    """Add the account behind each visit a reason names."""
    for key in ("against", "instead_of"):
        pick = solved.picks.get(str(detail.get(key)))
        if pick is not None:
            detail[f"{key}_account_id"] = pick.card.id
            detail[f"{key}_name"] = pick.card.name
    return detail

"""The rest of a day under way: what lies behind the rep, and from where and when to plan on.

What was planned and visited is kept with the times it really had; it is never planned again.
Somebody who was not met may be tried once more, some hours later. Times are seconds of the day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from route_app.lib.clock import clock_text
from route_app.lib.geo import LatLon, haversine_m
from route_app.lib.timewindow import LATEST_S, TimeWindow
from route_app.planning.plan import StopKind
from route_app.planning.problem import Break
from route_app.planning.stored import PlannedStop
from route_app.planning.workday import LUNCH, Workday

AGAIN_S = 2 * 3600
EARLY_S = 3600  # a rep who comes before the time has come all the same
_CROW_M_PER_S = 8.0


@dataclass(frozen=True, slots=True)
class Call:
    """A check-in of the day. `ended` is None while it runs; `service_s` is how long one takes."""

    account_id: str
    name: str
    place: LatLon | None
    begun: int
    ended: int | None
    reached: bool
    service_s: int
    appointment_id: str | None = None


@dataclass(frozen=True, slots=True)
class SoFar:
    """What is known of a day under way: the moment, its check-ins, and the plan that holds.

    `past` of the plan's stops lay behind already when it was made.
    """

    now_s: int
    calls: tuple[Call, ...] = ()
    stops: tuple[PlannedStop, ...] = ()
    past: int = 0
    start_s: int | None = None
    start: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Where (None: at home) and from when to plan on, and what is kept of the day so far.

    `again_s` tells for each account seen today from when another try makes sense; None: never.
    """

    from_s: int
    here: LatLon | None
    label: str
    over: bool
    calls: tuple[Call, ...]
    kept: tuple[PlannedStop, ...]
    lunch_over: bool
    again_s: Mapping[str, int | None]
    missed: frozenset[str] = frozenset()
    start_s: int | None = None
    start: Mapping[str, Any] | None = field(default=None)

    def of(self, day: Workday) -> Workday:
        """Return what is left of a working day."""
        if day.hours is None:
            return day
        if self.over:
            ended = clock_text(day.hours.end)
            note = f"The working day ended at {ended}, so nothing more is planned for today."
            return Workday(None, (), (*day.notes, note))
        breaks = tuple(rule for rule in day.breaks if not self._is_behind(rule))
        return Workday(TimeWindow(self.from_s, day.hours.end), breaks, day.notes)

    def _is_behind(self, rule: Break) -> bool:
        return rule.label == LUNCH and (self.lunch_over or rule.window.end < self.from_s)

    def settles(self, promise_id: str, account_id: str, earliest: int, *, firm: bool) -> bool:
        """Return whether a promise was kept today, is being kept, or (`firm`) tried in its time."""
        return any(
            call.reached or call.ended is None or (firm and call.begun >= earliest)
            for call in self.calls
            if call.appointment_id == promise_id
            or (
                call.appointment_id is None
                and call.account_id == account_id
                and call.begun >= earliest - EARLY_S
            )
        )


def rest_of(so_far: SoFar, day: Workday) -> Rest | None:
    """Return the rest of a day, or None if it has not begun. Pure: equal facts, equal rest."""
    now = _next_minute(so_far.now_s)
    calls = tuple(_tidied(so_far.calls, now))
    begins = day.hours.start if day.hours else now
    if not calls and (day.hours is None or now <= begins):
        return None
    last = calls[-1] if calls else None
    free = max(now, _next_minute(_over(last, now))) if last else now
    lunch = next((rule for rule in day.breaks if rule.label == LUNCH), None)
    planned = _planned_lunch(so_far)
    pause = _lunch_begin(lunch, calls, so_far=so_far, now=now, begins=begins) if lunch else None
    if pause is not None and lunch and (last is None or last.ended is not None):
        free = max(free, _next_minute(pause + lunch.duration_s))
    kept = _kept(so_far.stops, calls, now)
    if pause is not None and planned is not None and lunch:
        kept.append(_at(planned, pause, pause + lunch.duration_s))
    seen = {call.account_id for call in calls}
    return Rest(
        from_s=min(LATEST_S, max(free, begins)),
        here=last.place if last else None,
        label=last.name if last else "",
        over=day.hours is not None and max(free, begins) >= day.hours.end,
        calls=calls,
        kept=tuple(sorted(kept, key=lambda stop: (stop.begin_s, stop.position))),
        lunch_over=pause is not None,
        again_s=_again(calls),
        missed=frozenset(
            stop.account_id for stop in so_far.stops if stop.account_id and stop.kind == "visit"
        ) - seen,
        start_s=so_far.start_s if kept else None,
        start=so_far.start if kept else None,
    )  # fmt: skip


def _next_minute(second: int) -> int:
    return -(-second // 60) * 60


def _over(call: Call, now: int) -> int:
    return call.ended if call.ended is not None else max(now, call.begun + call.service_s)


def _tidied(calls: Sequence[Call], now: int) -> Iterator[Call]:
    """Yield the calls in order, none in the future; one forgotten open ends with the next."""
    ordered = sorted(calls, key=lambda call: (call.begun, call.account_id))
    for call, after in zip(ordered, [*ordered[1:], None], strict=False):
        ended = call.ended
        if ended is None and after is not None:
            ended = min(after.begun, call.begun + call.service_s)
        begun = min(call.begun, now)
        if ended is not None:
            ended = max(begun, min(ended, now))
        yield replace(call, begun=begun, ended=ended)


def _again(calls: Sequence[Call]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for call in calls:
        met = call.reached or call.ended is None or found.get(call.account_id, 0) is None
        found[call.account_id] = None if met else (call.ended or call.begun) + AGAIN_S
    return found


def _kept(stops: Sequence[PlannedStop], calls: Sequence[Call], now: int) -> list[PlannedStop]:
    """Return each planned visit that was made, in its turn, with the times it really had."""
    waiting: dict[str, list[PlannedStop]] = {}
    for stop in stops:
        if stop.kind == StopKind.VISIT and stop.account_id:
            waiting.setdefault(stop.account_id, []).append(stop)
    kept = []
    for call in calls:
        queue = waiting.get(call.account_id)
        if queue:
            kept.append(_at(queue.pop(0), call.begun, max(call.begun, _over(call, now))))
    return kept


def _at(stop: PlannedStop, begin: int, depart: int) -> PlannedStop:
    return replace(stop, arrive_s=begin, begin_s=begin, depart_s=depart, wait_s=0, slack_s=0)


def _planned_lunch(so_far: SoFar) -> PlannedStop | None:
    for stop in so_far.stops:
        if stop.kind == StopKind.BREAK and any(why.get("label") == LUNCH for why in stop.reasons):
            return stop
    return None


def _lunch_begin(
    rule: Break, calls: Sequence[Call], *, so_far: SoFar, now: int, begins: int
) -> int | None:
    """Return when lunch was taken, or is being taken now; None if it is still owed.

    Nobody checks in for lunch. It counts as taken where the check-ins leave room for it beside
    the drive, or when it was planned by now and the rep is between visits and on time.
    """
    planned = _planned_lunch(so_far)
    if planned is not None and planned.position < so_far.past:
        return planned.begin_s
    free, place = begins, None
    for call in calls:
        start = max(free, rule.window.start)
        room = call.begun - start - _drive_s(place, call.place)
        if start <= rule.window.end and room >= rule.duration_s:
            return start
        free, place = _over(call, now), call.place
    if planned is None or planned.begin_s > now or (calls and calls[-1].ended is None):
        return None
    if free <= planned.begin_s:
        return planned.begin_s
    start = max(free, rule.window.start)
    return start if start <= rule.window.end and now - start >= rule.duration_s else None


def _drive_s(origin: LatLon | None, target: LatLon | None) -> int:
    if origin is None or target is None:
        return 0
    return round(haversine_m(origin, target) / _CROW_M_PER_S)

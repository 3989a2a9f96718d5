"""How a planned day goes: which stops are done, which is next, and when the rest will be.

Times are seconds after local midnight. A stop's slack is how much later it may begin without
breaking anything that comes after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class StopStatus(StrEnum):
    """Where a stop stands. `passed` is a break or the way home that lies behind us."""

    DONE = "done"
    HERE = "here"
    NEXT = "next"
    LATER = "later"
    PASSED = "passed"
    MISSED = "missed"


class PlannedStop(Protocol):
    """What is read of a plan's stop."""

    @property
    def kind(self) -> str:
        """Return visit, break or end."""

    @property
    def account_id(self) -> str | None:
        """Return whose stop it is."""

    @property
    def arrive_s(self) -> int:
        """Return when the plan arrives."""

    @property
    def begin_s(self) -> int:
        """Return when the plan begins the visit."""

    @property
    def depart_s(self) -> int:
        """Return when the plan leaves."""

    @property
    def drive_s(self) -> int:
        """Return how long the drive to it takes."""

    @property
    def slack_s(self) -> int:
        """Return how much later it may begin."""


class DoneVisit(Protocol):
    """What is read of a check-in."""

    @property
    def id(self) -> str:
        """Return the check-in's id."""

    @property
    def account_id(self) -> str:
        """Return where it was."""

    @property
    def outcome(self) -> str | None:
        """Return what came of it, None while it runs."""


@dataclass(frozen=True, slots=True)
class StopProgress:
    """One stop as it goes.

    `expected_s` is when we now think to begin there, or None for what is behind us. `leave_by_s`
    is the last moment to set out for it without breaking a promise. `late` says that moment, or
    one after it, cannot be kept any more.
    """

    status: StopStatus
    expected_s: int | None
    leave_by_s: int
    late: bool
    check_in_id: str | None = None


@dataclass(frozen=True, slots=True)
class DayProgress:
    """A whole day as it goes: one entry a stop, and the figures of it."""

    stops: tuple[StopProgress, ...]
    visits: int
    done: int
    next_position: int | None
    late: bool
    home_s: int | None

    @property
    def over(self) -> bool:
        """Return whether every planned visit is done or past."""
        return self.next_position is None


def progress(
    stops: Sequence[PlannedStop],
    visits: Iterable[DoneVisit],
    *,
    now_s: int | None,
    past: int = 0,
) -> DayProgress:
    """Return how a day goes at a moment; `now_s` None asks for the plan as it was made.

    The plan's order is kept: what a rep did out of turn is done, and the first visit still open
    is next. Give `now_s` beyond midnight for a day that is over: what is open then was missed.
    The first `past` stops lay behind already when the plan was made, their breaks among them.
    """
    found = _match(stops, visits)
    over = now_s is not None and now_s >= 86_400
    statuses = _statuses(stops, found, over=over, past=past)
    if now_s is None:
        # a day ahead has no next stop yet
        statuses = [
            StopStatus.LATER if status is StopStatus.NEXT else status for status in statuses
        ]
    first = next((at for at, one in enumerate(statuses) if one is StopStatus.NEXT), None)
    expected = _expected(stops, statuses, now_s=now_s)
    rows = tuple(
        StopProgress(
            status=status,
            expected_s=begin,
            leave_by_s=stop.begin_s + stop.slack_s - stop.drive_s,
            late=begin is not None and begin > stop.begin_s + stop.slack_s,
            check_in_id=visit.id if visit else None,
        )
        for stop, status, begin, visit in zip(stops, statuses, expected, found, strict=True)
    )
    count = sum(stop.kind == "visit" for stop in stops)
    home = [begin for stop, begin in zip(stops, expected, strict=True) if stop.kind == "end"]
    return DayProgress(
        stops=rows,
        visits=count,
        done=sum(status is StopStatus.DONE for status in statuses),
        next_position=first,
        late=any(row.late for row in rows),
        home_s=home[-1] if home else None,
    )


def _match(stops: Sequence[PlannedStop], visits: Iterable[DoneVisit]) -> list[DoneVisit | None]:
    """Give each visit stop the check-in made there; two stops at one account take one each."""
    waiting: dict[str, list[DoneVisit]] = {}
    for visit in visits:
        waiting.setdefault(visit.account_id, []).append(visit)
    found: list[DoneVisit | None] = []
    planned = _times_planned(stops)
    for stop in stops:
        queue = waiting.get(stop.account_id or "", []) if stop.kind == "visit" else []
        if not queue:
            found.append(None)
            continue
        planned[stop.account_id or ""] -= 1
        # The last stop at an account shows the latest try there, not the first.
        found.append(queue.pop(0) if planned[stop.account_id or ""] else queue[-1])
    return found


def _times_planned(stops: Sequence[PlannedStop]) -> dict[str, int]:
    times: dict[str, int] = {}
    for stop in stops:
        if stop.kind == "visit" and stop.account_id:
            times[stop.account_id] = times.get(stop.account_id, 0) + 1
    return times


def _statuses(
    stops: Sequence[PlannedStop], found: Sequence[DoneVisit | None], *, over: bool, past: int
) -> list[StopStatus]:
    touched = [at for at, visit in enumerate(found) if visit]
    last = max(touched[-1] if touched else -1, past)
    statuses: list[StopStatus] = []
    met_next = False
    for at, (stop, visit) in enumerate(zip(stops, found, strict=True)):
        if visit:
            statuses.append(StopStatus.DONE if visit.outcome else StopStatus.HERE)
        elif over:
            statuses.append(StopStatus.MISSED if stop.kind == "visit" else StopStatus.PASSED)
        elif stop.kind != "visit":
            statuses.append(StopStatus.PASSED if at < last else StopStatus.LATER)
        elif met_next:
            statuses.append(StopStatus.LATER)
        else:
            met_next = True
            statuses.append(StopStatus.NEXT)
    return statuses


def _expected(
    stops: Sequence[PlannedStop], statuses: Sequence[StopStatus], *, now_s: int | None
) -> list[int | None]:
    """Walk what is left of the day from now: nobody leaves before the plan or before now."""
    free_s: int | None = now_s
    begins: list[int | None] = []
    for stop, status in zip(stops, statuses, strict=True):
        stay_s = stop.depart_s - stop.begin_s
        if status in (StopStatus.DONE, StopStatus.PASSED, StopStatus.MISSED):
            begins.append(None)
            continue
        if status is StopStatus.HERE:
            free_s = None if free_s is None else max(free_s, stop.depart_s)
            begins.append(None)
            continue
        leave_s = max(stop.arrive_s - stop.drive_s, free_s or 0)
        begin_s = max(leave_s + stop.drive_s, stop.begin_s)
        begins.append(begin_s)
        free_s = None if now_s is None else begin_s + stay_s
    return begins


def positions(stops: Sequence[PlannedStop]) -> Mapping[int, int]:
    """Return the number each visit carries on the map and in the list, by index of its stop."""
    visits = [at for at, stop in enumerate(stops) if stop.kind == "visit"]
    return {at: number for number, at in enumerate(visits, start=1)}

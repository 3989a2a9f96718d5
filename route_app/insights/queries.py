"""Read how it goes: a team's day, one rep's day, and who is seen often enough."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from route_app.accounts.cadence import TIER_DAYS
from route_app.activity import outcomes
from route_app.insights import metrics
from route_app.insights.metrics import (
    Coverage,
    Covered,
    RepDay,
    SeenStop,
    Share,
    StopState,
    Visited,
)
from route_app.lib import clock
from route_app.models import Account, CheckIn, CurrentPlan, Order, Plan, PlanStop, User

HISTORY = timedelta(days=400)  # far enough back that nearly every visit knows the one before it


@dataclass(frozen=True, slots=True)
class StopRow:
    """A planned visit with its account and what came of it."""

    number: int
    seen: SeenStop
    account_id: str
    account_name: str
    address: str
    lat: float | None
    lon: float | None
    commitment: str
    begin_s: int
    depart_s: int
    drive_m: int
    path: list[Any]
    checked_in_at: datetime | None
    outcome_label: str

    @property
    def state(self) -> StopState:
        """Return how the visit stands."""
        return self.seen.state


@dataclass(frozen=True, slots=True)
class LastSeen:
    """A rep's latest check-in of the day."""

    at: datetime
    account_id: str
    account_name: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A rep's day: without a plan, `plan_id` is None and there are no stops."""

    rep: User
    zone: str
    plan_id: str | None
    version: int
    figures: RepDay
    stops: tuple[StopRow, ...]
    home_path: list[Any]
    drive_m: int
    extra: int
    last: LastSeen | None

    @property
    def next_row(self) -> StopRow | None:
        """Return the first visit still open."""
        wanted = self.figures.next_stop
        return next((row for row in self.stops if wanted and row.seen is wanted), None)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One rep's coverage by tier, and the quality of their visits."""

    rep_id: str | None
    name: str
    coverage: Coverage
    on_time: Share
    strikes: Share


def team_day(
    session: Session, reps: Sequence[User], *, at: datetime, company_zone: str
) -> list[DayRow]:
    """Return how today goes for each rep, in the order given; today is the rep's own local day."""
    days = [(rep, clock.local_day(at, zone=clock.zone(_zone(rep, company_zone)))) for rep in reps]
    return [rep_day(session, rep, day, at=at, company_zone=company_zone) for rep, day in days]


def rep_day(session: Session, rep: User, day: date, *, at: datetime, company_zone: str) -> DayRow:
    """Return how one rep's day goes, or went."""
    zone_name = _zone(rep, company_zone)
    zone = clock.zone(zone_name)
    plan = _current_plan(session, rep.id, day)
    stops = _stops(session, plan)
    begin, end = clock.day_bounds(day, zone=zone)
    visits = _check_ins(session, rep.id, begin=begin, end=end)
    figures = metrics.rep_day(
        [stop for stop, _ in stops],
        [visit for visit, _ in visits],
        now_s=clock.second_of(at, day, zone=zone),
        past=int(plan.places.get("rest", {}).get("stops", 0)) if plan else 0,
    )
    matched = {seen.check_in_id for seen in figures.visits}
    home = [stop for stop, _ in stops if stop.kind == "end"]
    return DayRow(
        rep=rep,
        zone=zone_name,
        plan_id=plan.id if plan else None,
        version=plan.version if plan else 0,
        figures=figures,
        stops=_rows(stops, figures, {visit.id: visit for visit, _ in visits}),
        home_path=home[-1].path if home else [],
        drive_m=plan.drive_m if plan else 0,
        extra=sum(visit.id not in matched for visit, _ in visits),
        last=_last(visits),
    )


def coverage(
    session: Session, reps: Sequence[User], *, at: datetime, everybody: bool
) -> list[CoverageRow]:
    """Return coverage by rep and tier; `everybody` adds accounts that nobody owns."""
    ids = {rep.id for rep in reps}
    covered = metrics.coverage(
        _covered(session, None if everybody else ids, today=at.date()), now=at
    )
    since = at - timedelta(days=metrics.PERIOD_DAYS)
    visits = _visited(session, ids, since=since, oldest=at - HISTORY)
    timely = metrics.on_time(visits, since=since)
    strikes = metrics.strike_rate(visits, since=since)
    rows = [
        CoverageRow(
            rep_id=rep.id,
            name=rep.name,
            coverage=covered.pop(rep.id, Coverage()),
            on_time=timely.get(rep.id, metrics.NONE),
            strikes=strikes.get(rep.id, metrics.NONE),
        )
        for rep in reps
    ]
    if everybody and covered:
        rows.append(_unowned(covered.values()))
    return rows


def _zone(rep: User, company_zone: str) -> str:
    return rep.time_zone or company_zone


def _current_plan(session: Session, rep_id: str, day: date) -> Plan | None:
    statement = (
        select(Plan)
        .join(CurrentPlan, col(CurrentPlan.plan_id) == col(Plan.id))
        .where(CurrentPlan.rep_id == rep_id, CurrentPlan.day == day)
    )
    return session.exec(statement).one_or_none()


def _stops(session: Session, plan: Plan | None) -> list[tuple[PlanStop, Account | None]]:
    if plan is None:
        return []
    statement = (
        select(PlanStop, Account)
        .outerjoin(Account, col(Account.id) == col(PlanStop.account_id))
        .where(PlanStop.plan_id == plan.id)
        .order_by(col(PlanStop.position))
    )
    return [(stop, account) for stop, account in session.exec(statement)]


def _check_ins(
    session: Session, rep_id: str, *, begin: datetime, end: datetime
) -> list[tuple[CheckIn, str]]:
    statement = (
        select(CheckIn, Account.name)
        .join(Account, col(Account.id) == col(CheckIn.account_id))
        .where(CheckIn.rep_id == rep_id, CheckIn.started_at >= begin, CheckIn.started_at < end)
        .order_by(col(CheckIn.started_at), col(CheckIn.id))
    )
    return [(visit, name) for visit, name in session.exec(statement)]


def _rows(
    stops: Sequence[tuple[PlanStop, Account | None]],
    figures: RepDay,
    visits: dict[str, CheckIn],
) -> tuple[StopRow, ...]:
    rows = []
    for number, seen in enumerate(figures.visits, start=1):
        stop, account = stops[seen.index]
        visit = visits.get(seen.check_in_id or "")
        rows.append(
            StopRow(
                number=number,
                seen=seen,
                account_id=stop.account_id or "",
                account_name=account.name if account else "",
                address=_address(account),
                lat=account.lat if account else None,
                lon=account.lon if account else None,
                commitment=stop.commitment,
                begin_s=stop.begin_s,
                depart_s=stop.depart_s,
                drive_m=stop.drive_m,
                path=stop.path,
                checked_in_at=visit.started_at if visit else None,
                outcome_label=outcomes.label(visit.outcome) if visit else "",
            )
        )
    return tuple(rows)


def _address(account: Account | None) -> str:
    if account is None:
        return ""
    street = f"{account.street} {account.house_no}".strip()
    return ", ".join(part for part in (street, account.city) if part)


def _last(visits: Sequence[tuple[CheckIn, str]]) -> LastSeen | None:
    if not visits:
        return None
    visit, name = visits[-1]
    return LastSeen(at=visit.started_at, account_id=visit.account_id, account_name=name)


def _covered(session: Session, owner_ids: Collection[str] | None, *, today: date) -> list[Covered]:
    """Return active accounts; one whose first visit is still ahead has nothing to be late for."""
    columns: list[Any] = [
        Account.owner_id,
        Account.tier,
        Account.target_days,
        Account.latest_pct,
        Account.last_visited_at,
        Account.first_due_on,
    ]
    statement: Any = select(*columns).where(col(Account.active))
    if owner_ids is not None:
        statement = statement.where(col(Account.owner_id).in_(sorted(owner_ids)))
    return [
        Covered(
            rep_id=owner,
            tier=tier,
            latest_days=_target(tier, target) * latest / 100,
            last_visited_at=last,
        )
        for owner, tier, target, latest, last, first in session.exec(statement)
        if last is not None or first is None or first <= today
    ]


def _visited(
    session: Session, rep_ids: Collection[str], *, since: datetime, oldest: datetime
) -> list[Visited]:
    """Return the visits since an instant, and of those before only each account's latest."""
    reached = [one.code for one in outcomes.OUTCOMES if one.reached]
    theirs = (col(CheckIn.rep_id).in_(sorted(rep_ids)), col(CheckIn.outcome).in_(reached))
    recent = (*theirs, CheckIn.started_at >= since)
    earlier = (*theirs, CheckIn.started_at >= oldest, CheckIn.started_at < since)
    latest: Any = select(CheckIn.account_id, func.max(CheckIn.started_at)).where(*earlier)
    before = session.exec(latest.group_by(CheckIn.account_id))
    wanted: Any = select(CheckIn.id, CheckIn.rep_id, CheckIn.account_id, CheckIn.started_at)
    gaps = _gaps(session, select(CheckIn.account_id).where(*recent))
    ordered = _with_orders(session, rep_ids, since=since)
    visits = [
        Visited(rep_id, account_id, at, *gaps[account_id], ordered=id in ordered)
        for id, rep_id, account_id, at in session.exec(wanted.where(*recent))
    ]
    visits += [
        Visited("", account_id, at, *gaps[account_id], ordered=False)
        for account_id, at in before
        if account_id in gaps
    ]
    return visits


def _gaps(session: Session, account_ids: Any) -> dict[str, tuple[float, float]]:
    """Return for each account the shortest and the longest gap in days that its cadence allows."""
    columns: list[Any] = [
        Account.id, Account.tier, Account.target_days, Account.earliest_pct, Account.latest_pct,
    ]  # fmt: skip
    statement: Any = select(*columns).where(col(Account.id).in_(account_ids))
    return {
        id: (days * earliest / 100, days * latest / 100)
        for id, tier, target, earliest, latest in session.exec(statement)
        for days in [_target(tier, target)]
    }


def _with_orders(session: Session, rep_ids: Collection[str], *, since: datetime) -> set[str]:
    statement = select(Order.check_in_id).where(
        col(Order.check_in_id).is_not(None),
        col(Order.rep_id).in_(sorted(rep_ids)),
        Order.ordered_at >= since,
    )
    return {str(check_in_id) for check_in_id in session.exec(statement)}


def _target(tier: str, own: int | None) -> int:
    return own or TIER_DAYS.get(tier.upper(), TIER_DAYS["C"])


def _unowned(groups: Iterable[Coverage]) -> CoverageRow:
    total, tiers = metrics.NONE, defaultdict[str, Share](lambda: metrics.NONE)
    for group in groups:
        total += group.total
        for tier, share in group.tiers.items():
            tiers[tier] += share
    return CoverageRow(
        rep_id=None,
        name="Nobody, or somebody who left",
        coverage=Coverage(total, dict(tiers)),
        on_time=metrics.NONE,
        strikes=metrics.NONE,
    )

"""Read what happened: the log, an account's last visits, a rep's day."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session, col

from route_app.activity import outcomes
from route_app.activity.checkin import Verification, clock_is_off
from route_app.lib.clock import day_bounds, zone
from route_app.models import Account, Appointment, CheckIn, Order, Plan, PlanStop, User

PAGE_SIZE = 50
_NEWEST_FIRST = (col(CheckIn.started_at).desc(), col(CheckIn.id))
_Query: TypeAlias = Select[CheckIn, str, str, str, float | None]
_Where: TypeAlias = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class LoggedVisit:
    """One check-in as people read it, with the names it needs."""

    id: str
    account_id: str
    account_name: str
    city: str
    rep_id: str
    rep_name: str
    plan_id: str | None
    started_at: datetime
    ended_at: datetime | None
    received_at: datetime
    outcome: str | None
    outcome_label: str
    reached: bool
    note: str
    next_step: str
    follow_up_on: date | None
    order_value: float | None
    verification: Verification
    distance_m: float | None
    accuracy_m: float | None
    clock_off: bool
    is_demo: bool = False

    @property
    def minutes(self) -> int | None:
        """Return how long it lasted, or None while it runs."""
        if self.ended_at is None:
            return None
        return round((self.ended_at - self.started_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, newest first."""

    rows: tuple[LoggedVisit, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class LogTotals:
    """The figures of a whole filtered log. Values are in the company's currency."""

    visits: int
    reached: int
    orders: int
    value: float


def log(
    session: Session,
    *,
    rep_ids: Collection[str] | None,
    date_from: date | None = None,
    date_to: date | None = None,
    outcome: str | None = None,
    account: str | None = None,
    verification: str | None = None,
    page: int = 1,
    page_size: int = PAGE_SIZE,
    time_zone: str = "UTC",
) -> LogPage:
    """Return one page of check-ins, newest first; `rep_ids` None means everybody's.

    Dates are days of `time_zone`, both inclusive. `outcome` may be "open" for visits under way;
    `account` is an id, or a part of a name.
    """
    where = _where(
        rep_ids=rep_ids,
        date_from=date_from,
        date_to=date_to,
        outcome=outcome,
        account=account,
        verification=verification,
        time_zone=time_zone,
    )
    total = session.scalar(select(func.count()).select_from(CheckIn).where(*where)) or 0
    pages = max(1, -(-total // page_size))
    page = min(max(1, page), pages)
    # The page is found among check-ins alone; only its rows are then joined with their names.
    shown = (
        select(col(CheckIn.id))
        .where(*where)
        .order_by(*_NEWEST_FIRST)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    ids = list(session.scalars(shown))
    rows = session.execute(_everything().where(col(CheckIn.id).in_(ids))).all()
    return LogPage(tuple(_logged(*row) for row in rows), total, page, pages)


def totals(session: Session, **asked: Any) -> LogTotals:
    """Return the figures of every check-in that `log` would list for the same filter."""
    where = _where(**asked)
    reached = col(CheckIn.outcome).in_([one.code for one in outcomes.OUTCOMES if one.reached])
    visits, met = session.execute(
        select(func.count(), func.count(case((reached, 1)))).select_from(CheckIn).where(*where)
    ).one()
    orders, value = session.execute(
        select(func.count(), func.sum(col(Order.value)))
        .join(CheckIn, col(CheckIn.id) == col(Order.check_in_id))
        .where(*where)
    ).one()
    return LogTotals(visits=visits, reached=met, orders=orders, value=float(value or 0))


def every(session: Session, **asked: Any) -> Iterator[LoggedVisit]:
    """Yield every check-in that `log` would list for the same filter, without holding them all."""
    rows = session.execute(_asked(**asked).execution_options(yield_per=500))
    for row in rows:
        yield _logged(*row)


def last_visits(
    session: Session, account_id: str, *, limit: int = 5, rep_ids: Collection[str] | None = None
) -> tuple[LoggedVisit, ...]:
    """Return the latest check-ins at an account, newest first."""
    query = _asked(rep_ids=rep_ids).where(col(CheckIn.account_id) == account_id).limit(limit)
    return tuple(_logged(*row) for row in session.execute(query).all())


def day_activity(
    session: Session, rep_id: str, day: date, *, time_zone: str
) -> tuple[LoggedVisit, ...]:
    """Return a rep's check-ins of one local day, oldest first."""
    query = _asked(rep_ids=[rep_id], date_from=day, date_to=day, time_zone=time_zone)
    rows = session.execute(query).all()
    return tuple(_logged(*row) for row in reversed(rows))


def open_visit(session: Session, rep_id: str) -> LoggedVisit | None:
    """Return the rep's newest visit that has not ended, of whatever day, or None."""
    row = session.execute(_asked(rep_ids=[rep_id], outcome="open").limit(1)).first()
    return _logged(*row) if row else None


def check_in_of(session: Session, id: str) -> LoggedVisit | None:
    """Return one check-in, or None."""
    row = session.execute(_everything().where(col(CheckIn.id) == id)).first()
    return _logged(*row) if row else None


def changed_since(session: Session, *, rep_id: str, day: date, at: datetime, time_zone: str) -> str:
    """Return in words what of a rep's day changed after an instant; empty when nothing did."""
    opens, closes = day_bounds(day, zone=zone(time_zone))
    edited = select(func.count()).where(
        col(Account.owner_id) == rep_id, col(Account.updated_at) > at, col(Account.active)
    )
    promised = select(func.count()).where(
        col(Appointment.rep_id) == rep_id,
        col(Appointment.earliest_begin_at) < closes,
        col(Appointment.latest_begin_at) >= opens,
        or_(col(Appointment.created_at) > at, col(Appointment.cancelled_at) > at),
    )
    counts = (
        (session.scalar(edited) or 0, "account"),
        (session.scalar(promised) or 0, "appointment"),
    )
    return " and ".join(
        f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count
    )


def may_visit(session: Session, *, rep_id: str, account: Account) -> bool:
    """Return whether a rep may check in: their account, or one that was ever in their plan.

    The second half lets a visit made without signal arrive after the account has moved on.
    """
    if account.owner_id == rep_id:
        return True
    planned = (
        select(col(PlanStop.plan_id))
        .join(Plan, col(Plan.id) == col(PlanStop.plan_id))
        .where(col(Plan.rep_id) == rep_id, col(PlanStop.account_id) == account.id)
    )
    promised = select(col(Appointment.id)).where(
        col(Appointment.rep_id) == rep_id, col(Appointment.account_id) == account.id
    )
    return any(session.execute(query.limit(1)).first() for query in (planned, promised))


def own_plan_id(session: Session, *, rep_id: str, plan_id: str | None) -> str | None:
    """Return the plan's id if it is this rep's plan, else None."""
    plan = session.get(Plan, plan_id) if plan_id else None
    return plan.id if plan and plan.rep_id == rep_id else None


def own_appointment_id(
    session: Session, *, rep_id: str, account_id: str, appointment_id: str | None
) -> str | None:
    """Return the appointment's id if this rep made it with this account, else None."""
    found = session.get(Appointment, appointment_id) if appointment_id else None
    if found and found.rep_id == rep_id and found.account_id == account_id:
        return found.id
    return None


def _everything() -> _Query:
    ordered = (
        select(func.sum(col(Order.value)))
        .where(col(Order.check_in_id) == col(CheckIn.id))
        .scalar_subquery()
    )
    return (
        select(CheckIn, col(Account.name), col(Account.city), col(User.name), ordered)
        .join(Account, col(Account.id) == col(CheckIn.account_id))
        .join(User, col(User.id) == col(CheckIn.rep_id))
        .order_by(*_NEWEST_FIRST)
    )


def _asked(**asked: Any) -> _Query:
    return _everything().where(*_where(**asked))


def _where(
    *,
    rep_ids: Collection[str] | None,
    date_from: date | None = None,
    date_to: date | None = None,
    outcome: str | None = None,
    account: str | None = None,
    verification: str | None = None,
    time_zone: str = "UTC",
) -> _Where:
    """Return the conditions of a filter; all are on check-ins alone."""
    where: _Where = []
    place = zone(time_zone)
    if rep_ids is not None:
        where.append(col(CheckIn.rep_id).in_(sorted(rep_ids)))
    if date_from:
        where.append(col(CheckIn.started_at) >= day_bounds(date_from, zone=place)[0])
    if date_to:
        where.append(col(CheckIn.started_at) < day_bounds(date_to, zone=place)[1])
    if outcome == "open":
        where.append(col(CheckIn.outcome).is_(None))
    elif outcome:
        where.append(col(CheckIn.outcome) == outcome)
    if verification:
        where.append(col(CheckIn.verification) == verification)
    if account:
        named = col(Account.name).icontains(account, autoescape=True)
        meant = select(col(Account.id)).where(or_(col(Account.id) == account, named))
        where.append(col(CheckIn.account_id).in_(meant))
    return where


def _logged(row: CheckIn, account: str, city: str, rep: str, value: float | None) -> LoggedVisit:
    known = outcomes.known(row.outcome)
    return LoggedVisit(
        id=row.id,
        account_id=row.account_id,
        account_name=account,
        city=city,
        rep_id=row.rep_id,
        rep_name=rep,
        plan_id=row.plan_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        received_at=row.received_at,
        outcome=row.outcome,
        outcome_label=outcomes.label(row.outcome),
        reached=bool(known and known.reached),
        note=row.note,
        next_step=row.next_step,
        follow_up_on=row.follow_up_on,
        order_value=value,
        verification=Verification(row.verification),
        distance_m=row.distance_m,
        accuracy_m=row.accuracy_m,
        clock_off=clock_is_off(row.device_at, row.received_at),
        is_demo=row.is_demo,
    )

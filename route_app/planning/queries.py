"""Reads about plans: a rep's current day, and what has to be known to plan one."""

from datetime import date, datetime, timedelta
from math import log
from typing import cast

from sqlmodel import Session, col, func, or_, select

from route_app.accounts.cadence import Lengths, service_s_of
from route_app.accounts.ranking import Facts, potential_shares
from route_app.lib.clock import day_bounds, local_day, second_of, zone
from route_app.lib.geo import place_at
from route_app.models import (
    Account,
    Appointment,
    CheckIn,
    CurrentPlan,
    Plan,
    PlanLeftOut,
    PlanStop,
    TravelFactor,
    User,
    VisitLength,
)
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.rest import EARLY_S, Call, SoFar
from route_app.planning.stored import DayPlan, LeftOut, PlannedStop
from route_app.planning.workday import workday
from route_app.roads.calibrated import Band, Basis, Correction
from route_app.roads.engine import Slot
from route_app.users import queries as users

EARLY = timedelta(seconds=EARLY_S)


def current_plan(session: Session, rep_id: str, day: date) -> DayPlan | None:
    """Return the plan of a rep's day that holds now, or None if there is none yet."""
    row = current_row(session, rep_id, day)
    return None if row is None else _whole(session, row)


def plan_by_id(session: Session, plan_id: str) -> DayPlan | None:
    """Return any version of a plan, or None."""
    row = session.get(Plan, plan_id)
    return None if row is None else _whole(session, row)


def current_row(session: Session, rep_id: str, day: date) -> Plan | None:
    """Return the row of the plan that holds now, or None."""
    current = session.get(CurrentPlan, (rep_id, day))
    return None if current is None else session.get(Plan, current.plan_id)


def latest_version(session: Session, rep_id: str, day: date) -> int:
    """Return the number of the newest version of a day, 0 if there is none."""
    statement = select(func.max(Plan.version)).where(Plan.rep_id == rep_id, Plan.day == day)
    return session.exec(statement).one() or 0


def reps_without_plan(session: Session, *, day: date) -> list[tuple[str, str]]:
    """Return (id, name) of every active rep who has no plan for a day, by name."""
    planned = select(CurrentPlan.rep_id).where(CurrentPlan.day == day)
    statement = (
        select(User.id, User.name)
        .where(User.role == "rep", col(User.active), col(User.id).not_in(planned))
        .order_by(User.name, User.id)
    )
    return [(rep_id, name) for rep_id, name in session.exec(statement)]


def rep_day(session: Session, *, rep_id: str, day: date) -> RepDay:
    """Return a rep's working day as values."""
    user, company = users.person(session, rep_id), users.company(session)
    home = place_at(user.home_lat, user.home_lon)
    return RepDay(
        rep_id=rep_id,
        name=user.name,
        day=day,
        time_zone=user.time_zone or company.time_zone,
        country=company.country,
        work_hours=user.work_hours,
        home=home,
        home_label=user.home_address,
        lunch_from_s=user.lunch_from_s,
        lunch_to_s=user.lunch_to_s,
        lunch_s=user.lunch_s,
        max_visits=user.max_visits,
    )


def cards_of(session: Session, *, rep_day: RepDay) -> tuple[Card, ...]:
    """Return every active account of a rep as values, in a fixed order."""
    rep_id, country = rep_day.rep_id, rep_day.country
    statement = (
        select(Account)
        .where(Account.owner_id == rep_id, col(Account.active), Account.status != "lost")
        .order_by(Account.id)
    )
    rows = session.exec(statement).all()
    shares = potential_shares([row.potential for row in rows])
    promised, learned = _promised_on(session, rep_day), lengths(session)
    return tuple(
        card_of(
            row,
            share=share,
            country=country,
            promised_on=promised.get(row.id),
            learned=learned,
        )
        for row, share in zip(rows, shares, strict=True)
    )


def lengths(session: Session) -> Lengths:
    """Return how long visits have been found to take, by tier and segment."""
    rows = session.exec(select(VisitLength.tier, VisitLength.segment, VisitLength.service_s))
    return {(tier, segment): seconds for tier, segment, seconds in rows}


def corrections_of(session: Session, rep_id: str) -> dict[Basis, Correction]:
    """Return what was learned of drives where a rep has most accounts, by what it rests on.

    A territory that taught nothing yet is driven as the company drives.
    """
    count = func.count()
    most = session.exec(
        select(Account.territory_id, count)
        .where(
            Account.owner_id == rep_id, col(Account.active), col(Account.territory_id).is_not(None)
        )
        .group_by(Account.territory_id)
        .order_by(count.desc(), col(Account.territory_id))
        .limit(1)
    ).first()
    theirs = most[0] if most else None
    rows = session.exec(
        select(TravelFactor)
        .where(
            or_(col(TravelFactor.territory_id).is_(None), TravelFactor.territory_id == theirs),
            TravelFactor.slot != "",
        )
        .order_by(col(TravelFactor.territory_id).is_not(None), TravelFactor.slot)
    )
    by_basis: dict[Basis, dict[Slot, TravelFactor]] = {}
    for row in rows:  # the territory's come last, in the place of the company's
        by_basis.setdefault(cast(Basis, row.basis), {})[cast(Slot, row.slot)] = row
    visits = _visit_band(session)
    return {
        basis: Correction(
            visits=visits,
            factors={slot: row.factor for slot, row in found.items()},
            door_s=max(row.door_s for row in found.values()),
            bands={slot: Band(row.low, row.high) for slot, row in found.items()},
        )
        for basis, found in by_basis.items()
    }


def _visit_band(session: Session) -> Band:
    """Return the band of visit lengths over all tiers, each by its visits; wide if none are."""
    rows = session.exec(select(VisitLength).where(VisitLength.segment == "")).all()
    count = sum(row.n for row in rows)
    if not count:
        return Band()
    return Band(
        low=sum(row.n * log(row.low_s / row.service_s) for row in rows) / count,
        high=sum(row.n * log(row.high_s / row.service_s) for row in rows) / count,
    )


def _promised_on(session: Session, rep_day: RepDay) -> dict[str, date]:
    """Return the local day of each account's next appointment after the day, whoever keeps it."""
    here = zone(rep_day.time_zone)
    _, closes = day_bounds(rep_day.day, zone=here)
    statement = (
        select(Appointment.account_id, func.min(Appointment.earliest_begin_at))
        .where(col(Appointment.cancelled_at).is_(None), Appointment.earliest_begin_at >= closes)
        .group_by(Appointment.account_id)
    )
    return {account: local_day(at, zone=here) for account, at in session.exec(statement)}


def card_of(
    row: Account,
    *,
    share: float | None,
    country: str,
    promised_on: date | None = None,
    learned: Lengths | None = None,
) -> Card:
    """Return an account as values; `learned` says how long visits to its like really take."""
    return Card(
        id=row.id,
        name=row.name,
        place=place_at(row.lat, row.lon),
        service_s=service_s_of(row, learned or {}),
        opening_hours=row.opening_hours,
        country=row.country or country,
        facts=Facts(
            id=row.id,
            tier=row.tier,
            created_at=row.created_at,
            target_days=row.target_days,
            earliest_pct=row.earliest_pct,
            latest_pct=row.latest_pct,
            first_due_on=row.first_due_on,
            last_visited_at=row.last_visited_at,
            potential_share=share,
            boost=row.boost,
        ),
        promised_on=promised_on,
    )


def promises_of(session: Session, *, rep_day: RepDay) -> tuple[Promise, ...]:
    """Return what a rep has promised for a day and what may still be kept on a later one.

    A promise whose account was visited since shortly before its begin is kept already.
    """
    here = zone(rep_day.time_zone)
    opens, closes = day_bounds(rep_day.day, zone=here)
    statement = (
        select(Appointment, Account)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .where(
            Appointment.rep_id == rep_day.rep_id,
            col(Appointment.cancelled_at).is_(None),
            Appointment.latest_begin_at >= opens,
            Appointment.earliest_begin_at < closes,
        )
        .order_by(col(Appointment.earliest_begin_at), col(Appointment.id))
    )
    return tuple(
        Promise(
            id=row.id,
            card=card_of(account, share=None, country=rep_day.country),
            commitment=row.commitment,
            earliest=second_of(row.earliest_begin_at, rep_day.day, zone=here),
            latest=second_of(row.latest_begin_at, rep_day.day, zone=here),
            service_s=row.service_s,
            title=row.title,
            last_chance=_last_chance(rep_day, local_day(row.latest_begin_at, zone=here)),
        )
        for row, account in session.exec(statement)
        if not _kept(row, account)
    )


def so_far(session: Session, *, rep_day: RepDay, now: datetime) -> SoFar | None:
    """Return what is known of a rep's day at a moment of it; None on any other day."""
    here = zone(rep_day.time_zone)
    if local_day(now, zone=here) != rep_day.day:
        return None
    opens, closes = day_bounds(rep_day.day, zone=here)
    statement = (
        select(CheckIn, Account)
        .join(Account, col(Account.id) == col(CheckIn.account_id))
        .where(
            CheckIn.rep_id == rep_day.rep_id,
            CheckIn.started_at >= opens,
            CheckIn.started_at < closes,
        )
        .order_by(col(CheckIn.started_at), col(CheckIn.id))
    )
    plan, learned = current_plan(session, rep_day.rep_id, rep_day.day), lengths(session)
    return SoFar(
        now_s=second_of(now, rep_day.day, zone=here),
        calls=tuple(
            _call(row, account, rep_day, learned) for row, account in session.exec(statement)
        ),
        stops=plan.stops if plan else (),
        past=plan.past if plan else 0,
        start_s=plan.start_s if plan else None,
        start=plan.places.get("start") if plan else None,
    )


def _call(row: CheckIn, account: Account, rep_day: RepDay, learned: Lengths) -> Call:
    here, seen = zone(rep_day.time_zone), account.last_visited_at
    return Call(
        account_id=row.account_id,
        name=account.name,
        place=place_at(account.lat, account.lon),
        begun=max(0, second_of(row.started_at, rep_day.day, zone=here)),
        ended=None if row.ended_at is None else second_of(row.ended_at, rep_day.day, zone=here),
        # only a call that reached the customer moves the last visit
        reached=row.ended_at is not None and seen is not None and seen >= row.started_at,
        service_s=service_s_of(account, learned),
        appointment_id=row.appointment_id,
    )


def _kept(row: Appointment, account: Account) -> bool:
    seen = account.last_visited_at
    return seen is not None and seen >= row.earliest_begin_at - EARLY


def _last_chance(rep_day: RepDay, until: date) -> bool:
    """Return whether the rep works on no later day up to the last one."""
    later = (rep_day.day + timedelta(days=n) for n in range(1, (until - rep_day.day).days + 1))
    return not any(
        workday(day, work_hours=rep_day.work_hours, country=rep_day.country, lunch=(0, 0, 0)).hours
        for day in later
    )


def _whole(session: Session, row: Plan) -> DayPlan:
    stops = session.exec(
        select(PlanStop, Account)
        .join(Account, col(Account.id) == col(PlanStop.account_id), isouter=True)
        .where(PlanStop.plan_id == row.id)
        .order_by(col(PlanStop.position))
    ).all()
    left = session.exec(
        select(PlanLeftOut, Account.name)
        .join(Account, col(Account.id) == col(PlanLeftOut.account_id))
        .where(PlanLeftOut.plan_id == row.id)
        .order_by(col(PlanLeftOut.prize).desc(), Account.name, PlanLeftOut.visit_id)
    ).all()
    return DayPlan(
        id=row.id,
        rep_id=row.rep_id,
        day=row.day,
        version=row.version,
        time_zone=row.time_zone,
        seed=row.seed,
        input_hash=row.input_hash,
        network=row.network,
        estimated=row.estimated,
        cause=row.cause,
        start_s=row.start_s,
        end_s=row.end_s,
        drive_s=row.drive_s,
        drive_m=row.drive_m,
        wait_s=row.wait_s,
        service_s=row.service_s,
        prize=row.prize,
        certificate=row.certificate,
        places=row.places,
        notes=tuple(str(note) for note in row.notes),
        calibration=row.calibration or {},
        created_at=row.created_at,
        stops=tuple(_stop(stop, account) for stop, account in stops),
        left_out=tuple(_left_out(one, name) for one, name in left),
    )


def _stop(row: PlanStop, account: Account | None) -> PlannedStop:
    return PlannedStop(
        position=row.position,
        kind=row.kind,
        account_id=row.account_id,
        account_name=account.name if account else "",
        lat=account.lat if account else None,
        lon=account.lon if account else None,
        appointment_id=row.appointment_id,
        commitment=row.commitment,
        arrive_s=row.arrive_s,
        begin_s=row.begin_s,
        depart_s=row.depart_s,
        drive_s=row.drive_s,
        drive_m=row.drive_m,
        wait_s=row.wait_s,
        slack_s=row.slack_s,
        prize=row.prize,
        reasons=tuple(row.reasons),
        path=tuple((float(lon), float(lat)) for lon, lat in row.path),
    )


def _left_out(row: PlanLeftOut, name: str) -> LeftOut:
    return LeftOut(
        visit_id=row.visit_id,
        account_id=row.account_id,
        account_name=name,
        appointment_id=row.appointment_id,
        reason=row.reason,
        sentence=row.sentence,
        prize=row.prize,
        detail=row.detail,
    )

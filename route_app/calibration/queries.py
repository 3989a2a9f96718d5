"""Read check-ins as evidence, and what was learned from them as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from route_app.accounts.cadence import TIER_SERVICE_S, effective_service_s, segment_of
from route_app.activity import outcomes
from route_app.activity.checkin import Verification
from route_app.calibration.drives import Call, Dropped, Lunch
from route_app.calibration.estimator import EVERYWHERE
from route_app.calibration.predict import Known, RepLog
from route_app.calibration.replay import WINDOW
from route_app.calibration.visits import Visited
from route_app.lib.clock import zone
from route_app.lib.geo import place_at
from route_app.models import (
    Account,
    CalibrationReset,
    CheckIn,
    Company,
    ObservedDrive,
    Territory,
    TravelFactor,
    User,
    VisitLength,
)
from route_app.users import queries as users

MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Point:
    """One drive on the chart, in seconds."""

    predicted_s: int
    actual_s: int
    expected_s: int
    low_s: int
    high_s: int
    slot: str

    @property
    def inside(self) -> bool:
        """Return whether it lay inside the band."""
        return self.low_s <= self.actual_s <= self.high_s


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows. `territories` are names by id; rows are in the order to show."""

    rows: tuple[TravelFactor, ...]
    territories: Mapping[str, str]
    lengths: tuple[VisitLength, ...]
    points: tuple[Point, ...]
    drives: int
    dropped: tuple[tuple[Dropped, int], ...]
    reset: CalibrationReset | None
    reset_by: str

    @property
    def whole(self) -> TravelFactor | None:
        """Return the company's figures over all slots: on roads where there are any."""
        return next((row for row in self.rows if row.territory_id is None and not row.slot), None)


def take_turn(session: Session) -> None:
    """Wait until nobody else stores or forgets what was learned, and keep others waiting.

    Held to the end of the transaction. On SQLite, writers take turns anyway.
    """
    session.exec(select(Company.id).with_for_update()).all()


def holding_reset(session: Session) -> CalibrationReset | None:
    """Return the last reset that nobody undid, or None."""
    statement = (
        select(CalibrationReset)
        .where(col(CalibrationReset.undone_at).is_(None))
        .order_by(col(CalibrationReset.at).desc(), CalibrationReset.id)
        .limit(1)
    )
    return session.exec(statement).first()


def learning_since(session: Session, *, now: datetime) -> datetime:
    """Return from when on drives count: those of the window, none before a reset."""
    reset = holding_reset(session)
    return now - WINDOW if reset is None else max(now - WINDOW, reset.at)


def rep_logs(session: Session, *, since: datetime) -> list[RepLog]:
    """Return the check-ins of every rep from an instant on, as values."""
    company_zone = users.company(session).time_zone
    statement = (
        select(CheckIn, Account)
        .join(Account, col(Account.id) == col(CheckIn.account_id))
        .where(CheckIn.started_at >= since)
        .order_by(CheckIn.rep_id, col(CheckIn.started_at), CheckIn.id)
    )
    calls: dict[str, list[Call]] = {}
    moved: dict[str, datetime] = {}
    for row, account in session.exec(statement):
        moved[row.id] = account.updated_at
        calls.setdefault(row.rep_id, []).append(
            Call(
                id=row.id,
                place=place_at(account.lat, account.lon),
                territory=account.territory_id or EVERYWHERE,
                started_at=row.started_at,
                ended_at=row.ended_at,
                away=row.verification == Verification.REMOTE,
            )
        )
    reps = {row.id: row for row in session.exec(select(User).where(col(User.id).in_(calls)))}
    return [
        RepLog(
            zone=zone(reps[rep_id].time_zone or company_zone),
            lunch=_lunch(reps[rep_id]),
            calls=tuple(mine),
            moved_at={call.id: moved[call.id] for call in mine},
        )
        for rep_id, mine in calls.items()
    ]


def _lunch(rep: User) -> Lunch:
    return Lunch(from_s=rep.lunch_from_s, to_s=rep.lunch_to_s, lasts_s=rep.lunch_s)


def known(session: Session) -> dict[str, Known]:
    """Return what was predicted of each drive when it was last learned from."""
    return {
        row.check_in_id: Known(
            from_id=row.from_check_in_id,
            slot=row.slot,
            network=row.network,
            predicted_s=row.predicted_s,
            observed_at=row.observed_at,
            unreachable=row.dropped == Dropped.NO_ROAD,
        )
        for row in session.exec(select(ObservedDrive))
    }


def present(session: Session, *, since: datetime) -> frozenset[str]:
    """Return the ids of all territories, and of the check-ins from an instant on."""
    check_ins = session.exec(select(CheckIn.id).where(CheckIn.started_at >= since))
    return frozenset(check_ins) | frozenset(session.exec(select(Territory.id)))


def visits(session: Session, *, since: datetime) -> list[tuple[datetime, Visited]]:
    """Return the ended visits that reached somebody, at accounts without a length of their own."""
    reached = [one.code for one in outcomes.OUTCOMES if one.reached]
    statement = (
        select(CheckIn.started_at, CheckIn.ended_at, Account)
        .join(Account, col(Account.id) == col(CheckIn.account_id))
        .where(
            CheckIn.started_at >= since,
            col(CheckIn.ended_at).is_not(None),
            col(CheckIn.outcome).in_(reached),
            col(Account.service_s).is_(None),
            col(Account.tier).in_(TIER_SERVICE_S),
        )
        .order_by(col(CheckIn.started_at), CheckIn.id)
    )
    return [
        (
            started,
            Visited(
                tier=account.tier,
                segment=segment_of(account),
                default_s=effective_service_s(account),
                actual_s=round((ended - started).total_seconds()),
            ),
        )
        for started, ended, account in session.exec(statement)
        if ended is not None
    ]


def overview(session: Session, *, now: datetime) -> Overview:
    """Return what is learned and from what, for the page."""
    since, reset = learning_since(session, now=now), holding_reset(session)
    names = dict(session.exec(select(Territory.id, Territory.name)).all())
    by = session.get(User, reset.by_id) if reset and reset.by_id else None
    rows = session.exec(select(TravelFactor)).all()
    slots = ("", "peak", "shoulder", "off_peak", "free_flow")
    dropped = session.exec(
        select(ObservedDrive.dropped, func.count())
        .where(ObservedDrive.at >= since)
        .group_by(ObservedDrive.dropped)
    ).all()
    counts = dict(dropped)
    return Overview(
        rows=tuple(
            sorted(
                rows,
                key=lambda row: (
                    row.basis != "roads",
                    names.get(row.territory_id or "", ""),
                    slots.index(row.slot),
                ),
            )
        ),
        territories=names,
        lengths=tuple(
            session.exec(select(VisitLength).order_by(VisitLength.tier, VisitLength.segment))
        ),
        points=_points(session, since),
        drives=counts.pop("", 0),
        dropped=tuple((why, counts[why]) for why in Dropped if counts.get(why)),
        reset=reset,
        reset_by=by.name if by else "",
    )


def _points(session: Session, since: datetime) -> tuple[Point, ...]:
    """Return the newest drives that count and were compared, of the better basis there is."""
    first = session.exec(
        select(func.max(ObservedDrive.basis)).where(
            ObservedDrive.at >= since, ObservedDrive.dropped == ""
        )
    ).one()
    statement = (
        select(ObservedDrive)
        .where(
            ObservedDrive.at >= since,
            ObservedDrive.dropped == "",
            ObservedDrive.basis == first,
            col(ObservedDrive.expected_s).is_not(None),
        )
        .order_by(col(ObservedDrive.at).desc(), ObservedDrive.check_in_id)
        .limit(MOST_POINTS)
    )
    return tuple(
        Point(
            predicted_s=row.predicted_s or 0,
            actual_s=row.actual_s,
            expected_s=row.expected_s or 0,
            low_s=row.low_s or 0,
            high_s=row.high_s or 0,
            slot=row.slot,
        )
        for row in session.exec(statement)
    )

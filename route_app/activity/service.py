"""Record what happened: begin a check-in, end it. Both may be sent again without harm."""

from datetime import UTC, date, datetime, timedelta
from math import isfinite

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from route_app.accounts.cadence import effective_service_s
from route_app.accounts.editing import AppointmentValues
from route_app.accounts.service import make_appointment, note_visit
from route_app.activity import checkin, outcomes, queries
from route_app.activity.checkin import Fix
from route_app.errors import Conflict, InvalidInput, NotFound
from route_app.lib.clock import day_bounds, zone
from route_app.lib.geo import LatLon
from route_app.models import Account, CheckIn, Order
from route_app.users import queries as people

OLDEST = timedelta(days=366)
FARTHEST_FOLLOW_UP = timedelta(days=731)
LARGEST_ORDER = 1_000_000_000


def check_in(
    session: Session,
    *,
    id: str,
    rep_id: str,
    account_id: str,
    started_at: datetime,
    fix: Fix | None = None,
    plan_id: str | None = None,
    appointment_id: str | None = None,
    sent_at: datetime | None = None,
) -> CheckIn:
    """Begin a check-in under the id its phone made; the same content again is the same answer.

    Raises Conflict when the id is another check-in's, NotFound when the account is not the rep's
    to know. Where the phone was is noted and never a reason to refuse.
    """
    content = checkin.digest(
        account=account_id, started=started_at, fix=fix, plan=plan_id, appointment=appointment_id
    )
    known = session.get(CheckIn, id)
    if known is not None:
        return _same(known, rep_id=rep_id, told=known.digest, content=content)
    account = _account(session, rep_id=rep_id, account_id=account_id)
    received_at = datetime.now(UTC)
    started = checkin.true_instant(started_at, sent_at=sent_at, received_at=received_at)
    if received_at - started > OLDEST:
        raise InvalidInput(
            "This check-in says it is more than a year old. Set the phone's date and try again.",
            field="started_at",
        )
    seen = checkin.sighting(fix, _place(account))
    row = CheckIn(
        id=id,
        account_id=account_id,
        rep_id=rep_id,
        plan_id=queries.own_plan_id(session, rep_id=rep_id, plan_id=plan_id),
        appointment_id=queries.own_appointment_id(
            session, rep_id=rep_id, account_id=account_id, appointment_id=appointment_id
        ),
        started_at=started,
        lat=fix.place.lat if fix else None,
        lon=fix.place.lon if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        distance_m=seen.distance_m,
        verification=seen.verification.value,
        device_at=sent_at,
        received_at=received_at,
        digest=content,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # The phone sent it twice at once, and the other request was the quicker one.
        known = session.get_one(CheckIn, id)
        return _same(known, rep_id=rep_id, told=known.digest, content=content)
    return row


def check_out(
    session: Session,
    *,
    id: str,
    rep_id: str,
    outcome: str,
    ended_at: datetime,
    note: str = "",
    next_step: str = "",
    follow_up_on: date | None = None,
    order_value: float | None = None,
    sent_at: datetime | None = None,
) -> CheckIn:
    """End a check-in with its outcome; the same content again is the same answer.

    An outcome that reached the customer starts the account's cadence anew; an order value makes
    an order, a day to come back an appointment. Raises NotFound for a check-in that is not this
    rep's, Conflict when it was already ended otherwise.
    """
    row = _locked(session, id)
    if row is None or row.rep_id != rep_id:
        raise NotFound("There is no such check-in of yours. Send the check-in first.")
    note, next_step = note.strip(), next_step.strip()
    content = checkin.digest(
        outcome=outcome,
        ended=ended_at,
        note=note,
        next_step=next_step,
        follow_up=follow_up_on,
        order=None if order_value is None else float(order_value),
    )
    if row.end_digest:
        return _same(row, rep_id=rep_id, told=row.end_digest, content=content)
    came = outcomes.by_code(outcome)
    _check_value(order_value)
    _check_follow_up(follow_up_on, row.started_at)
    ended = checkin.true_instant(ended_at, sent_at=sent_at, received_at=datetime.now(UTC))
    row.ended_at = max(ended, row.started_at)
    row.outcome, row.note, row.next_step = came.code, note, next_step
    row.follow_up_on, row.end_digest = follow_up_on, content
    session.add(row)
    if order_value:
        session.add(_order(row, order_value))
    if came.reached:
        note_visit(session, account_id=row.account_id, at=row.started_at)
    if follow_up_on:
        _promise(session, row, follow_up_on)
    session.flush()
    return row


def take_back(session: Session, *, id: str, rep_id: str) -> None:
    """Remove a check-in that was a slip of the finger; one that is gone already is fine.

    Raises Conflict once it has an outcome: what happened stays in the log.
    """
    row = _locked(session, id)
    if row is None:
        return
    if row.rep_id != rep_id:
        raise NotFound("There is no such check-in of yours.")
    if row.outcome is not None:
        raise Conflict("This visit has ended and is part of the log. It cannot be taken back.")
    session.delete(row)
    session.flush()


def _locked(session: Session, id: str) -> CheckIn | None:
    # Locked: of two requests at once, the second must see what the first has stored.
    return session.get(CheckIn, id, with_for_update=True, populate_existing=True)


def _same(row: CheckIn, *, rep_id: str, told: str, content: str) -> CheckIn:
    if row.rep_id == rep_id and told == content:
        return row
    raise Conflict(
        "This check-in is already stored with other content. Nothing was changed; "
        "reload to see what is stored."
    )


def _account(session: Session, *, rep_id: str, account_id: str) -> Account:
    account = session.get(Account, account_id)
    if account is None or not queries.may_visit(session, rep_id=rep_id, account=account):
        raise NotFound("There is no such account of yours.", field="account_id")
    return account


def _place(account: Account) -> LatLon | None:
    if account.lat is None or account.lon is None:
        return None
    return LatLon(account.lat, account.lon)


def _check_value(value: float | None) -> None:
    if value is None:
        return
    if not isfinite(value) or not 0 <= value <= LARGEST_ORDER:
        raise InvalidInput(
            "The order's value must be a number from 0 to one thousand million.",
            field="order_value",
        )


def _check_follow_up(on: date | None, visited_at: datetime) -> None:
    # a day early is not refused: the rep's today may already be tomorrow in UTC, and the reverse
    if on is not None and on < visited_at.date() - timedelta(days=1):
        raise InvalidInput("The day to come back is in the past.", field="follow_up_on")
    if on is not None and on > visited_at.date() + FARTHEST_FOLLOW_UP:
        raise InvalidInput(
            "The day to come back is more than two years ahead. Choose an earlier one.",
            field="follow_up_on",
        )


def _promise(session: Session, row: CheckIn, on: date) -> None:
    """Make the day to come back an appointment, so that the plan of that day keeps it."""
    rep, account = people.person(session, row.rep_id), session.get_one(Account, row.account_id)
    here = zone(rep.time_zone or people.company(session).time_zone)
    opens, closes = day_bounds(on, zone=here)
    make_appointment(
        session,
        account_id=row.account_id,
        rep_id=row.rep_id,
        values=AppointmentValues(
            commitment="flexible_day",
            earliest_begin_at=opens,
            latest_begin_at=closes - timedelta(minutes=1),
            service_s=effective_service_s(account),
            title="Follow-up",
            note=row.next_step,
        ),
    )


def _order(row: CheckIn, value: float) -> Order:
    # One check-in has one order, so they share an id and a resend can never make two.
    return Order(
        id=row.id,
        account_id=row.account_id,
        rep_id=row.rep_id,
        check_in_id=row.id,
        ordered_at=row.ended_at or row.started_at,
        value=float(value),
    )

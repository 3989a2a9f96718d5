"""Rows for tests, with every value that does not matter filled in."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session

from route_app.models import (
    Account,
    Appointment,
    Assignment,
    CheckIn,
    Company,
    Plan,
    PlanStop,
    Territory,
    User,
)
from tests import smalltown

_numbers = count(1)
Row = TypeVar("Row")


def make_company(session: Session, **values: Any) -> Company:
    values = {
        "name": "Smalltown Supplies",
        "country": smalltown.COUNTRY,
        "time_zone": smalltown.TIME_ZONE,
        "currency": "EUR",
        "units": "km",
    } | values
    return _added(session, Company(**values))


def make_user(session: Session, **values: Any) -> User:
    number = next(_numbers)
    values = {
        "email": f"person{number}@smalltown.example",
        "name": f"Person {number}",
        "role": "rep",
    } | values
    return _added(session, User(**values))


def make_territory(session: Session, *, rep_id: str | None = None, **values: Any) -> Territory:
    territory = _added(session, Territory(**({"name": f"Territory {next(_numbers)}"} | values)))
    if rep_id is not None:
        _added(session, Assignment(territory_id=territory.id, rep_id=rep_id))
    return territory


def make_account(session: Session, *, at: str | None = "B2", **values: Any) -> Account:
    """An account at a junction of Smalltown (`at`), or without a pin (`at=None`)."""
    values = {"name": f"Shop {next(_numbers)}", "tier": "C", "city": "Smalltown"} | values
    if at is not None:
        place = smalltown.JUNCTIONS[at]
        values = {"lat": place.lat, "lon": place.lon, "pin_source": "given"} | values
    return _added(session, Account(**values))


def make_appointment(
    session: Session, *, account_id: str, rep_id: str, begin_at: datetime, **values: Any
) -> Appointment:
    values = {
        "earliest_begin_at": begin_at,
        "latest_begin_at": begin_at + timedelta(minutes=15),
        "service_s": 1_800,
    } | values
    return _added(session, Appointment(account_id=account_id, rep_id=rep_id, **values))


def make_check_in(session: Session, *, account_id: str, rep_id: str, **values: Any) -> CheckIn:
    values = {"started_at": datetime.now(UTC) - timedelta(hours=1)} | values
    return _added(session, CheckIn(account_id=account_id, rep_id=rep_id, **values))


def make_plan(
    session: Session, *, rep_id: str, day: date, account_ids: tuple[str, ...] = (), **values: Any
) -> Plan:
    """A stored plan with one 20-minute stop an account from 09:00 on, 10 minutes apart."""
    values = {"version": 1, "time_zone": smalltown.TIME_ZONE, "network": "smalltown"} | values
    plan = _added(session, Plan(rep_id=rep_id, day=day, **values))
    for position, account_id in enumerate(account_ids):
        arrive_s = 9 * 3_600 + position * 1_800
        stop = PlanStop(
            plan_id=plan.id,
            position=position,
            kind="visit",
            account_id=account_id,
            arrive_s=arrive_s,
            begin_s=arrive_s,
            depart_s=arrive_s + 1_200,
            drive_s=600,
            drive_m=5_000,
        )
        _added(session, stop)
    return plan


def make_smalltown(session: Session, *, password_hash: str | None = None) -> dict[str, str]:
    """The company, the cast, two territories and the six accounts; their ids by name."""
    make_company(session)
    ids: dict[str, str] = {}
    for name, role, manager in (
        ("dan", "admin", None),
        ("bob", "manager", None),
        ("erin", "manager", None),
        ("alice", "rep", "bob"),
        ("carol", "rep", "erin"),
    ):
        user = make_user(
            session,
            email=f"{name}@smalltown.example",
            name={"alice": "Alice North", "carol": "Carol South"}.get(name, name.title()),
            role=role,
            manager_id=ids[manager] if manager else None,
            password_hash=password_hash,
            **_home(name),
        )
        ids[name] = user.id
    ids["north"] = make_territory(session, name="North", rep_id=ids["alice"]).id
    ids["south"] = make_territory(session, name="South", rep_id=ids["carol"]).id
    for shop in smalltown.SHOPS:
        account = make_account(
            session,
            at=shop.junction,
            name=shop.name,
            external_id=f"ST-{shop.key}",
            tier=shop.tier,
            street=shop.street,
            house_no=shop.house_no,
            postcode="40100",
            country=smalltown.COUNTRY,
            owner_id=ids[shop.owner],
            owner_source="territory",
            territory_id=ids["north" if shop.owner == "alice" else "south"],
        )
        ids[shop.key] = account.id
    return ids


def _home(name: str) -> dict[str, Any]:
    junction = smalltown.HOMES.get(name)
    if junction is None:
        return {}
    place = smalltown.JUNCTIONS[junction]
    return {
        "home_address": f"Main Street, Smalltown ({junction})",
        "home_lat": place.lat,
        "home_lon": place.lon,
    }


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row

"""Read territories: shapes, who covers them, their accounts and hours, and what does not fit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func
from sqlmodel import Session, col, select

from route_app.accounts.cadence import (
    DueState,
    due,
    effective_service_s,
    effective_target_days,
)
from route_app.errors import NotFound
from route_app.lib.geo import LatLon, place_at
from route_app.models import Account, Assignment, Territory, User
from route_app.territory import shapes, workload
from route_app.territory.alignment import Alignment, Claim, Overlap, align, overlaps
from route_app.territory.geojson import Exported, collection
from route_app.territory.ownership import NAMED, OwnerSource
from route_app.territory.workload import Need, Workload

LEAD = "lead"
NO_LOAD = Workload(hours=0.0, visits=0.0, far=0)


@dataclass(slots=True)
class PlacedAccount:
    """An active account that has a pin, with what its cadence and its owner need."""

    id: str
    name: str
    city: str
    lat: float
    lon: float
    tier: str
    target_days: int | None
    service_s: int | None
    earliest_pct: int
    latest_pct: int
    first_due_on: date | None
    last_visited_at: datetime | None
    created_at: datetime
    owner_id: str | None
    owner_source: str
    territory_id: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Lead:
    """Who covers a territory now."""

    rep_id: str
    name: str
    home: tuple[float, float] | None
    since: datetime


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A territory as the list and the map show it; `load` is what it asks for in a year."""

    id: str
    name: str
    colour: int
    rank: int
    version: int
    shape: dict[str, Any] | None
    shape_source: str
    lead: Lead | None
    accounts: int
    load: Workload


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Accounts and land that the shapes do not settle.

    `in_several` gives each account's territories, the winning one first. `by_hand` are accounts
    whose owner somebody named, and is not the rep of the territory they lie in.
    """

    in_none: tuple[PlacedAccount, ...]
    in_several: tuple[tuple[PlacedAccount, tuple[str, ...]], ...]
    by_hand: tuple[PlacedAccount, ...]
    without_pin: int
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a rep works: areas in degrees, and places."""

    areas: tuple[BaseGeometry, ...]
    places: tuple[LatLon, ...]


def territory(session: Session, territory_id: str) -> Territory:
    """Return a territory by id; NotFound if there is none."""
    found = session.get(Territory, territory_id)
    if found is None:
        raise NotFound("There is no such territory.")
    return found


def everything(session: Session) -> list[Territory]:
    """Return all territories, those that win an overlap first."""
    return list(session.exec(select(Territory).order_by(col(Territory.rank), col(Territory.name))))


def leads(session: Session) -> dict[str, Lead]:
    """Return who covers each territory now, by territory id."""
    statement = (
        select(Assignment, User)
        .join(User, col(User.id) == col(Assignment.rep_id))
        .where(col(Assignment.until).is_(None), Assignment.part == LEAD)
        .order_by(col(Assignment.since), col(Assignment.id))
    )
    return {row.territory_id: _lead(row, user) for row, user in session.exec(statement)}


def history(session: Session, territory_id: str) -> list[tuple[Assignment, str]]:
    """Return who covered a territory when, with names, the present one first."""
    statement = (
        select(Assignment, User.name)
        .join(User, col(User.id) == col(Assignment.rep_id))
        .where(Assignment.territory_id == territory_id)
        .order_by(col(Assignment.since).desc(), col(Assignment.id))
    )
    return [(row, name) for row, name in session.exec(statement)]


def territories(
    session: Session, *, placed: Sequence[PlacedAccount] | None = None
) -> list[TerritoryRow]:
    """Return every territory with who covers it, how many accounts, and the hours they ask for.

    `placed` are all placed accounts where they are at hand.
    """
    covering = leads(session)
    members: dict[str, list[PlacedAccount]] = defaultdict(list)
    for account in placed_accounts(session) if placed is None else placed:
        if account.territory_id:
            members[account.territory_id].append(account)
    counts = _account_counts(session)
    return [
        _row(one, covering.get(one.id), members.get(one.id, []), counts.get(one.id, 0))
        for one in everything(session)
    ]


def claims(session: Session) -> list[Claim]:
    """Return the areas of all territories that have one."""
    return [
        Claim(one.id, one.rank, shapes.load(one.shape))
        for one in everything(session)
        if one.shape is not None
    ]


def placed_accounts(
    session: Session, *, owner_ids: Collection[str] | None = None
) -> list[PlacedAccount]:
    """Return the active accounts that have a pin; `owner_ids` None means everybody's."""
    columns = [getattr(Account, name) for name in PlacedAccount.__slots__]
    statement: Any = select(*columns).where(col(Account.active), col(Account.lat).is_not(None))
    if owner_ids is not None:
        statement = statement.where(col(Account.owner_id).in_(sorted(owner_ids)))
    statement = statement.order_by(col(Account.name), col(Account.id))
    return [PlacedAccount(*row) for row in session.exec(statement)]


def alignment_of(session: Session, accounts: Sequence[PlacedAccount]) -> Alignment:
    """Return which territories each account lies in."""
    return align(claims(session), [account.id for account in accounts], places_of(accounts))


def exceptions(
    session: Session,
    *,
    owner_ids: Collection[str] | None,
    placed: Sequence[PlacedAccount] | None = None,
) -> Exceptions:
    """Return what the shapes do not settle, for the accounts of these owners (None: of all).

    `placed` are all placed accounts where they are at hand.
    """
    if placed is None:
        placed = placed_accounts(session, owner_ids=owner_ids)
    accounts = [one for one in placed if owner_ids is None or one.owner_id in owner_ids]
    by_id = {account.id: account for account in accounts}
    areas = claims(session)
    found = align(areas, list(by_id), places_of(accounts))
    rep_of = {territory_id: lead.rep_id for territory_id, lead in leads(session).items()}
    return Exceptions(
        in_none=tuple(
            by_id[one] for one in found.in_none if by_id[one].owner_source != OwnerSource.MANUAL
        ),
        in_several=tuple((by_id[one], within) for one, within in found.in_several.items()),
        by_hand=tuple(
            account
            for account in accounts
            if _is_named_exception(account, found.winner(account.id), rep_of)
        ),
        without_pin=_without_pin(session, owner_ids),
        overlaps=overlaps(areas),
    )


def may_edit(session: Session, territory_id: str, *, rep_ids: Collection[str] | None) -> bool:
    """Return whether somebody who leads these reps may change a territory.

    None means all reps. A territory that nobody covers is open to every manager.
    """
    if rep_ids is None:
        return True
    lead = leads(session).get(territory_id)
    return lead is None or lead.rep_id in rep_ids


def ground(session: Session, rep_id: str) -> Ground:
    """Return where a rep works: the shapes they cover, their accounts' pins and their home."""
    mine = {one for one, lead in leads(session).items() if lead.rep_id == rep_id}
    home = session.exec(select(User.home_lat, User.home_lon).where(User.id == rep_id)).one()
    pins = [(one.lat, one.lon) for one in placed_accounts(session, owner_ids={rep_id})]
    return Ground(
        areas=tuple(
            shapes.load(one.shape) for one in everything(session) if one.shape and one.id in mine
        ),
        places=tuple(at for pin in (home, *pins) if (at := place_at(*pin))),
    )


def map_features(session: Session, *, rep_id: str | None = None) -> dict[str, Any]:
    """Return the shapes of all territories as GeoJSON; `mine` marks those that `rep_id` covers."""
    covering = leads(session)
    features = [
        {
            "type": "Feature",
            "id": one.id,
            "geometry": one.shape,
            "properties": {
                "id": one.id,
                "name": one.name,
                "shade": one.colour,
                "rep": lead.name if lead else None,
                "mine": bool(lead and lead.rep_id == rep_id),
            },
        }
        for one in everything(session)
        for lead in [covering.get(one.id)]
        if one.shape is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def account_features(
    session: Session, *, owner_ids: Collection[str] | None, on: date, zone: tzinfo
) -> dict[str, Any]:
    """Return the accounts of these owners as GeoJSON points that say how due each one is."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [account.lon, account.lat]},
            "properties": {
                "id": account.id,
                "name": account.name,
                "tier": account.tier,
                "due": _due_word(account, on, zone),
            },
        }
        for account in placed_accounts(session, owner_ids=owner_ids)
    ]
    return {"type": "FeatureCollection", "features": features}


def exported(session: Session) -> dict[str, Any]:
    """Return all territories as GeoJSON with who covers them and what they ask for."""
    emails = {row.id: row.email for row in session.exec(select(User))}
    listed = [
        Exported(
            name=row.name,
            shape=row.shape,
            facts={
                "rep_email": emails.get(row.lead.rep_id) if row.lead else None,
                "rep_name": row.lead.name if row.lead else None,
                "rank": row.rank,
                "accounts": row.accounts,
                "visits_a_year": round(row.load.visits),
                "hours_a_year": round(row.load.hours, 1),
            },
        )
        for row in territories(session)
    ]
    return collection(listed, generated_at=datetime.now(UTC))


def places_of(accounts: Sequence[PlacedAccount]) -> NDArray[np.float64]:
    """Return rows of (latitude, longitude)."""
    rows = [(account.lat, account.lon) for account in accounts]
    return np.array(rows, dtype=float).reshape(-1, 2)


def _due_word(account: PlacedAccount, on: date, zone: tzinfo) -> str:
    state = due(account, on, zone=zone).state
    return "unknown" if state is DueState.NEVER else state.value


def _is_named_exception(
    account: PlacedAccount, winner: str | None, rep_of: Mapping[str, str]
) -> bool:
    if winner is None:
        return account.owner_source == OwnerSource.MANUAL
    return account.owner_source in NAMED and rep_of.get(winner) != account.owner_id


def _lead(row: Assignment, user: User) -> Lead:
    has_home = user.home_lat is not None and user.home_lon is not None
    home = (float(user.home_lat or 0), float(user.home_lon or 0)) if has_home else None
    return Lead(rep_id=user.id, name=user.name, home=home, since=row.since)


def _row(
    one: Territory, lead: Lead | None, members: Sequence[PlacedAccount], count: int
) -> TerritoryRow:
    return TerritoryRow(
        id=one.id,
        name=one.name,
        colour=one.colour,
        rank=one.rank,
        version=one.version,
        shape=one.shape,
        shape_source=one.shape_source,
        lead=lead,
        accounts=count,
        load=_load(members, lead.home if lead else None),
    )


def _load(members: Sequence[PlacedAccount], home: tuple[float, float] | None) -> Workload:
    if not members:
        return NO_LOAD
    places = places_of(members)
    hops = workload.local_hops_s(places)
    drives = workload.home_drives_s(places, home)
    return workload.workload(
        [
            Need(
                target_days=effective_target_days(account),
                service_s=effective_service_s(account),
                hop_s=float(hop),
                home_s=float(drive),
            )
            for account, hop, drive in zip(members, hops, drives, strict=True)
        ]
    )


def _account_counts(session: Session) -> dict[str, int]:
    statement = (
        select(Account.territory_id, func.count())
        .where(col(Account.active), col(Account.territory_id).is_not(None))
        .group_by(col(Account.territory_id))
    )
    return {str(territory_id): count for territory_id, count in session.exec(statement)}


def _without_pin(session: Session, owner_ids: Iterable[str] | None) -> int:
    statement = select(func.count()).where(col(Account.active), col(Account.lat).is_(None))
    if owner_ids is not None:
        statement = statement.where(col(Account.owner_id).in_(sorted(owner_ids)))
    return session.exec(statement).one()

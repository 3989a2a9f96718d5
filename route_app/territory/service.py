"""Change territories: shapes, who covers them, and whose accounts follow from that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import bindparam, func, update
from sqlmodel import Session, col, select

from route_app.accounts import service as accounts
from route_app.errors import Conflict, InvalidInput
from route_app.models import Account, Assignment, Territory, User
from route_app.models.base import now
from route_app.territory import geojson, queries, shapes
from route_app.territory.division import divide
from route_app.territory.ownership import (
    NAMED,
    Holding,
    OwnerSource,
    Reassigned,
    counted,
    keep_owners,
    moves,
)

COLOURS = 8
NAME_LENGTH = geojson.NAME_LENGTH
LAST_RANK = 9_999


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of shapes did."""

    made: int
    changed: int
    reassigned: Reassigned


@dataclass(frozen=True, slots=True)
class Derived:
    """What deriving shapes did; `by_hand` are accounts that became exceptions."""

    made: int
    shaped: int
    kept: int
    by_hand: int


def create(
    session: Session, *, name: str, shape: object | None = None, source: str = "drawn"
) -> Territory:
    """Add a territory; it comes after all others where shapes overlap. Conflict on a used name."""
    name = _free_name(session, name)
    count, last = session.exec(select(func.count(), func.max(Territory.rank))).one()
    row = Territory(name=name, colour=count % COLOURS, rank=min((last or 0) + 1, LAST_RANK))
    if shape is not None:
        row.shape, row.shape_source = shapes.dump(shapes.read_shape(shape)), source
    session.add(row)
    session.flush()
    return row


def change(
    session: Session, *, territory_id: str, version: int, name: str, rank: int, colour: int
) -> Territory:
    """Change a territory's name, rank and colour; Conflict when it changed meanwhile."""
    if not 1 <= rank <= LAST_RANK:
        raise InvalidInput(f"The rank is a number from 1 to {LAST_RANK}.", field="rank")
    if not 0 <= colour < COLOURS:
        raise InvalidInput("Choose one of the colours.", field="colour")
    name = _free_name(session, name, but=territory_id)
    values = {"name": name, "rank": rank, "colour": colour}
    return _write(session, territory_id, version=version, values=values)


def set_shape(
    session: Session, *, territory_id: str, version: int, shape: object, source: str = "drawn"
) -> Territory:
    """Give a territory a shape; Conflict when it changed since `version` was read."""
    area = shapes.dump(shapes.read_shape(shape))
    values = {"shape": area, "shape_source": source}
    return _write(session, territory_id, version=version, values=values)


def delete(session: Session, *, territory_id: str, scope: Collection[str] | None = None) -> str:
    """Remove a territory and return its name; its accounts fall to what lies beneath, if any."""
    row = queries.territory(session, territory_id)
    held = select(Account.id).where(Account.territory_id == territory_id)
    account_ids = list(session.exec(held))
    session.delete(row)
    session.flush()
    session.expire_all()
    reassign_accounts(session, account_ids=account_ids, scope=scope)
    return row.name


def assign(session: Session, *, territory_id: str, rep_id: str | None) -> bool:
    """Say who covers a territory from now on, or nobody; return whether that is a change."""
    queries.territory(session, territory_id)
    present = session.exec(
        select(Assignment).where(
            Assignment.territory_id == territory_id,
            col(Assignment.until).is_(None),
            Assignment.part == queries.LEAD,
        )
    ).all()
    if [row.rep_id for row in present] == ([rep_id] if rep_id else []):
        return False
    at = now()
    for row in present:
        row.until = at
        session.add(row)
    if rep_id:
        _active_rep(session, rep_id)
        session.add(Assignment(territory_id=territory_id, rep_id=rep_id, since=at))
    session.flush()
    return True


def reassign_accounts(
    session: Session,
    *,
    territory_ids: Collection[str] | None = None,
    account_ids: Collection[str] | None = None,
    scope: Collection[str] | None = None,
    keep_imported: bool = False,
) -> Reassigned:
    """Let accounts follow the shapes they lie in; an owner chosen by hand stays.

    `territory_ids` limits this to accounts in, or until now in, these territories; `scope` to
    accounts whose owners before and after are among these reps. With `keep_imported` an owner
    that an imported list named stays as well.
    """
    placed = queries.placed_accounts(session)
    found = queries.alignment_of(session, placed)
    winners = {account.id: found.winner(account.id) for account in placed}
    rep_of = {one: lead.rep_id for one, lead in queries.leads(session).items()}
    concerned = [
        account
        for account in placed
        if (account_ids is None or account.id in account_ids)
        and (
            territory_ids is None
            or account.territory_id in territory_ids
            or winners[account.id] in territory_ids
        )
    ]
    changed = moves(
        _holdings(concerned), winners, rep_of=rep_of, scope=scope, keep_imported=keep_imported
    )
    return _write_holdings(session, changed)


def give_account(session: Session, *, account_id: str, rep_id: str) -> None:
    """Give an account to a rep by hand: from now on no shape moves it."""
    _active_rep(session, rep_id)
    accounts.set_owner(
        session, account_id=account_id, owner_id=rep_id, source=OwnerSource.MANUAL.value
    )
    session.flush()


def release_account(
    session: Session, *, account_id: str, scope: Collection[str] | None = None
) -> Reassigned:
    """Take back an owner that somebody named: the account follows its territory again."""
    row = session.get(Account, account_id)
    if row is None or row.owner_source not in NAMED:
        raise InvalidInput("The owner of this account was not chosen by hand.")
    accounts.set_owner(
        session, account_id=account_id, owner_id=row.owner_id, source=OwnerSource.TERRITORY.value
    )
    session.flush()
    return reassign_accounts(session, account_ids=[account_id], scope=scope)


def import_shapes(
    session: Session, *, content: bytes, scope: Collection[str] | None = None
) -> Imported:
    """Add or change the territories of a GeoJSON file, found by name; all of them or none.

    A rep's e-mail in the file assigns that rep. `scope` are the reps whose territories may change.
    """
    known = {row.name: row for row in queries.everything(session)}
    reps = _reps_by_email(session, scope)
    made = changed = 0
    for area in geojson.read_file(content):
        row = known.get(area.name)
        if row is None:
            row = create(session, name=area.name)
            made += 1
        else:
            changed += 1
            if not queries.may_edit(session, row.id, rep_ids=scope):
                raise InvalidInput(
                    f"“{area.name}” is another team's territory. Take it out of the file, or ask "
                    "an admin to import it."
                )
        values = {"shape": shapes.dump(area.area), "shape_source": "imported"}
        _write(session, row.id, version=row.version, values=values)
        if area.rep_email:
            assign(session, territory_id=row.id, rep_id=_rep_named(reps, area))
    return Imported(made, changed, reassign_accounts(session, scope=scope))


def derive_shapes(
    session: Session, *, scope: Collection[str] | None = None, replace: bool = False
) -> Derived:
    """Give territories the shape that their reps' accounts make, without overlap or gap.

    A rep who covers no territory gets one in their name. A shape that is there already is kept,
    and the new ones end where it begins, unless `replace`. No account changes its owner: one that
    comes to lie in another rep's shape becomes an exception, owned by hand.
    """
    placed = queries.placed_accounts(session)
    owned = [account for account in placed if account.owner_id]
    if not owned:
        raise InvalidInput(
            "No account has both an owner and a place on the map, so there is nothing to derive "
            "shapes from. Give accounts owners first."
        )
    made, keys = _keys(session, owned, scope=scope)
    divided = divide(keys, queries.places_of(owned))
    kept, written = _place_shapes(session, divided, scope=scope, replace=replace)
    found = queries.alignment_of(session, placed)
    winners = {account.id: found.winner(account.id) for account in placed}
    rep_of = {one: lead.rep_id for one, lead in queries.leads(session).items()}
    changed = keep_owners(_holdings(placed), winners, rep_of=rep_of, scope=scope)
    _write_holdings(session, changed)
    by_hand = sum(a.owner_source != b.owner_source for a, b in changed)
    return Derived(made=made, shaped=written, kept=kept, by_hand=by_hand)


def _keys(
    session: Session, owned: Sequence[queries.PlacedAccount], *, scope: Collection[str] | None
) -> tuple[int, list[str]]:
    """Return how many territories were added, and for each account the one it is to be in."""
    led: dict[str, list[str]] = {}
    covering = queries.leads(session)
    for row in queries.everything(session):
        if row.id in covering:
            led.setdefault(covering[row.id].rep_id, []).append(row.id)
    made = 0
    for rep_id in sorted({str(account.owner_id) for account in owned} - set(led)):
        rep = session.get(User, rep_id)
        if rep is None or (scope is not None and rep_id not in scope):
            led[rep_id] = [f"elsewhere {rep_id}"]  # takes its room, and is not written
            continue
        row = create(session, name=_name_for(session, rep.name))
        session.add(Assignment(territory_id=row.id, rep_id=rep_id, since=now()))
        session.flush()
        led[rep_id] = [row.id]
        made += 1
    keys = [
        account.territory_id if account.territory_id in mine else mine[0]
        for account in owned
        for mine in [led[str(account.owner_id)]]
    ]
    return made, [str(key) for key in keys]


def _place_shapes(
    session: Session,
    divided: Mapping[str, BaseGeometry],
    *,
    scope: Collection[str] | None,
    replace: bool,
) -> tuple[int, int]:
    """Write the shapes that may be written around those that stay; return kept and written."""
    rows = queries.everything(session)
    free = {
        row.id
        for row in rows
        if row.id in divided
        and (replace or row.shape is None)
        and queries.may_edit(session, row.id, rep_ids=scope)
    }
    staying = [shapes.load(row.shape) for row in rows if row.shape and row.id not in free]
    taken = shapely.union_all(staying) if staying else None
    written = 0
    for row in rows:
        if row.id not in free:
            continue
        area = divided[row.id] if taken is None else divided[row.id].difference(taken)
        parts = [part for part in shapes.polygons_of(area) if part.area >= shapes.SLIVER_DEG2]
        if parts:
            values = {"shape": shapes.dump(shapely.union_all(parts)), "shape_source": "derived"}
            _write(session, row.id, version=row.version, values=values)
            written += 1
    return len(staying), written


def _write_holdings(session: Session, changed: Sequence[tuple[Holding, Holding]]) -> Reassigned:
    """Write accounts that change owner or territory, and count them."""
    if changed:
        statement = (
            update(Account)
            .where(col(Account.id) == bindparam("account"))
            .values(
                owner_id=bindparam("owner"),
                owner_source=bindparam("source"),
                territory_id=bindparam("territory"),
                updated_at=now(),
                version=col(Account.version) + 1,
            )
        )
        rows = [
            {
                "account": after.account_id,
                "owner": after.owner_id,
                "source": after.owner_source,
                "territory": after.territory_id,
            }
            for _, after in changed
        ]
        session.flush()
        session.connection().execute(statement, rows)
        session.expire_all()
    return counted(changed)


def _holdings(placed: Sequence[queries.PlacedAccount]) -> list[Holding]:
    return [Holding(a.id, a.owner_id, a.owner_source, a.territory_id) for a in placed]


def _write(
    session: Session, territory_id: str, *, version: int, values: Mapping[str, Any]
) -> Territory:
    row = queries.territory(session, territory_id)
    statement = (
        update(Territory)
        .where(col(Territory.id) == territory_id, col(Territory.version) == version)
        .values(**values, version=version + 1, updated_at=now())
    )
    if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            f"“{row.name}” was changed meanwhile, by somebody else or in another window. "
            "Reload the page to see it, and make your change again."
        )
    session.refresh(row)
    return row


def _free_name(session: Session, name: str, *, but: str | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(
            f"Give the territory a name of 1 to {NAME_LENGTH} characters.", field="name"
        )
    same = select(Territory.id).where(func.lower(Territory.name) == name.lower())
    taken = [one for one in session.exec(same) if one != but]
    if taken:
        raise Conflict(f"There is a territory “{name}” already. Choose another name.", field="name")
    return name


def _active_rep(session: Session, rep_id: str) -> User:
    row = session.get(User, rep_id)
    if row is None or row.role != "rep" or not row.active:
        raise InvalidInput("Choose an active rep.", field="rep_id")
    return row


def _reps_by_email(session: Session, scope: Collection[str] | None) -> dict[str, str]:
    statement = select(User).where(User.role == "rep", col(User.active))
    return {
        row.email.lower(): row.id
        for row in session.exec(statement)
        if scope is None or row.id in scope
    }


def _rep_named(reps: Mapping[str, str], area: geojson.NamedArea) -> str:
    found = reps.get(area.rep_email)
    if found is None:
        raise InvalidInput(
            f"“{area.name}” names {area.rep_email} as its rep, but no active rep of yours has "
            "that e-mail."
        )
    return found


def _name_for(session: Session, wanted: str) -> str:
    taken = {name.lower() for name in session.exec(select(Territory.name))}
    names = (wanted, *(f"{wanted} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)

"""Reads about accounts: one, a rep's, a page of many; appointments; imports and their rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from route_app.accounts.cadence import Due, due
from route_app.accounts.pin import COARSE
from route_app.errors import NotFound
from route_app.models import Account, AccountImport, AccountImportRow, Appointment, User

MOST_ON_A_PAGE = 200
Item = TypeVar("Item")
# The commitments that take a fixed part of a day; the others are moved around them.
FIXED = ("timed", "all_day")
IMPORTED = (
    "id", "external_id", "name", "active", "status", "street", "house_no", "postcode", "city",
    "state", "country", "lat", "lon", "pin_source", "pin_quality", "pin_reason",
    "pin_address", "contact", "phone", "email",
    "website", "tier", "potential", "industry", "segment", "tags", "opening_hours", "service_s",
    "target_days", "earliest_pct", "latest_pct", "boost", "visit_note", "first_due_on",
    "last_visited_at", "owner_id", "owner_source",
)  # fmt: skip
SORTS: Mapping[str, Any] = {
    "name": func.lower(Account.name),
    "city": func.lower(Account.city),
    "tier": Account.tier,
    "last_visit": Account.last_visited_at,
    "potential": Account.potential,
    "owner": func.lower(User.name),
    "external_id": Account.external_id,
}
_DUE_COLUMNS = (
    col(Account.id), col(Account.tier), col(Account.target_days), col(Account.earliest_pct),
    col(Account.latest_pct), col(Account.first_due_on), col(Account.last_visited_at),
    col(Account.created_at),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts to list. `owner` is a rep's id or "none"; `pin` is "none" or empty.

    `sort` holds up to two keys of SORTS or "due"; a minus before one turns it round.
    """

    text: str = ""
    tier: str = ""
    owner: str = ""
    due: str = ""
    pin: str = ""
    active: str = "yes"  # yes | no | all
    sort: tuple[str, ...] = ("name",)
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One account of a list, whose it is, and whether a visit is due."""

    account: Account
    owner_name: str
    due: Due


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list and how much there is in all."""

    items: list[Item]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many active accounts there are, and how many lack something."""

    active: int = 0
    without_pin: int = 0
    without_owner: int = 0


def account(session: Session, id: str, *, lock: bool = False) -> Account:
    """Return an account by id, with `lock` as it is now and held; NotFound if there is none."""
    found = session.get(Account, id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound("There is no such account, or it is not yours to see.")
    return found


def by_external_id(session: Session, external_id: str) -> Account | None:
    """Return the account that bears an external id."""
    return session.exec(select(Account).where(Account.external_id == external_id)).one_or_none()


def accounts_of(session: Session, rep_id: str) -> list[Account]:
    """Return a rep's active accounts, by name."""
    statement = select(Account).where(Account.owner_id == rep_id, col(Account.active))
    return list(session.exec(statement.order_by(func.lower(Account.name), Account.id)))


def visible_accounts(
    session: Session, *, rep_ids: frozenset[str] | None, wanted: Wanted, on: date, zone: tzinfo
) -> Page[Listed]:
    """Return a page of the accounts these reps own (None: all), as wanted, with their due state."""
    where = [*_of(rep_ids), *_filters(wanted)]
    size = max(1, min(wanted.size, MOST_ON_A_PAGE))
    by_due = wanted.due or any(key.lstrip("-") == "due" for key in wanted.sort)
    if by_due:
        ids = _ids_by_due(session, where, wanted=wanted, on=on, zone=zone)
        total = len(ids)
    else:
        total = session.exec(select(func.count()).select_from(Account).where(*where)).one()
    pages = max(1, -(-total // size))
    page = max(1, min(wanted.page, pages))
    statement = _with_owner().add_columns(col(User.name))
    if by_due:
        shown = ids[(page - 1) * size : page * size]
        rows = {row[0].id: row for row in session.execute(statement.where(_in(shown)))}
        ordered = [rows[id] for id in shown if id in rows]
    else:
        statement = statement.where(*where).order_by(*_order(wanted.sort))
        ordered = list(session.execute(statement.offset((page - 1) * size).limit(size)))
    items = [Listed(found, name or "", due(found, on, zone=zone)) for found, name in ordered]
    return Page(items, total, page, pages)


def counts(session: Session, *, rep_ids: frozenset[str] | None) -> Counts:
    """Return how many active accounts these reps own, and how many lack a pin or an owner."""
    statement = select(
        func.count(),
        func.sum(case((col(Account.lat).is_(None), 1), else_=0)),
        func.sum(case((col(Account.owner_id).is_(None), 1), else_=0)),
    ).where(col(Account.active), *_of(rep_ids))
    total, pinless, ownerless = session.exec(statement).one()
    return Counts(total, pinless or 0, ownerless or 0)


def to_geocode(
    session: Session, *, account_ids: Sequence[str] | None, again: bool, coarse: bool = False
) -> list[dict[str, str]]:
    """Return active accounts without a pin: id and address. `again`: those that failed, too.

    `coarse`: instead those whose pin was looked up and is not exact. Pins placed by hand or given
    by a list are never among them.
    """
    columns = ("id", "street", "house_no", "postcode", "city", "state", "country")
    table = Account.__table__  # type: ignore[attr-defined]
    where = [col(Account.active), col(Account.lat).is_(None)]
    if coarse:
        looked_up = col(Account.pin_source) == "geocoded"
        where[1:] = [looked_up, col(Account.pin_quality).in_(COARSE)]
    elif not again:
        where.append(col(Account.pin_quality) == "")
    statement = select_columns(*(table.c[name] for name in columns)).where(*where)
    rows = [dict(row._mapping) for row in session.execute(statement.order_by(Account.id))]
    # Not by IN: there may be more of them than a database takes values.
    wanted = None if account_ids is None else set(account_ids)
    return [row for row in rows if wanted is None or row["id"] in wanted]


def facts(session: Session, *, lock: bool = False) -> list[dict[str, Any]]:
    """Return what an import compares with: every account's columns, instants and days as text."""
    table = Account.__table__  # type: ignore[attr-defined]
    statement = select_columns(*(table.c[name] for name in IMPORTED))
    if lock:
        statement = statement.with_for_update()
    return [as_text(dict(row._mapping)) for row in session.execute(statement)]


def as_text(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its instants and days as ISO text, the way an import's values are kept."""
    if row.get("last_visited_at") is not None:
        at = row["last_visited_at"]
        row["last_visited_at"] = (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    if row.get("first_due_on") is not None:
        row["first_due_on"] = row["first_due_on"].isoformat()
    return row


def pins(session: Session) -> list[tuple[str, float, float]]:
    """Return every active account with a pin: id, latitude, longitude."""
    columns = select_columns(col(Account.id), col(Account.lat), col(Account.lon))
    statement = columns.where(col(Account.active), col(Account.lat).is_not(None))
    return [(row.id, row.lat, row.lon) for row in session.execute(statement.order_by(Account.id))]


def of_ids(
    session: Session, ids: Sequence[str], *, rep_ids: frozenset[str] | None
) -> list[tuple[Account, str]]:
    """Return those of these active accounts that these reps own (None: all), with owner names."""
    where = [_in(ids), col(Account.active), *_of(rep_ids)]
    rows = session.execute(_with_owner().add_columns(col(User.name)).where(*where))
    return [(found, name or "") for found, name in rows]


def owner_keys(session: Session) -> dict[str, str | None]:
    """Return every active rep's e-mail and name, lower case, with their id; None where shared."""
    statement = select(User.id, User.email, User.name).where(User.role == "rep", col(User.active))
    keys: dict[str, str | None] = {}
    people = list(session.exec(statement))
    for id, _email, name in people:
        key = " ".join(name.casefold().split())
        keys[key] = None if key in keys else id
    keys.update({email.casefold(): id for id, email, _name in people})
    return keys


def for_export(session: Session, *, rep_ids: frozenset[str] | None) -> Iterator[dict[str, Any]]:
    """Yield every account these reps own with all that a list holds, by name."""
    table = Account.__table__  # type: ignore[attr-defined]
    statement = (
        select_columns(*(table.c[name] for name in IMPORTED), col(User.email).label("owner"))
        .select_from(Account)
        .outerjoin(User, col(User.id) == col(Account.owner_id))
        .where(*_of(rep_ids))
        .order_by(func.lower(Account.name), Account.id)
    )
    for row in session.execute(statement):
        yield as_text(dict(row._mapping))


def appointments_of(session: Session, account_id: str, *, since: datetime) -> list[Appointment]:
    """Return an account's appointments that are not over yet, cancelled ones too, by time."""
    statement = select(Appointment).where(
        Appointment.account_id == account_id, Appointment.latest_begin_at >= since
    )
    return list(session.exec(statement.order_by(col(Appointment.earliest_begin_at))))


def appointment(session: Session, id: str) -> Appointment:
    """Return an appointment by id; NotFound if there is none."""
    found = session.get(Appointment, id)
    if found is None:
        raise NotFound("There is no such appointment, or it is not yours to see.")
    return found


def overlapping(session: Session, wanted: Appointment) -> list[tuple[Appointment, str]]:
    """Return the rep's other fixed appointments that may run at the same time, with names."""
    if wanted.commitment not in FIXED:
        return []
    statement = (
        select(Appointment, Account.name)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .where(
            Appointment.rep_id == wanted.rep_id,
            Appointment.id != wanted.id,
            col(Appointment.cancelled_at).is_(None),
            col(Appointment.commitment).in_(FIXED),
            Appointment.earliest_begin_at < _ends_at(wanted),
        )
    )
    return [
        (other, name)
        for other, name in session.exec(statement)
        if _ends_at(other) > wanted.earliest_begin_at
    ]


def imports(session: Session, *, latest: int = 20) -> list[dict[str, Any]]:
    """Return the latest imports without their files."""
    table = AccountImport.__table__  # type: ignore[attr-defined]
    columns = [column for column in table.c if column.name not in ("content", "mapping")]
    statement = (
        select_columns(*columns, col(User.name).label("uploaded_by"))
        .select_from(AccountImport)
        .outerjoin(User, col(User.id) == col(AccountImport.uploaded_by_id))
        .order_by(col(AccountImport.created_at).desc(), AccountImport.id)
        .limit(latest)
    )
    return [dict(row._mapping) for row in session.execute(statement)]


def account_import(session: Session, id: str, *, lock: bool = False) -> AccountImport:
    """Return an import by id, its file unread; `lock` as for accounts. NotFound if none."""
    found = session.get(
        AccountImport, id, options=[defer(AccountImport.content)],  # type: ignore[arg-type]
        with_for_update=lock or None, populate_existing=lock,
    )  # fmt: skip
    if found is None:
        raise NotFound("There is no such import.")
    return found


def import_rows(
    session: Session, import_id: str, *, verdict: str = "", page: int = 1, size: int = 50
) -> Page[AccountImportRow]:
    """Return a page of an import's rows; `verdict` may also be "warned"."""
    where: list[Any] = [AccountImportRow.import_id == import_id]
    if verdict == "warned":
        where += [AccountImportRow.verdict != "refused", AccountImportRow.reason != ""]
    elif verdict:
        where.append(AccountImportRow.verdict == verdict)
    total = session.exec(select(func.count()).select_from(AccountImportRow).where(*where)).one()
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    statement = select(AccountImportRow).where(*where).order_by(col(AccountImportRow.row_no))
    return Page(
        list(session.exec(statement.offset((page - 1) * size).limit(size))), total, page, pages
    )


def all_import_rows(
    session: Session, import_id: str, *, verdicts: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield an import's rows in the file's order, or only those of some verdicts."""
    table = AccountImportRow.__table__  # type: ignore[attr-defined]
    statement = select_columns(table).where(table.c.import_id == import_id).order_by(table.c.row_no)
    if verdicts:
        statement = statement.where(table.c.verdict.in_(list(verdicts)))
    for row in session.execute(statement):
        yield dict(row._mapping)


def _ends_at(appointment: Appointment) -> datetime:
    return appointment.latest_begin_at + timedelta(seconds=appointment.service_s)


def _of(rep_ids: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if rep_ids is None else [col(Account.owner_id).in_(rep_ids)]


def _in(ids: Sequence[str]) -> ColumnElement[bool]:
    return col(Account.id).in_(ids)


def _with_owner() -> Any:
    return select(Account).outerjoin(User, col(User.id) == col(Account.owner_id))


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for word in wanted.text.split()[:6]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Account.name, Account.city, Account.external_id, Account.street)
        where.append(or_(*(col(column).ilike(like, escape="\\") for column in columns)))
    if wanted.tier:
        where.append(col(Account.tier) == wanted.tier)
    if wanted.owner == "none":
        where.append(col(Account.owner_id).is_(None))
    elif wanted.owner:
        where.append(col(Account.owner_id) == wanted.owner)
    if wanted.pin == "none":
        where.append(col(Account.lat).is_(None))
    if wanted.active != "all":
        where.append(col(Account.active) == (wanted.active != "no"))
    return where


def _order(sort: Sequence[str]) -> list[Any]:
    order = []
    for key in sort[:2]:
        column = SORTS.get(key.lstrip("-"))
        if column is not None:
            expression = column.desc() if key.startswith("-") else column.asc()
            order.append(expression.nulls_last())
    return [*order, func.lower(Account.name), Account.id]


def _ids_by_due(
    session: Session, where: Sequence[Any], *, wanted: Wanted, on: date, zone: tzinfo
) -> list[str]:
    """Return ids of the accounts in a due state, in order; the state is a rule, not a column."""
    first = wanted.sort[0].lstrip("-") if wanted.sort else ""
    group = SORTS.get(first, func.upper("")).label("group")
    statement = select_columns(*_DUE_COLUMNS, group).select_from(Account)
    statement = statement.outerjoin(User, col(User.id) == col(Account.owner_id))
    rows = list(session.execute(statement.where(*where).order_by(*_order(wanted.sort))))
    ranks = {value: rank for rank, value in enumerate(dict.fromkeys(row.group for row in rows))}
    found = [(ranks[row.group], row.id, due(row, on, zone=zone)) for row in rows]
    if wanted.due == "wanting":
        found = [item for item in found if item[2].state.wants_visit]
    elif wanted.due:
        found = [item for item in found if item[2].state == wanted.due]
    if "due" in wanted.sort or "-due" in wanted.sort:
        turn = -1 if "due" in wanted.sort else 1
        found.sort(key=lambda item: (item[0], turn * item[2].ratio))
    return [id for _, id, _ in found]

"""Reads about pins: the accounts without one, and those whose pin somebody should look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from route_app import queue
from route_app.accounts.pin import ADDRESS, COARSE, FIXED, QUALITIES, address_changed, rank
from route_app.accounts.queries import Page
from route_app.accounts.service import GEOCODE
from route_app.models import Account

CHANGED = "changed"  # the filter for fixed pins whose address is another by now


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A page of pins to look at, worst first, and how many there are of each quality."""

    page: Page[Account]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class LookUps:
    """Look-ups under way, and those that wait until a service may be asked again.

    `job_id` is the work to follow, if any; `waiting` how many addresses wait until `resumes_at`,
    and `why`.
    """

    job_id: str | None = None
    waiting: int = 0
    resumes_at: datetime | None = None
    why: str = ""


def look_ups(session: Session, *, coarse: bool) -> LookUps:
    """Return how looking up stands: addresses without a pin, or those of coarse pins."""
    rows = queue.unfinished_of(session, GEOCODE)
    rows = [row for row in rows if bool(row.payload.get("coarse")) is coarse]
    now = datetime.now(UTC)
    held = [row for row in rows if row.payload.get("why") and row.run_after > now]
    active = next((row.id for row in rows if row not in held), None)
    if not held:
        return LookUps(active)
    waiting = {id for row in held for id in row.payload["account_ids"]}
    return LookUps(active, len(waiting), held[0].run_after, held[0].payload["why"])


def without_pin(
    session: Session, *, rep_ids: frozenset[str] | None, page: int = 1, size: int = 100
) -> Page[Account]:
    """Return active accounts that no map can show, those whose search failed first."""
    where = [col(Account.active), col(Account.lat).is_(None), *_of(rep_ids)]
    order = (col(Account.pin_quality) == "", func.lower(Account.name), Account.id)
    return _page(session, where, order, page=page, size=size)


def to_check(
    session: Session,
    *,
    rep_ids: frozenset[str] | None,
    quality: str = "",
    page: int = 1,
    size: int = 50,
) -> ToCheck:
    """Return active accounts whose pin may be wrong, the worst first.

    `quality` is a code of QUALITIES or "changed"; without one, all coarse ones and the changed.
    """
    mine: list[Any] = [col(Account.active), col(Account.lat).is_not(None), *_of(rep_ids)]
    looked_up: Any = and_(*mine, col(Account.pin_source) == "geocoded")
    counted = select(Account.pin_quality, func.count()).where(looked_up)
    counts = dict(session.exec(counted.group_by(Account.pin_quality)).all())
    counts = {code: counts[code] for code in QUALITIES if counts.get(code)}
    worst = case({code: rank(code) for code in QUALITIES}, value=Account.pin_quality, else_=0)
    order = (worst, func.lower(Account.name), Account.id)
    coarse = and_(looked_up, col(Account.pin_quality).in_(COARSE))
    rows = _coarse_or_fixed(session, coarse, and_(*mine, _may_have_changed()), order)
    changed = [row.id for row in rows if address_changed(row)]
    counts |= {CHANGED: len(changed)} if changed else {}
    if quality in QUALITIES:
        where = [looked_up, col(Account.pin_quality) == quality]
        return ToCheck(_page(session, where, order, page=page, size=size), counts)
    moved = set(changed)
    doubtful = [row.id for row in rows if row.pin_source == "geocoded" or row.id in moved]
    ids = changed if quality == CHANGED else doubtful
    return ToCheck(_page_of(session, ids, order, page=page, size=size), counts)


def _coarse_or_fixed(
    session: Session, coarse: Any, fixed: Any, order: Sequence[Any]
) -> Sequence[Any]:
    """Return, in order, just what tells whether a pin is doubtful: accounts may be many."""
    table = Account.__table__  # type: ignore[attr-defined]
    columns = (table.c[name] for name in ("id", "pin_source", "pin_address", *ADDRESS))
    return session.execute(
        select_columns(*columns).where(or_(coarse, fixed)).order_by(*order)
    ).all()


def _may_have_changed() -> Any:
    """Return a condition for fixed pins without those that stand at their very address.

    Whether another spelling is another address is a rule and no query.
    """
    line: Any = col(Account.street)
    for name in ADDRESS[1:]:
        line = line + " " + getattr(Account, name)
    for _ in ADDRESS:  # empty parts leave gaps
        line = func.replace(line, "  ", " ")
    placed_for = col(Account.pin_address)
    return and_(col(Account.pin_source).in_(FIXED), placed_for != "", placed_for != func.trim(line))


def _page(
    session: Session, where: Sequence[Any], order: Sequence[Any], *, page: int, size: int
) -> Page[Account]:
    total = session.exec(select(func.count()).select_from(Account).where(*where)).one()
    page, pages = _within(page, total, size)
    statement = select(Account).where(*where).order_by(*order)
    items = list(session.exec(statement.offset((page - 1) * size).limit(size)))
    return Page(items, total, page, pages)


def _page_of(
    session: Session, ids: Sequence[str], order: Sequence[Any], *, page: int, size: int
) -> Page[Account]:
    page, pages = _within(page, len(ids), size)
    shown = col(Account.id).in_(ids[(page - 1) * size : page * size])
    items = list(session.exec(select(Account).where(shown).order_by(*order)))
    return Page(items, len(ids), page, pages)


def _within(page: int, total: int, size: int) -> tuple[int, int]:
    """Return the page that is shown, and how many there are."""
    pages = max(1, -(-total // size))
    return max(1, min(page, pages)), pages


def _of(rep_ids: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if rep_ids is None else [col(Account.owner_id).in_(rep_ids)]

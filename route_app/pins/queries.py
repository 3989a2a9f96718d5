"""Reads about pins: the accounts without one, and those whose pin somebody should look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from route_app.accounts.pin import ADDRESS, COARSE, FIXED, QUALITIES, address_changed
from route_app.accounts.queries import Page
from route_app.models import Account

MOST_CHANGED = 1_000  # shown at once; the next come when these are settled
CHANGED = "changed"  # the filter for fixed pins whose address is another by now


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A page of pins to look at, worst first, and how many there are of each quality."""

    page: Page[Account]
    counts: dict[str, int]


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
    changed = _changed_ids(session, mine)
    counts = {code: counts[code] for code in QUALITIES if counts.get(code)}
    counts |= {CHANGED: len(changed)} if changed else {}
    among = col(Account.id).in_(changed)
    if quality == CHANGED:
        where = and_(*mine, among)
    elif quality in QUALITIES:
        where = and_(looked_up, col(Account.pin_quality) == quality)
    else:
        coarse = and_(looked_up, col(Account.pin_quality).in_(COARSE))
        where = and_(*mine, or_(coarse, among))
    worst = case({code: n for n, code in enumerate(QUALITIES, start=1)}, value=Account.pin_quality,
                 else_=0)  # fmt: skip
    order = (worst, func.lower(Account.name), Account.id)
    return ToCheck(_page(session, [where], order, page=page, size=size), counts)


def _changed_ids(session: Session, mine: Sequence[Any]) -> list[str]:
    """Return the accounts whose fixed pin was placed for another address; comparing is a rule."""
    fixed = (col(Account.pin_source).in_(FIXED), col(Account.pin_address) != "")
    table = Account.__table__  # type: ignore[attr-defined]
    columns = (table.c[name] for name in ("id", "pin_source", "pin_address", *ADDRESS))
    rows = session.execute(select_columns(*columns).where(*mine, *fixed))
    return [row.id for row in rows if address_changed(row)][:MOST_CHANGED]


def _page(
    session: Session, where: Sequence[Any], order: Sequence[Any], *, page: int, size: int
) -> Page[Account]:
    total = session.exec(select(func.count()).select_from(Account).where(*where)).one()
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    statement = select(Account).where(*where).order_by(*order)
    items = list(session.exec(statement.offset((page - 1) * size).limit(size)))
    return Page(items, total, page, pages)


def _of(rep_ids: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if rep_ids is None else [col(Account.owner_id).in_(rep_ids)]

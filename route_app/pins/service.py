"""Changes to pins: what a look-up found, and what people decide about one."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session

from route_app import queue
from route_app.accounts import queries as accounts
from route_app.accounts.pin import ADDRESS, NO_PIN, address_of, before_move, put_back
from route_app.accounts.service import REASSIGN, geocode_later
from route_app.errors import Conflict
from route_app.models import Account

CHUNK = 1_000


def store_pins(session: Session, found: Iterable[Mapping[str, Any]]) -> int:
    """Keep looked-up pins and why others were not found.

    Each has `id`, `lat`, `lon` (None where not found), `quality`, `reason` and the address that
    was looked up. A pin placed by hand or given by a list stays, one that a person placed in the
    meantime, too; an address that changed in the meantime is left for the next look-up. A pin
    that was looked up earlier is replaced by what was found, never by nothing. Returns how many
    were placed.
    """
    rows = [{f"b_{name}": value for name, value in item.items()} for item in found]
    table = Account.__table__  # type: ignore[attr-defined]
    same_address = [table.c[part] == bindparam(f"b_{part}") for part in ADDRESS]
    placed_now = 0
    for placed in (True, False):
        values: dict[str, Any] = {
            "pin_quality": bindparam("b_quality"),
            "pin_reason": bindparam("b_reason"),
        }
        free = table.c.lat.is_(None)
        if placed:
            values |= {"lat": bindparam("b_lat"), "lon": bindparam("b_lon"), "pin_address": ""}
            free = or_(free, table.c.pin_source == "geocoded")
        statement = (
            update(table)
            .where(table.c.id == bindparam("b_id"), free, *same_address)
            .values(**values, pin_source="geocoded" if placed else "")
        )
        for chunk in _chunks([row for row in rows if (row["b_lat"] is not None) is placed]):
            done = session.connection().execute(statement, chunk)
            placed_now += done.rowcount if placed else 0
    if placed_now:
        queue.enqueue(session, id=REASSIGN, kind=REASSIGN, payload={})
    return placed_now


def keep_pin(session: Session, *, account_id: str) -> Account:
    """Keep an account's pin where it is, as if placed by hand for the address it has now."""
    found = accounts.account(session, account_id, lock=True)
    if found.lat is None:
        raise Conflict("This account has no pin to keep. Place one on the map.")
    told = {"pin_source": "manual", "pin_quality": "manual", "pin_reason": ""}
    return _changed(session, found, told | {"pin_address": address_of(found)})


def look_up_pin(session: Session, *, account_id: str, asked_by_id: str | None) -> Account:
    """Take an account's pin away, whoever placed it, and have its address looked up."""
    found = accounts.account(session, account_id, lock=True)
    if not address_of(found):
        raise Conflict("This account has no address to look up. Add one first.")
    _changed(session, found, {**NO_PIN, "pin_before": before_move(found)})
    geocode_later(session, asked_by_id=asked_by_id, account_ids=[found.id])
    return found


def undo_move(session: Session, *, account_id: str) -> Account:
    """Put the pin back where it was before it was last moved or taken away by hand."""
    found = accounts.account(session, account_id, lock=True)
    if not found.pin_before:
        raise Conflict("There is no earlier place to put the pin back to.")
    return _changed(session, found, {**put_back(found.pin_before), "pin_before": ""})


def _changed(session: Session, found: Account, values: Mapping[str, Any]) -> Account:
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    found.updated_at = datetime.now(UTC)
    session.add(found)
    session.flush()
    queue.enqueue(session, id=REASSIGN, kind=REASSIGN, payload={})
    return found


def _chunks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))

"""Changes to pins: what a look-up found, and what people decide about one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from route_app import queue
from route_app.accounts import queries as accounts
from route_app.accounts.pin import ADDRESS, NO_PIN, PIN, address_of, before_move, put_back, rank
from route_app.accounts.service import GEOCODE, REASSIGN, geocode_later
from route_app.errors import Conflict
from route_app.models import Account

CHUNK = 1_000
SHORTEST_WAIT_S = 60  # before a service that asked for a pause is asked again
_TABLE = Account.__table__  # type: ignore[attr-defined]
_Item = TypeVar("_Item")


def store_pins(session: Session, found: Iterable[Mapping[str, Any]]) -> int:
    """Keep looked-up pins and why others were not found.

    Each has `id`, `lat`, `lon` (None where not found), `quality`, `reason` and the address that
    was looked up. A pin placed by hand or given by a list stays, one that a person placed in the
    meantime, too; an address that changed in the meantime is left for the next look-up. A pin
    that was looked up earlier gives way to a better one only, and can be put back. Returns how
    many were placed.
    """
    placed, missed = [], []
    at = datetime.now(UTC)
    for chunk in _chunks(list(found)):
        present = _present(session, [item["id"] for item in chunk])
        for item in chunk:
            account = present.get(item["id"])
            if account is None or any(getattr(account, name) != item[name] for name in ADDRESS):
                continue
            why = {"id": item["id"], "quality": item["quality"], "reason": item["reason"]}
            if item["lat"] is not None and _gives_way(account, item["quality"]):
                before = before_move(account) or account.pin_before
                placed.append(why | {"lat": item["lat"], "lon": item["lon"], "before": before})
            elif item["lat"] is None and account.lat is None:
                missed.append(why)
    told = {"pin_quality": "quality", "pin_reason": "reason"}
    pin = {"lat": "lat", "lon": "lon", "pin_before": "before"}
    fixed = {"pin_address": "", "version": _TABLE.c.version + 1, "updated_at": at}
    _write(session, placed, told | pin, {"pin_source": "geocoded", **fixed})
    _write(session, missed, told, {"pin_source": ""})
    if placed:
        queue.enqueue(session, id=REASSIGN, kind=REASSIGN, payload={})
    return len(placed)


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


def look_up_after(
    session: Session,
    account_ids: Sequence[str],
    *,
    again: bool,
    coarse: bool,
    until: float,
    why: str,
    asked_by_id: str | None,
) -> None:
    """Have accounts looked up when a service may be asked again: `until`, in seconds since 1970.

    All that wait for the same minute are one piece of work, which keeps why they wait.
    """
    if not account_ids:
        return
    earliest = max(until, datetime.now(UTC).timestamp() + SHORTEST_WAIT_S)
    at = datetime.fromtimestamp(-(-earliest // 60) * 60, UTC)
    told = {"again": again, "coarse": coarse, "why": why}
    kind = "coarse" if coarse else "again" if again else "new"
    row = queue.enqueue(
        session, id=f"{GEOCODE}:{kind}:{at:%Y-%m-%dT%H:%M}", kind=GEOCODE,
        payload={"account_ids": [], **told}, asked_by_id=asked_by_id, run_after=at,
    )  # fmt: skip
    together = sorted({*row.payload["account_ids"], *account_ids})
    row.payload = {**row.payload, "account_ids": together}
    session.add(row)
    session.flush()


def undo_move(session: Session, *, account_id: str, asked_by_id: str | None) -> Account:
    """Put the pin back where it was before it last moved or was taken away.

    A pin that was looked up for another address than the account has now does not come back: the
    account is left without one, and the address of now is looked up.
    """
    found = accounts.account(session, account_id, lock=True)
    if not found.pin_before:
        raise Conflict("There is no earlier place to put the pin back to.")
    _changed(session, found, {**put_back(found.pin_before, found), "pin_before": ""})
    if found.lat is None:
        geocode_later(session, asked_by_id=asked_by_id, account_ids=[found.id])
    return found


def _changed(session: Session, found: Account, values: Mapping[str, Any]) -> Account:
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    found.updated_at = datetime.now(UTC)
    session.add(found)
    session.flush()
    queue.enqueue(session, id=REASSIGN, kind=REASSIGN, payload={})
    return found


def _present(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """Return the rows of accounts by id, locked until the transaction ends."""
    names = ("id", *PIN, "pin_before", *ADDRESS)
    wanted = select(*(_TABLE.c[name] for name in names)).where(_TABLE.c.id.in_(ids))
    rows = session.execute(wanted.order_by(_TABLE.c.id).with_for_update())
    return {row.id: row for row in rows}


def _gives_way(account: Any, quality: str) -> bool:
    """Return whether an account's pin, if it has one, gives way to a looked-up one."""
    if account.lat is None:
        return True
    return bool(account.pin_source == "geocoded" and rank(quality) > rank(account.pin_quality))


def _write(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    fixed: Mapping[str, Any],
) -> None:
    """Write rows: `columns` says which of a row's values each takes, `fixed` the same for all."""
    values: dict[str, Any] = {name: bindparam(f"b_{key}") for name, key in columns.items()}
    statement = update(_TABLE).where(_TABLE.c.id == bindparam("b_id")).values(values | dict(fixed))
    for chunk in _chunks(rows):
        told = [{f"b_{key}": value for key, value in row.items()} for row in chunk]
        session.connection().execute(statement, told)


def _chunks(rows: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))

"""Changes to accounts: by hand, by the field, by lists, and by looking up where they are."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import Session, col

from route_app import queue
from route_app.accounts import queries
from route_app.accounts.checking import Checked
from route_app.accounts.duplicates import Known
from route_app.accounts.editing import AppointmentValues, applied
from route_app.accounts.importing import from_text, too_late
from route_app.errors import Conflict, InvalidInput
from route_app.models import Account, AccountImport, AccountImportRow, Appointment, new_id

CHUNK = 1_000
CHECK, APPLY, GEOCODE = "accounts.check_import", "accounts.apply_import", "accounts.geocode"
REASSIGN = "territory.reassign"
_NOT_CHECKED = "Only a list that was checked can be imported. Check it first."
_Item = TypeVar("_Item")


def note_visit(session: Session, *, account_id: str, at: datetime) -> Account:
    """Note that an account was visited; an earlier instant than the known one changes nothing."""
    found = queries.account(session, account_id, lock=True)
    if found.last_visited_at is None or at > found.last_visited_at:
        found.last_visited_at = at
        session.add(found)
        session.flush()
    return found


def add_account(session: Session, *, values: Mapping[str, Any]) -> Account:
    """Add an account from checked values; Conflict if its external id is another's."""
    _refuse_taken(session, values.get("external_id"))
    made = Account(name=values["name"])
    applied(made, values)
    session.add(made)
    session.flush()
    _look_up_later(session, made)
    return made


def update_account(
    session: Session, *, account_id: str, values: Mapping[str, Any], version: int | None = None
) -> Account:
    """Change an account's columns to checked values; returns it, changed or not.

    `version` is the one the editor saw: Conflict if somebody changed the account since. A new
    address of a looked-up pin has it looked up again; a pin in `values` is one placed by hand.
    """
    found = queries.account(session, account_id, lock=True)
    if version is not None and found.version != version:
        raise Conflict(
            "Somebody changed this account while you were editing. Reload the page, look at what "
            "changed, and enter your change again."
        )
    if values.get("external_id") != found.external_id:
        _refuse_taken(session, values.get("external_id"))
    if applied(found, values):
        found.version += 1
        found.updated_at = datetime.now(UTC)
        session.add(found)
        session.flush()
        _look_up_later(session, found)
    return found


def set_owner(session: Session, *, account_id: str, owner_id: str | None, source: str) -> Account:
    """Give an account to a rep, or to nobody; `source` is territory, manual or import."""
    found = queries.account(session, account_id, lock=True)
    wanted = (owner_id, source if owner_id else "")
    if (found.owner_id, found.owner_source) != wanted:
        found.owner_id, found.owner_source = wanted
        found.version += 1
        found.updated_at = datetime.now(UTC)
        session.add(found)
        session.flush()
    return found


def set_active(session: Session, *, account_id: str, active: bool) -> Account:
    """Take an account out of planning, or back in."""
    return update_account(session, account_id=account_id, values={"active": active})


def make_appointment(
    session: Session, *, account_id: str, rep_id: str, values: AppointmentValues
) -> tuple[Appointment, list[tuple[Appointment, str]]]:
    """Promise a visit; also returns the rep's appointments it may run into, which is allowed."""
    made = Appointment(
        account_id=queries.account(session, account_id).id,
        rep_id=rep_id,
        commitment=values.commitment,
        earliest_begin_at=values.earliest_begin_at,
        latest_begin_at=values.latest_begin_at,
        service_s=values.service_s,
        title=values.title,
        note=values.note,
    )
    session.add(made)
    session.flush()
    return made, queries.overlapping(session, made)


def cancel_appointment(
    session: Session, *, appointment_id: str, at: datetime | None
) -> Appointment:
    """Call an appointment off at an instant, or put it back with None."""
    found = queries.appointment(session, appointment_id)
    if at is None or found.cancelled_at is None:
        found.cancelled_at = at
        session.add(found)
        session.flush()
    return found


def start_import(
    session: Session,
    *,
    file_name: str,
    content: bytes,
    asked_by_id: str | None,
    encoding: str = "",
    delimiter: str = "",
) -> AccountImport:
    """Keep an account list and have it checked; nothing else changes until it is applied."""
    if not content:
        raise InvalidInput("The file is empty. Choose a CSV or XLSX file with rows.", field="file")
    made = AccountImport(
        file_name=(file_name or "accounts")[-255:],
        content=content,
        uploaded_by_id=asked_by_id,
        state="checking",
        encoding=encoding,
        delimiter=delimiter,
        mapping={"told_encoding": encoding, "told_delimiter": delimiter, "fields": {}},
    )
    session.add(made)
    session.flush()
    _work_later(session, CHECK, made, asked_by_id=asked_by_id)
    return made


def keep_checked(
    session: Session, *, file_name: str, content: bytes, checked: Checked
) -> AccountImport:
    """Keep a list that was checked where it lay, ready to be applied."""
    made = AccountImport(file_name=file_name[-255:], content=content)
    session.add(made)
    session.flush()
    return store_check(session, import_id=made.id, checked=checked)


def check_again(
    session: Session,
    *,
    import_id: str,
    fields: Mapping[str, str],
    encoding: str,
    delimiter: str,
    asked_by_id: str | None,
) -> AccountImport:
    """Have a list checked anew with other columns, encoding or delimiter."""
    found = queries.account_import(session, import_id, lock=True)
    _refuse_busy(session, found)
    if found.state in ("applied", "discarded"):
        raise Conflict("This import is finished. Upload the file again to start another.")
    found.mapping = dict(found.mapping) | {
        "fields": dict(fields),
        "told_encoding": encoding,
        "told_delimiter": delimiter,
    }
    found.state, found.message = "checking", ""
    session.add(found)
    _work_later(session, CHECK, found, asked_by_id=asked_by_id)
    return found


def store_check(session: Session, *, import_id: str, checked: Checked) -> AccountImport:
    """Keep the verdict of every row of a list in place of those of an earlier check."""
    found = queries.account_import(session, import_id)
    found.state, found.message = checked.state, checked.message[:2000]
    found.encoding, found.delimiter = checked.encoding, checked.delimiter
    found.mapping = dict(found.mapping) | checked.mapping
    found.counts = checked.counts
    session.add(found)
    session.execute(delete(AccountImportRow).where(col(AccountImportRow.import_id) == import_id))
    table = AccountImportRow.__table__  # type: ignore[attr-defined]
    for chunk in _chunks(checked.reports):
        rows = [
            {
                "import_id": import_id, "row_no": report.row_no, "verdict": report.verdict.value,
                "reason": report.reason, "account_id": report.account_id, "cells": report.cells,
                "values": report.values, "changes": report.changes,
            }
            for report in chunk
        ]  # fmt: skip
        session.execute(insert(table), rows)
    return found


def apply_later(session: Session, *, import_id: str, asked_by_id: str | None) -> AccountImport:
    """Have a checked list's rows made true; asking twice is the same as once."""
    found = queries.account_import(session, import_id, lock=True)
    if found.state == "applied":
        return found
    if found.state not in ("ready", "applying"):
        raise Conflict(_NOT_CHECKED)
    found.state = "applying"
    session.add(found)
    _work_later(session, APPLY, found, asked_by_id=asked_by_id)
    return found


def apply_import(session: Session, *, import_id: str) -> AccountImport:
    """Make a checked list's rows true, in the caller's one transaction.

    A row whose account changed since the check is refused now, rather than undoing that change.
    """
    found = queries.account_import(session, import_id, lock=True)
    if found.state == "applied":
        return found
    if found.state not in ("ready", "applying"):
        raise Conflict(_NOT_CHECKED)
    known = Known(queries.facts(session, lock=True))
    added: list[dict[str, Any]] = []
    changed: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    late: list[tuple[int, str]] = []
    for row in queries.all_import_rows(session, import_id, verdicts=("added", "changed")):
        if sentence := too_late(row, known):
            late.append((row["row_no"], sentence))
        elif row["verdict"] == "added":
            added.append(row["values"])
            known.add(row["values"])
        else:
            changed[tuple(sorted(row["values"]))].append(row)
    _insert(session, added)
    _update(session, changed)
    _refuse_rows(session, import_id, late)
    counts = Counter(found.counts)
    counts.update({"refused": len(late), "late": len(late), "added": 0, "changed": 0})
    counts["added"] = len(added)
    counts["changed"] = sum(map(len, changed.values()))
    found.counts = dict(counts)
    found.state, found.applied_at = "applied", datetime.now(UTC)
    session.add(found)
    session.flush()
    geocode_later(session, asked_by_id=found.uploaded_by_id)
    queue.enqueue(session, id=REASSIGN, kind=REASSIGN, payload={})
    return found


def discard_import(session: Session, *, import_id: str) -> AccountImport:
    """Throw a list away: its file and rows go, accounts stay as they are."""
    found = queries.account_import(session, import_id, lock=True)
    _refuse_busy(session, found)
    if found.state == "applied":
        raise Conflict("This list was imported; its report is kept.")
    session.execute(delete(AccountImportRow).where(col(AccountImportRow.import_id) == import_id))
    found.state, found.content, found.mapping = "discarded", b"", {}
    session.add(found)
    return found


def geocode_later(
    session: Session,
    *,
    asked_by_id: str | None,
    account_ids: Sequence[str] | None = None,
    again: bool = False,
    coarse: bool = False,
) -> str | None:
    """Have addresses without a pin looked up; the work's id, or None if there is nothing to do.

    `coarse`: instead those whose looked-up pin is not exact.
    """
    waiting = queries.to_geocode(session, account_ids=account_ids, again=again, coarse=coarse)
    if not waiting:
        return None
    payload = {
        "account_ids": list(account_ids) if account_ids is not None else None,
        "again": again,
        "coarse": coarse,
    }
    everything = f"{GEOCODE}:coarse" if coarse else GEOCODE  # asked for twice, done once
    id = everything if account_ids is None else f"{GEOCODE}:{new_id()}"
    queue.enqueue(session, id=id, kind=GEOCODE, payload=payload, asked_by_id=asked_by_id)
    return id


def _work_later(
    session: Session, kind: str, found: AccountImport, *, asked_by_id: str | None
) -> None:
    queue.enqueue(
        session, id=f"{kind}:{found.id}", kind=kind, payload={"import_id": found.id},
        asked_by_id=asked_by_id, priority=10,
    )  # fmt: skip


def _refuse_busy(session: Session, found: AccountImport) -> None:
    for kind in (CHECK, APPLY):
        work = queue.job(session, f"{kind}:{found.id}")
        if work is not None and work.state in ("queued", "running"):
            raise Conflict("This list is being worked on. Wait until it is done.")


def _refuse_taken(session: Session, external_id: str | None) -> None:
    other = queries.by_external_id(session, external_id) if external_id else None
    if other is not None:
        raise Conflict(
            f"The external id “{external_id}” is already that of “{other.name}”.",
            field="external_id",
        )


def _look_up_later(session: Session, account: Account) -> None:
    if account.lat is None and not account.pin_quality and (account.street or account.city):
        geocode_later(session, asked_by_id=None, account_ids=[account.id])


def _insert(session: Session, added: Sequence[Mapping[str, Any]]) -> None:
    table = Account.__table__  # type: ignore[attr-defined]
    blank = {
        column.name: column.default.arg
        for column in table.c
        if column.default is not None and column.default.is_scalar
    }
    at = datetime.now(UTC)
    for chunk in _chunks(added):
        rows = [
            {column.name: None for column in table.c}
            | blank
            | {"created_at": at, "updated_at": at}
            | from_text(values)
            for values in chunk
        ]
        session.execute(insert(table), rows)


def _update(
    session: Session, changed: Mapping[tuple[str, ...], Sequence[Mapping[str, Any]]]
) -> None:
    """Write changes, the rows that change the same columns together."""
    table = Account.__table__  # type: ignore[attr-defined]
    at = datetime.now(UTC)
    for columns, rows in changed.items():
        statement = (
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                {name: bindparam(f"b_{name}") for name in columns}
                | {"version": table.c.version + 1, "updated_at": at}
            )
        )
        for chunk in _chunks(rows):
            values = [
                {f"b_{name}": value for name, value in from_text(row["values"]).items()}
                | {"b_id": row["account_id"]}
                for row in chunk
            ]
            session.connection().execute(statement, values)


def _refuse_rows(session: Session, import_id: str, late: Sequence[tuple[int, str]]) -> None:
    table = AccountImportRow.__table__  # type: ignore[attr-defined]
    statement = (
        update(table)
        .where(table.c.import_id == import_id, table.c.row_no == bindparam("b_row_no"))
        .values(verdict="refused", reason=bindparam("b_reason"))
    )
    for chunk in _chunks(late):
        rows = [{"b_row_no": row_no, "b_reason": sentence} for row_no, sentence in chunk]
        session.connection().execute(statement, rows)


def _chunks(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(items), CHUNK):
        yield list(items[start : start + CHUNK])

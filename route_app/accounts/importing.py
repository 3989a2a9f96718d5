"""What an account list would do: a verdict for every row, before anything is changed.

An empty cell says nothing, so importing a list twice, or an export again, changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from route_app.accounts.columns import Choice
from route_app.accounts.duplicates import Facts, Known, TwoFit
from route_app.accounts.pin import ADDRESS, NO_PIN, address_of, same_address
from route_app.accounts.reading import Around, Reading, read_row
from route_app.lib.tabular import Table

SAME_PLACE = 1e-6  # degrees; about a tenth of a metre, less than spreadsheets round away


class Verdict(StrEnum):
    """What a row would do."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row and its verdict. `reason` refuses it, or warns about an accepted one.

    `changes` maps an account column to its value before and after.
    """

    row_no: int
    verdict: Verdict
    reason: str = ""
    account_id: str | None = None
    cells: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)


def check_rows(
    table: Table, choices: Sequence[Choice], known: Sequence[Facts], around: Around
) -> list[RowReport]:
    """Return a verdict for every row of a table against the accounts that are known."""
    accounts = Known(known)
    first_row: dict[str, int] = {}
    reports = []
    for row in table.rows:
        cells = {
            choice.header: cell for choice, cell in zip(choices, row.cells, strict=False) if cell
        }
        reading = read_row(row, choices, around)
        report = _verdict(row.no, reading, accounts, first_row)
        reports.append(
            RowReport(
                row.no, report.verdict, report.reason[:1000], report.account_id, cells,
                report.values, report.changes,
            )
        )  # fmt: skip
    return reports


def _verdict(
    row_no: int, reading: Reading, accounts: Known, first_row: dict[str, int]
) -> RowReport:
    """Return a row's verdict and remember its account for the rows below."""
    if reading.problems:
        return RowReport(row_no, Verdict.REFUSED, _sentences(reading.problems))
    try:
        account = accounts.find(reading.values)
    except TwoFit as error:
        return RowReport(row_no, Verdict.REFUSED, _sentences([str(error)]))
    if account is not None and account["id"] in first_row:
        shown = reading.values.get("external_id") or reading.values["name"]
        return RowReport(
            row_no,
            Verdict.REFUSED,
            f"“{shown}” is already in row {first_row[account['id']]}. Keep one of the two rows.",
        )
    if account is None:
        values = new_values(reading.values)
        first_row[values["id"]] = row_no
        accounts.add(values)
        return RowReport(
            row_no, Verdict.ADDED, _sentences(reading.warnings), values["id"], values=values
        )
    external = reading.values.get("external_id")
    if external:
        bearer = accounts.bears(external)
        if bearer is not None and bearer["id"] != account["id"]:
            reason = f"The external id “{external}” is already that of “{bearer['name']}”."
            return RowReport(row_no, Verdict.REFUSED, reason)
        accounts.claim(external, account)
    first_row[account["id"]] = row_no
    changes = changes_between(account, reading)
    verdict = Verdict.CHANGED if changes else Verdict.UNCHANGED
    return RowReport(
        row_no, verdict, _sentences(reading.warnings), account["id"],
        values={column: after for column, (_, after) in changes.items()}, changes=changes,
    )  # fmt: skip


def new_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new account is made of."""
    made = {column: value for column, value in values.items() if column != "geo_locked"}
    made["id"] = uuid4().hex
    if "lat" in made:
        made["pin_source"] = "manual" if values.get("geo_locked") else "given"
        made["pin_quality"] = made["pin_source"]
        made["pin_address"] = address_of(made)
    if "owner_id" in made:
        made["owner_source"] = "import"
    return made


def changes_between(account: Facts, reading: Reading) -> dict[str, list[Any]]:
    """Return the columns a row would change: before and after."""
    values = dict(reading.values)
    values.pop("id", None)
    locked = values.pop("geo_locked", None)
    pin = (values.pop("lat", None), values.pop("lon", None))
    changes = {
        column: [account.get(column), after]
        for column, after in values.items()
        if not _equal(column, account.get(column), after)
    }
    if "owner_id" in changes:
        changes["owner_source"] = [account.get("owner_source"), "import"]
    told = {**account, **values}
    changes.update(_pin_changes(account, pin, told=told, locked=locked, reading=reading))
    moved_away = pin[0] is None and changes.keys() & set(ADDRESS)
    if moved_away and account.get("lat") is not None:
        if account.get("pin_source") == "geocoded":
            changes.update(_differences(account, NO_PIN))
        else:
            reading.warnings.append("The address changes and the pin stays: check that it fits")
    elif moved_away and account.get("pin_quality"):
        again = {"pin_quality": "", "pin_reason": ""}  # to be looked up anew
        changes.update(_differences(account, again))
    return changes


def too_late(row: Mapping[str, Any], known: Known) -> str:
    """Return why a row can no longer be applied as it was checked, empty if it can."""
    again = "Check the list again."
    external = row["values"].get("external_id")
    bearer = known.bears(external) if external else None
    if row["verdict"] == "added":
        try:
            there = bearer or known.find(row["values"])
        except TwoFit as error:
            return f"{error}. {again}"
        shown = external or row["values"]["name"]
        return f"“{shown}” was added by somebody else since the check. {again}" if there else ""
    account = known.by_id.get(row["account_id"])
    if account is None:
        return f"The account was removed since the check. {again}"
    if bearer is not None and bearer["id"] != row["account_id"]:
        return f"“{external}” was given to another account since the check. {again}"
    moved = [name for name, (before, _) in row["changes"].items() if account[name] != before]
    if moved:
        return f"Somebody changed this account since the check ({', '.join(moved)}). {again}"
    return ""


def from_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as columns hold them: instants and days are no text there."""
    made = dict(values)
    if made.get("last_visited_at"):
        made["last_visited_at"] = datetime.fromisoformat(made["last_visited_at"])
    if made.get("first_due_on"):
        made["first_due_on"] = date.fromisoformat(made["first_due_on"])
    return made


def _pin_changes(
    account: Facts,
    pin: tuple[float | None, float | None],
    *,
    told: Mapping[str, Any],
    locked: bool | None,
    reading: Reading,
) -> dict[str, list[Any]]:
    lat, lon = pin
    if lat is None or lon is None:
        return {}
    manual = account.get("pin_source") == "manual"
    same_place = (
        account.get("lat") is not None
        and abs(account["lat"] - lat) < SAME_PLACE
        and abs(account["lon"] - lon) < SAME_PLACE
    )
    source = "manual" if locked else "given"
    placed = {
        "pin_source": source, "pin_quality": source, "pin_reason": "",
        "pin_address": address_of(told),
    }  # fmt: skip
    if same_place and locked is not None and manual != locked:
        return _differences(account, placed)
    if same_place:
        # The list says both, so the pin is for the address as the list spells it.
        here = account.get("pin_address") or address_of(account)
        anew = account.get("pin_source") == "given" and not same_address(here, address_of(told))
        return _differences(account, {"pin_address": placed["pin_address"]} if anew else {})
    if manual and locked is not False:
        reading.warnings.append("The pin was placed by hand and stays where it is")
        return {}
    return _differences(account, {"lat": lat, "lon": lon, **placed})


def _differences(account: Facts, after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        column: [account.get(column), value]
        for column, value in after.items()
        if account.get(column) != value
    }


def _equal(column: str, before: Any, after: Any) -> bool:
    """Return whether a given value says what is known already."""
    if before is None:
        return False
    if column == "last_visited_at":  # a list may lag behind the field: only ever forward
        return datetime.fromisoformat(after) <= datetime.fromisoformat(before)
    if isinstance(after, str) and isinstance(before, str):
        return " ".join(before.split()) == " ".join(after.split())
    return bool(before == after)


def _sentences(parts: Sequence[str]) -> str:
    return " ".join(f"{part.rstrip('.')}." for part in parts)

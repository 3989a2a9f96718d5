"""Accounts as rows of a list that imports again without a change, and as fields of a form."""

from collections.abc import Mapping
from typing import Any

# Column of the file, and the account's column it shows where that is all there is to it.
_SAME = {
    "fieldbeat_id": "id", "external_id": "external_id", "name": "name", "street": "street",
    "house_no": "house_no", "postcode": "postcode", "city": "city", "state": "state",
    "country": "country", "contact": "contact", "phone": "phone", "email": "email",
    "website": "website", "tier": "tier", "industry": "industry", "segment": "segment",
    "tags": "tags", "owner": "owner", "cadence": "target_days", "earliest_pct": "earliest_pct",
    "latest_pct": "latest_pct", "first_due_on": "first_due_on", "opening_hours": "opening_hours",
    "visit_note": "visit_note", "boost": "boost", "status": "status",
    "last_visit": "last_visited_at",
}  # fmt: skip
HEADER = (
    "fieldbeat_id", "external_id", "name", "street", "house_no", "postcode", "city", "state",
    "country", "lat", "lon", "geo_locked", "contact", "phone", "email", "website", "tier",
    "potential", "industry", "segment", "tags", "owner", "cadence", "duration_min", "earliest_pct",
    "latest_pct", "last_visit", "first_due_on", "opening_hours", "visit_note", "boost", "status",
    "active",
)  # fmt: skip
EXAMPLE = (
    {"name": "Anchor Bakery", "external_id": "1001", "street": "Main Street", "house_no": "15",
     "postcode": "00100", "city": "Smalltown", "country": "FI", "tier": "A",
     "phone": "+358 40 1234567", "opening_hours": "Mo-Fr 08:00-17:00; Sa 09:00-14:00"},
    {"name": "Birch Pharmacy", "external_id": "1002", "street": "North Street", "house_no": "3",
     "postcode": "00120", "city": "Smalltown", "country": "FI", "lat": "62.0045",
     "lon": "25.0191", "tier": "B", "cadence": "28", "duration_min": "20"},
)  # fmt: skip
EXAMPLE_HEADER = (
    "external_id", "name", "street", "house_no", "postcode", "city", "country", "lat", "lon",
    "phone", "tier", "cadence", "duration_min", "opening_hours",
)  # fmt: skip


def row_of(account: Mapping[str, Any]) -> list[str]:
    """Return an account's cells under HEADER; numbers in full, so that nothing is rounded away."""
    cells = {header: _text(account.get(column)) for header, column in _SAME.items()}
    seconds = account.get("service_s")
    cells |= {
        "lat": _text(account.get("lat")),
        "lon": _text(account.get("lon")),
        "potential": _text(account.get("potential")),
        "duration_min": "" if seconds is None else _text(seconds / 60),
        "geo_locked": "yes" if account.get("pin_source") == "manual" else "",
        "active": "yes" if account.get("active") else "no",
    }
    return [cells[header] for header in HEADER]


def form_of(account: Any) -> dict[str, str]:
    """Return an account's fields as its form shows them."""
    columns = [*_SAME.values(), "lat", "lon", "potential", "owner_id"]
    shown = {column: _text(getattr(account, column, None)) for column in columns}
    seconds = account.service_s
    return shown | {"service_s": "" if seconds is None else _text(seconds / 60)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)

"""One row of an account list as values for an account, with what is wrong and what is odd."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from route_app.accounts import cells
from route_app.accounts.columns import LABELS, Choice
from route_app.lib.geo import LatLon
from route_app.lib.tabular import Row

LONGEST = {
    "fieldbeat_id": 32, "external_id": 64, "name": 200, "street": 200, "house_no": 32,
    "postcode": 16, "city": 120, "state": 120, "contact": 120, "phone": 40, "website": 255,
    "industry": 80, "segment": 80, "tags": 255, "opening_hours": 1000, "visit_note": 1000,
}  # fmt: skip
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_CLOSED = frozenset(
    ["closed", "off", "-", "–", "geschlossen", "suljettu", "kiinni", "ferme", "fermé"]
)


@dataclass(frozen=True, slots=True)
class Area:
    """A box that a built road network covers."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Return whether a point lies in the box."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True, slots=True)
class Around:
    """What reading a row leans on besides the row.

    `owners` maps a rep's e-mail and name, lower case, to an id; None where two share a name.
    `hours_problem` says what is wrong with opening hours, empty if nothing.
    """

    country: str
    zone: ZoneInfo
    today: date
    owners: Mapping[str, str | None] = field(default_factory=dict)
    areas: Sequence[Area] = ()
    hours_problem: Callable[[str], str] = lambda _text: ""


@dataclass(slots=True)
class Reading:
    """What a row says: values by account column, sentences that refuse it, and warnings."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_row(row: Row, choices: Sequence[Choice], around: Around) -> Reading:
    """Return a row's values. An empty cell says nothing: what is known stays."""
    reading = Reading()
    if any(row.cells[len(choices) :]):
        reading.problems.append(
            f"The row has {len(row.cells)} cells and the header {len(choices)}: a delimiter may "
            "stand unquoted in a cell"
        )
        return reading
    given = {
        choice.field: text
        for choice, cell in zip(choices, row.cells, strict=False)
        if choice.field and (text := cells.clean(cell, lines=choice.field == "visit_note"))
    }
    if not given.get("name"):
        reading.problems.append("The name is empty")
    for code, most in LONGEST.items():
        if len(given.get(code, "")) > most:
            reading.problems.append(f"{LABELS[code]} is longer than {most} characters")
            del given[code]
    _address(given, reading.values)
    for code, text in given.items():
        _read_cell(code, text, reading, around)
    _pin(given, reading, around)
    _hours(given, reading, around)
    _owner(given, reading, around)
    _windows(reading)
    return reading


def _address(given: dict[str, str], values: dict[str, Any]) -> None:
    """Take an address in one line apart, unless other columns already hold its parts."""
    line = given.pop("address", "")
    if not line:
        return
    if given.keys() & {"street", "postcode", "city"}:
        given.setdefault("street", line)
        return
    for code, part in cells.split_address(line).items():
        values[code] = part[: LONGEST[code]]


def _read_cell(code: str, text: str, reading: Reading, around: Around) -> None:
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "tier": ("tier", cells.tier),
        "status": ("status", cells.status),
        "active": ("active", cells.yes),
        "geo_locked": ("geo_locked", cells.yes),
        "email": ("email", cells.email),
        "potential": ("potential", cells.amount),
        "target_days": ("target_days", cells.days),
        "service_min": ("service_s", cells.service_s),
        "earliest_pct": ("earliest_pct", lambda it: cells.whole(it, least=0, most=100)),
        "latest_pct": ("latest_pct", lambda it: cells.whole(it, least=100, most=1000)),
        "boost": ("boost", lambda it: cells.whole(it, least=-20, most=20)),
        "first_due_on": (
            "first_due_on",
            lambda it: cells.day(it, country=around.country).isoformat(),
        ),
    }
    try:
        if code in readers:
            column, read = readers[code]
            reading.values[column] = read(text)
        elif code == "last_visit":
            _last_visit(text, reading, around)
        elif code == "country":
            _country(text, reading)
        elif code == "fieldbeat_id":
            reading.values["id"] = text
        elif code in LONGEST:
            reading.values[code] = text
    except ValueError as error:
        reading.problems.append(f"{LABELS[code]}: {error}")


def _country(text: str, reading: Reading) -> None:
    try:
        reading.values["country"] = cells.country(text)
    except ValueError as error:
        reading.warnings.append(f"Country left out: {error}")


def _last_visit(text: str, reading: Reading, around: Around) -> None:
    when = cells.instant(text, country=around.country, zone=around.zone)
    if when.astimezone(around.zone).date() > around.today:
        raise ValueError(f"“{text[:40]}” lies in the future")
    reading.values["last_visited_at"] = when.isoformat()


def _pin(given: Mapping[str, str], reading: Reading, around: Around) -> None:
    lat_text, lon_text = given.get("lat", ""), given.get("lon", "")
    if not (lat_text or lon_text) and given.get("coordinates"):
        pair = given["coordinates"].strip("()[] ")
        parts = [part for part in pair.replace(";", " ").replace(", ", " ").split() if part]
        if len(parts) == 1:
            parts = parts[0].split(",")
        if len(parts) != 2:
            reading.problems.append(f"Coordinates: “{pair[:40]}” is not two numbers")
            return
        lat_text, lon_text = parts[0].strip(","), parts[1]
    if not (lat_text or lon_text):
        return
    if not (lat_text and lon_text):
        reading.warnings.append("Only one of latitude and longitude is given, so both are left out")
        return
    try:
        lat, lon = cells.degrees(lat_text, most=180), cells.degrees(lon_text, most=180)
        lat, lon = _untangled(lat, lon, reading, around)
        LatLon(lat, lon)
    except ValueError as error:
        reading.problems.append(f"Coordinates: {str(error).rstrip('.')}")
        return
    if lat == 0 and lon == 0:
        reading.warnings.append("The coordinates 0, 0 lie in the open sea, so they are left out")
        return
    reading.values["lat"], reading.values["lon"] = lat, lon


def _untangled(lat: float, lon: float, reading: Reading, around: Around) -> tuple[float, float]:
    """Exchange latitude and longitude where only the other way round makes sense."""
    off_globe = abs(lat) > 90 >= abs(lon)
    covered = any(area.holds(lat, lon) for area in around.areas)
    crossed = any(area.holds(lon, lat) for area in around.areas)
    if off_globe or (crossed and not covered):
        reading.warnings.append("Latitude and longitude looked swapped and were exchanged")
        lat, lon = lon, lat
        covered = crossed
    if around.areas and not covered and (lat, lon) != (0, 0):
        reading.warnings.append(
            "The pin lies outside every road network that is built: check the coordinates"
        )
    return lat, lon


def _hours(given: Mapping[str, str], reading: Reading, around: Around) -> None:
    per_day = [
        f"{day.capitalize()} {'off' if text.casefold() in _CLOSED else text.replace(';', ',')}"
        for day in DAYS
        if (text := given.get(f"hours_{day}", ""))
    ]
    if per_day and "opening_hours" not in reading.values:
        reading.values["opening_hours"] = "; ".join(per_day)[: LONGEST["opening_hours"]]
    hours = reading.values.get("opening_hours")
    if hours and (problem := around.hours_problem(hours)):
        reading.warnings.append(f"Opening hours kept as given, not used for planning: {problem}")


def _owner(given: Mapping[str, str], reading: Reading, around: Around) -> None:
    text = given.get("owner", "")
    if not text:
        return
    key = text.casefold()
    if around.owners.get(key):
        reading.values["owner_id"] = around.owners[key]
    elif key in around.owners:
        reading.problems.append(f"Owner: two people are called “{text[:60]}”. Use the e-mail")
    else:
        reading.problems.append(
            f"Owner: “{text[:60]}” is no active rep here. Use a rep's e-mail or full name, or "
            "leave the cell empty"
        )


def _windows(reading: Reading) -> None:
    earliest, latest = reading.values.get("earliest_pct"), reading.values.get("latest_pct")
    if earliest is not None and latest is not None and earliest > latest:
        reading.problems.append("“Due from” is later than “Overdue from”")

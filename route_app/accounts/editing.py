"""What a form says about an account or an appointment, checked; and how it lands on a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from route_app.accounts import cells
from route_app.accounts.columns import LABELS
from route_app.accounts.importing import SAME_PLACE
from route_app.accounts.pin import ADDRESS, NO_PIN, address_of, before_move
from route_app.accounts.reading import LONGEST
from route_app.errors import InvalidInput

COMMITMENTS: dict[str, str] = {
    "timed": "At a fixed time",
    "all_day": "The whole day",
    "flexible_day": "Any time that day",
    "flexible_week": "Any time that week",
    "reservation": "Keep the time free",
}
_TEXT = (
    "external_id", "name", "street", "house_no", "postcode", "city", "state", "contact", "phone",
    "website", "industry", "segment", "tags", "opening_hours", "visit_note",
)  # fmt: skip
# column: how a form's text is read, and what an empty field means
_PARSED: dict[str, tuple[Callable[[str], Any], Any]] = {
    "country": (cells.country, ""),
    "email": (cells.email, ""),
    "tier": (cells.tier, "C"),
    "status": (cells.status, "customer"),
    "potential": (cells.amount, None),
    "target_days": (cells.days, None),
    "service_s": (cells.service_s, None),
    "earliest_pct": (lambda text: cells.whole(text, least=0, most=100), 70),
    "latest_pct": (lambda text: cells.whole(text, least=100, most=1000), 130),
    "boost": (lambda text: cells.whole(text, least=-20, most=20), 0),
    "first_due_on": (cells.day, None),
}


@dataclass(frozen=True, slots=True)
class AppointmentValues:
    """A promised visit as entered: service begins between two instants."""

    commitment: str
    earliest_begin_at: datetime
    latest_begin_at: datetime
    service_s: int
    title: str
    note: str


def account_values(form: Mapping[str, str]) -> dict[str, Any]:
    """Return an account's columns from a form; InvalidInput names the field that is wrong.

    Only fields the form has are returned; an empty one clears its column.
    """
    values: dict[str, Any] = {}
    for code in _TEXT:
        if code not in form:
            continue
        text = cells.clean(form[code], lines=code == "visit_note")
        if len(text) > LONGEST[code]:
            raise InvalidInput(
                f"{LABELS[code]} is longer than {LONGEST[code]} characters.", field=code
            )
        values[code] = text or (None if code == "external_id" else "")
    if "name" in values and not values["name"]:
        raise InvalidInput("Give the account a name.", field="name")
    for code, (read, empty) in _PARSED.items():
        if code not in form:
            continue
        text = form[code].strip()
        try:
            values[code] = read(text) if text else empty
        except ValueError as error:
            label = LABELS.get(code, "Visit minutes")
            raise InvalidInput(f"{label}: {error}.", field=code) from error
    values.update(_pin(form))
    return values


def _pin(form: Mapping[str, str]) -> dict[str, float | None]:
    if "lat" not in form or "lon" not in form:
        return {}
    lat, lon = form["lat"].strip(), form["lon"].strip()
    if not lat and not lon:
        return {"lat": None, "lon": None}
    if not (lat and lon):
        raise InvalidInput(
            "A pin needs both latitude and longitude. Fill both, or leave both empty.",
            field="lat" if lon else "lon",
        )
    try:
        return {"lat": cells.degrees(lat, most=90), "lon": cells.degrees(lon, most=180)}
    except ValueError as error:
        raise InvalidInput(f"Pin: {error}.", field="lat") from error


def applied(account: Any, values: Mapping[str, Any]) -> bool:
    """Set an account's columns to checked values; return whether anything changed.

    A pin that moves was placed by hand. A looked-up pin goes when its address does, unless the
    pin moved too. A new owner was chosen by hand.
    """
    told = dict(values)
    lat, lon = told.pop("lat", account.lat), told.pop("lon", account.lon)
    before = {name: getattr(account, name) for name in told}
    after = {name: value for name, value in told.items() if before[name] != value}
    if not _same_pin(account, lat, lon):
        told |= {name: getattr(account, name) for name in ADDRESS if name not in told}
        manual = {"pin_source": "manual", "pin_quality": "manual", "pin_address": address_of(told)}
        after |= {**NO_PIN, "lat": lat, "lon": lon} | (manual if lat is not None else {})
        after["pin_before"] = before_move(account)
    elif after.keys() & set(ADDRESS) and account.pin_source in ("", "geocoded"):
        after |= NO_PIN
    if "owner_id" in after and "owner_source" not in told:
        after["owner_source"] = "manual" if after["owner_id"] else ""
    for name, value in after.items():
        setattr(account, name, value)
    return bool(after)


def _same_pin(account: Any, lat: float | None, lon: float | None) -> bool:
    if lat is None or lon is None or account.lat is None:
        return lat is None and account.lat is None
    return bool(abs(account.lat - lat) < SAME_PLACE and abs(account.lon - lon) < SAME_PLACE)


def appointment_values(
    form: Mapping[str, str], *, zone: ZoneInfo, service_s: int, now: datetime
) -> AppointmentValues:
    """Return an appointment from a form in the rep's time zone; InvalidInput names the field.

    A timed one begins within `slack` minutes of its time; the others have the day, or the week
    from Monday to Sunday.
    """
    commitment = form.get("commitment", "timed")
    if commitment not in COMMITMENTS:
        raise InvalidInput("Choose how fixed the appointment is.", field="commitment")
    on = _day(form.get("day", ""))
    length = form.get("minutes", "").strip()
    try:
        service_s = cells.service_s(length) if length else service_s
    except ValueError as error:
        raise InvalidInput(f"Visit minutes: {error}.", field="minutes") from error
    earliest, latest = _begin(form, commitment, on, zone)
    if latest < now.astimezone(UTC) - timedelta(minutes=1):
        raise InvalidInput("That is in the past. Choose a later day or time.", field="day")
    return AppointmentValues(
        commitment, earliest, latest, service_s,
        cells.clean(form.get("title", ""))[:200],
        cells.clean(form.get("note", ""), lines=True)[:1000],
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("Choose the day of the appointment.", field="day") from None


def _begin(
    form: Mapping[str, str], commitment: str, on: date, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    def at(day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)

    if commitment in ("timed", "reservation"):
        try:
            clock = time.fromisoformat(form.get("time", "").strip())
            slack = cells.whole(form.get("slack") or "15", least=0, most=720)
        except ValueError:
            raise InvalidInput("Give the time, such as 14:30.", field="time") from None
        begin = at(on, clock)
        return begin, begin + timedelta(minutes=slack)
    if commitment == "flexible_week":
        monday = on - timedelta(days=on.weekday())
        return at(max(on, monday), time(0)), at(monday + timedelta(days=6), time(23, 59))
    return at(on, time(0)), at(on, time(23, 59))

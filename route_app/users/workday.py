"""The columns of a rep's day: which there are, and what is a sensible value for each."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from opening_hours import validate

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon

DAY_S = 86_400
COLUMNS = (
    "time_zone",
    "units",
    "work_hours",
    "lunch_from_s",
    "lunch_to_s",
    "lunch_s",
    "home_address",
    "home_lat",
    "home_lon",
    "max_visits",
    "colour",
    "active",
)


def checked_day(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a day as they were given; InvalidInput names what cannot be."""
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise InvalidInput(f"There is no field named {', '.join(sorted(unknown))}.")
    found = dict(values)
    if "work_hours" in found:
        _check_hours(found["work_hours"])
    if found.get("time_zone") and found["time_zone"] not in available_timezones():
        raise InvalidInput(f"“{found['time_zone']}” is not a time zone.", field="time_zone")
    if found.get("units") not in (None, "km", "mi"):
        raise InvalidInput("Units are km or mi.", field="units")
    _check_home(found)
    _check_lunch(found)
    return found


def _check_hours(text: str) -> None:
    if not text.strip() or len(text) > 255 or not validate(text):
        raise InvalidInput(
            f"The working hours “{text}” cannot be read. Write them like Mo-Fr 08:30-17:00.",
            field="work_hours",
        )


def _check_home(values: Mapping[str, Any]) -> None:
    if "home_lat" not in values and "home_lon" not in values:
        return
    lat, lon = values.get("home_lat"), values.get("home_lon")
    if (lat is None) != (lon is None):
        raise InvalidInput("Give both latitude and longitude, or neither.", field="home_lat")
    if lat is not None and lon is not None:
        try:
            LatLon(lat, lon)
        except ValueError as error:
            raise InvalidInput(str(error), field="home_lat") from error


def _check_lunch(values: Mapping[str, Any]) -> None:
    earliest, latest = values.get("lunch_from_s"), values.get("lunch_to_s")
    lasts = values.get("lunch_s")
    if earliest is None or latest is None or lasts is None:
        return
    if not 0 <= earliest <= latest <= DAY_S:
        raise InvalidInput("The lunch break must end after it begins.", field="lunch_to_s")
    if not 0 <= lasts <= latest - earliest:
        raise InvalidInput("The lunch break is longer than the time it may take.", field="lunch_s")

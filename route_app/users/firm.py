"""The columns of the company: what is a sensible value for each."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from route_app.errors import InvalidInput
from route_app.lib.countries import NAMES
from route_app.lib.currencies import CODES

COLUMNS = ("name", "country", "time_zone", "currency", "units")


def checked_company(values: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a company, tidied; InvalidInput names what cannot be."""
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise InvalidInput(f"There is no field named {', '.join(sorted(unknown))}.")
    found = {column: " ".join(value.split()) for column, value in values.items()}
    if "name" in found and not 0 < len(found["name"]) <= 120:
        raise InvalidInput("Give the company's name, at most 120 characters.", field="name")
    if found.get("country", "FI") not in NAMES:
        raise InvalidInput("Choose a country from the list.", field="country")
    if found.get("time_zone", "UTC") not in available_timezones():
        raise InvalidInput(f"“{found['time_zone']}” is not a time zone.", field="time_zone")
    if "currency" in found:
        found["currency"] = found["currency"].upper()
        if found["currency"] not in CODES:
            raise InvalidInput(
                "Give the three letters of a currency, such as EUR or USD.", field="currency"
            )
    if found.get("units", "km") not in ("km", "mi"):
        raise InvalidInput("Units are km or mi.", field="units")
    return found

"""Where an account is, from its address; and why it could not be found, with what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.address_search import SURE
from route_app.roads.addresses import NUMBER_FIRST_COUNTRIES, address_line, is_po_box

LONGEST_REASON = 400
# The code kept with an account without a pin, what it means, and what to do.
REASONS: dict[str, tuple[str, str]] = {
    "": ("Not looked up yet", "It waits for its turn. Add an address if it has none."),
    "no_address": ("There is no address", "Edit the account: add a street or a town."),
    "no_address_book": (
        "No address search is set up",
        "Build the roads of your area, or set a geocoder's address in the settings.",
    ),
    "not_found": (
        "The address is not on the map",
        "Check street, number and town for typing errors, or place the pin by hand.",
    ),
    "po_box": (
        "The address is a post-office box",
        "Nobody can be visited there. Add the street, or place the pin by hand.",
    ),
    "only_town": (
        "Only the town was found",
        "Check the street and the number, or place the pin by hand.",
    ),
    "unreachable": (
        "The geocoder did not answer",
        "Look the addresses up again later, or place the pin by hand.",
    ),
}
TOO_COARSE, TOO_COARSE_REASON = "town", "only_town"


class Geocoder(Protocol):
    """Finds addresses: a chain of the address books here and of services, or any part of it."""

    def geocode(self, query: Mapping[str, str]) -> Any:
        """Return a location, None if the address is not known. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A pin and how exact it is, or no pin and the code of the reason.

    `reason` is a sentence on how the pin was found, or on what else was found instead.
    """

    lat: float | None
    lon: float | None
    quality: str
    reason: str = ""

    @property
    def wants_more(self) -> bool:
        """Return whether somebody who could not be asked may know better."""
        if self.lat is None:
            return self.quality in ("unreachable", TOO_COARSE_REASON)
        return self.quality not in SURE


def locate(address: Mapping[str, str], geocoder: Geocoder | None) -> Answer:
    """Return where an account is. A town alone is no pin: a visit needs a door or a street."""
    problem = _problem(address)
    if problem or geocoder is None:
        return Answer(None, None, problem or "no_address_book")
    try:
        found = geocoder.geocode(query_of(address))
    except Unavailable as error:
        return Answer(None, None, "unreachable", error.message[:LONGEST_REASON])
    if found is None:
        return Answer(None, None, "not_found")
    raw = found.raw if isinstance(found.raw, dict) else {}
    quality = str(raw.get("quality", "found"))
    said = " ".join([str(raw.get("reason", "")), *map(str, raw.get("notes", ()))]).strip()
    if quality == TOO_COARSE:
        return Answer(None, None, TOO_COARSE_REASON, said[:LONGEST_REASON])
    pin = LatLon(found.latitude, found.longitude)
    return Answer(pin.lat, pin.lon, quality[:32], said[:LONGEST_REASON])


def _problem(address: Mapping[str, str]) -> str:
    """Return why an address need not be looked up at all, "" where it may be."""
    if not any(address.get(part) for part in ("street", "postcode", "city")):
        return "no_address"
    return "po_box" if is_po_box(address.get("street", "")) else ""


def query_of(address: Mapping[str, str]) -> dict[str, str]:
    """Return an address as the structured query that geocoders share."""
    first = address.get("country", "").upper() in NUMBER_FIRST_COUNTRIES
    street = address_line(
        address.get("street", ""), address.get("house_no", ""), number_first=first
    )
    parts = {
        "street": street,
        "postalcode": address.get("postcode", ""),
        "city": address.get("city", ""),
        "state": address.get("state", ""),
        "country": address.get("country", ""),
    }
    return {name: part for name, part in parts.items() if part}

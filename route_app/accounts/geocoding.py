"""Where an account is, from its address: ask one geocoder after another, keep why none knew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from route_app.lib.geo import LatLon

# The code kept with an account without a pin, what it means, and what to do.
REASONS: dict[str, tuple[str, str]] = {
    "": ("Not looked up yet", "It waits for its turn. Press “Look up again” if it stays."),
    "no_address": ("There is no address", "Edit the account: add a street or a town."),
    "no_place_index": (
        "No address search is set up",
        "Build the road network of your area, or set a geocoder's address in the settings.",
    ),
    "not_found": (
        "The address is not on the map",
        "Check street, number and town for typing errors, or place the pin by hand.",
    ),
    "unreachable": (
        "The geocoder did not answer",
        "Press “Look up again” later, or ask your admin to check the geocoder's address.",
    ),
}


class Place(Protocol):
    """What a geocoder finds; a geopy location fits."""

    latitude: float
    longitude: float
    raw: Any


class Geocoder(Protocol):
    """One source of places. `remote` says whether it asks over the network."""

    remote: bool

    def locate(self, address: Mapping[str, str]) -> Place | None:
        """Return where an address is, None if it is not known. Raises OSError if unreachable."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A pin and how exact it is, or no pin and why; whether a service was asked."""

    lat: float | None
    lon: float | None
    quality: str
    remote: bool = False


def locate(address: Mapping[str, str], geocoders: Sequence[Geocoder]) -> Answer:
    """Return where an address is by the first geocoder that knows."""
    if not any(address.get(part) for part in ("street", "postcode", "city")):
        return Answer(None, None, "no_address")
    if not geocoders:
        return Answer(None, None, "no_place_index")
    remote = False
    reason = "not_found"
    for geocoder in geocoders:
        remote = remote or geocoder.remote
        try:
            place = geocoder.locate(address)
        except OSError:
            reason = "unreachable"
            continue
        if place is not None:
            pin = LatLon(place.latitude, place.longitude)
            return Answer(pin.lat, pin.lon, quality_of(place), remote)
    return Answer(None, None, reason, remote)


def quality_of(place: Place) -> str:
    """Return how exact a place is, as its geocoder says: address, street, town."""
    raw = place.raw if isinstance(place.raw, dict) else {}
    said = raw.get("quality") or raw.get("match") or raw.get("addresstype") or raw.get("type")
    return str(said or "found")[:32]

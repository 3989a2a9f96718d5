"""Find where an address is, by the address books that were built with the roads."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.geocoder import GeocoderChain, LocalGeocoder

ADDRESS_BOOK = "places.sqlite"  # as roads.places writes it


@dataclass(frozen=True, slots=True)
class Found:
    """A place for an address, the address it is known by, and how sure that is."""

    place: LatLon
    label: str
    reason: str


def can_search() -> bool:
    """Return whether any network was built with its address book."""
    return bool(_books())


def find(text: str) -> Found:
    """Return the best place for an address; NotFound says what to do when there is none."""
    if not text.strip():
        raise InvalidInput("Type the address first.")
    books = _books()
    if not books:
        raise Unavailable(
            "Addresses cannot be searched until roads are built. Give latitude and longitude."
        )
    opened = [LocalGeocoder(book) for book in books]
    try:
        location = GeocoderChain(opened).geocode(text.strip())
    finally:
        for geocoder in opened:
            geocoder.close()
    if location is None:
        raise NotFound("This address is not on the map. Check it, or give latitude and longitude.")
    place = LatLon(location.latitude, location.longitude)
    return Found(place, location.address, str(location.raw.get("reason", "")))


def _books() -> list[Path]:
    roads = current_app.extensions["roads"]
    files = (roads.version_folder(name) / ADDRESS_BOOK for name in roads.names())
    return [file for file in files if file.is_file()]

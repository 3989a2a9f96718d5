"""Several geocoders as one: asked in order until one is sure, the best of the rest otherwise."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from geopy.exc import GeopyError
from geopy.location import Location

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.address_search import ORDER, SURE

_WHY = {
    "GeocoderTimedOut": "it took too long",
    "GeocoderUnavailable": "it cannot be reached",
    "GeocoderRateLimited": "it is asked too often now",
    "GeocoderQuotaExceeded": "its quota of today is used up",
    "GeocoderAuthenticationFailure": "it does not accept the key",
    "GeocoderInsufficientPrivileges": "it refuses this installation",
    "GeocoderParseError": "its answer cannot be read",
    "GeocoderQueryError": "it does not understand the address",
}


class Asked(Protocol):
    """One of the chain: address books, or a service behind its manners."""

    @property
    def name(self) -> str:
        """Return what to call it in a sentence."""
        ...

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        """Return where an address is; its raw part has `quality`, `reason` and `source`."""
        ...

    def reverse(self, place: LatLon) -> Location | None:
        """Return the address of a place."""
        ...


class GeocoderChain:
    """Asks one geocoder after the other until one is sure; remembers the best of the rest."""

    def __init__(self, geocoders: Sequence[Asked]) -> None:
        """Keep them in the order they are asked."""
        self._geocoders = tuple(geocoders)

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        """Return the first sure pin, else the best there is, else None.

        Its raw part has `quality`, `reason`, `source` and `notes` (what could not be asked).
        Raises Unavailable when nothing was found and one of them could not be asked.
        """
        return self._ask(lambda geocoder: geocoder.geocode(query))

    def reverse(self, place: LatLon) -> Location | None:
        """Return the address of a place, asked the same way."""
        return self._ask(lambda geocoder: geocoder.reverse(place))

    def _ask(self, question: Callable[[Asked], Location | None]) -> Location | None:
        found: list[Location] = []
        notes: list[str] = []
        for geocoder in self._geocoders:
            try:
                location = question(geocoder)
            except GeopyError as wrong:
                notes.append(f"{geocoder.name} could not be asked: {_why(wrong)}.")
                continue
            if location is not None:
                found.append(location)
                if location.raw["quality"] in SURE:
                    break
        if not found:
            if notes:
                raise Unavailable(" ".join([*notes, "Set the pin on the map, or try again later."]))
            return None
        best = min(found, key=lambda one: ORDER.index(one.raw["quality"]))
        best.raw["notes"] = notes
        return best


def _why(wrong: GeopyError) -> str:
    """Return why a service did not answer, in few words."""
    return _WHY.get(type(wrong).__name__, "it answered with an error")

"""Several geocoders as one: asked in order until one is sure, the best of the rest otherwise."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from geopy.exc import (
    GeocoderQuotaExceeded,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)
from geopy.location import Location

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.address_search import ORDER, SURE

MOST_IN_A_ROW = 3  # time-outs of a service, then it is left out
HOLD_S = 3_600.0  # where a service does not say how long it is not to be asked
_WHY = {
    "GeocoderTimedOut": "it took too long",
    "GeocoderUnavailable": "it cannot be reached",
    "GeocoderRateLimited": "it is asked too often now",
    "GeocoderQuotaExceeded": "its quota is used up",
    "DailyLimitReached": "its requests of today are used up",
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


@dataclass(frozen=True, slots=True)
class Hold:
    """A service that may be asked again later: when (seconds since 1970), and why not now."""

    until: float
    why: str


class GeocoderChain:
    """Asks one geocoder after the other until one is sure; remembers the best of the rest.

    A service that says it is asked too often, or whose budget is used up, is left out from then
    on, and so is one that did not answer three times in a row. `holds` are the former by name,
    `asked` how often each was asked.
    """

    def __init__(
        self, geocoders: Sequence[Asked], *, clock: Callable[[], float] = time.time
    ) -> None:
        """Keep them in the order they are asked."""
        self._geocoders = tuple(geocoders)
        self._clock = clock
        self._left_out: dict[str, str] = {}
        self._silent: Counter[str] = Counter()
        self.holds: dict[str, Hold] = {}
        self.asked: Counter[str] = Counter()

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
            if geocoder.name in self._left_out:
                notes.append(f"{geocoder.name} was left out: {self._left_out[geocoder.name]}.")
                continue
            self.asked[geocoder.name] += 1
            try:
                location = question(geocoder)
            except GeopyError as wrong:
                notes.append(f"{geocoder.name} could not be asked: {_why(wrong)}.")
                self._note(geocoder.name, wrong)
                continue
            self._silent[geocoder.name] = 0
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

    def _note(self, name: str, wrong: GeopyError) -> None:
        """Decide whether a service that gave no answer is asked again."""
        if isinstance(wrong, GeocoderQuotaExceeded):  # being asked too often is one of these
            pause_s = float(getattr(wrong, "retry_after", None) or HOLD_S)
            self.holds[name] = Hold(self._clock() + pause_s, _why(wrong))
            self._left_out[name] = _why(wrong)
        elif isinstance(wrong, GeocoderTimedOut | GeocoderUnavailable):
            self._silent[name] += 1
            if self._silent[name] == MOST_IN_A_ROW:
                self._left_out[name] = f"{_why(wrong)}, {MOST_IN_A_ROW} times in a row"
        else:
            self._silent[name] = 0


def _why(wrong: GeopyError) -> str:
    """Return why a service did not answer, in few words."""
    return _WHY.get(type(wrong).__name__, "it answered with an error")

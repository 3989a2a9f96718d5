"""Addresses to places and back, without a network: the address book as a geopy geocoder."""

import sqlite3
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from route_app.errors import InvalidInput, NotFound
from route_app.lib.geo import LatLon
from route_app.roads.address_book import AddressBook
from route_app.roads.addresses import number_comes_first
from route_app.roads.doors import Pin
from route_app.roads.suggestions import Suggestion


class LocalGeocoder(Geocoder):  # type: ignore[misc]  # geopy has no types
    """Looks addresses up in the address book of an extract; safe to use from several threads.

    The raw part of a location holds `quality` (exact, interpolated, nearest, crossing, street,
    place, town), `reason` (a sentence), `score` (0-100), `name`, `street`, `number`, `city`,
    `postcode` and `source`.
    """

    def __init__(self, path: Path, *, country: str = "", **options: Any) -> None:
        """Open an address book. Raises NotFound without one, InvalidInput for another file.

        `country` decides whether lines are written "12 High Street"; else the street names do.
        """
        super().__init__(**options)
        if not path.is_file():
            raise NotFound("This network has no address book. Build its roads again.")
        self._lock = threading.Lock()
        address = f"{path.resolve().as_uri()}?mode=ro"
        self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        self.close = weakref.finalize(self, self._db.close)
        try:
            self._book = AddressBook(self._db)
        except sqlite3.DatabaseError as wrong:
            self.close()
            raise InvalidInput(f"{path.name} is not an address book. Build it again.") from wrong
        except InvalidInput:
            self.close()
            raise
        if country:
            self._book.number_first = number_comes_first((), country)

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        **_other: Any,
    ) -> Any:
        """Return where an address is, as geopy does: a Location, None, or a list of one."""
        with self._lock:
            pin = self._book.find(query)
        return self._answer(pin, exactly_one=exactly_one)

    def knows_town(self, query: str | Mapping[str, str]) -> bool:
        """Return whether a query names a town of this address book."""
        with self._lock:
            return self._book.knows_town(query)

    def reverse(
        self,
        query: LatLon | Point | str | Sequence[float],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        **_other: Any,
    ) -> Any:
        """Return the address nearest to a place, or None where none is within reach."""
        if not isinstance(query, LatLon):
            point = Point(query) if isinstance(query, str) else Point(*tuple(query)[:2])
            query = LatLon(point.latitude, point.longitude)
        with self._lock:
            pin = self._book.nearest(query)
        return self._answer(pin, exactly_one=exactly_one)

    def suggest(
        self, prefix: str, *, limit: int = 8, near: LatLon | None = None
    ) -> list[Suggestion]:
        """Return what the beginning of an address or a name may become, near a place first."""
        with self._lock:
            return self._book.suggest(prefix, limit=limit, near=near)

    def _answer(self, pin: Pin | None, *, exactly_one: bool) -> Any:
        """Return a pin the way geopy's callers expect it."""
        if pin is None:
            return None
        raw = {
            "quality": pin.quality,
            "reason": pin.reason,
            "score": round(pin.score, 1),
            "name": pin.name,
            "street": pin.street,
            "number": pin.number,
            "city": pin.city,
            "postcode": pin.postcode,
            "source": "local",
        }
        location = Location(self._book.line(pin), (pin.place.lat, pin.place.lon), raw)
        return location if exactly_one else [location]

"""A geocoding service asked with manners: in turn, within its budget, and never twice the same."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geopy.exc import (
    GeocoderParseError,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)
from geopy.geocoders import Nominatim
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from route_app.lib.geo import LatLon
from route_app.roads.addresses import split_number
from route_app.roads.foreign_answers import explained
from route_app.roads.geocode_store import GeocodeStore

HOLD_S = 60.0  # after "too many requests" without a word on how long
_FIELDS = ("street", "postalcode", "city", "state", "country")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is asked. `patience_s`: the longest wait for a turn."""

    every_s: float = 1.0
    daily_limit: int | None = None
    patience_s: float = 10.0
    retries: int = 1
    retry_after_s: float = 2.0
    keep_days: float = 180.0
    keep_missing_days: float = 7.0
    ask: Mapping[str, Any] = field(default_factory=dict)  # more arguments of geocode()


class PoliteGeocoder:
    """One geopy backend behind the store that all threads and processes share."""

    def __init__(
        self,
        geocoder: Geocoder,
        *,
        name: str,
        store: GeocodeStore,
        manners: Manners,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask `geocoder` by the manners; `name` is what people and the store call it."""
        self.name = name
        # Another server under the same name starts afresh.
        self._label = f"{name}@{getattr(geocoder, 'domain', '')}".rstrip("@")
        self._geocoder = geocoder
        self._store = store
        self._manners = manners
        self._sleep = sleep
        self._structured = isinstance(geocoder, Nominatim)

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        """Return the service's answer, kept or fresh. Raises GeopyError where it has none."""
        line = query if isinstance(query, str) else one_line(query)
        if not line.strip():
            return None
        street = query if isinstance(query, str) else query.get("street", "")
        number = split_number(street.split(",")[0])[1]
        more = dict(self._manners.ask)
        kind = "text" if isinstance(query, str) else "fields"
        what = f"geocode {kind} {json.dumps(more, sort_keys=True, default=str)}"
        asked: Any = line
        if self._structured:
            more.setdefault("addressdetails", True)
            asked = line if isinstance(query, str) else dict(query)
        return self._answer(what, line, number, lambda: self._geocoder.geocode(asked, **more))

    def reverse(self, place: LatLon) -> Location | None:
        """Return the address of a place, kept or fresh. Raises GeopyError where it has none."""
        line = f"{place.lat:.5f}, {place.lon:.5f}"
        return self._answer("reverse", line, "", lambda: self._geocoder.reverse(line))

    def _answer(
        self, what: str, line: str, number: str, question: Callable[[], Any]
    ) -> Location | None:
        key = "|".join((self._label, what, " ".join(line.casefold().split())))
        kept = self._store.answer(key)
        if kept is not None:
            return None if kept[0] is None else _from_plain(kept[0])
        found = self._fresh(question)
        if found is None:
            self._store.keep(key, None, days=self._manners.keep_missing_days)
            return None
        plain = _to_plain(found, number=number, by=self.name)
        self._store.keep(key, plain, days=self._manners.keep_days)
        return _from_plain(plain)

    def _fresh(self, question: Callable[[], Any]) -> Location | None:
        """Ask in turn; a service that is slow or gone gets another chance, an error does not."""
        told = self._manners
        for attempt in range(told.retries + 1):
            wait_s = self._store.turn(
                self._label,
                every_s=told.every_s,
                patience_s=told.patience_s,
                daily_limit=told.daily_limit,
            )
            if wait_s > 0:
                self._sleep(wait_s)
            try:
                return _checked(question)
            except GeocoderRateLimited as wrong:
                wrong.retry_after = float(wrong.retry_after or HOLD_S)
                self._store.hold(self._label, for_s=wrong.retry_after)
                raise
            except (GeocoderTimedOut, GeocoderUnavailable):
                if attempt == told.retries:
                    raise
                self._sleep(told.retry_after_s)
        raise AssertionError("unreachable")


def one_line(fields: Mapping[str, str]) -> str:
    """Return an address in fields as one line, for services that take nothing else."""
    town = " ".join(filter(None, (fields.get("postalcode", ""), fields.get("city", ""))))
    parts = (fields.get("street", ""), town, fields.get("state", ""), fields.get("country", ""))
    return ", ".join(part for part in parts if part)


def _checked(question: Callable[[], Any]) -> Location | None:
    """Return an answer that is a place on the globe; what cannot be read is an error of theirs."""
    try:
        found = question()
        if found is None:
            return None
        if not isinstance(found, Location):
            raise GeocoderParseError("The answer holds no place.")
        LatLon(found.latitude, found.longitude)
    except GeopyError as wrong:
        if type(wrong) is GeocoderServiceError and _network_failed(wrong):
            raise GeocoderUnavailable("It cannot be reached.") from wrong
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as wrong:
        raise GeocoderParseError("The answer cannot be read.") from wrong
    except OSError as wrong:
        raise GeocoderServiceError("The answer broke off.") from wrong
    return found


def _network_failed(wrong: BaseException) -> bool:
    """Return whether an error was raised from one of the network, however wrapped."""
    cause = wrong.__cause__ or wrong.__context__
    return cause is not None and (isinstance(cause, OSError) or _network_failed(cause))


def _to_plain(found: Location, *, number: str, by: str) -> dict[str, Any]:
    """Return what is kept of an answer."""
    quality, reason = explained(found.raw, number=number, by=by)
    return {
        "address": str(found.address or ""),
        "lat": found.latitude,
        "lon": found.longitude,
        "raw": {"quality": quality, "reason": reason, "source": by},
    }


def _from_plain(plain: Mapping[str, Any]) -> Location:
    return Location(plain["address"], (plain["lat"], plain["lon"]), dict(plain["raw"]))

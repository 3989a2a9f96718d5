"""Addresses to places and back, without a network; any geopy backend may come after."""

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geopy.exc import GeopyError
from geopy.geocoders import Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_search import AddressSearch, Pin, normal_tokens
from route_app.roads.addresses import (
    Query,
    address_line,
    from_fields,
    from_text,
    normal,
    split_number,
)

REVERSE_REACH_M = 300
AT_THE_DOOR_M = 30
SURE = ("exact", "interpolated", "nearest")
ORDER = ("exact", "interpolated", "nearest", "place", "street", "town")
HOUSE_TYPES = {"house", "building", "amenity", "shop", "office", "tourism", "craft", "place"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line to offer while somebody types."""

    label: str
    kind: str
    place: LatLon


class LocalGeocoder(Geocoder):  # type: ignore[misc]  # geopy has no types
    """Looks addresses up in the address book of an extract; safe to use from several threads.

    The raw part of a location holds `quality` (exact, interpolated, nearest, street, place, town),
    `reason` (a sentence), `score` (0-100), `street`, `number`, `city`, `postcode` and `source`.
    """

    def __init__(self, path: Path, **options: Any) -> None:
        """Open an address book. Raises NotFound without one, InvalidInput for another file."""
        super().__init__(**options)
        if not path.is_file():
            raise NotFound("This network has no address book. Build its roads again.")
        self._lock = threading.Lock()
        address = f"{path.resolve().as_uri()}?mode=ro"
        self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        self.close = weakref.finalize(self, self._db.close)
        try:
            meta = dict(self._db.execute("SELECT key, value FROM meta"))
            self._search = AddressSearch(self._db)
            towns = self._db.execute(
                "SELECT name FROM place WHERE kind IN ('city', 'town', 'village') "
                "UNION SELECT city FROM street UNION SELECT city FROM door"
            )
            self._towns = {normal(name) for (name,) in towns} - {""}
        except sqlite3.DatabaseError as wrong:
            self.close()
            raise InvalidInput(f"{path.name} is not an address book. Build it again.") from wrong
        self._number_first = meta.get("number_first") == "1"

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        **_other: Any,
    ) -> Any:
        """Return where an address is, as geopy does: a Location, None, or a list of one."""
        readings = self._readings(query)
        with self._lock:
            pins = [pin for reading in readings if (pin := self._search.find(reading))]
        if not pins:
            return None
        # Sure pins by how sure; the others by how likely the reading, a whole town last.
        sure = [pin for pin in pins if pin.quality in SURE]
        near = [pin for pin in pins if pin.quality != "town"]
        if sure:
            best = min(sure, key=lambda pin: (ORDER.index(pin.quality), -pin.score))
        else:
            best = (near or pins)[0]
        location = self._location(best)
        return location if exactly_one else [location]

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
        pin = self._nearest(query)
        if pin is None:
            return None
        location = self._location(pin)
        return location if exactly_one else [location]

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        """Return what the beginning of an address or a name may become."""
        street, number = split_number(prefix.strip())
        words = normal_tokens(street)
        if not words or len("".join(words)) < 2:
            return []
        wanted = " AND ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}" *'])
        with self._lock:
            rows = self._db.execute(
                "SELECT name, city, kind, ref FROM search WHERE search MATCH ? "
                "ORDER BY kind = 'place', name NOT LIKE ?, length(name), name LIMIT ?",
                (wanted, f"{words[0]}%", limit * 3),
            ).fetchall()
            found = [one for row in rows for one in self._suggestions(*row, number=number)]
        unique = list({one.label: one for one in found}.values())
        if number:
            unique.sort(key=lambda one: one.kind != "address")
        return unique[:limit]

    def _readings(self, query: str | Mapping[str, str]) -> list[Query]:
        """Return the ways to understand a query."""
        if isinstance(query, Mapping):
            reading = from_fields(query)
            return [reading] if reading.street or reading.name or reading.city else []
        return from_text(query, towns=self._towns)

    def _location(self, pin: Pin) -> Location:
        """Return a pin the way geopy's callers expect it."""
        line = address_line(pin.street, pin.number, number_first=self._number_first)
        town = " ".join(part for part in (pin.postcode, pin.city) if part)
        parts: list[str] = []
        for part in (pin.name, line, town):
            if part and part not in parts:
                parts.append(part)
        raw = {
            "quality": pin.quality,
            "reason": pin.reason,
            "score": round(pin.score, 1),
            "street": pin.street,
            "number": pin.number,
            "city": pin.city,
            "postcode": pin.postcode,
            "source": "local",
        }
        return Location(", ".join(parts), (pin.place.lat, pin.place.lon), raw)

    def _nearest(self, place: LatLon) -> Pin | None:
        """Return the door nearest to a place, else the nearest piece of street."""
        door = self._closest(
            "SELECT d.lat, d.lon, s.name, d.text, d.city, d.postcode FROM door d "
            "JOIN street s ON s.id = d.street WHERE d.lat BETWEEN ? AND ? "
            "AND d.lon BETWEEN ? AND ?",
            place,
        )
        if door is not None:
            away, (lat, lon, name, text, city, postcode) = door
            here = away <= AT_THE_DOOR_M
            return Pin(
                LatLon(lat, lon),
                "exact" if here else "nearest",
                "The address at this place."
                if here
                else f"The nearest address, {away:.0f} m from here.",
                street=name,
                number=text,
                city=city,
                postcode=postcode,
            )
        piece = self._closest(
            "SELECT p.lat, p.lon, s.name, s.city FROM street_point p "
            "JOIN street s ON s.id = p.street WHERE p.lat BETWEEN ? AND ? "
            "AND p.lon BETWEEN ? AND ?",
            place,
        )
        if piece is None:
            return None
        away, (lat, lon, name, city) = piece
        where = f"The nearest street, {away:.0f} m from here; it has no numbers in the map."
        return Pin(LatLon(lat, lon), "street", where, street=name, city=city)

    def _closest(self, sql: str, place: LatLon) -> tuple[float, tuple[Any, ...]] | None:
        """Return the row nearest to a place within reach, with how far it is."""
        high = REVERSE_REACH_M / 111_195
        wide = high / max(0.01, cos(radians(place.lat)))
        box = (place.lat - high, place.lat + high, place.lon - wide, place.lon + wide)
        with self._lock:
            rows = self._db.execute(sql, box).fetchall()
        away = [(haversine_m(place, LatLon(row[0], row[1])), row) for row in rows]
        best = min(away, key=lambda pair: pair[0], default=None)
        return best if best and best[0] <= REVERSE_REACH_M else None

    def _suggestions(
        self, name: str, city: str, kind: str, ref: int, *, number: str
    ) -> list[Suggestion]:
        """Return the lines for a hit: its doors that begin with the number, else itself."""
        if kind == "place":
            if number:
                return []
            what, address, lat, lon = self._db.execute(
                "SELECT kind, address, lat, lon FROM place WHERE id = ?", (ref,)
            ).fetchone()
            label = ", ".join(part for part in (name, address, city) if part)
            return [Suggestion(label, what, LatLon(lat, lon))]
        town = f", {city}" if city else ""
        doors = self._db.execute(
            "SELECT text, lat, lon FROM door WHERE street = ? AND ? <> '' AND text LIKE ? "
            "GROUP BY text ORDER BY number, letter LIMIT 4",
            (ref, number, f"{number}%"),
        ).fetchall()
        lines = [
            Suggestion(
                address_line(name, text, number_first=self._number_first) + town,
                "address",
                LatLon(lat, lon),
            )
            for text, lat, lon in doors
        ]
        if lines:
            return lines
        lat, lon = self._db.execute("SELECT lat, lon FROM street WHERE id = ?", (ref,)).fetchone()
        return [Suggestion(name + town, "street", LatLon(lat, lon))]


class GeocoderChain:
    """Asks one geocoder after the other until one is sure; remembers the best of the rest."""

    def __init__(self, geocoders: Sequence[Geocoder]) -> None:
        """Keep them in the order they are asked."""
        self._geocoders = tuple(geocoders)

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        """Return the first sure pin, else the best there is, else None.

        Its raw part always has `quality`, `reason`, `source` and `notes` (what could not be
        asked). Raises Unavailable when nothing was found and one of them could not be asked.
        """
        return self._ask(lambda geocoder: geocoder.geocode(query))

    def reverse(self, place: LatLon) -> Location | None:
        """Return the address of a place, asked the same way."""
        point = (place.lat, place.lon)
        return self._ask(lambda geocoder: geocoder.reverse(point))

    def _ask(self, question: Callable[[Geocoder], Any]) -> Location | None:
        found: list[Location] = []
        notes: list[str] = []
        for geocoder in self._geocoders:
            try:
                location = question(geocoder)
            except GeopyError as wrong:
                notes.append(f"{_name(geocoder)} could not be asked: {_why(wrong)}.")
                continue
            if location is not None:
                found.append(_explained(location, geocoder))
                if found[-1].raw["quality"] in SURE:
                    break
        if not found:
            if notes:
                raise Unavailable(" ".join([*notes, "Set the pin on the map, or try again later."]))
            return None
        best = min(found, key=lambda one: ORDER.index(one.raw["quality"]))
        best.raw["notes"] = notes
        return best


def chain(geocoders: Iterable[Geocoder]) -> GeocoderChain:
    """Return the geocoders as one: the local one first, then any backend geopy knows."""
    return GeocoderChain(tuple(geocoders))


def nominatim(url: str, *, user_agent: str, timeout_s: float = 5.0) -> Geocoder:
    """Return a Nominatim server, by its address, as the next in a chain."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput("The address of a Nominatim server begins with http:// or https://.")
    domain = (parts.netloc + parts.path).rstrip("/")
    return Nominatim(domain=domain, scheme=parts.scheme, user_agent=user_agent, timeout=timeout_s)


def _explained(location: Location, geocoder: Geocoder) -> Location:
    """Return a location whose raw part has a quality and a reason, whoever found it."""
    raw = dict(location.raw or {})
    if "quality" not in raw:
        raw["quality"] = _foreign_quality(raw)
        raw["reason"] = f"Found by {_name(geocoder)}."
    raw.setdefault("source", _name(geocoder))
    return Location(location.address, (location.latitude, location.longitude), raw)


def _foreign_quality(raw: Mapping[str, Any]) -> str:
    """Return how near to the door another service's answer is, from what it says."""
    kind = str(raw.get("addresstype") or raw.get("type") or "")
    if kind in HOUSE_TYPES or raw.get("class") in ("building", "shop", "office", "amenity"):
        return "exact"
    if kind == "road" or raw.get("class") == "highway":
        return "street"
    return "town" if raw.get("class") in ("place", "boundary") else "place"


def _name(geocoder: Geocoder) -> str:
    """Return what to call a geocoder in a sentence."""
    if isinstance(geocoder, LocalGeocoder):
        return "The address book here"
    return str(getattr(geocoder, "domain", "") or type(geocoder).__name__)


def _why(wrong: GeopyError) -> str:
    """Return why a service did not answer, in few words."""
    kind = type(wrong).__name__
    words = {
        "GeocoderTimedOut": "it took too long",
        "GeocoderUnavailable": "it cannot be reached",
        "GeocoderRateLimited": "it was asked too often",
        "GeocoderQuotaExceeded": "its quota is used up",
        "GeocoderAuthenticationFailure": "it does not accept the key",
        "GeocoderInsufficientPrivileges": "it refuses this installation",
    }
    return words.get(kind, "it answered with an error")

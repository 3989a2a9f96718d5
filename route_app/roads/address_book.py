"""The address book of one extract, opened: addresses to pins, and places to addresses."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from math import cos, radians
from typing import Any

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_search import ORDER, SURE, AddressSearch
from route_app.roads.addresses import (
    Query,
    address_line,
    from_fields,
    from_text,
    is_postcode,
)
from route_app.roads.doors import Pin
from route_app.roads.places import FORMAT
from route_app.roads.spelling import GENERIC_WORDS, normal
from route_app.roads.suggestions import Suggestion, Suggestions

REVERSE_REACH_M = 300
AT_THE_DOOR_M = 30
_POSTCODE = "A postcode alone is no address; the pin is in the middle of its addresses."
SURELY_READ = 90  # of 100: no other reading of the line is tried
SURELY_READ_NAME = 100


class AddressBook:
    """Answers from one open address book; the caller keeps threads apart."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read what is needed for every answer. Raises sqlite3.DatabaseError for another file."""
        self._db = connection
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        if meta.get("format") != FORMAT:
            raise InvalidInput("This address book is of another version. Build its roads again.")
        self._search = AddressSearch(connection)
        towns = connection.execute(
            "SELECT name FROM place WHERE kind IN ('city', 'town', 'village') "
            "UNION SELECT city FROM street UNION SELECT city FROM door"
        )
        self._towns = {normal(name) for (name,) in towns} - {""}
        self.number_first = meta.get("number_first") == "1"

    def find(self, query: str | Mapping[str, str]) -> Pin | None:
        """Return the best pin for an address in one line or in fields, or None."""
        if isinstance(query, str) and is_postcode(query):
            return self._postcode(query.strip())
        pins = []
        for reading in self._readings(query):
            pin = self._search.find(reading)
            if pin is None:
                continue
            if pin.quality in SURE and pin.score >= SURELY_READ:
                return pin
            pins.append(pin)
        # Sure pins by how sure; the others by how likely the reading, a whole town last.
        sure = [pin for pin in pins if pin.quality in SURE]
        if sure:
            return min(sure, key=lambda pin: (ORDER.index(pin.quality), -pin.score))
        near = [pin for pin in pins if pin.quality != "town"]
        return max(near or pins, key=lambda pin: pin.score >= SURELY_READ_NAME, default=None)

    def _postcode(self, code: str) -> Pin | None:
        """Return the door in the middle of a postcode's doors: as coarse as a town."""
        doors = self._db.execute(
            "SELECT d.lat, d.lon, coalesce(nullif(d.city, ''), s.city), postcode FROM door d "
            "JOIN street s ON s.id = d.street WHERE replace(upper(postcode), ' ', '') = ?",
            (code.upper().replace(" ", ""),),
        ).fetchall()
        if not doors:
            return None
        middle = LatLon(*(sum(door[at] for door in doors) / len(doors) for at in (0, 1)))
        place, city, written = min(
            ((LatLon(lat, lon), city, written) for lat, lon, city, written in doors),
            key=lambda door: haversine_m(middle, door[0]),
        )
        return Pin(place, "town", _POSTCODE, city=city, postcode=written)

    def knows_town(self, query: str | Mapping[str, str]) -> bool:
        """Return whether a query names a town of this book."""
        readings = self._readings(query)
        told = {reading.city for reading in readings}
        if len(readings) > 1 or any(reading.others for reading in readings):
            told |= {reading.name for reading in readings}  # "Aby, Oak Street 2"
        return any(normal(town) in self._towns for town in told)

    def suggest(
        self, prefix: str, *, limit: int = 8, near: LatLon | None = None
    ) -> list[Suggestion]:
        """Return what the beginning of an address or a name may become, near a place first."""
        lines = Suggestions(self._db, self._search, number_first=self.number_first)
        return lines.of(prefix, limit=limit, near=near)

    def line(self, pin: Pin) -> str:
        """Return a pin's address in one line, in the order of the place."""
        street = address_line(pin.street, pin.number, number_first=self.number_first)
        town = " ".join(part for part in (pin.postcode, pin.city) if part)
        return ", ".join(dict.fromkeys(part for part in (pin.name, street, town) if part))

    def nearest(self, place: LatLon) -> Pin | None:
        """Return the door nearest to a place, else the nearest piece of street."""
        door = self._closest(
            "SELECT d.lat, d.lon, s.name, d.text, coalesce(nullif(d.city, ''), s.city), d.postcode "
            "FROM door d JOIN street s ON s.id = d.street WHERE d.lat BETWEEN ? AND ? "
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
        for reach_m in (REVERSE_REACH_M / 8, REVERSE_REACH_M):  # few rows first, it is often enough
            high = reach_m / 111_195
            wide = high / max(0.01, cos(radians(place.lat)))
            box = (place.lat - high, place.lat + high, place.lon - wide, place.lon + wide)
            rows = self._db.execute(sql, box).fetchall()
            away = [(haversine_m(place, LatLon(row[0], row[1])), row) for row in rows]
            best = min(away, key=lambda pair: pair[0], default=None)
            if best and best[0] <= reach_m:
                return best
        return None

    def _readings(self, query: str | Mapping[str, str]) -> list[Query]:
        """Return the ways to understand a query."""
        if isinstance(query, Mapping):
            reading = from_fields(query)
            if not (reading.street or reading.name or reading.city):
                return []
            if reading.number and set(normal(reading.street).split()) <= GENERIC_WORDS:
                whole = f"{reading.street} {reading.number}".strip()  # "Rua 23" is a name
                return [replace(reading, street=whole, number=""), reading]
            return [reading]
        return from_text(query, towns=self._towns)

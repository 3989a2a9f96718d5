"""Lines to offer while somebody types an address."""

import sqlite3
from dataclasses import dataclass
from math import log2
from typing import Any

from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_search import AddressSearch
from route_app.roads.addresses import address_line, split_number
from route_app.roads.spelling import normal, sorted_words

SHORTEST = 2  # letters
LONG_ENOUGH = 5  # letters: a slip of the finger is looked for from here on
LOOKED_AT = 60
DOORS_OF_ONE = 4
_STREETS = "SELECT id, name, city, lat, lon FROM street WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line to offer while somebody types, and the fields it would fill in."""

    label: str
    kind: str
    place: LatLon
    street: str = ""
    number: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""


class Suggestions:
    """Offers lines from one address book; the caller keeps threads apart."""

    def __init__(
        self, connection: sqlite3.Connection, search: AddressSearch, *, number_first: bool
    ) -> None:
        """Keep where to look."""
        self._db = connection
        self._search = search
        self._number_first = number_first

    def of(self, prefix: str, *, limit: int, near: LatLon | None) -> list[Suggestion]:
        """Return what the beginning of an address or a name may become."""
        street, number = split_number(" ".join(prefix.replace(",", " ").split()))
        words = normal_tokens(street)
        if len("".join(words)) < SHORTEST:
            return []
        rows = self._rows(street, words, near)
        found = [one for row in rows[: limit * 3] for one in self._lines(*row[:4], number=number)]
        if not found and len(street) >= LONG_ENOUGH:
            found = self._misspelt(street, number)
        unique = list({one.label: one for one in found}.values())
        if number:
            unique.sort(key=lambda one: one.kind != "address")
        return unique[:limit]

    def _rows(self, typed: str, words: list[str], near: LatLon | None) -> list[tuple[Any, ...]]:
        """Return the names that hold all words, the last of them perhaps unfinished."""
        wanted = " AND ".join(
            [*(_either(word) for word in words[:-1]), _either(words[-1], unfinished=True)]
        )
        rows = self._db.execute(
            "SELECT search.name, search.city, search.kind, ref, "
            "coalesce(s.lat, p.lat), coalesce(s.lon, p.lon) FROM search "
            "LEFT JOIN street s ON search.kind = 'street' AND s.id = ref "
            "LEFT JOIN place p ON search.kind = 'place' AND p.id = ref WHERE search MATCH ? "
            "ORDER BY search.kind = 'place', search.name NOT LIKE ?, search.name NOT LIKE ?, "
            "length(search.name), search.name LIMIT ?",
            (wanted, f"{typed}%", f"{words[0]}%", LOOKED_AT * (4 if near else 1)),
        ).fetchall()
        if near is None:
            return rows

        def order(row: tuple[Any, ...]) -> tuple[bool, bool, int, int]:
            away_km = haversine_m(near, LatLon(row[4], row[5])) / 1000
            begins = row[0].casefold().startswith(typed.casefold())
            return (row[2] == "place", not begins, round(log2(away_km + 1)), len(row[0]))

        return sorted(rows, key=order)

    def _misspelt(self, street: str, number: str) -> list[Suggestion]:
        """Return the lines of streets whose name is like the one typed."""
        found = []
        for key, _ in self._search.streets_like(street)[:8]:
            _, name, city, _, _ = self._db.execute(_STREETS, (key,)).fetchone()
            found += self._lines(name, city, "street", key, number=number)
        return found

    def _lines(self, name: str, city: str, kind: str, ref: int, *, number: str) -> list[Suggestion]:
        """Return the lines for a hit: its doors that begin with the number, else itself."""
        if kind == "place":
            return [] if number else [self._place(ref, city)]
        town = f", {city}" if city else ""
        doors = self._db.execute(
            "SELECT text, city, postcode, lat, lon FROM door WHERE street = ? AND ? <> '' "
            "AND text LIKE ? GROUP BY text ORDER BY number, letter LIMIT ?",
            (ref, number, f"{number}%", DOORS_OF_ONE),
        ).fetchall()
        lines = []
        for text, door_city, postcode, lat, lon in doors:
            line = address_line(name, text, number_first=self._number_first)
            its = door_city or city
            label = f"{line}, {its}" if its else line
            place = LatLon(lat, lon)
            code = postcode or self._postcode_beside(ref, text, name, city)
            lines.append(Suggestion(label, "address", place, name, text, its, code))
        if lines:
            return lines
        row = self._db.execute(_STREETS, (ref,)).fetchone()
        middle, code = LatLon(row[3], row[4]), self._only_postcode(name, city)
        return [Suggestion(name + town, "street", middle, name, "", city, code)]

    def _only_postcode(self, name: str, city: str) -> str:
        """Return the postcode of a street if all doors of that name tell the same, else ""."""
        codes = self._db.execute(
            "SELECT DISTINCT d.postcode FROM name n JOIN street_name sn ON sn.name = n.id "
            "JOIN street s ON s.id = sn.street AND s.city = ? JOIN door d ON d.street = s.id "
            "WHERE n.words = ? AND d.postcode <> '' LIMIT 2",
            (city, sorted_words(normal(name))),
        ).fetchall()
        return str(codes[0][0]) if len(codes) == 1 else ""

    def _postcode_beside(self, street: int, text: str, name: str, city: str) -> str:
        """Return the postcode that the doors on either side of one agree on, else ""."""
        codes = self._db.execute(
            "WITH this AS (SELECT number FROM door WHERE street = :street AND text = :text) "
            "SELECT * FROM (SELECT postcode FROM door, this WHERE street = :street "
            "AND postcode <> '' AND door.number <= this.number ORDER BY door.number DESC LIMIT 1) "
            "UNION ALL SELECT * FROM (SELECT postcode FROM door, this WHERE street = :street "
            "AND postcode <> '' AND door.number >= this.number ORDER BY door.number LIMIT 1)",
            {"street": street, "text": text},
        ).fetchall()
        if len(codes) == 2 and codes[0] == codes[1]:
            return str(codes[0][0])
        return self._only_postcode(name, city)

    def _place(self, ref: int, city: str) -> Suggestion:
        """Return the line of a business, a landmark or a settlement."""
        kind, name, address, lat, lon = self._db.execute(
            "SELECT kind, name, address, lat, lon FROM place WHERE id = ?", (ref,)
        ).fetchone()
        label = ", ".join(part for part in (name, address, city) if part)
        street, number = split_number(address)
        return Suggestion(label, kind, LatLon(lat, lon), street, number, city)


def normal_tokens(text: str) -> list[str]:
    """Return the words of a text as the full-text index splits them."""
    kept = "".join(sign if sign.isalnum() else " " for sign in text.replace("'", ""))
    return kept.split()


def _either(word: str, *, unfinished: bool = False) -> str:
    """Return a full-text query for a word as it is typed, or in its short form."""
    end = " *" if unfinished else ""
    short = normal(word)
    if not short or short == word.casefold() or " " in short:
        return f'"{word}"{end}'
    return f'("{word}"{end} OR "{short}"{end})'

"""Find the door an address means: which street, then which number, and how sure that is."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.addresses import (
    HouseNumber,
    Query,
    house_numbers,
    normal,
    sorted_words,
    telling_words,
)

Quality = Literal["exact", "interpolated", "nearest", "street", "place", "town"]
BONUS: dict[Quality, float] = {
    "exact": 8, "interpolated": 5, "nearest": 3, "street": 0, "place": 0, "town": 1,
}  # fmt: skip
WIDEST_GAP = 60  # numbers: further apart, the houses between may stand anywhere
WIDEST_GAP_M = 600
FARTHEST_NUMBER = 20
LIKE_WORDS = 82  # of 100, rapidfuzz's weighted ratio: forgives missing words
LIKE_LETTERS = 0.75  # Damerau-Levenshtein: forgives slips of the finger
LIKE_TELLING = 0.6
CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Pin:
    """Where an address is, how good that is, and why, in a sentence for whoever checks it."""

    place: LatLon
    quality: Quality
    reason: str
    street: str = ""
    number: str = ""
    name: str = ""
    city: str = ""
    postcode: str = ""
    score: float = 100.0


@dataclass(frozen=True, slots=True)
class _Door:
    """One number of one street."""

    number: int
    letter: str
    text: str
    city: str
    postcode: str
    place: LatLon


class AddressSearch:
    """Looks addresses up in one address book; the caller keeps threads apart."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Load the street names; the rest stays in the file."""
        self._db = connection
        self._words = [r[0] for r in connection.execute("SELECT DISTINCT words FROM street_name")]
        self._known = set(self._words)

    def find(self, query: Query) -> Pin | None:
        """Return the best pin for a query, or None where nothing is like it."""
        pins = [*self._on_streets(query), *self._by_name(query)]
        if not pins:
            return self._town(query)
        best = max(pins, key=lambda pin: _rank(pin, query))
        return self._with_doubt(best, pins, query)

    def _on_streets(self, query: Query) -> list[Pin]:
        """Return one pin for each street the query may mean."""
        words = sorted_words(normal(query.street))
        wanted = house_numbers(query.number)[:1]
        pins = []
        for candidate, score in self._like(words):
            rows = self._db.execute(
                "SELECT id, name, city, lat, lon FROM street JOIN street_name ON street = id "
                "WHERE words = ?",
                (candidate,),
            ).fetchall()
            for key, name, city, lat, lon in rows:
                middle = Pin(
                    LatLon(lat, lon), "street", _STREET, street=name, city=city, score=score
                )
                pin = self._door(key, wanted[0], middle, query) if wanted else middle
                if score < 100:
                    pin = replace(pin, reason=f"Read as “{name}”. {pin.reason}")
                pins.append(pin)
        return pins

    def _like(self, words: str) -> list[tuple[str, float]]:
        """Return the street names like these words, with how like they are, of 100."""
        if words in self._known:
            return [(words, 100.0)]
        if len(words) < 4:
            return []
        found: dict[str, float] = {}
        by_words = process.extract(
            words, self._words, scorer=fuzz.WRatio, limit=CANDIDATES, score_cutoff=LIKE_WORDS
        )
        by_letters = process.extract(
            words,
            self._words,
            scorer=DamerauLevenshtein.normalized_similarity,
            limit=CANDIDATES,
            score_cutoff=LIKE_LETTERS,
        )
        for name, score, _ in by_words:
            # Never quite the same: a name within a longer one must not beat a slip of the finger.
            found[name] = min(99.0, float(score))
        for name, score, _ in by_letters:
            found[name] = max(found.get(name, 0.0), float(score) * 100)
        kindred = [(name, score) for name, score in found.items() if _kindred(words, name)]
        return sorted(kindred, key=lambda pair: -pair[1])[:CANDIDATES]

    def _door(self, street: int, wanted: HouseNumber, middle: Pin, query: Query) -> Pin:
        """Return the pin of a number: exact, between neighbours, near one, or the street's."""
        rows = self._db.execute(
            "SELECT number, letter, text, city, postcode, lat, lon FROM door WHERE street = ? "
            "ORDER BY number, letter",
            (street,),
        )
        doors = [_Door(n, b, t, c, p, LatLon(lat, lon)) for n, b, t, c, p, lat, lon in rows]
        doors = _in_town(doors, query)
        same = [door for door in doors if door.number == wanted.number]
        if same:
            return _exact(same, wanted, middle)
        return (
            _between(doors, wanted, middle)
            or _near(doors, wanted, middle)
            or replace(middle, reason=f"Number {wanted.text} is not mapped. {_STREET}")
        )

    def _by_name(self, query: Query) -> list[Pin]:
        """Return the businesses and districts of that name."""
        pins = []
        for name in {query.name, query.street if not query.number else ""} - {""}:
            tokens = [f'"{word}"' for word in normal_tokens(name)]
            if not tokens:
                continue
            rows = self._db.execute(
                "SELECT p.kind, p.name, p.address, p.city, p.lat, p.lon FROM search s "
                "JOIN place p ON p.id = s.ref WHERE s.kind = 'place' AND search MATCH ? "
                "ORDER BY rank LIMIT 50",
                ("name : (" + " OR ".join(tokens) + ")",),
            )
            for kind, found, address, city, lat, lon in rows:
                score = fuzz.ratio(normal(name), normal(found))
                if score < 88:
                    continue
                town = kind in ("city", "town", "village")
                pins.append(
                    Pin(
                        LatLon(lat, lon),
                        "town" if town else "place",
                        _TOWN if town else _PLACE,
                        street=address,
                        name=found,
                        city=city,
                        score=float(score),
                    )
                )
        return pins

    def _town(self, query: Query) -> Pin | None:
        """Return the middle of the town the query names, when nothing nearer is known."""
        if not query.city:
            return None
        towns = [p for p in self._by_name(Query(query.city)) if p.quality == "town"]
        if not towns:
            return None
        best = max(towns, key=lambda pin: pin.score)
        return replace(best, reason=f"The street “{query.street}” is not in the map. {_TOWN}")

    def _with_doubt(self, best: Pin, pins: Sequence[Pin], query: Query) -> Pin:
        """Add a sentence where another pin, elsewhere, fits as well."""
        rank = _rank(best, query)
        rivals = any(
            pin.city != best.city
            and _rank(pin, query) == rank
            and haversine_m(pin.place, best.place) > 500
            for pin in pins
        )
        if not rivals or query.city:
            return best
        return replace(best, reason=f"{best.reason} There is another of that name; give the town.")


_STREET = "The pin is in the middle of the street."
_PLACE = "Found by its name."
_TOWN = "The pin is in the middle of the town."


def _kindred(one: str, other: str) -> bool:
    """Return whether two names share what tells them from others, not just "street"."""
    a, b = telling_words(one), telling_words(other)
    if a <= b or b <= a:
        return True
    if _with_digits(a) != _with_digits(b):
        return False  # 5th Street is not a slip of the finger for 15th Street
    left, right = " ".join(sorted(a)), " ".join(sorted(b))
    return DamerauLevenshtein.normalized_similarity(left, right) >= LIKE_TELLING


def _with_digits(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(sign.isdigit() for sign in word))


def normal_tokens(text: str) -> list[str]:
    """Return the words of a text as the full-text index splits them."""
    kept = "".join(sign if sign.isalnum() else " " for sign in text)
    return kept.split()


def _rank(pin: Pin, query: Query) -> float:
    """Return how well a pin answers a query; town and postcode break ties."""
    rank = pin.score + BONUS[pin.quality]
    if query.city and pin.city:
        rank += 6 if _same_town(query.city, pin.city) else -12
    if query.postcode and pin.postcode:
        rank += 6 if query.postcode == pin.postcode else -3
    return rank


def _same_town(one: str, other: str) -> bool:
    return fuzz.ratio(normal(one), normal(other)) >= 85


def _in_town(doors: list[_Door], query: Query) -> list[_Door]:
    """Return the doors of the town or postcode asked for, where any are; a long road has many."""
    if query.city:
        kept = [door for door in doors if door.city and _same_town(query.city, door.city)]
        doors = kept or doors
    if query.postcode:
        doors = [door for door in doors if door.postcode == query.postcode] or doors
    return doors


def _exact(same: list[_Door], wanted: HouseNumber, middle: Pin) -> Pin:
    """Return the pin of a mapped number, with or without its letter."""
    door = next((one for one in same if one.letter == wanted.letter), None)
    if door is not None:
        pin = _pin(door, middle, "exact", "The address is in the map.")
        if any(haversine_m(one.place, door.place) > 500 for one in same):
            sentence = "This number is mapped more than once; give the town or postcode."
            return replace(pin, reason=sentence)
        return pin
    sentence = f"{wanted.text} is not mapped; the pin is at {same[0].text}."
    return _pin(same[0], middle, "exact" if not same[0].letter else "nearest", sentence)


def _between(doors: list[_Door], wanted: HouseNumber, middle: Pin) -> Pin | None:
    """Return the pin between the neighbours on the same side of the street."""
    side = [door for door in doors if door.number % 2 == wanted.number % 2]
    below = max((d for d in side if d.number < wanted.number), key=_number, default=None)
    above = min((d for d in side if d.number > wanted.number), key=_number, default=None)
    if below is None or above is None or above.number - below.number > WIDEST_GAP:
        return None
    if haversine_m(below.place, above.place) > WIDEST_GAP_M:
        return None
    part = (wanted.number - below.number) / (above.number - below.number)
    place = LatLon(
        below.place.lat + (above.place.lat - below.place.lat) * part,
        below.place.lon + (above.place.lon - below.place.lon) * part,
    )
    sentence = f"Placed between numbers {below.text} and {above.text} on the same side."
    pin = _pin(below, middle, "interpolated", sentence)
    return replace(pin, place=place, number=wanted.text)


def _near(doors: list[_Door], wanted: HouseNumber, middle: Pin) -> Pin | None:
    """Return the pin of the number nearest to the one wanted, its own side preferred."""

    def away(door: _Door) -> int:
        across = door.number % 2 != wanted.number % 2
        return abs(door.number - wanted.number) + 2 * across

    door = min(doors, key=away, default=None)
    if door is None or away(door) > FARTHEST_NUMBER:
        return None
    sentence = f"Number {wanted.text} is not mapped; the pin is at {door.text}."
    return _pin(door, middle, "nearest", sentence)


def _number(door: _Door) -> int:
    return door.number


def _pin(door: _Door, middle: Pin, quality: Quality, reason: str) -> Pin:
    return replace(
        middle,
        place=door.place,
        quality=quality,
        reason=reason,
        number=door.text,
        city=door.city or middle.city,
        postcode=door.postcode,
    )

"""Find what a query means in an address book: a door, a crossing, a place, a street, a town."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.addresses import Query, crossing_of
from route_app.roads.doors import FAR_APART_M, Pin, Quality, door, same_postcode, same_town
from route_app.roads.name_search import NameSearch
from route_app.roads.spelling import normal, telling_words

ORDER: tuple[Quality, ...] = (
    "exact", "interpolated", "nearest", "crossing", "place", "street", "town",
)  # fmt: skip
SURE: tuple[Quality, ...] = ("exact", "interpolated", "nearest", "crossing")
BONUS: dict[Quality, float] = {
    "exact": 8, "interpolated": 5, "nearest": 3, "crossing": 0, "street": 0, "place": 0, "town": 1,
}  # fmt: skip
TOWN_KINDS = ("city", "town", "village")
IN_REACH_M = 15_000  # how far from a settlement's middle an address may bear its name
LIKE_NAME = 88
SLIP_LETTERS = 5
SURELY_NAMED = 90.0  # of 100; beyond, a name is more than a part of another
PART_OF_NAME = 90.0

_STREET = "The pin is in the middle of the street."
_PLACE = "Found by its name."
_TOWN = "The pin is in the middle of the town."


class AddressSearch:
    """Looks addresses up in one address book; the caller keeps threads apart."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Keep the connection; what is looked up stays in the file."""
        self._db = connection
        self._names = NameSearch(connection)

    def find(self, query: Query) -> Pin | None:
        """Return the best pin for a query, or None where nothing is like it."""
        pins = [pin for pin in self._on_streets(query) if not self._elsewhere(pin, query)]
        if not any(pin.quality in SURE for pin in pins):
            pins += [pin for pin in self._by_name(query) if not self._elsewhere(pin, query)]
            if not query.number and not any(pin.score == 100 for pin in pins):
                pins += self._at_crossing(query)
        if not pins:
            return self._town(query)
        best = max(pins, key=lambda pin: _rank(pin, query))
        return _with_doubt(best, pins, query)

    def streets_like(self, written: str) -> list[tuple[int, float]]:
        """Return the keys of the streets with a name like the one written, the likest first."""
        return [(row[0], score) for row, score in self._streets(written)]

    def _streets(
        self, written: str, *, beyond_exact: bool = False
    ) -> Iterator[tuple[tuple[int, str, str, float, float, int], float]]:
        """Yield the streets with a name like the one written: their rows and how like."""
        for name, _, score in self._names.like(written, beyond_exact=beyond_exact):
            rows = self._db.execute(
                "SELECT id, name, city, lat, lon, blocks FROM street WHERE id IN "
                "(SELECT street FROM street_name WHERE name = ?)",
                (name,),
            ).fetchall()
            yield from ((row, score) for row in rows)

    def _on_streets(self, query: Query) -> list[Pin]:
        """Return one pin for each street the query may mean."""
        pins = []
        for (key, name, city, lat, lon, blocks), score in self._streets(query.street):
            middle = Pin(LatLon(lat, lon), "street", _STREET, street=name, city=city, score=score)
            pin = middle
            if query.number:
                pin = door(self._db, key, middle, query, blocks=bool(blocks))
            if score < 100:
                pin = replace(pin, reason=f"Read as “{name}”. {pin.reason}")
            pins.append(pin)
        return pins

    def _at_crossing(self, query: Query) -> list[Pin]:
        """Return where two streets meet, where the query names two."""
        pair = crossing_of(query.street)
        if pair is None:
            return []
        # The stub called "Kearny" does not reach Pine Street; Kearny Street does.
        return self._meeting(pair) or self._meeting(pair, beyond_exact=True)

    def _meeting(self, pair: tuple[str, str], *, beyond_exact: bool = False) -> list[Pin]:
        """Return where streets with names like these two meet."""
        ones, others = (
            [row for row, _ in self._streets(name, beyond_exact=beyond_exact)] for name in pair
        )
        pins = []
        for one in ones:
            for other in others:
                low, high = sorted((one[0], other[0]))
                spots = self._db.execute(
                    "SELECT lat, lon FROM crossing WHERE one = ? AND other = ?", (low, high)
                ).fetchall()
                if spots:
                    place = _middle_one([LatLon(lat, lon) for lat, lon in spots])
                    name = f"{one[1]} & {other[1]}"
                    reason = f"Where {one[1]} and {other[1]} meet."
                    pins.append(Pin(place, "crossing", reason, street=name, city=one[2]))
        return pins

    def _by_name(self, query: Query) -> list[Pin]:
        """Return the businesses, landmarks and districts of that name."""
        pins = []
        for name in {query.name, query.street if not query.number else ""} - {""}:
            words = normal(name).split()
            if not words:
                continue
            together = "words : (" + " AND ".join(f'"{word}"' for word in words) + ")"
            either = "words : (" + " OR ".join(f'"{word}"' for word in words) + ")"
            for kind, found, address, city, lat, lon in [
                *self._named(together), *self._named(either)
            ]:  # fmt: skip
                score = _alike(words, normal(found).split())
                if score < LIKE_NAME:
                    continue
                town = kind in TOWN_KINDS
                quality: Quality = "town" if town else "place"
                reason = _TOWN if town else _PLACE if score == 100 else f"Found as “{found}”."
                pin = Pin(LatLon(lat, lon), quality, reason, address, "", found, city, score=score)
                pins.append(pin)
        return pins

    def _named(self, words: str) -> list[tuple[str, str, str, str, float, float]]:
        return self._db.execute(
            "SELECT p.kind, p.name, p.address, p.city, p.lat, p.lon FROM search s "
            "JOIN place p ON p.id = s.ref WHERE s.kind = 'place' AND search MATCH ? "
            "ORDER BY rank LIMIT 25",
            (words,),
        ).fetchall()

    def _town(self, query: Query) -> Pin | None:
        """Return the middle of the town the query names, when nothing nearer is known."""
        if not query.city:
            return None
        towns = [p for p in self._by_name(Query(query.city)) if p.quality == "town"]
        if not towns:
            return None
        best = max(towns, key=lambda pin: pin.score)
        said = f"The street “{query.street}” is not in the map. " if query.street else ""
        return replace(best, reason=f"{said}{_TOWN}")

    def _elsewhere(self, pin: Pin, query: Query) -> bool:
        """Return whether a pin lies in a town that is none of those the query names.

        A street of the same name in another town is worse than no pin. Postcodes decide; then the
        town of the address; then whether what the query names is a settlement near by. Where the
        map tells no town, a name that is not quite the one asked for needs such a settlement.
        """
        if not query.city or same_postcode(query.postcode, pin.postcode):
            return False
        told = (query.city, *query.others)
        if not pin.city and (pin.score > SURELY_NAMED or _one_slip(query.street, pin.street)):
            return False  # a map without towns: the whole name is enough
        if pin.city and any(same_town(one, pin.city) for one in told):
            return False
        for one in told:
            rows = self._db.execute(
                "SELECT p.name, p.lat, p.lon FROM search s JOIN place p ON p.id = s.ref WHERE "
                "s.kind = 'place' AND p.kind NOT IN ('business', 'landmark') AND search MATCH ? "
                "LIMIT 20",
                (f'words : "{normal(one)}"',),
            ).fetchall()
            if any(
                same_town(one, name) and haversine_m(pin.place, LatLon(lat, lon)) <= IN_REACH_M
                for name, lat, lon in rows
            ):
                return False
        return True


def _with_doubt(best: Pin, pins: Sequence[Pin], query: Query) -> Pin:
    """Add a sentence where another pin, elsewhere, fits as well."""
    rank = _rank(best, query)
    rivals = any(
        pin.city != best.city
        and _rank(pin, query) == rank
        and haversine_m(pin.place, best.place) > FAR_APART_M
        for pin in pins
    )
    if not rivals or query.city:
        return best
    return replace(best, reason=f"{best.reason} There is another of that name; give the town.")


def _one_slip(written: str, name: str) -> bool:
    """Return whether one slip of the finger lies between two names long enough for it to tell."""
    one, other = normal(written), normal(name)
    letters = sum(map(len, telling_words(other)))
    digits = any(sign.isdigit() for sign in one + other)
    return letters >= SLIP_LETTERS and not digits and DamerauLevenshtein.distance(one, other) <= 1


def _alike(words: Sequence[str], found: Sequence[str]) -> float:
    """Return how like two names are, of 100; a part of a longer name is nearly that name."""
    score = float(fuzz.ratio(" ".join(words), " ".join(found)))
    within = set(words) <= set(found) and len(" ".join(words)) >= 4 and len(words) > 1
    return max(score, PART_OF_NAME - len(found) * 0.1) if within else score


def _middle_one(spots: Sequence[LatLon]) -> LatLon:
    """Return the spot with the least way to the others: two carriageways meet a street twice."""
    return min(spots, key=lambda one: sum(haversine_m(one, other) for other in spots))


def _rank(pin: Pin, query: Query) -> float:
    """Return how well a pin answers a query; town and postcode break ties."""
    rank = pin.score + BONUS[pin.quality]
    if query.city and pin.city:
        rank += 6 if same_town(query.city, pin.city) else -12
    if query.postcode and pin.postcode:
        rank += 6 if same_postcode(query.postcode, pin.postcode) else -3
    return rank

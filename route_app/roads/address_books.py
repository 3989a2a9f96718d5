"""The address books of all built networks as one: the one that fits an address best answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from geopy.location import Location

from route_app.errors import RouteAppError
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.address_search import ORDER, SURE, SURELY_NAMED
from route_app.roads.geocoder import LocalGeocoder
from route_app.roads.places import FILE_NAME
from route_app.roads.spelling import normal
from route_app.roads.suggestions import Suggestion

if TYPE_CHECKING:
    from route_app.roads.store import RoadStore


@dataclass(frozen=True, slots=True)
class Book:
    """One network's address book, opened, and the country it was built for ("" if not told)."""

    network: str
    geocoder: LocalGeocoder
    country: str = ""


class AddressBooks:
    """Asks every address book that may hold an address."""

    name = "The address book here"

    def __init__(self, books: Sequence[Book]) -> None:
        """Keep the books, opened."""
        self._books = tuple(books)

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._books)

    def only(self, network: str) -> "AddressBooks":
        """Return the book of one network."""
        return AddressBooks([book for book in self._books if book.network == network])

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        """Return the best pin of all books: by its quality, then by how like the names are.

        Where some books know the town, only they are asked: the same street elsewhere is no answer.
        """
        country = "" if isinstance(query, str) else query.get("country", "").upper()
        asked = [
            book
            for book in self._books
            if not (country and book.country and book.country != country)
        ]
        asked = [book for book in asked if book.geocoder.knows_town(query)] or asked
        found = []
        for book in asked:
            if (location := book.geocoder.geocode(query)) is not None:
                location.raw["country"] = book.country
                found.append(location)
        return min(found, key=_order, default=None)

    def reverse(self, place: LatLon) -> Location | None:
        """Return the nearest address of all books."""
        found = [one for b in self._books if (one := b.geocoder.reverse(place)) is not None]
        return min(
            found,
            key=lambda one: haversine_m(place, LatLon(one.latitude, one.longitude)),
            default=None,
        )

    def suggest(
        self, prefix: str, *, limit: int = 8, near: LatLon | None = None
    ) -> list[Suggestion]:
        """Return what the beginning of an address may become, from all books in turn.

        Books whose town it names come first, or those near a place.
        """
        lists = [
            [
                replace(one, country=book.country)
                for one in book.geocoder.suggest(prefix, limit=limit, near=near)
            ]
            for book in self._books
        ]
        told = f" {normal(prefix)} "
        named = [
            lines for lines in lists
            if any(one.city and f" {normal(one.city)} " in told for one in lines)
        ]  # fmt: skip
        if near is not None:
            lists.sort(key=lambda lines: min(
                (haversine_m(near, one.place) for one in lines), default=float("inf")
            ))  # fmt: skip
            merged = list(chain.from_iterable(lists))
        else:
            others = [lines for lines in lists if lines not in named]
            merged = [
                one
                for some in (named, others)
                for row in zip_longest(*some)
                for one in row
                if one is not None
            ]
        return merged[:limit]


def _order(location: Location) -> tuple[bool, int, float]:
    """Return what sorts the books' answers: a town of that very name goes before a guess."""
    quality, score = location.raw["quality"], location.raw["score"]
    guess = quality not in SURE and quality != "town" and score <= SURELY_NAMED
    return (guess, ORDER.index(quality), -score)


class Shelf:
    """Keeps address books open between questions, and opens the new one after a build."""

    def __init__(self) -> None:
        """Begin with no book open."""
        self._open: dict[Path, Book] = {}
        self._lock = Lock()

    def books(self, roads: "RoadStore") -> AddressBooks:
        """Return the books of all networks as they are now; those that cannot be read are left."""
        with self._lock:
            kept: dict[Path, Book] = {}
            for network in roads.names():
                try:
                    path = roads.version_folder(network) / FILE_NAME
                    kept[path] = self._open.get(path) or _opened(roads, network, path)
                except RouteAppError:  # a network without an address book still has its roads
                    continue
            # A book that was replaced closes with the last question that still uses it.
            self._open = kept
            return AddressBooks(list(kept.values()))


def _opened(roads: "RoadStore", network: str, path: Path) -> Book:
    try:
        country = roads.report(network).country or ""
    except (RouteAppError, OSError, ValueError, TypeError, KeyError):
        country = ""  # it is asked for addresses of every country
    return Book(network, LocalGeocoder(path, country=country), country)

"""Which door of a street a house number means: mapped, on a numbered line, or between others."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from rapidfuzz import fuzz

from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.addresses import Query
from route_app.roads.house_numbers import HouseNumber, house_numbers
from route_app.roads.spelling import normal

Quality = Literal["exact", "interpolated", "nearest", "crossing", "place", "street", "town"]
WIDEST_GAP = 60  # numbers: further apart, the houses between may stand anywhere
WIDEST_GAP_M = 700
FARTHEST_NUMBER = 20
FAR_APART_M = 500
AT_ONCE = 12
_COLUMNS = "SELECT number, letter, text, city, postcode, lat, lon FROM door WHERE street = ?"
_MIDDLE = "The pin is in the middle of the street."


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
class Door:
    """One number of one street."""

    number: int
    letter: str
    text: str
    city: str
    postcode: str
    place: LatLon


def door(
    db: sqlite3.Connection, street: int, middle: Pin, query: Query, *, blocks: bool = False
) -> Pin:
    """Return the pin of a number on a street: the best there is, in the end the street's middle.

    `blocks`: this street's doors are numbered by block ("212-34").
    """
    wanted = house_numbers(query.number, blocks=blocks)
    if not wanted and query.number:
        return replace(middle, reason=f"“{query.number}” is not read as a number. {_MIDDLE}")
    for one in wanted:
        same = _doors(db, street, "AND number = ? ORDER BY letter", one.number)
        if same:
            return _exact(_in_town(same, query), one, middle)
    one = wanted[0]
    spanned = _on_line(db, street, one, middle)
    if spanned is not None:
        return spanned
    below = _around(db, street, one.number, query, after=False)
    above = _around(db, street, one.number, query, after=True)
    return (
        _between(below, above, one, middle)
        or _near([*below, *above], one, middle)
        or replace(middle, reason=f"Number {one.text} is not mapped. {_MIDDLE}")
    )


def same_town(one: str, other: str) -> bool:
    """Return whether two names mean the same town: alike, or one the other's first letters."""
    a, b = normal(one), normal(other)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    initials = "".join(word[0] for word in long.split())
    return fuzz.ratio(a, b) >= 85 or (len(initials) > 1 and short.replace(" ", "") == initials)


def same_postcode(one: str, other: str) -> bool:
    """Return whether two postcodes are one; the four digits more of some are left aside."""

    def plain(code: str) -> str:
        return code.upper().replace(" ", "").split("-")[0]

    return bool(one) and plain(one) == plain(other)


def _doors(db: sqlite3.Connection, street: int, more: str, *values: Any) -> list[Door]:
    rows = db.execute(f"{_COLUMNS} {more}", (street, *values))
    return [Door(n, b, t, c, p, LatLon(lat, lon)) for n, b, t, c, p, lat, lon in rows]


def _around(
    db: sqlite3.Connection, street: int, number: int, query: Query, *, after: bool
) -> list[Door]:
    """Return the doors before or after a number, nearest number first, its own side first."""
    sign, turn = (">", "ASC") if after else ("<", "DESC")
    found: list[Door] = []
    for parity in (number % 2, 1 - number % 2):
        more = f"AND number {sign} ? AND number % 2 = ? ORDER BY number {turn} LIMIT {AT_ONCE}"
        doors = _in_town(_doors(db, street, more, number, parity), query)
        found += sorted(doors, key=lambda door: abs(door.number - number))
    return found


def _in_town(doors: list[Door], query: Query) -> list[Door]:
    """Return the doors of the town or postcode asked for, where any are; a long road has many.

    Doors that tell no town or postcode stay, after those that tell the right one.
    """
    if query.city:
        cities = {door.city for door in doors}
        kept = {city for city in cities if city and same_town(query.city, city)}
        if kept:
            doors = [door for door in doors if door.city in kept or not door.city]
            doors.sort(key=lambda door: not door.city)
    if query.postcode:
        same = [d for d in doors if same_postcode(query.postcode, d.postcode)]
        if same:
            doors = [*same, *(door for door in doors if not door.postcode)]
    return doors


def _exact(same: Sequence[Door], wanted: HouseNumber, middle: Pin) -> Pin:
    """Return the pin of a mapped number, with or without its letter."""
    here = [one for one in same if one.letter == wanted.letter]
    if here:
        chosen = _most_central(here)
        pin = _pin(chosen, middle, "exact", "The address is in the map.")
        if any(haversine_m(one.place, chosen.place) > FAR_APART_M for one in here):
            sentence = "This number is mapped more than once; give the town or postcode."
            return replace(pin, reason=sentence)
        return pin
    sentence = f"{wanted.text} is not mapped; the pin is at {same[0].text}."
    return _pin(same[0], middle, "exact" if not same[0].letter else "nearest", sentence)


def _most_central(doors: Sequence[Door]) -> Door:
    """Return the door with the least way to the others: shops of one house bear its number."""
    if len(doors) < 3:
        return doors[0]
    few = doors[:AT_ONCE]
    return min(few, key=lambda one: sum(haversine_m(one.place, other.place) for other in few))


def _on_line(db: sqlite3.Connection, street: int, wanted: HouseNumber, middle: Pin) -> Pin | None:
    """Return the pin of a number on a line that mappers drew for the numbers between two doors."""
    rows = db.execute(
        "SELECT low, high, step, line FROM span WHERE street = ? AND ? BETWEEN low AND high",
        (street, wanted.number),
    )
    for low, high, step, line in rows:
        if (wanted.number - low) % step:
            continue
        place = along(json.loads(line), (wanted.number - low) / max(1, high - low))
        sentence = f"Placed on the line of numbers {low} to {high}."
        return replace(
            middle, place=place, quality="interpolated", reason=sentence, number=wanted.text
        )
    return None


def along(line: Sequence[tuple[float, float]], part: float) -> LatLon:
    """Return the place after a part (0 to 1) of a line's length; the line is [lon, lat] pairs."""
    spots = [LatLon(lat, lon) for lon, lat in line]
    lengths = [haversine_m(start, end) for start, end in pairwise(spots)]
    left = sum(lengths) * part
    for (start, end), length in zip(pairwise(spots), lengths, strict=True):
        if left <= length and length > 0:
            return _mix(start, end, left / length)
        left -= length
    return spots[-1]


def _between(
    below: Sequence[Door], above: Sequence[Door], wanted: HouseNumber, middle: Pin
) -> Pin | None:
    """Return the pin between the neighbours: on the same side, else on either."""
    across = "on both sides"
    pairs = [
        ("on the same side", _first(_side(below, wanted)), _first(_side(above, wanted))),
        (across, _first(below, wanted.number), _first(above, wanted.number)),
    ]
    wide: Pin | None = None
    for side, low, high in pairs:
        if low is None or high is None:
            continue
        gap_m = haversine_m(low.place, high.place)
        part = (wanted.number - low.number) / (high.number - low.number)
        close = side != across and high.number - low.number <= WIDEST_GAP
        far = "" if close else ", some way apart"
        sentence = f"Placed between numbers {low.text} and {high.text} {side}{far}."
        quality: Quality = "interpolated" if close else "nearest"
        if gap_m > WIDEST_GAP_M:
            quality = "street"
            sentence = f"Placed between numbers {low.text} and {high.text}, {gap_m:.0f} m apart."
        pin = _pin(low, middle, quality, sentence)
        pin = replace(pin, place=_mix(low.place, high.place, part), number=wanted.text)
        if quality != "street":
            return pin
        wide = wide or replace(pin, number="")
    return wide


def _side(doors: Sequence[Door], wanted: HouseNumber) -> list[Door]:
    """Return the doors on the side of the street where a number stands."""
    return [door for door in doors if door.number % 2 == wanted.number % 2]


def _first(doors: Sequence[Door], wanted: int | None = None) -> Door | None:
    """Return the door of the number nearest to one wanted, of doors in order without one."""
    if not doors:
        return None
    nearest = doors[0] if wanted is None else min(doors, key=lambda d: abs(d.number - wanted))
    return _most_central([door for door in doors if door.number == nearest.number])


def _near(doors: Sequence[Door], wanted: HouseNumber, middle: Pin) -> Pin | None:
    """Return the pin of the number nearest to the one wanted, its own side preferred."""

    def away(door: Door) -> int:
        across = door.number % 2 != wanted.number % 2
        return abs(door.number - wanted.number) + 2 * across

    door = min(doors, key=away, default=None)
    known = [door.number for door in doors]
    if door is None or away(door) > max(FARTHEST_NUMBER, max(known) - min(known)):
        return None
    if away(door) > FARTHEST_NUMBER:
        sentence = f"Number {wanted.text} is not mapped; the pin is at {door.text}, far from it."
        return _pin(door, middle, "street", sentence)
    sentence = f"Number {wanted.text} is not mapped; the pin is at {door.text}."
    return _pin(door, middle, "nearest", sentence)


def _mix(one: LatLon, other: LatLon, part: float) -> LatLon:
    return LatLon(one.lat + (other.lat - one.lat) * part, one.lon + (other.lon - one.lon) * part)


def _pin(door: Door, middle: Pin, quality: Quality, reason: str) -> Pin:
    return replace(
        middle,
        place=door.place,
        quality=quality,
        reason=reason,
        number=door.text,
        city=door.city or middle.city,
        postcode=door.postcode,
    )

"""Addresses as people write them: names made comparable, numbers read, queries taken apart."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# Long word -> the short one both sides are brought to. One table serves all languages: a word of
# one hardly ever means something else on a street sign of another.
SHORT_WORDS = {
    "street": "st", "saint": "st", "sainte": "ste", "avenue": "ave", "av": "ave", "avenida": "ave",
    "road": "rd", "drive": "dr", "boulevard": "blvd", "bulevard": "blvd", "place": "pl",
    "court": "ct", "lane": "ln", "square": "sq", "highway": "hwy", "parkway": "pkwy",
    "terrace": "ter", "north": "n", "south": "s", "east": "e", "west": "w", "northwest": "nw",
    "northeast": "ne", "southwest": "sw", "southeast": "se", "strasse": "str", "rua": "r",
    "rue": "r", "calle": "c", "via": "v", "triq": "trq", "mount": "mt", "first": "1st",
    "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
GENERIC_WORDS = frozenset(word for word in SHORT_WORDS.values() if not word[0].isdigit())
NUMBER_FIRST_ENDS = {"st", "rd", "ave", "dr", "blvd", "ln", "ct", "pl", "ter", "hwy", "pkwy"}
NUMBER_FIRST_STARTS = {"r", "trq"}
LONGEST_RANGE = 100

_NOT_WORD = re.compile(r"[^\w\s]|_")
_SINGLE = re.compile(r"^(\d{1,5})\s*([a-z]?)(?:\s+\d+)?$")
_RANGE = re.compile(r"^(\d{1,5})\s*([a-z]?)\s*[-–]\s*(\d{1,5})\s*[a-z]?$")
_UNIT_FIRST = re.compile(r"^(?:#\s*\w+|\d+)[\s-]+(\d{1,5})$")
_LAST_NUMBER = re.compile(r"^[^\W\d][^\d]*\s(\d{1,5})\s*([a-z]?)$")
_NUMBER_TOKEN = re.compile(r"^\d{1,5}[a-z]?(?:[-–/]\d{1,5}[a-z]?)?$", re.IGNORECASE)
_POSTCODE = re.compile(r"^(?:[a-z]{1,2}-)?\d{4,6}(?:-\d{4})?$", re.IGNORECASE)
_UNIT_LAST = re.compile(r"\s+(?:#|(?:suite|ste|apt|apartment|unit|floor)\b\.?)\s*\w+\s*$", re.I)
_FLOOR = re.compile(r"^(?:apt|apartment|suite|ste|unit|floor|fl|#)\b.*$|^#.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """One number at a door, and its letter if it has one. `text` is as it stands in the map."""

    number: int
    letter: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """An address taken apart; `places` are the words that name a town, `postcode` its code."""

    street: str
    number: str = ""
    city: str = ""
    postcode: str = ""
    name: str = ""


def normal(text: str) -> str:
    """Return a name in small letters, without accents and signs, long words shortened."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _NOT_WORD.sub(" ", plain.replace("'", "").replace("’", "")).split()
    return " ".join(_short(word) for word in words)


def _short(word: str) -> str:
    """Return the short form of a word; German street names carry theirs at the end."""
    if word.endswith("strasse") and word != "strasse":
        return word.removesuffix("strasse") + "str"
    return SHORT_WORDS.get(word, word)


def telling_words(normalised: str) -> frozenset[str]:
    """Return the words of a normalised name that tell it from others: not "st", not "ave"."""
    words = frozenset(normalised.split())
    return words - GENERIC_WORDS or words


def sorted_words(normalised: str) -> str:
    """Return the words of a normalised name in alphabetical order."""
    return " ".join(sorted(normalised.split()))


def house_numbers(text: str) -> list[HouseNumber]:
    """Return every door a mapped house number stands for: "12;14", "3-5", "7 A, floor 2"."""
    text = text.strip()
    hyphenated = re.fullmatch(r"(\d{1,5})-(\d{1,5})", text)
    if hyphenated and not _is_range(int(hyphenated[1]), int(hyphenated[2])):
        # "212-34" is one door in Queens; "101-1401" is unit 101 at number 1401.
        low, high = int(hyphenated[1]), int(hyphenated[2])
        return [HouseNumber(high if high > low else low, text=text)]
    found: dict[tuple[int, str], HouseNumber] = {}
    for part in re.split(r"[;,]", text.casefold()):
        for one in _doors(part.strip()):
            found.setdefault((one.number, one.letter), one)
    return list(found.values())


def _doors(part: str) -> list[HouseNumber]:
    """Return the doors of one piece of a list; none for a floor or a building's name."""
    if "/" in part:
        pieces = [_doors(piece.strip()) for piece in part.split("/")]
        first = pieces[0]
        # "60/2" is flat 2 at number 60; "244/245" are two doors.
        more = [d for piece in pieces[1:] for d in piece if first and d.number > first[0].number]
        return first + more
    single = _SINGLE.match(part)
    if single and not re.fullmatch(r"\d+\s+\d+", part):
        return [HouseNumber(int(single[1]), single[2], single[1] + single[2].upper())]
    span = _RANGE.match(part)
    if span and _is_range(int(span[1]), int(span[3])):
        return _span(int(span[1]), int(span[3]), span[2])
    other = _UNIT_FIRST.match(part)
    if other:
        return [HouseNumber(int(other[1]), text=other[1])]
    named = _LAST_NUMBER.match(part)
    if named and not _FLOOR.match(part):
        return [HouseNumber(int(named[1]), named[2], named[1] + named[2].upper())]
    return []


def _is_range(low: int, high: int) -> bool:
    """Return whether two numbers with a hyphen are the ends of a building."""
    return low <= high <= low + LONGEST_RANGE


def _span(low: int, high: int, letter: str) -> list[HouseNumber]:
    """Return the doors from one number to another: one side of the street if the ends agree."""
    step = 2 if (high - low) % 2 == 0 else 1
    doors = [HouseNumber(n, text=f"{low}-{high}") for n in range(low, high + 1, step)]
    return [HouseNumber(low, letter, f"{low}-{high}"), *doors[1:]]


def number_comes_first(streets: Collection[str]) -> bool:
    """Return whether a place that has these street names writes "12 High Street"."""
    if not streets:
        return False
    first = 0
    for name in streets:
        words = normal(name).split()
        ends = bool(words) and words[-1] in NUMBER_FIRST_ENDS
        first += ends or (bool(words) and words[0] in NUMBER_FIRST_STARTS)
    return first > len(streets) * 0.3


def address_line(street: str, number: str, *, number_first: bool) -> str:
    """Return street and number in the order of the place."""
    parts = (number, street) if number_first else (street, number)
    return " ".join(part for part in parts if part)


def from_fields(fields: Mapping[str, str]) -> Query:
    """Return a query given in fields, by the names geopy's backends use for them."""

    def first(*names: str) -> str:
        return next((str(fields[n]).strip() for n in names if fields.get(n)), "")

    street, number = split_number(first("street", "address"))
    return Query(
        street=street,
        number=first("housenumber", "house_number", "number") or number,
        city=first("city", "town", "village", "place"),
        postcode=first("postalcode", "postcode", "zip"),
        name=first("name", "amenity"),
    )


def from_text(text: str, *, towns: Collection[str]) -> list[Query]:
    """Return the ways to read an address written in one line, the likeliest first.

    `towns` are the normalised names of towns that may stand at its end.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    parts = [part for n, part in enumerate(parts) if n == 0 or not _FLOOR.match(part)]
    if not parts:
        return []
    readings = []
    for index, part in enumerate(parts):
        rest = [other for place, other in enumerate(parts) if place != index]
        postcode = next((word for other in rest for word in other.split() if _is_code(word)), "")
        city = next((_town(other) for other in rest[index:] if _town(other)), "")
        body, own_city, own_code = _cut_town(part, towns)
        street, number = split_number(body)
        name = parts[0] if index > 0 else ""
        readings.append(Query(street, number, own_city or city, own_code or postcode, name))
    return sorted(readings, key=lambda query: not query.number)


def split_number(text: str) -> tuple[str, str]:
    """Return street and house number, whichever of them stands first."""
    words = text.split()
    if len(words) < 2:
        return text, ""
    if len(words) > 2 and re.fullmatch("[a-zA-Z]", words[-1]) and _NUMBER_TOKEN.match(words[-2]):
        return " ".join(words[:-2]), words[-2] + words[-1]
    if _NUMBER_TOKEN.match(words[-1]):
        return " ".join(words[:-1]), words[-1]
    if _NUMBER_TOKEN.match(words[0]):
        return " ".join(words[1:]), words[0]
    return text, ""


def _cut_town(part: str, towns: Collection[str]) -> tuple[str, str, str]:
    """Return a part without the town and postcode at its end, the town, the postcode."""
    words, city, code = _UNIT_LAST.sub("", part).split(), "", ""
    for _ in range(2):  # "0010 Town", "Town 0010" and "Town CA 0010" are all written
        if not code and len(words) > 2 and _is_code(words[-1]) and _holds_number(words[:-1]):
            code = words.pop()
        for state in (0, 1):
            for length in (3, 2, 1):
                end = len(words) - state
                start = end - length
                if city or start < 1 or (state and not re.fullmatch("[A-Za-z]{2}", words[-1])):
                    continue
                if normal(" ".join(words[start:end])) in towns:
                    city = " ".join(words[start:end])
                    words = words[:start]
    return " ".join(words), city, code


def _holds_number(words: list[str]) -> bool:
    """Return whether a house number is among some words."""
    return any(_NUMBER_TOKEN.match(word) for word in words)


def _is_code(word: str) -> bool:
    return bool(_POSTCODE.match(word))


def _town(part: str) -> str:
    """Return the words of a part that may name a town."""
    return " ".join(word for word in part.split() if not any(sign.isdigit() for sign in word))

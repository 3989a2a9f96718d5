"""House numbers as mappers and people write them, read as doors."""

import re
from collections.abc import Collection
from dataclasses import dataclass

LONGEST_RANGE = 100
_BLOCK = 1_000  # "212-34" is door 34 of block 212: it sorts by block, then by door
_HYPHENATED = re.compile(r"(\d{1,5})\s*[-–]\s*(\d{1,5})")
_SINGLE = re.compile(r"^(\d{1,5})\s*(bis|ter|quater|1/2|[a-z]?)(?:\s+\d+)?$")
_RANGE = re.compile(r"^(\d{1,5})\s*([a-z]?)\s*[-–]\s*(\d{1,5})\s*[a-z]?$")
_LETTERS = re.compile(r"^(\d{1,5})\s*([a-z])\s*[-–]\s*([a-z])$")
_UNIT_FIRST = re.compile(r"^(?:#\s*\w+|\d+)[\s-]+(\d{1,5})$")
_LAST_NUMBER = re.compile(r"^[^\W\d][^\d]*\s(\d{1,5})\s*([a-z]?)$")
_LIST = re.compile(r"[;,&+|]|\s+(?:and|und|et|og|och|ja)\s+")
_FLOOR = re.compile(r"^(?:apt|apartment|suite|ste|unit|floor|fl|#)\b.*$|^#.*$")


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """One number at a door, and its letter if it has one. `text` is as it stands in the map."""

    number: int
    letter: str = ""
    text: str = ""


def house_numbers(text: str, *, blocks: bool = False) -> list[HouseNumber]:
    """Return every door a house number stands for: "12;14", "3-5", "7 A, floor 2", "12 bis".

    `blocks`: the street numbers its doors by block, as in Queens, where "23-45" is one door.
    """
    text = text.strip().replace("½", " 1/2")
    pair = _HYPHENATED.fullmatch(text)
    if pair and (blocks or int(pair[1]) > int(pair[2])):
        return [HouseNumber(int(pair[1]) * _BLOCK + int(pair[2]) % _BLOCK, text=text)]
    if pair and not _is_range(int(pair[1]), int(pair[2])):
        return [HouseNumber(int(pair[2]), text=text)]  # "101-1401" is unit 101 at number 1401
    found: dict[tuple[int, str], HouseNumber] = {}
    for part in _LIST.split(text.casefold()):
        for one in _doors(part.strip()):
            found.setdefault((one.number, one.letter), one)
    return list(found.values())


def by_blocks(texts: Collection[str]) -> bool:
    """Return whether the numbers of a street are of the kind "212-34": block and door."""
    pairs = [pair for text in texts if (pair := _HYPHENATED.fullmatch(text.strip()))]
    if len(pairs) < 3 or len(pairs) * 2 < len(texts):
        return False
    telling = sum(_is_block(pair[1], pair[2]) for pair in pairs)
    return telling * 3 >= len(pairs)


def _is_block(first: str, last: str) -> bool:
    """Return whether "first-last" cannot well be the two ends of one building."""
    low, high = int(first), int(last)
    return high < low or last.startswith("0") or high - low > 20 or (high - low) % 2 == 1


def _doors(part: str) -> list[HouseNumber]:
    """Return the doors of one piece of a list; none for a floor or a building's name."""
    single = _SINGLE.match(part)
    if single and not re.fullmatch(r"\d+\s+\d+", part):
        letter = single[2]
        shown = letter.upper() if len(letter) == 1 else f" {letter}" if letter else ""
        return [HouseNumber(int(single[1]), letter, single[1] + shown)]
    if "/" in part:
        return _slashed(part)
    span = _RANGE.match(part)
    if span and _is_range(int(span[1]), int(span[3])):
        return _span(int(span[1]), int(span[3]), span[2])
    letters = _LETTERS.match(part)
    if letters and letters[2] < letters[3]:
        between = range(ord(letters[2]), ord(letters[3]) + 1)
        number = letters[1]
        return [HouseNumber(int(number), chr(c), number + chr(c).upper()) for c in between]
    return _wordy(part)


def _wordy(part: str) -> list[HouseNumber]:
    """Return the door of "suite 5 532" and of "mill house 12"."""
    other = _UNIT_FIRST.match(part)
    if other:
        return [HouseNumber(int(other[1]), text=other[1])]
    named = _LAST_NUMBER.match(part)
    if named and not _FLOOR.match(part):
        return [HouseNumber(int(named[1]), named[2], named[1] + named[2].upper())]
    return []


def _slashed(part: str) -> list[HouseNumber]:
    """Return the doors of "60/2" (flat 2 at 60), "244/245" (two doors) and "12/a" (12A)."""
    lettered = re.fullmatch(r"(\d{1,5})\s*/\s*([a-z])", part)
    if lettered:
        return [HouseNumber(int(lettered[1]), lettered[2], lettered[1] + lettered[2].upper())]
    pieces = [_doors(piece.strip()) for piece in part.split("/")]
    first = pieces[0]
    more = [d for piece in pieces[1:] for d in piece if first and d.number > first[0].number]
    return first + more


def _is_range(low: int, high: int) -> bool:
    """Return whether two numbers with a hyphen are the ends of a building."""
    return low <= high <= low + LONGEST_RANGE


def _span(low: int, high: int, letter: str) -> list[HouseNumber]:
    """Return the doors from one number to another: one side of the street if the ends agree."""
    step = 2 if (high - low) % 2 == 0 else 1
    doors = [HouseNumber(n, text=f"{low}-{high}") for n in range(low, high + 1, step)]
    return [HouseNumber(low, letter, f"{low}-{high}"), *doors[1:]]

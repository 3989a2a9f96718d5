"""Addresses as people write them, in one line or in fields, taken apart."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from route_app.roads.regions import REGIONS
from route_app.roads.spelling import GENERIC_WORDS, normal

# Where "12 High Street" is the habit; elsewhere the number follows the street.
NUMBER_FIRST_COUNTRIES = frozenset({
    "US", "CA", "GB", "IE", "AU", "NZ", "ZA", "FR", "LU", "MC", "MT", "IN", "SG", "HK", "PH",
    "MY", "LK", "NG", "KE", "GH", "JM", "TT", "BS", "BB", "BZ", "GI", "JE", "GG", "IM", "PR",
    "GU", "VI", "BM", "KY", "IL", "EG", "MA", "TN", "DZ", "SN", "CI", "TH", "PK", "BD",
})  # fmt: skip
NUMBER_FIRST_ENDS = {"st", "rd", "ave", "dr", "blvd", "ln", "ct", "pl", "ter", "hwy", "pkwy"}
NUMBER_FIRST_STARTS = {"r", "trq"}
POSTCODE_ALONE = "A postcode alone is not enough. Give the street and the town."

_ONE = r"\d{1,5}(?:[a-z]|\s?bis|\s?ter|\s?quater|\s1/2|½)?"
_NUMBER = rf"{_ONE}(?:\s?[-–/;&+|]\s?(?:{_ONE}|[a-z]\b))*"
_NUMBER_TOKEN = re.compile(rf"^{_NUMBER}$", re.IGNORECASE)
_FIRST = re.compile(rf"^({_NUMBER})\s+(?=\S)(?!\d+$)", re.IGNORECASE)
_LAST = re.compile(rf"(?<=\S)\s+({_NUMBER}|\d{{1,5}}\s[a-z])$", re.IGNORECASE)
_MARK = re.compile(r"(?:^|(?<=\s))(?:no\.?|nr\.?|num\.?|n[°º.]|№|nº)\s*(?=\d)", re.IGNORECASE)
_POSTCODE = re.compile(
    r"""(?ix)(?<![\w-])(?:
      [a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}   # NR21 8LQ
    | [a-z]\d[a-z]\s?\d[a-z]\d            # V6B 1A1
    | \d{4}\s?[a-z]{2}(?=[\s,]|$)(?!\s?\w*\d)  # 1012 AB
    | \d{5}-\d{4} | \d{4}-\d{3} | \d{2}-\d{3} | \d{3}\s\d{2}(?!\d)
    | (?:[a-z]{1,2}-)?\d{4,6}
    )(?![\w-])"""
)
_UNIT_WORDS = (
    r"suite|ste|apt|apartment|unit|room|rm|floor|fl|level|lvl|flat|shop|office|bldg|building|"
    r"dept|piso|planta|puerta|etage|stock|og|krs|wohnung|top|stiege|int|interno|scala|sala|loja|"
    r"andar|bloco|bureau|appt|kerros"
)
_UNIT_LAST = re.compile(
    rf"\s+(?:#\s*[\w-]+|(?:{_UNIT_WORDS})\b\.?\s*#?\s*(?=\w*\d|[a-z]\b)[\w-]+|"
    rf"\d+(?:st|nd|rd|th|\.)\s*(?:floor|fl|level|etage|stock|og|krs|kerros)\b\.?)\s*$",
    re.IGNORECASE,
)
_UNIT_PART = re.compile(
    rf"^(?:(?:{_UNIT_WORDS})\b\.?(?=\s*#?\s*(?:\w*\d|[a-z]$|$)).*|#.*|c/o\b(?!\s*\d).*|"
    rf"\d+(?:st|nd|rd|th|\.|º|°)?\s*(?:floor|fl|level|etage|stock|og|krs|kerros)\b.*|"
    rf"(?:ground|first|second|third|top|lower|upper)\s+(?:floor|level))$",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    rf"^(?:#\s*[\w-]+|(?:{_UNIT_WORDS})\b\.?\s*#?\s*\w*\d[\w-]*)\s+(?=\d)", re.IGNORECASE
)
_CARE_OF = re.compile(r"^c/o\s+(?=\d)", re.IGNORECASE)
_BOX_WORDS = (
    r"p\.?\s*o\.?\s*b(?:ox|\.)?|gpo box|po\s?box|post\s?office\s?box|postfach|"
    r"postbus|postboks|postilokero|apartado(?: de correos)?|casilla(?: postal)?|caixa postal|"
    r"bo[iî]te postale|private bag|locked bag|casella postale"
)
_BOX_NUMBER = r"(?:\s*(?:no\.?|nr\.?|n°))?\s*[a-z]?\d"
_PO_BOX = re.compile(
    rf"(?:(?<=\s)|^)(?:{_BOX_WORDS}|b\.?p\.?|c\.?p\.?|pl\.?|box){_BOX_NUMBER}[\d\s]*$",
    re.IGNORECASE,
)
# With the town behind it and no comma; "Pl. 5 de Outubro" is a square.
_BOX_BEFORE = re.compile(rf"^(?:{_BOX_WORDS}){_BOX_NUMBER}\d*(?:\s+(?=\D)|$)", re.IGNORECASE)
_STREET_STARTS = NUMBER_FIRST_STARTS | {"av", "ave", "c", "v", "vle", "cso", "lgo", "tv", "ul"}
_CROSSING = re.compile(
    r"\s+(?:&|@|and|at|und|y|et|x|corner(?: of)?)\s+|\s*[/\\@&]\s*", re.IGNORECASE
)
_CORNER = re.compile(r"^(?:(?:the\s+)?corner\s+(?:of\s+)?|ecke\s+|esquina\s+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """An address taken apart. `others` may name its town, too, or a district, state or country."""

    street: str
    number: str = ""
    city: str = ""
    postcode: str = ""
    name: str = ""
    others: tuple[str, ...] = ()


def is_po_box(text: str) -> bool:
    """Return whether a line is a post-office box, with a town or without: no place to visit."""
    found = False
    for piece in text.replace("\n", ",").split(","):
        part = " ".join(piece.split())
        left = _BOX_BEFORE.sub("", _PO_BOX.sub("", part)).strip()
        if left != part:
            found = True
        if left and _may_be_door(left, beside_box=left != part):
            return False
    return found


def _may_be_door(part: str, *, beside_box: bool) -> bool:
    """Return whether a part of a line with a box tells a street as well, not just a town."""
    words = _POSTCODE.sub(" ", part).split()
    street, number = split_number(" ".join(words))
    named = normal(street).split()
    if not named or (beside_box and part.isdigit()):
        return False
    last = named[-1] in GENERIC_WORDS and not re.search(r"\b[A-Z]{2}$", street)  # "Hartford CT"
    return bool(number) or (len(named) > 1 and (last or named[0] in _STREET_STARTS))


def is_postcode(text: str) -> bool:
    """Return whether a line is a postcode and nothing else."""
    return bool(_POSTCODE.fullmatch(text.strip()))


def crossing_of(text: str) -> tuple[str, str] | None:
    """Return the two streets of "Market St & 5th St", None where it is not two."""
    sides = [side.strip() for side in _CROSSING.split(_CORNER.sub("", text.strip())) if side]
    return (sides[0], sides[1]) if len(sides) == 2 and all(len(s) > 1 for s in sides) else None


def number_comes_first(streets: Collection[str], country: str = "") -> bool:
    """Return whether a place that has these street names writes "12 High Street"."""
    if country:
        return country.upper() in NUMBER_FIRST_COUNTRIES
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

    parts = _parts(first("street", "address"))
    street, number = split_number(parts[0]) if parts else ("", "")
    others = tuple(parts[1:]) + tuple(filter(None, (first("county"), first("district"))))
    return Query(
        street=street,
        number=first("housenumber", "house_number", "number") or number,
        city=first("city", "town", "village", "place"),
        postcode=first("postalcode", "postcode", "zip"),
        name=first("name", "amenity"),
        others=others,
    )


def from_text(text: str, *, towns: Collection[str]) -> list[Query]:
    """Return the ways to read an address written in one line, the likeliest first.

    `towns` are the normalised names of towns that may stand at its end.
    """
    parts = _parts(text)
    readings: list[Query] = []
    numbered: list[Query] = []
    for index, part in enumerate(parts):
        told = any(query.number for query in readings)
        if index and (normal(part) in towns or (told and not _is_street(part))):
            continue  # a town, a district or a state: no other way to read the line
        body, own_city, own_code = _cut_town(part, towns)
        body = _UNIT_LAST.sub("", body)  # "… Suite 200 San Francisco"
        street, number = split_number(body)
        rest = parts[:index] + parts[index + 1 :]
        code, words = _postcode_of(rest)
        after = [word for word in words[index:] if word] if index else words
        city = own_city or _town(after, towns)
        readings.append(
            Query(
                street,
                number,
                city,
                own_code or code,
                parts[0] if index else "",
                tuple(word for word in words if word and word != city),
            )
        )
        whole = Query(body, "", city, own_code or code)
        if number and body != street and re.match(r"\d", body) and len(street.split()) > 1:
            readings.append(whole)  # "25 de Março" is a name
        elif number and set(normal(street).split()) <= GENERIC_WORDS:
            numbered.append(whole)  # and so is "Rua 23", before a street that is called Rua
    return [*numbered, *sorted(readings, key=lambda query: not query.number)]


def split_number(text: str) -> tuple[str, str]:
    """Return street and house number, whichever of them stands first."""
    text = " ".join(_MARK.sub("", text).split())
    last = _LAST.search(text)
    if last:
        number = re.sub(r"\s(?=[a-zA-Z]$)", "", last[1])
        return text[: last.start()].rstrip(" ,"), number
    first = _FIRST.match(text)
    if first:
        return text[first.end() :], first[1]
    return text, ""


def _is_street(part: str) -> bool:
    """Return whether a part has a number, or a word that streets have."""
    words = normal(part).split()
    return bool(split_number(part)[1]) or any(
        word in GENERIC_WORDS or word.endswith("strasse") for word in words
    )


def _parts(text: str) -> list[str]:
    """Return the parts of a line that may name a place: no floors, units or boxes."""
    text = re.sub(r"\([^)]*\)", " ", text.replace("\n", ", "))
    found: list[str] = []
    pieces = [" ".join(piece.split()) for piece in text.split(",")]
    for part in pieces:
        if not part or (len(pieces) > 1 and _UNIT_PART.match(part)):
            continue
        kept = _CARE_OF.sub("", part)
        kept = _UNIT_BEFORE.sub("", _UNIT_LAST.sub("", _UNIT_LAST.sub("", kept)))
        kept = _PO_BOX.sub("", kept).strip()
        if kept:
            _join(found, kept)
    return found


def _join(parts: list[str], part: str) -> None:
    """Add a part; a comma within numbers ("12, 14 High St") or before one ("Via Roma, 12") goes."""
    before = parts[-1] if parts else ""
    if before and _NUMBER_TOKEN.match(before) and re.match(r"\d", part):
        parts[-1] = f"{before};{part}"
    elif before and _NUMBER_TOKEN.match(before) and len(parts) == 1:
        parts[-1] = f"{before} {part}"  # "12, Via Roma"
    elif before and _NUMBER_TOKEN.match(part) and len(re.sub(r"\D.*", "", part)) < 5:
        number = split_number(before)[1]
        if not number:
            parts[-1] = f"{before} {part}"
        elif before.endswith(number) and len(part) < 4:
            parts[-1] = f"{before};{part}"
        else:
            parts.append(part)
    else:
        parts.append(part)


def _cut_town(part: str, towns: Collection[str]) -> tuple[str, str, str]:
    """Return a part without the town and postcode at its end, the town, the postcode."""
    words, city, code = part.split(), "", ""
    for _ in range(2):  # "0010 Town", "Town 0010" and "Town CA 0010" are all written
        if not code and len(words) > 2:
            words, code = _cut_code(words)
        for start, end in _ends(words) if not city else ():
            street = normal(split_number(" ".join(words[:start]))[0]).split()
            if not set(street) - GENERIC_WORDS:
                continue  # "Triq Santa Lucija" is a street though there is a town of that name
            if normal(" ".join(words[start:end])) in towns:
                city = " ".join(words[start:end])
                words = words[:start]
                break
    return " ".join(words), city, code


def _cut_code(words: list[str]) -> tuple[list[str], str]:
    """Return words without the postcode at their end, where a house number is left, and it."""
    for length in (2, 1):
        rest, code = words[:-length], " ".join(words[-length:])
        if rest and _POSTCODE.fullmatch(code) and any(_NUMBER_TOKEN.match(w) for w in rest):
            return rest, code
    return words, ""


def _ends(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where a town may stand at the end of some words, a state's letters after it or not."""
    for state in (0, 1):
        if state and not (words and re.fullmatch("[A-Za-z]{2,3}", words[-1])):
            return
        for length in (4, 3, 2, 1):
            end = len(words) - state
            if end - length >= 1:
                yield end - length, end


def _postcode_of(parts: list[str]) -> tuple[str, list[str]]:
    """Return the postcode in some parts, the last there is, and the parts' words without it."""
    code, words = "", []
    for part in parts:
        found = _POSTCODE.search(part)
        if found:
            code = found[0]
        left = part[: found.start()] + part[found.end() :] if found else part
        kept = [word for word in left.split() if not any(sign.isdigit() for sign in word)]
        words.append(" ".join(kept))
    return code, words


def _town(words: list[str], towns: Collection[str]) -> str:
    """Return which of some parts names the town: one that is known, else the first that may."""
    for word in words:
        if word and normal(word) in towns:
            return word
        trimmed = " ".join(word.split()[:-1])  # "San Francisco CA"
        if trimmed and normal(trimmed) in towns:
            return trimmed
    named = [word for word in words if normal(word) not in REGIONS and len(word) > 2]
    # A town may be called St. Julians or Bow; "Harbor Dr" and "NSW" hardly ever are one.
    named.sort(key=lambda word: (len(word) == 3, _is_street(word)))
    return next(iter(named), "")

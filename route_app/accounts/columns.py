"""Which column of a list is which: by its header's words, words alike, and what its cells hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from route_app.accounts.header_words import SET_ASIDE, WORDS
from route_app.errors import InvalidInput
from route_app.lib.tabular import Table

ALIKE_FROM = 85
SAMPLE_ROWS = 200
_SHORT = 5  # shorter words are alike too easily: "fax" and "tax"

LABELS: dict[str, str] = {
    "fieldbeat_id": "Fieldbeat id",
    "external_id": "External id",
    "name": "Name",
    "address": "Address in one line",
    "street": "Street",
    "house_no": "House number",
    "postcode": "Postcode",
    "city": "City",
    "state": "State or region",
    "country": "Country",
    "lat": "Latitude",
    "lon": "Longitude",
    "coordinates": "Latitude and longitude",
    "geo_locked": "Pin placed by hand",
    "contact": "Contact",
    "phone": "Phone",
    "email": "E-mail",
    "website": "Website",
    "tier": "Tier (A to D)",
    "potential": "Potential",
    "industry": "Industry",
    "segment": "Segment",
    "tags": "Tags",
    "owner": "Owner (e-mail or name)",
    "target_days": "Days between visits",
    "earliest_pct": "Due from (%)",
    "latest_pct": "Overdue from (%)",
    "service_min": "Visit minutes",
    "last_visit": "Last visit",
    "first_due_on": "First due on",
    "opening_hours": "Opening hours",
    "hours_mo": "Hours Monday",
    "hours_tu": "Hours Tuesday",
    "hours_we": "Hours Wednesday",
    "hours_th": "Hours Thursday",
    "hours_fr": "Hours Friday",
    "hours_sa": "Hours Saturday",
    "hours_su": "Hours Sunday",
    "visit_note": "Visit note",
    "boost": "Extra points",
    "status": "Status",
    "active": "Active",
}
_EMAIL = re.compile(r"\S+@\S+\.\S{2,}")
_WEB = re.compile(r"(https?://|www\.)\S+\.\S{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(\+|00|0)[0-9][0-9 ()/.-]{5,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,3}[.,][0-9]{3,}")
_PAIR = re.compile(r"-?[0-9]{1,3}\.[0-9]{2,}\s*[,; ]\s*-?[0-9]{1,3}\.[0-9]{2,}")
_NUMBER = re.compile(r"\s*[-+]?[0-9][0-9°'\".,\s]*(e[-+]?[0-9]+)?[NSEWnsew]?\s*")
_PLACE = re.compile(r"(?=.*[0-9])(?=.*[^\W\d_]{3}).*[, ].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column of the file is taken for, and why.

    `how`: same (its words), alike, values (its cells), chosen (by a person), or empty for none.
    """

    header: str
    field: str | None = None
    how: str = ""


def propose(table: Table) -> tuple[Choice, ...]:
    """Return a choice for every column, no field twice."""
    cells = [_cells(table, position) for position in range(len(table.header))]
    taken: dict[int, tuple[str, str]] = {}
    offers = sorted(
        (-score, position, field, how)
        for position, header in enumerate(table.header)
        for score, field, how in _offers(header)
        if _possible(field, cells[position])
    )
    for _, position, field, how in offers:
        if position not in taken and field not in {used for used, _ in taken.values()}:
            taken[position] = (field, how)
    named = set(taken)
    aside = {at for at, header in enumerate(table.header) if plain(header) in _aside()}
    _by_values(cells, taken, skip=aside)
    if not table.has_header:
        _name_and_place(cells, taken)
    return tuple(
        Choice(header, *taken[at]) if at in named or at in taken else Choice(header)
        for at, header in enumerate(table.header)
    )


def chosen(header: Sequence[str], fields: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return the choices a person made: header to field, empty for "leave out"."""
    unknown = sorted({field for field in fields.values() if field and field not in LABELS})
    if unknown:
        raise InvalidInput(f"“{unknown[0]}” is not a column this can import.", field=unknown[0])
    return tuple(
        Choice(name, fields.get(name) or None, "chosen" if fields.get(name) else "")
        for name in header
    )


def check(choices: Sequence[Choice]) -> None:
    """Refuse choices without a name, or with one field twice."""
    used = [choice.field for choice in choices if choice.field]
    twice = sorted({field for field in used if used.count(field) > 1})
    if twice:
        raise InvalidInput(
            f"Two columns are set to “{LABELS[twice[0]]}”. Choose one of them.", field=twice[0]
        )
    if "name" not in used:
        found = ", ".join(f"“{choice.header}”" for choice in choices[:40])
        raise InvalidInput(
            f"No column holds the account's name. The columns found are {found}. Name one of "
            "them “Name” (or Company, Customer, Nimi, Firma, Nom), or choose it below.",
            field="name",
        )


@cache
def plain(header: str) -> str:
    """Return a header's words alone: lower case, no accents, no punctuation."""
    text = re.sub(r"#|№|n[º°]", " no ", header.casefold()).replace("ß", "ss")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w%]+|_", " ", text).split())


@cache
def _index() -> dict[str, tuple[str, int]]:
    """Return every known word with its field and how early it stands in the field's line."""
    words: dict[str, tuple[str, int]] = {}
    for field, line in WORDS.items():
        for place, word in enumerate(line.split(" | ")):
            words.setdefault(plain(word), (field, place))
    return words


@cache
def _aside() -> frozenset[str]:
    return frozenset(plain(word) for word in SET_ASIDE.split(" | "))


def _offers(header: str) -> list[tuple[float, str, str]]:
    """Return the fields a header may stand for, with a score that puts earlier words first."""
    words = re.sub(r" \(?[0-9]+\)?$", "", plain(header))
    known = _index()
    if words in known:
        field, place = known[words]
        return [(200 - place / 100, field, "same")]
    if words in _aside() or len(words) < _SHORT:
        return []
    everything = [word for word in (*known, *_aside()) if len(word) >= _SHORT]
    found = process.extractOne(
        words, everything, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE_FROM
    )
    if found is None or found[0] not in known:
        return []
    return [(found[1], known[found[0]][0], "alike")]


def _cells(table: Table, position: int) -> list[str]:
    rows = table.rows[:SAMPLE_ROWS]
    return [row.cells[position] for row in rows if row.cells[position]]


def _share(cells: list[str], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(cell)) for cell in cells) / len(cells) if cells else 0.0


def _possible(field: str, cells: list[str]) -> bool:
    """Return whether the cells do not speak against a field."""
    if field in ("lat", "lon") and cells:
        return _share(cells, _NUMBER) >= 0.5
    return True


def _by_values(
    cells: list[list[str]], taken: dict[int, tuple[str, str]], *, skip: set[int]
) -> None:
    """Add the fields that only the cells tell."""
    free = [at for at in range(len(cells)) if at not in taken and at not in skip]
    for field, pattern in (
        ("email", _EMAIL), ("website", _WEB), ("coordinates", _PAIR), ("phone", _PHONE),
    ):  # fmt: skip
        if field in {used for used, _ in taken.values()}:
            continue
        fits = next((at for at in free if _share(cells[at], pattern) >= 0.8), None)
        if fits is not None:
            taken[fits] = (field, "values")
            free.remove(fits)
    used = {field for field, _ in taken.values()}
    pair = [at for at in free if _share(cells[at], _DECIMAL) >= 0.8]
    if len(pair) == 2 and pair[1] == pair[0] + 1 and not used & {"lat", "lon", "coordinates"}:
        taken[pair[0]], taken[pair[1]] = ("lat", "values"), ("lon", "values")


def _name_and_place(cells: list[list[str]], taken: dict[int, tuple[str, str]]) -> None:
    """In a list without a header: the first words are the name, words with numbers the place."""
    for at, column in enumerate(cells):
        if at in taken or not column:
            continue
        used = {field for field, _ in taken.values()}
        if "address" not in used and _share(column, _PLACE) >= 0.7:
            taken[at] = ("address", "values")
        elif "name" not in used and not any(cell.replace(".", "").isdigit() for cell in column):
            taken[at] = ("name", "values")

"""Which characters a file's bytes stand for: by mark, by UTF-8, else the likeliest code page."""

import codecs
import re

from charset_normalizer import from_bytes

from route_app.lib.workbook import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Only code pages that spreadsheets really write; a free guess takes cp1252 for hp_roman8.
CODE_PAGES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp850",
)  # fmt: skip
CHOICES = ("utf-8", "utf-16", *CODE_PAGES)
_BY_COUNTRY = {
    "cp1250": "AL BA CZ HR HU PL RO RS SI SK",
    "cp1251": "BG BY KG KZ MK MN RU TJ UA",
    "cp1253": "CY GR",
    "cp1254": "AZ TR",
    "cp1257": "EE LT LV",
}
_AS_GOOD = 0.1  # a country's own page wins if it looks at most this much messier than the best
_SAMPLE = 64 * 1024


def decode(
    content: bytes, *, country: str = "", encoding: str = ""
) -> tuple[str, str, tuple[str, ...]]:
    """Return the text, the encoding used, and a note where it was a guess."""
    if encoding:
        return _as_told(content, encoding)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name), name, ()
    wide = _wide_without_mark(content)
    if wide:
        return _strictly(content, wide), wide, ()
    try:
        return content.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        name = _code_page(content, country=country)
    note = (
        f"The file is not UTF-8; it was read as {name}. If names look wrong, choose another "
        "encoding and check again."
    )
    return content.decode(name, errors="replace"), name, (note,)


def page_of_country(country: str) -> str:
    """Return the code page that old programs of a country write."""
    for name, countries in _BY_COUNTRY.items():
        if country.upper() in countries.split():
            return name
    return "cp1252"


def _as_told(content: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]]:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise Unreadable(
            f"“{encoding}” is not an encoding. Use one of: {', '.join(CHOICES)}."
        ) from None
    if name == "utf-8":
        name = "utf-8-sig"
    return _strictly(content, name), encoding, ()


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError) as error:
        raise Unreadable(
            f"The file cannot be read as {name}. Save it as CSV in UTF-8, or as .xlsx."
        ) from error


def _wide_without_mark(content: bytes) -> str:
    """Return UTF-16's byte order when every other byte of the start is nearly always NUL."""
    start = content[:2000]
    pairs = max(1, len(start) // 2)
    if start[1::2].count(0) > 0.7 * pairs:
        return "utf-16-le"
    if start[0::2].count(0) > 0.7 * pairs:
        return "utf-16-be"
    return ""


def _code_page(content: bytes, *, country: str) -> str:
    """Return the likeliest code page, leaning to the country's own."""
    lines = re.findall(rb"[^\r\n]*[\x80-\xff][^\r\n]*", content)
    sample = b"\n".join(lines)[:_SAMPLE]
    own = page_of_country(country)
    found = {
        page: match.chaos - match.coherence / 10
        for match in from_bytes(sample, cp_isolation=list(CODE_PAGES), threshold=0.9)
        for page in match.could_be_from_charset  # pages that read these bytes alike
    }
    if not found:
        return own
    best = min(found, key=lambda name: found[name])
    if own in found and found[own] <= found[best] + _AS_GOOD:
        return own
    return best

"""What one cell of an account list means. Raises ValueError with a sentence for a person."""

import re
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from zoneinfo import ZoneInfo

TIERS = ("A", "B", "C", "D")
STATUSES = ("lead", "customer", "lost")
_EXCEL_EPOCH = date(1899, 12, 30)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_YES = "yes y true 1 x ja joo kylla kyllä oui si sí vrai wahr on active aktiv aktiivinen"
_NO = "no n false 0 nein ei nej non faux falsch off inactive inaktiv nee"
_STATUS_WORDS = {
    "lead": "lead prospect liidi prospekti interessent interessant neukunde potentiel target",
    "customer": "customer client active existing asiakas kund kunde bestandskunde cliente klant",
    "lost": "lost former inactive closed menetetty entinen verloren ehemalig perdu ancien",
}
_UNITS = {
    "d": 1, "day": 1, "days": 1, "tag": 1, "tage": 1, "pv": 1, "päivä": 1, "päivää": 1, "jours": 1,
    "w": 7, "wk": 7, "week": 7, "weeks": 7, "woche": 7, "wochen": 7, "vk": 7, "viikko": 7,
    "viikkoa": 7, "semaine": 7, "semaines": 7, "vecka": 7, "veckor": 7,
    "m": 30, "mo": 30, "month": 30, "months": 30, "monat": 30, "monate": 30, "kk": 30,
    "kuukausi": 30, "kuukautta": 30, "mois": 30, "månad": 30, "månader": 30,
    "y": 365, "year": 365, "years": 365, "jahr": 365, "vuosi": 365,
}  # fmt: skip
_RHYTHMS = {
    "weekly": 7, "fortnightly": 14, "biweekly": 14, "bi-weekly": 14, "monthly": 30,
    "quarterly": 91, "yearly": 365, "viikoittain": 7, "kuukausittain": 30, "wöchentlich": 7,
    "monatlich": 30, "hebdomadaire": 7, "mensuel": 30, "trimestriel": 91,
}  # fmt: skip
_COUNTRIES = {
    "AT": "austria österreich autriche itävalta", "AU": "australia",
    "BE": "belgium belgien belgique belgia belgië", "CA": "canada kanada",
    "CH": "switzerland schweiz suisse sveitsi svizzera",
    "CZ": "czechia czech-republic tschechien česko",
    "DE": "germany deutschland allemagne saksa deu",
    "DK": "denmark danmark dänemark tanska", "EE": "estonia eesti viro estland",
    "ES": "spain españa spanien espagne espanja esp",
    "FI": "finland suomi finnland finlande fin", "FR": "france frankreich ranska frankrike fra",
    "GB": "uk great-britain united-kingdom england scotland wales gbr britannia",
    "IE": "ireland irland irlande", "IT": "italy italia italien italie ita",
    "LT": "lithuania lietuva", "LU": "luxembourg luxemburg", "LV": "latvia latvija",
    "NL": "netherlands nederland niederlande holland pays-bas alankomaat nld",
    "NO": "norway norge norwegen norja nor", "PL": "poland polska polen puola pol",
    "PT": "portugal", "SE": "sweden sverige schweden ruotsi suède swe", "SI": "slovenia slovenija",
    "US": "usa united-states united-states-of-america",
}  # fmt: skip


def clean(text: str, *, lines: bool = False) -> str:
    """Return text without control characters and spare spaces; `lines` keeps its line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def number(text: str) -> float:
    """Return a number written with a point or a comma, with or without thousands."""
    bare = re.sub(r"[\s'’€$£]|eur|usd|gbp", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(\.[0-9]{3}){2,}", bare):
        bare = bare.replace(".", "")
    elif re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", bare):
        bare = bare.replace(",", "")
    try:
        value = float(bare.replace(",", "."))
    except ValueError:
        raise ValueError(f"“{text[:40]}” is not a number") from None
    if not isfinite(value):
        raise ValueError(f"“{text[:40]}” is not a number")
    return value


def degrees(text: str, *, most: int) -> float:
    """Return a coordinate: decimal with point or comma, or degrees, minutes and seconds."""
    bare = text.strip().upper()
    parts = re.fullmatch(
        r"([0-9]+)\s*°\s*([0-9]+)\s*['′]\s*([0-9.,]+)?\s*[\"″']*\s*([NSEW])?", bare
    )
    sign = -1 if bare.endswith(("S", "W")) else 1
    try:
        if parts:
            whole, minutes, seconds = (
                float((p or "0").replace(",", ".")) for p in parts.groups()[:3]
            )
            value = sign * (whole + minutes / 60 + seconds / 3600)
        else:
            value = sign * float(bare.strip("NSEW °").replace(",", ".").replace("−", "-"))
    except ValueError:
        raise ValueError(f"“{text[:40]}” is not a number of degrees, such as 60.1699") from None
    if not isfinite(value) or abs(value) > most:
        raise ValueError(f"{text[:40]} is not between -{most} and {most} degrees")
    return value


def whole(text: str, *, least: int, most: int) -> int:
    """Return a whole number within bounds; a percent sign may follow it."""
    value = number(text.strip().rstrip("%"))
    if value != int(value) or not least <= value <= most:
        raise ValueError(f"“{text[:40]}” is not a whole number from {least} to {most}")
    return int(value)


def amount(text: str) -> float:
    """Return a sum of money that is not negative."""
    value = number(text)
    if not 0 <= value < 1e12:
        raise ValueError(f"“{text[:40]}” is not a sum from 0 up")
    return value


def tier(text: str) -> str:
    """Return A, B, C or D."""
    letter = text.strip().upper().removeprefix("TIER ").removeprefix("CLASS ")
    if letter not in TIERS:
        raise ValueError(f"“{text[:40]}” is not a tier. Use A, B, C or D")
    return letter


def status(text: str) -> str:
    """Return lead, customer or lost."""
    word = text.strip().casefold()
    for code, words in _STATUS_WORDS.items():
        if word in words.split():
            return code
    raise ValueError(f"“{text[:40]}” is not a status. Use lead, customer or lost")


def yes(text: str) -> bool:
    """Return whether a cell says yes."""
    word = text.strip().casefold()
    if word in _YES.split():
        return True
    if word in _NO.split():
        return False
    raise ValueError(f"“{text[:40]}” is neither yes nor no")


def email(text: str) -> str:
    """Return an e-mail address as given, if it can be one."""
    if not _EMAIL.fullmatch(text) or len(text) > 254:
        raise ValueError(f"“{text[:60]}” is not an e-mail address")
    return text


def country(text: str) -> str:
    """Return a country's two letters."""
    word = text.strip().casefold().replace(" ", "-")
    for code, names in _COUNTRIES.items():
        if word in names.split():
            return code
    if re.fullmatch(r"[a-z]{2}", word):
        return word.upper()
    raise ValueError(f"“{text[:40]}” is not a country. Use its two letters, such as FI or DE")


def days(text: str) -> int:
    """Return days between visits: 14, “2 weeks”, “monthly”."""
    word = text.strip().casefold()
    found = re.fullmatch(
        r"(?:every\s+|alle\s+|joka\s+)?([0-9]+(?:[.,][0-9]+)?)\s*([^\W\d]*)\.?", word
    )
    if word in _RHYTHMS:
        value = float(_RHYTHMS[word])
    elif found and (not found.group(2) or found.group(2) in _UNITS):
        value = number(found.group(1)) * _UNITS.get(found.group(2), 1)
    else:
        raise ValueError(f"“{text[:40]}” is not a rhythm. Write days, such as 14, or “2 weeks”")
    if value != int(value) or not 1 <= value <= 730:
        raise ValueError(f"“{text[:40]}” is not from 1 to 730 days")
    return int(value)


def service_s(text: str) -> int:
    """Return a visit's length in seconds: 30, “30 min”, 0:30, “1 h”."""
    word = text.strip().casefold()
    clock = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::00)?", word)
    found = re.fullmatch(
        r"([0-9]+(?:[.,][0-9]+)?)\s*(min|minutes|minuten|minuuttia|m|h|std|t)?\.?", word
    )
    if clock:
        minutes = int(clock.group(1)) * 60.0 + int(clock.group(2))
    elif found:
        minutes = number(found.group(1)) * (60 if found.group(2) in ("h", "std", "t") else 1)
    else:
        raise ValueError(f"“{text[:40]}” is not a length of time. Write minutes, such as 30")
    if not 0 <= minutes <= 720:
        raise ValueError(f"“{text[:40]}” is not from 0 to 720 minutes")
    return round(minutes * 60)


def day(text: str, *, country: str = "") -> date:
    """Return a date: 2026-11-30, 30.11.2026, 30/11/2026 (11/30 in the US), or Excel's number."""
    word = text.strip()
    serial = re.fullmatch(r"([0-9]{5})(\.[0-9]+)?", word)
    if serial and 20_000 <= int(serial.group(1)) <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(serial.group(1)))
    try:
        found = re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T].*)?", word)
        if found:
            return date(*(int(part) for part in found.groups()))
        found = re.fullmatch(
            r"([0-9]{1,2})([./-])\s?([0-9]{1,2})[./-]\s?([0-9]{4})(?:[ T].*)?", word
        )
        if found:
            first, second = int(found.group(1)), int(found.group(3))
            american = country == "US" and found.group(2) == "/"
            if second > 12 or (american and first <= 12):
                first, second = second, first
            return date(int(found.group(4)), second, first)
    except ValueError:
        pass
    raise ValueError(f"“{text[:40]}” is not a date. Write it as 2026-11-30")


def instant(text: str, *, country: str, zone: ZoneInfo) -> datetime:
    """Return when something happened, in UTC; a date alone means its noon."""
    word = text.strip()
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:.*", word):
        try:
            found = datetime.fromisoformat(word)
        except ValueError:
            raise ValueError(f"“{text[:40]}” is not a date. Write it as 2026-11-30") from None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    noon = datetime.combine(day(word, country=country), time(12), tzinfo=zone)
    return noon.astimezone(UTC)


def split_address(text: str) -> dict[str, str]:
    """Return the parts of an address in one line: “Hämeentie 3, 00530 Helsinki”."""
    parts = [clean(part) for part in re.split(r"[,;\n]", text) if clean(part)]
    if len(parts) < 2:
        return {"street": clean(text)}
    found = {"street": parts[0]}
    code = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}|[0-9]{3} [0-9]{2}|[0-9]{4,5})\b")
    rest: list[str] = []
    for part in parts[1:]:
        match = code.search(part)
        if match and "postcode" not in found:
            found["postcode"] = match.group(1)
            part = clean(part[: match.start()] + " " + part[match.end() :])  # noqa: PLW2901
        if part:
            rest.append(part)
    if rest and re.fullmatch(r"[A-Z]{2}", rest[-1]) and len(rest) > 1:
        found["state"] = rest.pop()
    if rest:
        found["city"] = rest[0]
    return found

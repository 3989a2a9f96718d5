"""Limits that the law sets where no sign stands: in towns, outside them and on motorways.

Used for tags that name the kind of place instead of a number (`RO:urban`), and for untagged roads
where the profile asks for it. Passenger cars on dry roads, km/h; a country that is not listed, or
sets no limit of a kind, has none here.
"""

from math import nan
from typing import NamedTuple


class Statutory(NamedTuple):
    """The limits of a country in km/h: in towns, outside them, on motorways."""

    urban: float
    rural: float
    motorway: float


_MPH = 1.609344
# Country, urban, rural, motorway; 0 where the law sets none or there are no such roads.
_KMH = """
AT 50 100 130  AU 50 100 110  BE 50 70 120  BG 50 90 140  CA 50 80 100  CH 50 80 120  CY 50 80 100
CZ 50 90 130   DE 50 100 130  DK 50 80 130  EE 50 90 110  ES 50 90 120  FI 50 80 120  FR 50 80 130
GR 50 90 130   HR 50 90 130   HU 50 90 130  IE 50 80 120  IS 50 90 0    IT 50 90 130  JP 60 60 100
LI 50 80 0     LT 50 90 130   LU 50 90 130  LV 50 90 0    MT 50 80 0    NL 50 80 100  NO 50 80 110
NZ 50 100 110  PL 50 90 140   PT 50 90 120  RO 50 90 130  SE 50 70 110  SI 50 90 130  SK 50 90 130
TR 50 90 130   ZA 60 100 120
"""
_MILES = "GB 30 60 70  US 25 55 65"
# Kinds of place that mean the same everywhere, and those of a single country.
_ZONES = {
    "none": 140.0, "walk": 6.0, "living_street": 10.0, "urban": 50.0, "rural": 90.0,
    "trunk": 100.0, "motorway": 120.0, "bicycle_road": 30.0, "gb:nsl_restricted": 30 * _MPH,
    "gb:nsl_single": 60 * _MPH, "gb:nsl_dual": 70 * _MPH, "gb:motorway": 70 * _MPH,
    "uk:nsl_restricted": 30 * _MPH, "uk:nsl_single": 60 * _MPH, "uk:nsl_dual": 70 * _MPH,
}  # fmt: skip


def _table() -> dict[str, Statutory]:
    table = {}
    for text, factor in ((_KMH, 1.0), (_MILES, _MPH)):
        words = text.split()
        for at in range(0, len(words), 4):
            limits = (float(word) * factor or nan for word in words[at + 1 : at + 4])
            table[words[at]] = Statutory(*limits)
    return table


STATUTORY = _table()


def zone_limit_kmh(text: str) -> float:
    """Return the limit of a kind of place, such as `RO:urban` or `DE:zone:30`, or not-a-number."""
    said = text.strip().lower()
    if said in _ZONES:
        return _ZONES[said]
    country, colon, zone = said.partition(":")
    if not colon:
        zone, country = said, ""
    law = STATUTORY.get(country.upper())
    if law and zone in Statutory._fields:
        limit = float(getattr(law, zone))
        return limit if limit == limit else _ZONES[zone]  # noqa: PLR0124  # not-a-number
    digits = zone.removeprefix("zone").lstrip(":")
    if digits.isdigit() and (colon or zone.startswith("zone")):
        return float(digits) if 5 <= int(digits) <= 140 else nan
    return _ZONES.get(zone, nan)

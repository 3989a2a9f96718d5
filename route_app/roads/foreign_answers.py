"""How exact the answer of another geocoding service is, read from what it says of itself."""

import re
from collections.abc import Mapping
from typing import Any

from route_app.roads.doors import Quality

_HOUSES = {
    "house", "building", "amenity", "shop", "office", "tourism", "craft", "healthcare", "leisure",
    "historic", "venue", "address", "premise", "street_address", "rooftop", "point",
}  # fmt: skip
_STREETS = {"road", "street", "highway", "route", "intersection", "geometric_center"}
_TOWNS = {
    "city", "town", "village", "municipality", "district", "suburb", "county", "state", "region",
    "country", "locality", "neighbourhood", "neighborhood", "borough", "localadmin", "macroregion",
    "postcode", "postalcode", "boundary", "approximate", "hamlet", "administrative",
}  # fmt: skip
_KINDS: Mapping[str, Quality] = {
    **dict.fromkeys(_TOWNS, "town"), **dict.fromkeys(_STREETS, "street"),
    **dict.fromkeys(_HOUSES, "exact"),
}  # fmt: skip
_WORDS: Mapping[Quality, str] = {
    "exact": "the house", "interpolated": "a place worked out from its neighbours",
    "nearest": "another number of the street", "street": "only the street",
    "town": "only the town", "place": "a place, without saying how exact",
    "crossing": "the crossing",
}  # fmt: skip


def explained(raw: Any, *, number: str, by: str) -> tuple[Quality, str]:
    """Return the quality of a service's raw answer, and a sentence that names the service.

    `number` is the house number that was asked for. Understands the formats of Nominatim, Photon,
    Pelias and Google; of others, that they found something.
    """
    told = raw if isinstance(raw, Mapping) else {}
    quality = _quality(told)
    found = _number(told)
    if quality in ("exact", "interpolated") and number:
        if not found and _of_service(told) != "":
            quality = "nearest" if quality == "exact" else quality
        elif found and not _same_number(found, number):
            quality = "nearest"
    return quality, f"{by} found {_WORDS[quality]}."


def _quality(raw: Mapping[str, Any]) -> Quality:
    more = _part(raw, "properties")
    google = str(_part(raw, "geometry").get("location_type") or "").lower()
    if "interpolated" in {more.get("accuracy"), more.get("match_type")} or "interpol" in google:
        return "interpolated"
    if more.get("match_type") == "fallback" and more.get("layer") in ("address", "venue"):
        return "nearest"
    if raw.get("class") == "highway" or more.get("osm_key") == "highway":
        return "street"
    kinds = [
        google, more.get("layer"), more.get("type"), raw.get("addresstype"), raw.get("class"),
        raw.get("category"), more.get("osm_key"), raw.get("type"),
    ]  # fmt: skip
    known = (_KINDS[word] for kind in kinds if (word := str(kind).casefold()) in _KINDS)
    return next(known, "place")


def _of_service(raw: Mapping[str, Any]) -> str:
    """Return which parts of an answer would hold its house number, "" where none would."""
    if isinstance(raw.get("address"), Mapping):
        return "address"
    return "properties" if isinstance(raw.get("properties"), Mapping) else ""


def _number(raw: Mapping[str, Any]) -> str:
    """Return the house number of an answer, "" where it tells none."""
    details = {**_part(raw, "properties"), **_part(raw, "address")}
    return str(details.get("house_number") or details.get("housenumber") or "")


def _same_number(one: str, other: str) -> bool:
    """Return whether two house numbers have a number in common."""
    return bool(set(re.findall(r"\d+", one)) & set(re.findall(r"\d+", other)))


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, Mapping) else {}

"""Read the businesses of an OpenStreetMap extract as candidates for demo accounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium

from route_app.lib.geo import LatLon

# The kinds a wholesaler of coffee and pantry goods would call on.
_KINDS: dict[tuple[str, str], str] = {
    ("amenity", "cafe"): "Café",
    ("amenity", "pharmacy"): "Pharmacy",
    ("amenity", "restaurant"): "Restaurant",
    ("tourism", "hotel"): "Hotel",
    ("tourism", "hostel"): "Hotel",
    ("office", "company"): "Office",
    ("office", "ngo"): "Office",
    ("office", "association"): "Office",
    ("office", "lawyer"): "Office",
}


@dataclass(frozen=True, slots=True)
class Business:
    """A named business with a full address, as the map has it."""

    osm_id: str
    name: str
    industry: str
    place: LatLon
    street: str
    house_no: str
    postcode: str
    city: str
    phone: str
    website: str
    opening_hours: str


def businesses(extract: Path) -> list[Business]:
    """Return every business with a name, a kind we call on and an address, in a stable order."""
    found: dict[tuple[str, str, str], Business] = {}
    for business in _read(extract):
        # One shop is often mapped twice, as a point and as its building.
        found.setdefault((business.name, business.street, business.house_no), business)
    return sorted(found.values(), key=lambda one: one.osm_id)


def homes(extract: Path) -> list[tuple[LatLon, str]]:
    """Return addresses without any business, for where demo reps start their day."""
    found = []
    for thing in _tagged(extract):
        tags = thing.tags
        plain = not any(key in tags for key in ("name", "shop", "office", "amenity", "tourism"))
        place = _place(thing)
        if plain and place and "addr:street" in tags and "addr:housenumber" in tags:
            found.append((place, f"{tags['addr:street']} {tags['addr:housenumber']}"))
    return sorted(found, key=lambda one: one[1])


def _read(extract: Path) -> Iterator[Business]:
    for thing in _tagged(extract):
        tags = thing.tags
        industry = _industry(tags)
        if not industry or "name" not in tags or thing.is_relation():
            continue
        place = _place(thing)
        if place is None or "addr:street" not in tags or "addr:housenumber" not in tags:
            continue
        yield Business(
            osm_id=f"osm-{thing.type_str()}{thing.id}",
            name=tags["name"],
            industry=industry,
            place=place,
            street=tags["addr:street"],
            house_no=tags["addr:housenumber"],
            postcode=tags.get("addr:postcode", ""),
            city=tags.get("addr:city", ""),
            phone=tags.get("phone", tags.get("contact:phone", ""))[:40],
            website=tags.get("website", tags.get("contact:website", ""))[:255],
            opening_hours=tags.get("opening_hours", ""),
        )


def _tagged(extract: Path) -> Iterable[Any]:
    reader = osmium.FileProcessor(str(extract)).with_locations()
    return reader.with_filter(osmium.filter.EmptyTagFilter())


def _industry(tags: Any) -> str:
    for key in ("amenity", "tourism", "office"):
        kind = _KINDS.get((key, tags.get(key, "")))
        if kind:
            return kind
    shop = tags.get("shop", "")
    if shop in ("", "vacant", "no"):
        return ""
    return "Shop" if shop == "yes" else shop.replace("_", " ").capitalize()


def _place(thing: Any) -> LatLon | None:
    """Return a node's place, or the middle of a way's known nodes (clipped ways lack some)."""
    if thing.is_node():
        return LatLon(thing.location.lat, thing.location.lon)
    if not thing.is_way():
        return None
    known = [node.location for node in thing.nodes if node.location.valid()]
    if not known:
        return None
    lat = sum(one.lat for one in known) / len(known)
    return LatLon(lat, sum(one.lon for one in known) / len(known))

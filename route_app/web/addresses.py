"""Addresses: what the beginning of one may become, where one is, and which one a place has."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from route_app.errors import Conflict, InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.pins.geocoding import REASONS, TOO_COARSE
from route_app.roads.address_books import AddressBooks
from route_app.roads.addresses import (
    POSTCODE_ALONE,
    from_text,
    is_po_box,
    is_postcode,
    split_number,
)
from route_app.roads.geocoder_chain import GeocoderChain
from route_app.roads.geocoding import asks_services, open_chain
from route_app.web import guards

blueprint = Blueprint("addresses", __name__, url_prefix="/api/v1/addresses")

PATIENCE_S = 3.0  # somebody is waiting in front of a page
LONGEST = 200
MOST = 8
_NOBODY = "Addresses cannot be searched until roads are built. Give latitude and longitude."
ONLY_TOWN = "Only the town was found. Check the street, or press the map."
ATTRIBUTION = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Found:
    """A place for an address, the address it is known by, how sure that is, and why.

    `parts` are `street`, `number`, `postcode`, `city` and `country` (two letters), "" if unknown.
    """

    place: LatLon
    label: str
    reason: str
    quality: str
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def only_town(self) -> bool:
        """Return whether it is too coarse for a pin."""
        return self.quality == TOO_COARSE


@blueprint.get("")
def suggest() -> ResponseReturnValue:
    """Offer lines for the beginning of an address, those near `near=LAT,LON` first.

    Only the address books here are asked: typing must not send anything anywhere.
    """
    guards.anyone()
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    near = _place("near") if request.args.get("near") else None
    items = [_line(one) for one in _books().suggest(text, limit=MOST, near=near)]
    return {"items": items, "attribution": ATTRIBUTION}


@blueprint.get("/place")
def where() -> ResponseReturnValue:
    """Return where a whole address is, its parts, the quality of the pin and the reason.

    Of quality `town` it is no pin for anybody, and the reason says so.
    """
    guards.manager()
    if not can_search():
        raise Conflict(_NOBODY)
    found = find(request.args.get("q", "")[:LONGEST])
    return {
        "label": found.label, "lat": found.place.lat, "lon": found.place.lon,
        "quality": found.quality, "reason": ONLY_TOWN if found.only_town else found.reason,
        **found.parts, "attribution": ATTRIBUTION,
    }  # fmt: skip


@blueprint.get("/at")
def at() -> ResponseReturnValue:
    """Return the address of a place (`place=LAT,LON`): the nearest that is in the address books."""
    guards.anyone()
    found = _books().reverse(_place("place"))
    if found is None:
        raise NotFound("There is no address near this place in the map.")
    told = {name: found.raw[name] for name in ("street", "number", "city", "postcode")}
    return {
        "label": found.address, "lat": found.latitude, "lon": found.longitude, **told,
        "quality": found.raw["quality"], "reason": found.raw["reason"],
        "attribution": ATTRIBUTION,
    }  # fmt: skip


def can_search() -> bool:
    """Return whether there is anybody to ask for an address."""
    return bool(_books()) or asks_services(current_app.extensions["geocoder_settings"])


def find(text: str) -> Found:
    """Return the best place for an address; NotFound says what to do when there is none."""
    if not text.strip():
        raise InvalidInput("Type the address first.")
    if is_po_box(text):
        raise InvalidInput(f"{REASONS['po_box'][0]}. Give the street instead.")
    geocoder = _chain()
    if geocoder is None:
        raise Unavailable(_NOBODY)
    location = geocoder.geocode(text.strip())
    if location is None and is_postcode(text):
        raise NotFound(POSTCODE_ALONE)
    if location is None:
        raise NotFound("This address is not on the map. Check it, or give latitude and longitude.")
    place = LatLon(location.latitude, location.longitude)
    raw = location.raw
    quality, reason = str(raw["quality"]), str(raw.get("reason", ""))
    return Found(place, location.address, reason, quality, _parts(raw, text))


def _parts(raw: Mapping[str, Any], text: str) -> dict[str, str]:
    """Return the parts of an address that was found, with the house number that was asked for."""
    names = ("street", "number", "postcode", "city", "country")
    parts = {name: str(raw.get(name) or "") for name in names}
    if raw["quality"] == "place":  # a business has its address in one line
        parts["street"], parts["number"] = split_number(parts["street"])
    elif raw["quality"] in ("nearest", "street"):  # the pin may stand at another number
        asked = next(iter(from_text(text, towns=())), None)
        parts["number"] = (asked.number if asked else "") or parts["number"]
    return parts


def _books() -> AddressBooks:
    roads = current_app.extensions["roads"]
    books: AddressBooks = current_app.extensions["address_books"].books(roads)
    return books


def _chain() -> GeocoderChain | None:
    told = current_app.extensions["geocoder_settings"]
    folder = current_app.extensions["settings"].data_dir
    return open_chain(_books(), told, folder, patience_s=PATIENCE_S)


def _place(name: str) -> LatLon:
    try:
        lat, lon = (float(part) for part in request.args.get(name, "").split(","))
        return LatLon(lat, lon)
    except ValueError:
        raise InvalidInput(
            f"Give “{name}” as latitude and longitude, like 60.17,24.94.", field=name
        ) from None


def _line(one: Any) -> dict[str, Any]:
    told = asdict(one)
    place = told.pop("place")
    return {**told, "lat": place["lat"], "lon": place["lon"]}

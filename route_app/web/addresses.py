"""Addresses: what the beginning of one may become, where one is, and which one a place has."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from route_app.errors import Conflict, InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.pins.geocoding import REASONS
from route_app.roads.address_books import AddressBooks
from route_app.roads.addresses import is_po_box
from route_app.roads.geocoder_chain import GeocoderChain
from route_app.roads.geocoding import asks_services, open_chain
from route_app.web import guards

blueprint = Blueprint("addresses", __name__, url_prefix="/api/v1/addresses")

PATIENCE_S = 3.0  # somebody is waiting in front of a page
LONGEST = 200
MOST = 8
_NOBODY = "Addresses cannot be searched until roads are built. Give latitude and longitude."
ATTRIBUTION = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Found:
    """A place for an address, the address it is known by, how sure that is, and why."""

    place: LatLon
    label: str
    reason: str
    quality: str


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
    """Return where a whole address is, with the quality of the pin and the reason."""
    guards.manager()
    if not can_search():
        raise Conflict(_NOBODY)
    found = find(request.args.get("q", "")[:LONGEST])
    return {
        "label": found.label, "lat": found.place.lat, "lon": found.place.lon,
        "quality": found.quality, "reason": found.reason, "attribution": ATTRIBUTION,
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
    if location is None:
        raise NotFound("This address is not on the map. Check it, or give latitude and longitude.")
    place = LatLon(location.latitude, location.longitude)
    raw = location.raw
    return Found(place, location.address, str(raw.get("reason", "")), str(raw["quality"]))


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

"""What OpenStreetMap tags say about driving on a way. Pure functions on a tag mapping."""

import re
from collections.abc import Mapping
from math import isnan, nan
from typing import Literal, Protocol

from route_app.roads.profile import CLASSES, SERVICES, SURFACES
from route_app.roads.speedlimits import zone_limit_kmh

Access = Literal["open", "restricted", "closed"]

# Every tag of a way that is looked at here.
WAY_KEYS = (
    "highway", "route", "area", "impassable", "service", "oneway", "oneway:motorcar",
    "oneway:motor_vehicle", "junction", "motorcar", "motor_vehicle", "vehicle", "access",
    "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "source:maxspeed",
    "zone:maxspeed", "zone:traffic", "surface", "tunnel", "duration",
)  # fmt: skip
_OPEN = frozenset({"yes", "permissive", "designated", "official", "public", "unknown", "hov"})
_RESTRICTED = frozenset(
    {"private", "destination", "customers", "delivery", "permit", "residents", "permit_holders"}
)
_KEYS_BY_WEIGHT = ("motorcar", "motor_vehicle", "vehicle", "access")
_CLOSED_SERVICES = frozenset({"emergency_access", "bus"})
_RESTRICTED_SERVICES = frozenset({"parking", "parking_aisle", "drive-through"})
_BLOCKING_BARRIERS = frozenset(
    {"bollard", "block", "jersey_barrier", "log", "debris", "motorcycle_barrier",
     "cycle_barrier", "planter", "bus_trap", "sump_buster", "kerb_high"}
)  # fmt: skip
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?$")
# Where no limit is tagged, these may still say in which kind of place the road lies.
_ZONE_KEYS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})$")
_ISO_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")


class Tags(Protocol):
    """Anything that gives a tag's value by its key."""

    def get(self, key: str, /) -> str | None:
        """Return the value or None."""
        ...


def road_class(tags: Tags) -> str | None:
    """Return the class of a way a car may use, `ferry` for a car ferry, None for anything else."""
    highway = tags.get("highway")
    if highway in CLASSES and highway != "ferry":
        if tags.get("area") == "yes" or tags.get("impassable") == "yes":
            return None
        return highway
    if highway is None and tags.get("route") == "ferry":
        carries_cars = next((v for k in _KEYS_BY_WEIGHT if (v := tags.get(k))), "yes")
        return "ferry" if carries_cars in _OPEN | _RESTRICTED else None
    return None


def access(tags: Tags) -> Access:
    """Return whether anybody may drive here, only those with an errand, or nobody."""
    service = tags.get("service")
    if service in _CLOSED_SERVICES or tags.get("oneway") == "reversible":
        return "closed"
    value = next((v for k in _KEYS_BY_WEIGHT if (v := tags.get(k))), None)
    if value is None:
        restricted = tags.get("highway") == "service" and service in _RESTRICTED_SERVICES
        return "restricted" if restricted else "open"
    parts = [part.strip() for part in value.split(";")]
    if any(part in _OPEN for part in parts):
        return "open"
    return "restricted" if any(part in _RESTRICTED for part in parts) else "closed"


def directions(tags: Tags) -> tuple[bool, bool]:
    """Return whether a car may go along a way and against it."""
    oneway = tags.get("oneway:motorcar") or tags.get("oneway:motor_vehicle") or tags.get("oneway")
    if oneway in ("yes", "1", "true"):
        return True, False
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway is None and (
        tags.get("junction") in ("roundabout", "circular")
        or tags.get("highway") in ("motorway", "motorway_link")
    ):
        return True, False
    return True, True


def speed_limits_kmh(tags: Tags) -> tuple[float, float]:
    """Return the tagged limit along and against a way; not-a-number where none is tagged."""
    both = parse_speed_kmh(tags.get("maxspeed"))
    if isnan(both):
        zones = (zone_limit_kmh(said) for key in _ZONE_KEYS if (said := tags.get(key)))
        both = next((limit for limit in zones if not isnan(limit)), nan)
    ahead = parse_speed_kmh(tags.get("maxspeed:forward"))
    back = parse_speed_kmh(tags.get("maxspeed:backward"))
    return (both if isnan(ahead) else ahead, both if isnan(back) else back)


def parse_speed_kmh(value: str | None) -> float:
    """Return a maxspeed in km/h; not-a-number when it is missing or not understood."""
    if not value:
        return nan
    for part in value.lower().split(";"):
        text = part.strip()
        match = _NUMBER.match(text)
        if match:
            factor = {"mph": 1.609344, "knots": 1.852}.get(match[2] or "", 1.0)
            speed = float(match[1]) * factor
            return speed if speed >= 5 else nan
        if not isnan(limit := zone_limit_kmh(text)):
            return limit
    return nan


def duration_s(value: str | None) -> float:
    """Return a ferry's duration tag in seconds (`hh:mm`, `hh:mm:ss`, minutes, `PT1H5M`)."""
    text = (value or "").strip()
    if text.isdigit():
        return float(int(text) * 60) or nan
    if match := _CLOCK.match(text):
        first, middle, last = match[1], int(match[2]), int(match[3])
        if first is None:
            return float(middle * 3600 + last * 60) or nan
        return float(int(first) * 3600 + middle * 60 + last) or nan
    if len(text) > 2 and (match := _ISO_DURATION.match(text)):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds or nan
    return nan


def blocks_cars(tags: Tags) -> bool:
    """Return whether a barrier on a node stops a car."""
    said = next((v for k in _KEYS_BY_WEIGHT if (v := tags.get(k))), None)
    if tags.get("barrier") in _BLOCKING_BARRIERS:
        return said not in _OPEN | _RESTRICTED
    return tags.get("barrier") is not None and said == "no"


def restricts_cars(tags: Tags) -> bool:
    """Return whether a barrier on a node lets only those pass who have an errand behind it."""
    said = next((v for k in _KEYS_BY_WEIGHT if (v := tags.get(k))), None)
    return tags.get("barrier") is not None and said in _RESTRICTED


def signal_direction(tags: Tags) -> int:
    """Return whom a traffic light stops: 1 along the way, 2 against it, 3 both."""
    said = tags.get("traffic_signals:direction") or tags.get("direction")
    return {"forward": 1, "backward": 2}.get(said or "", 3)


def street_name(tags: Tags) -> str:
    """Return what a person would call the way."""
    return tags.get("name") or tags.get("ref") or ""


def service_index(tags: Tags) -> int:
    """Return the place of the service tag in `SERVICES`, 0 when it says nothing we know."""
    return _index(SERVICES, tags.get("service"))


def surface_index(tags: Tags) -> int:
    """Return the place of the surface tag in `SURFACES`, 0 for a good or unknown surface."""
    value = tags.get("surface")
    known: Mapping[str, str] = {"rocky": "rock", "stone": "rock", "unhewn_cobblestone": "sett"}
    return _index(SURFACES, known.get(value or "", value))


def _index(values: tuple[str, ...], value: str | None) -> int:
    return values.index(value) if value in values else 0

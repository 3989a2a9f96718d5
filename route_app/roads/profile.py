"""How fast a car drives on each kind of road, and what turns and lights cost.

A profile is plain data. It can be written to JSON, edited by hand and read back.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from route_app.errors import InvalidInput
from route_app.roads.engine import Slot
from route_app.roads.slots import DEFAULT_HOURS, check_hours

# The order is stored in built networks: add at the end only.
CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential",
    "living_street", "service", "road", "ferry",
)  # fmt: skip
SERVICES = ("", "alley", "driveway", "parking_aisle", "drive-through", "parking")
SURFACES = (
    "", "compacted", "fine_gravel", "paving_stones", "bricks", "metal", "wood", "sett", "gravel",
    "unpaved", "ground", "dirt", "grass", "pebblestone", "cobblestone", "clay", "earth", "rock",
    "sand", "mud",
)  # fmt: skip
CHANGED = "changed"  # the entry of a file that says who changed it; no part of the profile
# Roads whose traffic thickens alike. Ferries sail at every hour as their timetable says.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "motorway": ("motorway", "motorway_link"),
        "trunk": ("trunk", "trunk_link"),
        "primary": ("primary", "primary_link"),
        "secondary": ("secondary", "secondary_link"),
        "tertiary": ("tertiary", "tertiary_link"),
        "minor": ("unclassified", "residential", "living_street", "service", "road"),
    }
)
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}

_SPEEDS_KMH: dict[str, float] = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65,
    "primary_link": 30, "secondary": 55, "secondary_link": 25, "tertiary": 40,
    "tertiary_link": 20, "unclassified": 25, "residential": 25, "living_street": 10,
    "service": 15, "road": 25, "ferry": 5,
}  # fmt: skip
_SERVICE_KMH: dict[str, float] = {
    "alley": 10, "driveway": 10, "parking_aisle": 10, "drive-through": 10, "parking": 10,
}  # fmt: skip
_SURFACE_KMH: dict[str, float] = {
    "compacted": 80, "fine_gravel": 80, "paving_stones": 60, "bricks": 60, "metal": 60,
    "wood": 40, "sett": 40, "gravel": 40, "unpaved": 40, "ground": 40, "dirt": 40, "grass": 40,
    "pebblestone": 40, "cobblestone": 30, "clay": 30, "earth": 20, "rock": 20, "sand": 20,
    "mud": 10,
}  # fmt: skip

_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "maxspeed_factor": (0.2, 2), "fastest_kmh": (10, 300), "turn_s": (0, 600),
        "turn_bias": (0.5, 2), "oncoming_s": (0, 600), "u_turn_s": (0, 600),
        "signal_group_m": (0, 1_000),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotFactors:
    """What a time of day does to driving: times are multiplied, a group of lights costs `signal_s`.

    `multipliers` are by group of `GROUPS`, or by a single class where it differs from its group;
    what is left out is 1.
    """

    multipliers: Mapping[str, float] = field(default_factory=dict)
    signal_s: float = 8.0

    def __post_init__(self) -> None:
        """Refuse factors that no traffic has."""
        unknown = set(self.multipliers) - set(GROUPS) - set(_GROUP_OF)
        if unknown:
            raise InvalidInput(f"There is no kind of road named {', '.join(sorted(unknown))}.")
        if not all(_is_within(value, 0.2, 10) for value in self.multipliers.values()):
            raise InvalidInput("A time slot must multiply driving time by 0.2 to 10.")
        if not _is_within(self.signal_s, 0, 300):
            raise InvalidInput("A group of traffic lights must cost 0 to 300 seconds.")

    def multiplier(self, road_class: str) -> float:
        """Return what driving time on a class of road is multiplied by."""
        group = _GROUP_OF.get(road_class, "")
        return self.multipliers.get(road_class, self.multipliers.get(group, 1.0))


def usual_traffic(*, urban: float, motorway: float) -> dict[str, float]:
    """Return the multipliers of a slot from two numbers: motorways, and everything else."""
    return {group: motorway if group == "motorway" else urban for group in GROUPS}


def _default_slots() -> dict[Slot, SlotFactors]:
    calm = usual_traffic(urban=1.0, motorway=1.0)
    return {
        "free_flow": SlotFactors(calm, signal_s=2.0),
        "off_peak": SlotFactors(calm),
        "shoulder": SlotFactors(usual_traffic(urban=1.15, motorway=1.05)),
        "peak": SlotFactors(usual_traffic(urban=1.3, motorway=1.15)),
    }


@dataclass(frozen=True)
class Profile:
    """One car: speeds in km/h, costs of turns in seconds, and the time slots of a day.

    A tagged speed limit is driven at `maxspeed_factor` of it. `country_limits` takes untagged
    motorways, trunk roads and residential streets for as fast as the law of the network's country
    allows, at the same share. The multipliers of the slots are assumptions, meant to be edited or
    calibrated; `hours` say when which slot holds.
    """

    speeds_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SPEEDS_KMH))
    service_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SERVICE_KMH))
    surface_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SURFACE_KMH))
    maxspeed_factor: float = 0.8
    country_limits: bool = False
    fastest_kmh: float = 140.0
    turn_s: float = 7.5
    turn_bias: float = 1.075
    oncoming_s: float = 2.0
    u_turn_s: float = 20.0
    signal_group_m: float = 60.0
    slots: Mapping[Slot, SlotFactors] = field(default_factory=_default_slots)
    hours: Mapping[Slot, str] = field(default_factory=lambda: dict(DEFAULT_HOURS))

    def __post_init__(self) -> None:
        """Refuse a profile that would give nonsense times."""
        for table, known in (
            (self.speeds_kmh, CLASSES),
            (self.service_kmh, SERVICES),
            (self.surface_kmh, SURFACES),
        ):
            for kind, speed in table.items():
                if kind not in known:
                    raise InvalidInput(f"The road profile names an unknown kind of road: {kind}.")
                if not _is_within(speed, 1, 200):
                    raise InvalidInput(f"The speed of {kind} must be between 1 and 200 km/h.")
        missing = [kind for kind in CLASSES if kind not in self.speeds_kmh]
        if missing:
            raise InvalidInput(f"The road profile has no speed for {', '.join(missing)}.")
        for name, (least, most) in _RANGES.items():
            if not _is_within(getattr(self, name), least, most):
                raise InvalidInput(
                    f"{name} in the road profile must be a number between {least:g} and {most:g}."
                )
        if not isinstance(self.country_limits, bool):
            raise InvalidInput("country_limits in the road profile must be true or false.")
        if set(self.slots) != set(_default_slots()):
            raise InvalidInput(f"The road profile needs the slots {', '.join(_default_slots())}.")
        check_hours(self.hours)

    @property
    def digest(self) -> str:
        """Return a short text that differs where anything of the profile does."""
        said = json.dumps(_plain(self), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def _is_within(value: object, least: float, most: float) -> bool:
    """Return whether a value, from a file maybe, is a number of a range."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and least <= value <= most  # type: ignore[operator]


def _plain(value: Any) -> Any:
    """Return a profile or a part of it as plain data; `asdict` takes no read-only mappings."""
    if is_dataclass(value):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value


def read_profile(path: Path) -> Profile:
    """Return the profile in a JSON file; what the file leaves out keeps its default."""
    try:
        return profile_from(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(f"The road profile {path.name} cannot be read: {error}.") from error


def profile_from(given: Mapping[str, Any]) -> Profile:
    """Return the profile that plain data says; what is left out keeps its default."""
    entries = {name: value for name, value in given.items() if name != CHANGED}
    unknown = set(entries) - {entry.name for entry in fields(Profile)}
    if unknown:
        raise InvalidInput(f"The road profile has unknown entries: {', '.join(sorted(unknown))}.")
    for table, defaults in (
        ("speeds_kmh", _SPEEDS_KMH),
        ("service_kmh", _SERVICE_KMH),
        ("surface_kmh", _SURFACE_KMH),
        ("hours", DEFAULT_HOURS),
    ):
        entries[table] = {**defaults, **entries.get(table, {})}
    usual = _default_slots()
    slots = {
        name: _slot_from(entry, usual.get(name)) for name, entry in entries.get("slots", {}).items()
    }
    entries["slots"] = usual | slots
    return Profile(**entries)


def _slot_from(entry: Mapping[str, Any], usual: SlotFactors | None) -> SlotFactors:
    """Return a slot; besides `multipliers` it may say `urban` and `motorway`."""
    unknown = set(entry) - {"urban", "motorway", "multipliers", "signal_s"}
    if unknown:
        raise InvalidInput(f"A time slot has unknown entries: {', '.join(sorted(unknown))}.")
    usual = usual or SlotFactors()
    multipliers = dict(usual.multipliers)
    for group in GROUPS:
        short = entry.get("motorway" if group == "motorway" else "urban")
        if short is not None:
            multipliers[group] = short
    said = SlotFactors(
        multipliers | entry.get("multipliers", {}),
        signal_s=entry.get("signal_s", usual.signal_s),
    )
    numbers = {kind: float(value) for kind, value in said.multipliers.items()}
    return SlotFactors(numbers, signal_s=float(said.signal_s))


def write_profile(
    profile: Profile, path: Path, *, changed: Mapping[str, str] | None = None
) -> None:
    """Write as JSON what differs from the defaults, and who changed it when; all at once or not."""
    usual = _plain(Profile())
    said = {name: value for name, value in _plain(profile).items() if value != usual[name]}
    if changed:
        said[CHANGED] = dict(changed)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    new.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    new.replace(path)


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a profile last and when, as far as its file says so."""

    by: str = ""
    at: datetime | None = None


def read_changed(path: Path) -> Changed:
    """Return who changed a profile last and when; what people wrote there by hand may be odd."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))[CHANGED]
        return Changed(str(said.get("by") or ""), _instant(said.get("at")))
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return Changed()


def _instant(said: object) -> datetime | None:
    """Return an instant as ISO 8601 writes it, None for what is none; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    if not 1970 <= at.year < 9999:  # the ends of time have no time in every zone
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

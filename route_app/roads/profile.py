"""How fast a car drives on each kind of road, and what turns and lights cost.

A profile is plain data. It can be written to JSON, edited by hand and read back.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
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
FAST_CLASSES = ("motorway", "motorway_link")

_SPEEDS_KMH: dict[str, float] = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65,
    "primary_link": 30, "secondary": 55, "secondary_link": 25, "tertiary": 40,
    "tertiary_link": 20, "unclassified": 25, "residential": 25, "living_street": 10,
    "service": 15, "road": 25, "ferry": 5,
}  # fmt: skip
_SERVICE_KMH: dict[str, float] = {
    "alley": 5, "driveway": 5, "parking_aisle": 5, "drive-through": 5, "parking": 5,
}  # fmt: skip
_SURFACE_KMH: dict[str, float] = {
    "compacted": 80, "fine_gravel": 80, "paving_stones": 60, "bricks": 60, "metal": 60,
    "wood": 40, "sett": 40, "gravel": 40, "unpaved": 40, "ground": 40, "dirt": 40, "grass": 40,
    "pebblestone": 40, "cobblestone": 30, "clay": 30, "earth": 20, "rock": 20, "sand": 20,
    "mud": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotFactors:
    """What a time of day does: driving time is multiplied, a group of lights costs `signal_s`."""

    urban: float = 1.0
    motorway: float = 1.0
    signal_s: float = 8.0

    def __post_init__(self) -> None:
        """Refuse factors that no traffic has."""
        if not (0.2 <= self.urban <= 10 and 0.2 <= self.motorway <= 10):
            raise InvalidInput("A time slot must multiply driving time by 0.2 to 10.")
        if not 0 <= self.signal_s <= 300:
            raise InvalidInput("A group of traffic lights must cost 0 to 300 seconds.")


def _default_slots() -> dict[Slot, SlotFactors]:
    return {
        "free_flow": SlotFactors(signal_s=2.0),
        "off_peak": SlotFactors(),
        "shoulder": SlotFactors(urban=1.15, motorway=1.05),
        "peak": SlotFactors(urban=1.3, motorway=1.15),
    }


@dataclass(frozen=True)
class Profile:
    """One car: speeds in km/h, costs of turns in seconds, and the time slots of a day.

    A tagged speed limit is driven at `maxspeed_factor` of it. The multipliers of the slots are
    assumptions, meant to be edited or calibrated.
    """

    speeds_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SPEEDS_KMH))
    service_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SERVICE_KMH))
    surface_kmh: Mapping[str, float] = field(default_factory=lambda: dict(_SURFACE_KMH))
    maxspeed_factor: float = 0.8
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
                if not 1 <= speed <= 200:
                    raise InvalidInput(f"The speed of {kind} must be between 1 and 200 km/h.")
        missing = [kind for kind in CLASSES if kind not in self.speeds_kmh]
        if missing:
            raise InvalidInput(f"The road profile has no speed for {', '.join(missing)}.")
        if not 0.2 <= self.maxspeed_factor <= 2 or not 0.5 <= self.turn_bias <= 2:
            raise InvalidInput("The road profile's maxspeed_factor or turn_bias makes no sense.")
        if not all(0 <= cost <= 600 for cost in (self.turn_s, self.oncoming_s, self.u_turn_s)):
            raise InvalidInput("The cost of a turn must be between 0 and 600 seconds.")
        if set(self.slots) != set(_default_slots()):
            raise InvalidInput(f"The road profile needs the slots {', '.join(_default_slots())}.")
        check_hours(self.hours)


def read_profile(path: Path) -> Profile:
    """Return the profile in a JSON file; what the file leaves out keeps its default."""
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        unknown = set(given) - {entry.name for entry in fields(Profile)}
        if unknown:
            raise InvalidInput(f"The road profile has unknown entries: {', '.join(unknown)}.")
        for table, defaults in (
            ("speeds_kmh", _SPEEDS_KMH),
            ("service_kmh", _SERVICE_KMH),
            ("surface_kmh", _SURFACE_KMH),
        ):
            given[table] = defaults | given.get(table, {})
        slots = {name: SlotFactors(**entry) for name, entry in given.get("slots", {}).items()}
        given["slots"] = _default_slots() | slots
        return Profile(**given)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(f"The road profile {path.name} cannot be read: {error}.") from error


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as JSON that a person can edit."""
    path.write_text(json.dumps(asdict(profile), indent=2) + "\n", encoding="utf-8")

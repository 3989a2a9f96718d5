"""Traffic by time of day as a form holds it: the hours of each slot and what they do to driving.

Entries are texts by name: `hours-peak`, `times-peak-primary`, `lights-peak`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from route_app.errors import InvalidInput
from route_app.roads.engine import DEFAULT_SLOT, Slot
from route_app.roads.filelock import locked
from route_app.roads.profile import GROUPS, Profile, SlotFactors, write_profile
from route_app.roads.slots import SLOTS, check_hours

SLOT_NAMES: Mapping[Slot, str] = MappingProxyType(
    {"free_flow": "Free flow", "off_peak": "Off-peak", "shoulder": "Shoulder", "peak": "Peak"}
)
GROUP_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "motorway": "Motorways",
        "trunk": "Trunk roads",
        "primary": "Primary roads",
        "secondary": "Secondary roads",
        "tertiary": "Tertiary roads",
        "minor": "Minor streets",
    }
)


def entries_of(profile: Profile) -> dict[str, str]:
    """Return what a form shows for a profile."""
    entries = {}
    for slot in SLOTS:
        factors = profile.slots[slot]
        if slot != DEFAULT_SLOT:
            entries[f"hours-{slot}"] = profile.hours.get(slot, "off")
        for group in GROUPS:
            entries[f"times-{slot}-{group}"] = f"{factors.multipliers.get(group, 1.0):g}"
        entries[f"lights-{slot}"] = f"{factors.signal_s:g}"
    return entries


def read_entries(profile: Profile, given: Mapping[str, str]) -> tuple[Profile, dict[str, str]]:
    """Return the profile changed by a form's entries, and what is wrong with which entry.

    With anything wrong the profile is returned as it was. What a form does not say stays.
    """
    wrong: dict[str, str] = {}
    said = {**entries_of(profile), **given}
    hours = {slot: _hours(said, slot, wrong) for slot in SLOTS if slot != DEFAULT_SLOT}
    slots = {}
    for slot in SLOTS:
        times = {
            group: _number(said, f"times-{slot}-{group}", wrong, least=0.2, most=10)
            for group in GROUPS
        }
        lights = _number(said, f"lights-{slot}", wrong, least=0, most=300)
        if not wrong:
            kept = profile.slots[slot].multipliers
            slots[slot] = SlotFactors({**kept, **times}, signal_s=lights)
    return (profile if wrong else replace(profile, hours=hours, slots=slots)), wrong


def save(root: Path, profile: Profile, *, by: str, at: datetime) -> None:
    """Put a profile to use for every process that reads this folder; say who did it when."""
    with locked(root / ".profile.lock"):
        changed = {"by": by, "at": at.isoformat(timespec="seconds")}
        write_profile(profile, root / "profile.json", changed=changed)


def without_traffic(profile: Profile) -> Profile:
    """Return a profile with the usual hours and multipliers, all else kept."""
    usual = Profile()
    return replace(profile, hours=usual.hours, slots=usual.slots)


def _hours(said: Mapping[str, str], slot: Slot, wrong: dict[str, str]) -> str:
    name = f"hours-{slot}"
    text = " ".join(said[name].split())
    if not text:
        wrong[name] = "Give the hours, such as Mo-Fr 07:00-09:00, or off if there are none."
        return text
    try:
        check_hours({slot: text})
    except InvalidInput:
        wrong[name] = (
            f"'{text[:60]}' cannot be read. Write hours like Mo-Fr 07:00-09:00,16:00-18:30."
        )
    return text


def _number(
    said: Mapping[str, str], name: str, wrong: dict[str, str], *, least: float, most: float
) -> float:
    try:
        number = float(said[name].strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        wrong[name] = f"Give a number from {least:g} to {most:g}."
    return number

"""What OSRM and Valhalla have in common: slots, snaps, and drives made of steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.engine import DEFAULT_SLOT, Leg, Slot, Snap, SnapStatus, Turn, TurnKind
from route_app.roads.profile import Profile
from route_app.roads.snapping import FAR_M, NO_ROAD_M

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a drive as a server tells it. `goes_on` says that there is nothing to do."""

    kind: TurnKind
    path: tuple[LatLon, ...]
    metres: float
    street: str = ""
    exit: int | None = None
    goes_on: bool = False


def slot_factor(profile: Profile, slot: Slot) -> float:
    """Return how much longer drives take in a slot than in the default one.

    A server's times cannot be taken apart by kind of road, so the factor of towns holds for all.
    Raises InvalidInput for a slot that does not exist.
    """
    if slot not in profile.slots:
        raise InvalidInput(f"There is no time slot named {slot}.")
    return profile.slots[slot].multiplier("residential") / profile.slots[DEFAULT_SLOT].multiplier(
        "residential"
    )


def status_of(distance_m: float) -> SnapStatus:
    """Return how a place so far from the nearest road stands, as the embedded roads judge it."""
    if distance_m > NO_ROAD_M:
        return "no_road"
    return "far" if distance_m > FAR_M else "on_road"


def snap_at(place: LatLon, on_road: LatLon, distance_m: float, street: str) -> Snap:
    """Return the snap of a place to the road a server found for it."""
    status = status_of(distance_m)
    if status == "no_road":
        return Snap(place=place, status=status, distance_m=distance_m)
    return Snap(place, status, distance_m, on_road=on_road, street=street)


def no_road(place: LatLon) -> Snap:
    """Return the snap of a place for which a server knows no road at all."""
    return Snap(place=place, status="no_road", distance_m=NO_ROAD_M + 1)


def refuse_off_road(place: LatLon, number: int) -> NotFound:
    """Return the error for a place that no road is near to."""
    return NotFound(f"Place {number} ({place.lat}, {place.lon}) has no road near it.")


def no_way(number: int) -> NotFound:
    """Return the error for a place from which no road leads to the next."""
    return NotFound(f"No road leads from place {number} to place {number + 1}.")


def strange_answer(role: str) -> Unavailable:
    """Return the error for an answer that has not the shape its documentation promises."""
    return Unavailable(f"{role} answers in a way that is not understood. Check its version.")


def understood(role: str, read: Callable[[], Said]) -> Said:
    """Return what reading an answer finds; Unavailable where it is not built as promised."""
    try:
        return read()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise strange_answer(role) from error


def leg_of(steps: Sequence[Step], *, seconds: float, factor: float) -> Leg:
    """Return the drive that steps describe; its turns' metres add up to its own exactly."""
    path = [point for step in steps for point in step.path]
    kept = [point for row, point in enumerate(path) if row == 0 or point != path[row - 1]]
    streets: list[str] = []
    for step in steps:
        if step.street and (not streets or streets[-1] != step.street):
            streets.append(step.street)
    return Leg(
        path=tuple(kept) if len(kept) > 1 else (kept[0], kept[0]),
        seconds=round(seconds * factor),
        metres=round(sum(step.metres for step in steps)),
        streets=tuple(streets),
        turns=_turns(steps),
    )


def _turns(steps: Sequence[Step]) -> tuple[Turn, ...]:
    """Return what to do; rounded where the leg is, so that no metre is lost on the way."""
    turns: list[Turn] = []
    driven = 0.0
    for step in steps:
        metres = round(driven + step.metres) - round(driven)
        driven += step.metres
        if step.goes_on and turns:
            last = turns[-1]
            street = last.street or step.street
            if last.kind == "roundabout":  # one is told the street one comes out on
                street = step.street or last.street
            turns[-1] = Turn(last.kind, last.place, street, last.metres + metres, last.exit)
        else:
            turns.append(Turn(step.kind, step.path[0], step.street, metres, step.exit))
    return tuple(turns)

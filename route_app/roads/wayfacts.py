"""What the tags of a way mean for a car, all in one record."""

from functools import lru_cache
from math import nan
from typing import NamedTuple

from route_app.roads import tags as read
from route_app.roads.profile import CLASSES
from route_app.roads.tags import Tags

LONGEST_FERRY_S = 86_400.0  # what is tagged as longer is mostly a slip, such as 45:00 for minutes
_CLASS_ROWS = {kind: row for row, kind in enumerate(CLASSES)}


class WayFacts(NamedTuple):
    """A way a car may use. Limits in km/h and seconds of a ferry: not-a-number where untagged.

    `restricted` is for those with an errand only, `snappable` a street one can stop in. The first
    three numbers are places in `CLASSES`, `SERVICES` and `SURFACES`.
    """

    road_class: int
    service: int
    surface: int
    forward: bool
    backward: bool
    restricted: bool
    snappable: bool
    limit_forward: float
    limit_backward: float
    duration_s: float
    roundabout: bool


def facts_of(tags: Tags) -> WayFacts | None:
    """Return what tags say of a way, None for one no car may use."""
    road_class, access = read.road_class(tags), read.access(tags)
    if road_class is None or access == "closed":
        return None
    ferry = road_class == "ferry"
    underground = tags.get("tunnel") not in (None, "no", "building_passage")
    forward, backward = read.directions(tags)
    limit_forward, limit_backward = read.speed_limits_kmh(tags)
    return WayFacts(
        road_class=_CLASS_ROWS[road_class],
        service=read.service_index(tags),
        surface=read.surface_index(tags),
        forward=forward,
        backward=backward,
        # A ferry with restricted access takes those who pay, so it is as open as any road.
        restricted=access == "restricted" and not ferry,
        # Nobody visits a customer from a motorway, a tunnel or a ship.
        snappable=not (ferry or underground or road_class in ("motorway", "motorway_link")),
        limit_forward=limit_forward,
        limit_backward=limit_backward,
        duration_s=_believed_s(tags) if ferry else nan,
        roundabout=tags.get("junction") == "roundabout",
    )


def _believed_s(tags: Tags) -> float:
    """Return how long a ferry takes, not-a-number where the tag cannot be used."""
    seconds = read.duration_s(tags.get("duration"))
    return seconds if seconds <= LONGEST_FERRY_S else nan


@lru_cache(maxsize=50_000)
def facts_of_pairs(pairs: tuple[tuple[str, str], ...]) -> WayFacts | None:
    """Return the facts for keys and values; most ways of a place are tagged alike."""
    return facts_of(dict(pairs))

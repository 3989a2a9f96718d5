"""What was chosen of the map for a ground, so that nobody chooses it twice in a row."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from route_app.lib.geo import LatLon
from route_app.roads.map_slice import Choice

KEPT = 1_000


class Facts(NamedTuple):
    """What a choice came to, without its tiles; see `Choice`."""

    key: str
    tiles: int
    left_out: int
    bounds: tuple[float, float, float, float]
    max_zoom: int


def facts_of(choice: Choice) -> Facts:
    """Return what a choice came to."""
    return Facts(choice.key, len(choice.tiles), choice.left_out, choice.bounds, choice.max_zoom)


def ground_key(version: str, areas: Sequence[BaseGeometry], places: Sequence[LatLon]) -> str:
    """Return a text that is the same for the same areas and places on the same map."""
    digest = hashlib.sha256(version.encode())
    for shape in sorted(shapely.to_wkb(area) for area in areas):
        digest.update(hashlib.sha256(shape).digest())
    for place in sorted((place.lat, place.lon) for place in places):
        digest.update(repr(place).encode())
    return digest.hexdigest()


class SliceMemory:
    """The facts of the grounds asked for last; safe between threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._facts: OrderedDict[str, Facts] = OrderedDict()
        self._lock = Lock()

    def get(self, ground: str) -> Facts | None:
        """Return what was chosen for a ground, None where it is not known any more."""
        with self._lock:
            if ground in self._facts:
                self._facts.move_to_end(ground)
            return self._facts.get(ground)

    def keep(self, ground: str, facts: Facts) -> None:
        """Remember what was chosen for a ground; what was asked for least lately makes room."""
        with self._lock:
            self._facts[ground] = facts
            self._facts.move_to_end(ground)
            while len(self._facts) > self._kept:
                self._facts.popitem(last=False)

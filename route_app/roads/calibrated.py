"""A road network whose seconds are put right by what a team's own drives have shown.

The learning is done elsewhere; here what was learned is applied, in the same way to any engine.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import exp
from typing import Any, Literal

import numpy as np

from route_app.lib.geo import LatLon
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import (
    DEFAULT_SLOT,
    UNREACHABLE,
    Health,
    Leg,
    Slot,
    Snap,
    TravelEngine,
    TravelMatrix,
)

Basis = Literal["roads", "estimate"]

LEAST_FACTOR, MOST_FACTOR = 0.8, 1.8
MOST_DOOR_S = 600
SHORTEST_S = 90  # what drives are learned from; nobody parks anew to go next door
PRIOR_SPREAD = 0.25  # of the log of actual over expected, before anything is learned
Z_80 = 1.2816  # 80 of 100 lie within so many standard deviations


def door_of(predicted_s: float, door_s: float) -> float:
    """Return the seconds at the door after a drive: less of them after a very short one."""
    return door_s * min(1.0, predicted_s / SHORTEST_S)


def basis_of(network: str) -> Basis:
    """Return what the seconds of a network rest on: what is learned on one says little of another.

    `network` is what an engine calls itself.
    """
    return "estimate" if network.startswith(CrowFlyEngine.network) else "roads"


@dataclass(frozen=True, slots=True)
class Band:
    """Between what 80 of 100 drives lie, as logs of actual over expected."""

    low: float = -Z_80 * PRIOR_SPREAD
    high: float = Z_80 * PRIOR_SPREAD

    def around(self, seconds: float) -> tuple[float, float]:
        """Return the shortest and the longest such a drive usually takes."""
        return seconds * exp(self.low), seconds * exp(self.high)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was learned for one territory: a factor and a band for each slot, and the door.

    `visits` is the band of the lengths of visits.
    """

    factors: Mapping[Slot, float] = field(default_factory=dict)
    door_s: int = 0
    bands: Mapping[Slot, Band] = field(default_factory=dict)
    visits: Band = field(default_factory=Band)

    def __post_init__(self) -> None:
        """Refuse what no learning can have come to."""
        if not all(LEAST_FACTOR <= one <= MOST_FACTOR for one in self.factors.values()):
            raise ValueError(f"A factor must lie between {LEAST_FACTOR} and {MOST_FACTOR}.")
        if not 0 <= self.door_s <= MOST_DOOR_S:
            raise ValueError(f"The time at the door must be 0 to {MOST_DOOR_S} seconds.")

    @property
    def digest(self) -> str:
        """Return a short fingerprint of what changes seconds."""
        told = [sorted(self.factors.items()), self.door_s]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]

    def seconds(self, predicted_s: float, *, slot: Slot = DEFAULT_SLOT) -> int:
        """Return how long a predicted drive should take."""
        factor = self.factors.get(slot, 1.0)
        return round(factor * predicted_s + door_of(predicted_s, self.door_s))

    def told(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(replace(self, factors=dict(self.factors), bands=dict(self.bands)))


_NONE = Correction()


class CalibratedEngine:
    """A `TravelEngine` that puts another's seconds right. Metres and ways stay as they are.

    What answers may change between a question and its answer, when a server goes away. So what is
    applied, and the name of the network, follow what the answer says it comes from.
    """

    def __init__(self, inner: TravelEngine, corrections: Mapping[Basis, Correction]) -> None:
        self.inner, self._corrections = inner, corrections

    @property
    def network(self) -> str:
        """Return the name of the network that answers now, with the fingerprint of what applies."""
        return self._applied(self.inner.network)[1]

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network."""
        return self.inner.snap(places)

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return travel between every two places, as long as it takes this team."""
        found = self.inner.matrix(places, slot=slot)
        correction, network = self._applied(found.network)
        told = found.seconds.astype(np.float64)
        door = correction.door_s * np.minimum(1.0, told / SHORTEST_S)
        seconds = np.rint(correction.factors.get(slot, 1.0) * told + door)
        seconds = np.where(found.seconds == UNREACHABLE, UNREACHABLE, seconds)
        return replace(found, seconds=seconds.astype(np.int32), network=network)

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return the drives that visit the places in order, as long as they take this team."""
        legs = []
        for leg in self.inner.legs(places, slot=slot):
            correction, network = self._applied(leg.network)
            seconds = correction.seconds(leg.seconds, slot=slot)
            legs.append(replace(leg, seconds=seconds, network=network))
        return tuple(legs)

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return the ring around all that this team reaches within so many seconds."""
        asked = self.inner.network
        ring = self._ring(place, within_s, slot, asked)
        answered = self.inner.network  # a ring does not say which did
        if basis_of(answered) == basis_of(asked):
            return ring
        return self._ring(place, within_s, slot, answered)

    def health(self) -> Health:
        """Return how the network below is."""
        return self.inner.health()

    def _applied(self, network: str) -> tuple[Correction, str]:
        """Return what applies to answers of a network, and what to call them then."""
        correction = self._corrections.get(basis_of(network))
        return (correction, f"{network}+{correction.digest}") if correction else (_NONE, network)

    def _ring(
        self, place: LatLon, within_s: int, slot: Slot, network: str, /
    ) -> tuple[LatLon, ...]:
        correction, _ = self._applied(network)
        spare_s = (within_s - correction.door_s) / correction.factors.get(slot, 1.0)
        driven = max(1, round(spare_s)) if within_s > 0 else within_s
        return self.inner.reachable(place, within_s=driven, slot=slot)


def calibrated(travel: TravelEngine, corrections: Mapping[Basis, Correction]) -> TravelEngine:
    """Return an engine with what was learned on each kind of network, itself if nothing was."""
    return CalibratedEngine(travel, corrections) if corrections else travel

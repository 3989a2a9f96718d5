"""Travel estimated from straight lines, for when no roads are built. Always marked as such."""

from collections.abc import Sequence
from math import atan2, cos, degrees, radians, sin

import numpy as np
from numpy.typing import NDArray

from route_app.errors import InvalidInput
from route_app.lib.geo import EARTH_RADIUS_M, LatLon
from route_app.roads.engine import (
    DEFAULT_SLOT,
    Health,
    Leg,
    Slot,
    Snap,
    TravelMatrix,
)
from route_app.roads.profile import Profile

# Fitted to road drives between random street places of four cities and one country: 19 % off.
DETOUR = 1.36
SECONDS_A = 0.94
SECONDS_B = 0.743


class CrowFlyEngine:
    """A `TravelEngine` without roads: metres by a detour factor, seconds by a power of them."""

    network = "straight lines"

    def __init__(
        self,
        *,
        detour: float = DETOUR,
        seconds_a: float = SECONDS_A,
        seconds_b: float = SECONDS_B,
        profile: Profile | None = None,
    ) -> None:
        if detour < 1 or seconds_a <= 0 or not 0 < seconds_b <= 1:
            raise InvalidInput("A straight-line estimate needs a detour of 1 or more.")
        self._detour, self._a, self._b = detour, seconds_a, seconds_b
        self._profile = profile or Profile()

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return every place as usable where it is."""
        return tuple(
            Snap(place=place, status="on_road", distance_m=0.0, on_road=place) for place in places
        )

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return estimated travel between every two places."""
        metres = straight_m(places) * self._detour
        return TravelMatrix(
            seconds=np.rint(self._seconds(metres, slot)).astype(np.int32),
            metres=np.rint(metres).astype(np.int32),
            network=self.network,
            slot=slot,
            estimated=True,
        )

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return straight drives between places in order."""
        table = self.matrix(places, slot=slot)
        return tuple(
            Leg(
                path=(places[row], places[row + 1]),
                seconds=int(table.seconds[row, row + 1]),
                metres=int(table.metres[row, row + 1]),
                network=self.network,
            )
            for row in range(len(places) - 1)
        )

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return a closed circle as wide as the estimate goes."""
        if within_s <= 0:
            raise InvalidInput("The time to reach must be more than 0 seconds.")
        factor = self._factor(slot)
        radius = (within_s / factor / self._a) ** (1 / self._b) / self._detour
        angle = degrees(min(radius, 1_000_000.0) / EARTH_RADIUS_M)
        wide = angle / max(cos(radians(place.lat)), 0.01)
        ring = [
            LatLon(
                max(-90.0, min(90.0, place.lat + angle * sin(radians(turn)))),
                degrees(atan2(*_wrapped(place.lon + wide * cos(radians(turn))))),
            )
            for turn in range(0, 360, 10)
        ]
        return (*ring, ring[0])

    def health(self) -> Health:
        """Return that estimates can always be given, and that they are estimates."""
        return Health(
            ok=True,
            engine="straight lines",
            network=self.network,
            detail="No roads are built, so travel times are rough estimates.",
            warnings=("Travel times are estimated from straight lines, not from roads.",),
        )

    def _seconds(self, metres: NDArray[np.float64], slot: Slot) -> NDArray[np.float64]:
        """Short drives are slow, long ones reach faster roads."""
        seconds: NDArray[np.float64] = self._a * metres**self._b * self._factor(slot)
        return seconds

    def _factor(self, slot: Slot) -> float:
        if slot not in self._profile.slots:
            raise InvalidInput(f"There is no time slot named {slot}.")
        return self._profile.slots[slot].multiplier("residential")


def straight_m(places: Sequence[LatLon]) -> NDArray[np.float64]:
    """Return the great-circle metres between every two places."""
    lat = np.radians([place.lat for place in places])
    lon = np.radians([place.lon for place in places])
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2)
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2)
    chord = half_lat**2 + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon**2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1)))
    return metres


def _wrapped(lon: float) -> tuple[float, float]:
    """Return the sine and cosine of a longitude that may have passed the date line."""
    return sin(radians(lon)), cos(radians(lon))

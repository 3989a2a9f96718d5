"""How many hours a year a territory asks for.

hours = sum over accounts of visits x (service + local hop + 2 x drive from home / 8)

Eight calls share one drive out and back. A local hop is the drive from the call before: nine
tenths of the mean drive to the eight nearest accounts, and five minutes to park. Against routed
days this is right within six percent; where home is over 2.5 hours away it is too low, because
such trips need a night away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from route_app.territory import shapes

DAYS_A_YEAR = 365.0
CALLS_A_TRIP = 8
NEIGHBOURS = 8
HOP_SHARE = 0.9
PARKING_S = 300.0
OVERNIGHT_S = 9_000.0
# A crow-fly drive: roads are longer than the straight line, and towns are slow.
DETOUR = 1.3
STREET_M_S = 40 / 3.6


@dataclass(frozen=True, slots=True)
class Need:
    """What one account asks for in a year, with the drives to it in seconds."""

    target_days: float
    service_s: float
    hop_s: float
    home_s: float


@dataclass(frozen=True, slots=True)
class Workload:
    """What a territory asks for in a year. `far` counts accounts that need a night away."""

    hours: float
    visits: float
    far: int


def workload(needs: Sequence[Need]) -> Workload:
    """Return the hours and visits a year that a list of accounts asks for."""
    seconds = visits = 0.0
    for need in needs:
        calls = DAYS_A_YEAR / need.target_days
        visits += calls
        seconds += calls * (need.service_s + need.hop_s + 2 * need.home_s / CALLS_A_TRIP)
    far = sum(need.home_s >= OVERNIGHT_S for need in needs)
    return Workload(hours=seconds / 3600, visits=visits, far=far)


def estimated_drive_s(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how long straight-line distances take to drive, for want of routed times."""
    return metres * DETOUR / STREET_M_S


def local_hops_s(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the estimated local hop of each place (latitude, longitude) among the others."""
    if len(places) < 2:
        return np.full(len(places), PARKING_S)
    metres = shapes.flat(places)
    wanted = min(NEIGHBOURS, len(places) - 1)
    gaps = np.asarray(cKDTree(metres).query(metres, k=wanted + 1)[0])
    return HOP_SHARE * estimated_drive_s(gaps[:, 1:].mean(axis=1)) + PARKING_S


def home_drives_s(
    places: NDArray[np.float64], home: tuple[float, float] | None
) -> NDArray[np.float64]:
    """Return the estimated drive to each place from home, or from their middle without one."""
    start = places.mean(axis=0) if home is None else np.array(home)
    metres = shapes.flat(np.vstack([places, start]))
    return estimated_drive_s(np.hypot(*(metres[:-1] - metres[-1]).T))

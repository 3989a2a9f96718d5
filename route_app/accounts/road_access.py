"""Which accounts a car can reach on a road network, and which need somebody to look at them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from route_app.lib.geo import LatLon
from route_app.roads.engine import Snap, TravelEngine

MOST_NAMED = 500
# The worst first; what to tell people is said where it is shown. `apart` is on a road, but on a
# part of the network that no road or ferry joins to the one most accounts are on.
WANTING = ("no_road", "island", "apart", "far")


@dataclass(frozen=True, slots=True)
class RoadAccess:
    """How a network meets the accounts: how many per status and per part, and who is wanting.

    `parts` counts the accounts on each part of the network, as the build report numbers them.
    `wanting` maps account ids to (status, metres to the nearest road), at most MOST_NAMED.
    """

    version: str
    counts: Mapping[str, int]
    parts: tuple[int, ...]
    wanting: Mapping[str, tuple[str, int | None]]

    @property
    def checked(self) -> int:
        """Return how many accounts were looked at."""
        return sum(self.counts.values())

    def payload(self) -> dict[str, Any]:
        """Return the access as JSON keeps it; of an account it holds the id alone."""
        return {
            "version": self.version,
            "counts": dict(self.counts),
            "parts": list(self.parts),
            "wanting": {id: list(why) for id, why in self.wanting.items()},
        }


def read_access(payload: Mapping[str, Any]) -> RoadAccess:
    """Return an access kept by `payload`."""
    return RoadAccess(
        version=payload["version"],
        counts=payload["counts"],
        parts=tuple(payload["parts"]),
        wanting={id: (status, away_m) for id, (status, away_m) in payload["wanting"].items()},
    )


def access_of(pins: Sequence[tuple[str, float, float]], travel: TravelEngine) -> RoadAccess:
    """Return how a network meets accounts, given as id, latitude and longitude."""
    snaps = travel.snap([LatLon(lat, lon) for _id, lat, lon in pins])
    parts = Counter(snap.part for snap in snaps if snap.part is not None)
    most = max(parts, key=lambda part: (parts[part], -part), default=None)
    statuses = [_status(snap, most) for snap in snaps]
    found = [
        (id, status, round(snap.distance_m))
        for (id, _lat, _lon), snap, status in zip(pins, snaps, statuses, strict=True)
        if status in WANTING
    ]
    found.sort(key=lambda one: (WANTING.index(one[1]), -one[2], one[0]))
    return RoadAccess(
        version=travel.network.rpartition("@")[2],
        counts=Counter(statuses),
        parts=tuple(parts[number] for number in range(max(parts, default=-1) + 1)),
        wanting={id: (status, away_m) for id, status, away_m in found[:MOST_NAMED]},
    )


def _status(snap: Snap, most: int | None) -> str:
    """Return how the network meets an account, most accounts being on the part given."""
    return "apart" if snap.usable and snap.part != most else str(snap.status)

"""One drive across a network, timed in every slot, to show what traffic settings do."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from route_app.lib.geo import LatLon
from route_app.roads.engine import UNREACHABLE, Slot
from route_app.roads.network import Network, load_network, metres_between
from route_app.roads.profile import Profile, profile_from
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.slots import SLOTS
from route_app.roads.snapping import point_along
from route_app.roads.turns import TurnGraph

_ABOUT_M = 6_500.0  # as the crow flies: about a quarter of an hour in a town
_MOST_ARCS = 600_000


@dataclass(frozen=True, slots=True)
class SampleDrive:
    """A drive between two streets: metres off-peak, and seconds by slot."""

    start: str
    goal: str
    metres: int
    seconds: Mapping[Slot, int]


def sample_drive(network_file: Path, profile: Profile) -> SampleDrive | None:
    """Return a drive on a stored network; None for one too large to try in passing, or too small.

    Raises Unavailable when the file is damaged.
    """
    return _sample_drive(network_file, json.dumps(asdict(profile), sort_keys=True))


@lru_cache(maxsize=8)
def _sample_drive(network_file: Path, profile_json: str) -> SampleDrive | None:
    network = load_network(network_file)
    if network.arcs.count > _MOST_ARCS:
        return None
    engine = ScipyEngine(network, profile_from(json.loads(profile_json)))
    ends = _ends(network, engine.graph)
    if ends is None:
        return None
    pieces, places = ends
    tables = {slot: engine.matrix(places, slot=slot) for slot in SLOTS}
    seconds = {slot: int(table.seconds[0, 1]) for slot, table in tables.items()}
    if max(seconds.values()) >= UNREACHABLE:
        return None
    names = [network.names[network.way_name[network.piece_way[piece]]] for piece in pieces]
    return SampleDrive(names[0], names[1], int(tables["off_peak"].metres[0, 1]), seconds)


def _ends(network: Network, graph: TurnGraph) -> tuple[list[int], list[LatLon]] | None:
    """Return a street in the middle of the biggest part and one some way off, and their places."""
    usable = np.zeros(len(network.piece_way), bool)
    usable[network.arcs.piece[graph.component == 0]] = True
    usable &= network.way_snappable[network.piece_way]
    named = usable & (np.array(network.names, object)[network.way_name[network.piece_way]] != "")
    rows = np.flatnonzero(named if named.sum() > 1 else usable)
    if len(rows) < 2:
        return None
    at = network.piece_from[rows]
    lats, lons = network.point_lat[at], network.point_lon[at]
    middle_lat, middle_lon = np.array([np.median(lats)]), np.array([np.median(lons)])
    start = int(np.argmin(metres_between(lats, lons, middle_lat, middle_lon)))
    away = metres_between(lats, lons, lats[start : start + 1], lons[start : start + 1])
    goal = int(np.argmin(np.abs(away - min(_ABOUT_M, 0.9 * float(away.max())))))
    if goal == start:
        return None
    pieces = [int(rows[start]), int(rows[goal])]
    middle = [point_along(network, piece, float(network.piece_m[piece]) / 2) for piece in pieces]
    return pieces, middle

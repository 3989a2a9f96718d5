"""Find where places meet the network: the nearest street piece and how far along it."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import shapely

from route_app.lib.geo import EARTH_RADIUS_M, LatLon
from route_app.roads.engine import Snap, SnapStatus
from route_app.roads.network import Bools, Floats, Ints, Longs, Network
from route_app.roads.turns import TurnGraph

FAR_M = 250.0
NO_ROAD_M = 3_000.0


@dataclass(frozen=True)
class Located:
    """For each place the piece it meets (-1 for none), metres along it, and metres away."""

    piece: Ints
    along_m: Floats
    away_m: Floats


class StreetIndex:
    """Nearest-street search over the pieces chosen. Built on first use, safe between threads."""

    def __init__(self, network: Network, pieces: Longs) -> None:
        self._network = network
        self._pieces = pieces
        self._lock = Lock()
        self._tree: shapely.STRtree | None = None
        lats = network.node_lat
        self._squeeze = float(np.cos(np.radians((lats.min() + lats.max()) / 2)))
        widths = np.cos(np.radians([lats.min(), lats.max(), (lats.min() + lats.max()) / 2]))
        self._slack = float(widths.max() / widths.min()) * 1.0001

    def nearest(self, places: Sequence[LatLon]) -> Located:
        """Return the nearest piece of each place."""
        count = len(places)
        answer = Located(np.full(count, -1, np.int32), np.zeros(count), np.full(count, np.inf))
        if not count or not len(self._pieces):
            return answer
        lats = np.array([place.lat for place in places])
        lons = np.array([place.lon for place in places])
        tree = self._built()
        points: Any = shapely.points(lons * self._squeeze, lats)
        _, away = tree.query_nearest(points, all_matches=False, return_distance=True)
        about_m = away * np.radians(1.0) * EARTH_RADIUS_M
        # To a place in another country every street is nearly nearest: not worth telling apart.
        near = np.flatnonzero(about_m <= NO_ROAD_M * self._slack)
        answer.away_m[:] = np.maximum(about_m, NO_ROAD_M + 1)
        if not len(near):
            return answer
        # The index is slightly out of shape over wide areas, so what is nearly nearest competes.
        place, row = tree.query(points[near], "dwithin", away[near] * self._slack + 1e-9)
        found = self._closest(place, self._pieces[row], lats[near], lons[near])
        answer.piece[near], answer.along_m[near] = found.piece, found.along_m
        answer.away_m[near] = found.away_m
        return answer

    def _built(self) -> shapely.STRtree:
        with self._lock:
            if self._tree is None:
                net = self._network
                rows, owner = _point_rows(net, self._pieces)
                lines: Any = shapely.linestrings(
                    np.column_stack([net.point_lon[rows] * self._squeeze, net.point_lat[rows]]),
                    indices=owner,
                )
                self._tree = shapely.STRtree(lines)
            return self._tree

    def _closest(self, place: Longs, piece: Longs, lats: Floats, lons: Floats) -> Located:
        """Return per place the closest of its candidate pieces, measured segment by segment."""
        net = self._network
        begin, end = net.piece_from[piece], net.piece_to[piece]
        count = end - begin
        owner = np.repeat(np.arange(len(piece)), count)
        a = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + begin[owner]
        lat, lon = lats[place[owner]], lons[place[owner]]
        scale_lat = np.radians(1.0) * EARTH_RADIUS_M
        scale_lon = scale_lat * np.cos(np.radians(lat))
        ax, ay = (net.point_lon[a] - lon) * scale_lon, (net.point_lat[a] - lat) * scale_lat
        bx = (net.point_lon[a + 1] - lon) * scale_lon
        by = (net.point_lat[a + 1] - lat) * scale_lat
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        share = np.clip(-(ax * dx + ay * dy) / np.where(square > 0, square, 1), 0, 1)
        away = np.hypot(ax + share * dx, ay + share * dy)
        order = np.lexsort((piece[owner], np.round(away, 3), place[owner]))
        best = order[np.r_[True, np.diff(place[owner][order]) > 0]]
        step = net.point_at_m[a + 1] - net.point_at_m[a]
        along = net.point_at_m[a] - net.point_at_m[begin[owner]] + share * step
        chosen = piece[owner[best]]
        return Located(
            piece=chosen.astype(np.int32),
            along_m=np.minimum(along[best], net.piece_m[chosen]),
            away_m=away[best],
        )


class Snapper:
    """Snaps places onto streets one can drive to and away from again."""

    def __init__(self, network: Network, graph: TurnGraph) -> None:
        usable = _usable_pieces(network, graph)
        streets = network.way_snappable[network.piece_way]
        self._network = network
        self._part = np.full(len(network.piece_way), -1)
        np.maximum.at(self._part, network.arcs.piece, graph.component)
        self._usable = StreetIndex(network, np.flatnonzero(usable))
        self._cut_off = StreetIndex(network, np.flatnonzero(streets & ~usable))

    def locate(self, places: Sequence[LatLon]) -> tuple[Located, tuple[Snap, ...]]:
        """Return where each place meets the network, as arrays and as answers."""
        found = self._usable.nearest(places)
        status = np.where(
            found.away_m > NO_ROAD_M, "no_road", np.where(found.away_m > FAR_M, "far", "on_road")
        )
        distant = np.flatnonzero(found.away_m > FAR_M)
        if len(distant):
            beside = self._cut_off.nearest([places[i] for i in distant.tolist()]).away_m
            status[distant[beside <= FAR_M]] = "island"
        piece = np.where((status == "no_road") | (status == "island"), -1, found.piece)
        located = Located(piece.astype(np.int32), found.along_m, found.away_m)
        return located, tuple(
            self._answer(place, located, row, str(status[row])) for row, place in enumerate(places)
        )

    def _answer(self, place: LatLon, located: Located, row: int, status: str) -> Snap:
        piece = int(located.piece[row])
        known: SnapStatus = status  # type: ignore[assignment]
        if piece < 0:
            return Snap(place=place, status=known, distance_m=float(located.away_m[row]))
        net = self._network
        return Snap(
            place=place,
            status=known,
            distance_m=float(located.away_m[row]),
            on_road=point_along(net, piece, float(located.along_m[row])),
            street=net.names[net.way_name[net.piece_way[piece]]],
            part=int(self._part[piece]),
        )


def point_along(network: Network, piece: int, along_m: float) -> LatLon:
    """Return the place so many metres along a piece."""
    rows = network.piece_points(piece)
    at = network.point_at_m[rows] - network.point_at_m[rows.start]
    return LatLon(
        float(np.interp(along_m, at, network.point_lat[rows])),
        float(np.interp(along_m, at, network.point_lon[rows])),
    )


def _usable_pieces(network: Network, graph: TurnGraph) -> Bools:
    usable = np.zeros(len(network.piece_way), bool)
    usable[network.arcs.piece[graph.component >= 0]] = True
    result: Bools = usable & network.way_snappable[network.piece_way]
    return result


def _point_rows(network: Network, pieces: Longs) -> tuple[Longs, Longs]:
    """Return the rows of all points of the pieces, and for each row which piece owns it."""
    begin = network.piece_from[pieces]
    count = network.piece_to[pieces] - begin + 1
    owner = np.repeat(np.arange(len(pieces)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return begin[owner] + within, owner

"""Travel times from an OSRM server, for areas larger than one machine's roads.

Speaks the HTTP API v1 of project-osrm (osrm-routed 5.x to 26.x): /nearest, /table, /route.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from route_app.lib.geo import LatLon
from route_app.roads import sampled_reach
from route_app.roads.engine import Leg, Snap
from route_app.roads.osrm_steps import read_steps
from route_app.roads.profile import Profile
from route_app.roads.server_client import HungUp, Reply, ServerClient, TooLong
from route_app.roads.server_drives import (
    leg_of,
    no_road,
    no_way,
    refuse_off_road,
    snap_at,
    strange_answer,
    understood,
)
from route_app.roads.server_engine import HEALTH_S, Look, ServerEngine, When
from route_app.roads.server_limits import Limit, Table, TooBig, fill_table, in_chunks
from route_app.roads.snapping import NO_ROAD_M

ROLE = "The OSRM server"
# What osrm-routed allows when nobody told it otherwise.
TABLE_SIZE = 100
ROUTE_SIZE = 500
# A request with more places than this is longer than the 8 kB that servers in front allow.
_MOST_PLACES = 340
# One with fewer is never refused for its length alone.
_FEW_PLACES = 80


class OsrmEngine(ServerEngine):
    """A `TravelEngine` that asks an OSRM server. Safe to share between threads.

    OSRM knows one speed of every road, so other slots multiply its times by the factors of the
    profile. Rings of what can be reached are sampled, see `sampled_reach`.
    """

    kind = "OSRM"
    roads_from = "extract"

    def __init__(
        self,
        client: ServerClient,
        profile: Profile | None = None,
        *,
        table_size: int = TABLE_SIZE,
        probe: LatLon | None = None,
    ) -> None:
        """Ask through a client. `table_size` is the server's --max-table-size, if it is known."""
        super().__init__(
            client,
            profile,
            table_size=table_size,
            route_size=min(ROUTE_SIZE, _MOST_PLACES),
            probe=probe,
        )
        self._listed = Limit(min(table_size * table_size, _MOST_PLACES) - 1, of="places at once")

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given.

        A table tells the points that drives begin from, many at once; /nearest is asked where a
        place has none.
        """
        return tuple(in_chunks(partial(self._snaps, places), len(places), limit=self._listed))

    def _table(self, places: Sequence[LatLon], when: When) -> Table:
        if len(places) == 1:
            return np.zeros((1, 1)), np.zeros((1, 1))
        away = np.zeros(len(places))
        seconds, metres = fill_table(
            partial(self._block, places, away),
            len(places),
            limit=self._pairs,
            most_places=_MOST_PLACES,
            at_once=self._client.at_once,
        )
        off = away > NO_ROAD_M
        for figures in (seconds, metres):
            figures[off, :] = figures[:, off] = np.nan
        return seconds, metres

    def _ring(self, place: LatLon, within_s: float, when: When) -> tuple[LatLon, ...]:
        return sampled_reach.ring(place, within_s=within_s, drive_to=partial(self._reach, place))

    def _look(self) -> Look:
        begun = perf_counter()
        probe = self._probe or LatLon(0.0, 0.0)
        reply = self._get("nearest", [probe], {}, timeout_s=HEALTH_S, retries=0)
        if not reply.ok and _code(reply) != "NoSegment":
            raise strange_answer(ROLE)
        far_m = understood(ROLE, lambda: _nearest_m(reply.body)) if reply.ok else np.inf
        took_ms = 1000 * (perf_counter() - begun)
        return Look(self.kind, took_ms, self._probe is None or far_m <= 10 * NO_ROAD_M)

    def _snaps(self, places: Sequence[LatLon], begin: int, end: int) -> list[Snap]:
        chunk = places[begin:end]
        if len(chunk) > 1:
            query = {"sources": "0", "generate_hints": "false"}
            reply = self._get("table", chunk, query)
            if reply.ok:
                return understood(ROLE, lambda: _snaps_of(chunk, reply.body["destinations"]))
            if _code(reply) != "NoSegment":
                raise _refused(reply)
        found = []
        for place in chunk:
            reply = self._get("nearest", [place], {})
            if reply.ok:
                found += understood(
                    ROLE, partial(_snaps_of, [place], reply.body.get("waypoints", ()))
                )
            elif _code(reply) == "NoSegment":
                found.append(no_road(place))
            else:
                raise _refused(reply)
        return found

    def _block(
        self,
        places: Sequence[LatLon],
        away: NDArray[np.float64],
        rows: Sequence[int],
        columns: Sequence[int],
    ) -> Table:
        """Return one block of a table, and note how far its places are from a road."""
        rows, columns = list(rows), list(columns)
        reply = self._ask_table([places[row] for row in rows], [places[row] for row in columns])
        if _code(reply) == "NoSegment":
            return self._block_without_roads(places, away, rows, columns)
        if not reply.ok:
            raise _refused(reply)
        found = understood(ROLE, partial(_figures, (len(rows), len(columns)), reply.body))
        away[rows], away[columns] = found[2], found[3]
        return found[0], found[1]

    def _block_without_roads(
        self,
        places: Sequence[LatLon],
        away: NDArray[np.float64],
        rows: list[int],
        columns: list[int],
    ) -> Table:
        """Return a block in which some places have no road that the server would look at."""
        for row in {*rows, *columns}:
            away[row] = self._snaps(places, row, row + 1)[0].distance_m
        near_rows = [at for at, row in enumerate(rows) if away[row] <= NO_ROAD_M]
        near_columns = [at for at, row in enumerate(columns) if away[row] <= NO_ROAD_M]
        shape = (len(rows), len(columns))
        seconds, metres = np.full(shape, np.nan), np.full(shape, np.nan)
        if near_rows and near_columns:
            inner = [rows[at] for at in near_rows], [columns[at] for at in near_columns]
            if (len(inner[0]), len(inner[1])) == shape:
                raise strange_answer(ROLE)
            here = np.ix_(near_rows, near_columns)
            seconds[here], metres[here] = self._block(places, away, *inner)
        return seconds, metres

    def _ask_table(self, sources: Sequence[LatLon], targets: Sequence[LatLon]) -> Reply:
        same = sources == targets
        listed = list(sources) if same else [*sources, *targets]
        query = {"annotations": "duration,distance", "generate_hints": "false"}
        if not same:
            query["sources"] = ";".join(map(str, range(len(sources))))
            query["destinations"] = ";".join(map(str, range(len(sources), len(listed))))
        if len(listed) == 1:
            query |= {"sources": "0", "destinations": "0"}
        return self._get("table", listed, query)

    def _get(
        self, service: str, places: Sequence[LatLon], query: Mapping[str, str], **limits: Any
    ) -> Reply:
        listed = ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)
        try:
            return self._client.get(f"/{service}/v1/driving/{listed}", query, **limits)
        except (HungUp, TooLong):
            if len(places) > _FEW_PLACES:
                raise TooBig from None
            raise

    def _reach(self, place: LatLon, targets: Sequence[LatLon]) -> list[tuple[LatLon, float, float]]:
        """Return where each target meets a road, how far away that is, and the drive there."""
        [start] = self.snap([place])
        if not start.usable:
            raise refuse_off_road(place, 1)

        def ask(begin: int, end: int) -> list[tuple[LatLon, float, float]]:
            reply = self._ask_table([place], targets[begin:end])
            if _code(reply) == "NoSegment":
                return []
            if not reply.ok:
                raise _refused(reply)
            return understood(ROLE, lambda: _reached((1, end - begin), reply.body))

        return in_chunks(ask, len(targets), limit=self._listed)

    def _drives(self, places: Sequence[LatLon], when: When, begin: int, end: int) -> Sequence[Leg]:
        # Without continue_straight a stop is a stop: one may leave it the way one came.
        query = {
            "steps": "true",
            "geometries": "geojson",
            "overview": "false",
            "continue_straight": "false",
            "generate_hints": "false",
        }
        reply = self._get("route", places[begin:end], query)
        if reply.ok:
            return understood(
                ROLE, lambda: _legs_of(places, reply.body, factor=when.factor, begin=begin)
            )
        if _code(reply) not in ("NoRoute", "NoSegment"):
            raise _refused(reply)
        if end - begin == 2:
            for row in (begin, begin + 1):
                if not self._snaps(places, row, row + 1)[0].usable:
                    raise refuse_off_road(places[row], row + 1)
            raise no_way(begin + 1)
        middle = (begin + end) // 2  # the answer does not say which of the drives is none
        ask = partial(self._drives, places, when)
        return [*ask(begin, middle + 1), *ask(middle, end)]


def _code(reply: Reply) -> str:
    return str(reply.body.get("code", ""))


def _refused(reply: Reply) -> Exception:
    """Return what to raise for a refusal that is not about the places asked for."""
    if _code(reply) == "TooBig":
        return TooBig()
    return strange_answer(ROLE)


def _place(lonlat: Sequence[float]) -> LatLon:
    return LatLon(float(lonlat[1]), float(lonlat[0]))


def _nearest_m(body: Mapping[str, Any]) -> float:
    return float(body["waypoints"][0]["distance"])


def _snaps_of(places: Sequence[LatLon], found: Sequence[Mapping[str, Any]]) -> list[Snap]:
    return [
        snap_at(place, _place(one["location"]), float(one["distance"]), str(one.get("name", "")))
        for place, one in zip(places, found, strict=True)
    ]


def _figures(shape: tuple[int, int], body: Mapping[str, Any]) -> tuple[NDArray[np.float64], ...]:
    """Return seconds, metres, and how far from a road the sources and targets are."""
    seconds = np.array(body["durations"], dtype=np.float64)
    metres = np.array(body["distances"], dtype=np.float64)
    if seconds.shape != shape or metres.shape != shape:
        raise ValueError("a table of another size than asked for")
    away = [
        np.array([one["distance"] for one in body[side]], dtype=np.float64)
        for side in ("sources", "destinations")
    ]
    return seconds, metres, *away


def _reached(shape: tuple[int, int], body: Mapping[str, Any]) -> list[tuple[LatLon, float, float]]:
    seconds, _, _, away = _figures(shape, body)
    return [
        (_place(one["location"]), float(far), float(drive))
        for one, far, drive in zip(body["destinations"], away, seconds[0], strict=True)
    ]


def _legs_of(
    places: Sequence[LatLon], body: Mapping[str, Any], *, factor: float, begin: int
) -> list[Leg]:
    for row, one in enumerate(body["waypoints"], start=begin):
        if float(one["distance"]) > NO_ROAD_M:
            raise refuse_off_road(places[row], row + 1)
    return [
        leg_of(read_steps(leg["steps"]), seconds=float(leg["duration"]), factor=factor)
        for leg in body["routes"][0]["legs"]
    ]

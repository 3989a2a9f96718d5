"""Travel times from a Valhalla server, for areas larger than one machine's roads.

Speaks the HTTP API of valhalla 3: /locate, /sources_to_targets, /route, /isochrone, /status.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.engine import Leg, Refused, Slot, Snap
from route_app.roads.profile import Profile
from route_app.roads.server_client import Reply, ServerClient
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
from route_app.roads.server_limits import Apart, Table, TooBig, fill_table, in_chunks
from route_app.roads.slots import DEFAULT_HOURS, quarters_of
from route_app.roads.snapping import NO_ROAD_M
from route_app.roads.valhalla_steps import read_steps

ROLE = "The Valhalla server"
# What valhalla_build_config writes when nobody told it otherwise.
TABLE_SIZE = 50
ROUTE_SIZE = 20
_LONGEST_S = 120 * 60
_MOST_PLACES = 4_000
_TOO_MANY = 150
_TOO_LONG = 151
_TOO_FAR = 154
_NO_WAY = (170, 171, 442)


class ValhallaEngine(ServerEngine):
    """A `TravelEngine` that asks a Valhalla server. Safe to share between threads.

    Valhalla knows the traffic of an hour only if it was given speeds of the past. With `traffic`
    a slot is asked for as a departure at a typical time of it; without, the server would answer
    all hours alike, and slots multiply its times by the factors of the profile.
    """

    kind = "Valhalla"
    roads_from = "tiles"

    def __init__(
        self,
        client: ServerClient,
        profile: Profile | None = None,
        *,
        table_size: int = TABLE_SIZE,
        traffic: bool = False,
        probe: LatLon | None = None,
    ) -> None:
        """Ask through a client.

        `table_size` is the root of the server's max_matrix_location_pairs.
        """
        super().__init__(client, profile, table_size=table_size, route_size=ROUTE_SIZE, probe=probe)
        self._traffic = traffic

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given."""
        return self._snap(places, names=True)

    @property
    def _slots_sentence(self) -> str:
        hourly = "Time slots ask for a typical hour of them."
        return hourly if self._traffic else super()._slots_sentence

    def _when(self, slot: Slot) -> When:
        untold = super()._when(slot)
        if not self._traffic:
            return untold
        value = typical_departure(slot, self._profile.hours).strftime("%Y-%m-%dT%H:%M")
        return When(1.0, {"date_time": {"type": 1, "value": value}})

    def _refuse_off_road(self, places: Sequence[LatLon]) -> None:
        for number, snap in enumerate(self._snap(places), start=1):
            if not snap.usable:
                raise refuse_off_road(snap.place, number)

    def _table(self, places: Sequence[LatLon], when: When) -> Table:
        count = len(places)
        seconds, metres = np.full((count, count), np.nan), np.full((count, count), np.nan)
        # One place without a road would have the whole table refused.
        snaps = self._snap(places) if count > 1 else ()
        rows = [row for row, snap in enumerate(snaps) if snap.usable]
        here = np.ix_(rows, rows)
        seconds[here], metres[here] = fill_table(
            partial(self._block, [places[row] for row in rows], when),
            len(rows),
            limit=self._pairs,
            most_places=_MOST_PLACES,
            at_once=self._client.at_once,
        )
        return seconds, metres

    def _ring(self, place: LatLon, within_s: float, when: When) -> tuple[LatLon, ...]:
        self._refuse_off_road([place])
        asked = {
            "locations": [_spot(place)],
            "costing": "auto",
            "contours": [{"time": round(within_s / 60, 3)}],
            "polygons": True,
        }
        reply = self._client.post("/isochrone", {**asked, **when.asked})
        if _code(reply) == _TOO_LONG:
            told = _number_in(reply) or _LONGEST_S // 60
            raise InvalidInput(f"{ROLE} tells what is reached within {told} minutes at most.")
        if not reply.ok:
            raise _refused(reply)
        return understood(ROLE, lambda: _ring_of(reply.body))

    def _look(self) -> Look:
        begun = perf_counter()
        reply = self._client.get("/status", timeout_s=HEALTH_S, retries=0)
        if not reply.ok or "version" not in reply.body:
            raise strange_answer(ROLE)
        took_ms = 1000 * (perf_counter() - begun)
        has_roads = self._probe is None or self._has_roads(self._probe)
        return Look(f"{self.kind} {reply.body['version']}", took_ms, has_roads)

    def _has_roads(self, probe: LatLon) -> bool:
        body = {"locations": [{**_spot(probe), "search_cutoff": 10 * NO_ROAD_M}]}
        reply = self._client.post("/locate", body, timeout_s=HEALTH_S, retries=0)
        return reply.ok and understood(ROLE, lambda: bool(reply.body["answers"][0]["edges"]))

    def _snap(self, places: Sequence[LatLon], *, names: bool = False) -> tuple[Snap, ...]:
        def ask(begin: int, end: int) -> list[Snap]:
            asked = {
                "locations": [
                    {**_spot(place), "search_cutoff": NO_ROAD_M} for place in places[begin:end]
                ],
                "costing": "auto",
                "verbose": names,
            }
            reply = self._client.post("/locate", asked)
            if _code(reply) == 171:
                return [no_road(place) for place in places[begin:end]]
            if not reply.ok:
                raise _refused(reply)
            return understood(ROLE, lambda: _snaps_of(places[begin:end], reply.body))

        return tuple(in_chunks(ask, len(places), limit=self._route))

    def _block(
        self,
        places: Sequence[LatLon],
        when: When,
        rows: Sequence[int],
        columns: Sequence[int],
    ) -> Table:
        asked = {
            "sources": [_spot(places[row]) for row in rows],
            "targets": [_spot(places[column]) for column in columns],
            "costing": "auto",
            "verbose": False,
            "units": "kilometers",
        }
        reply = self._client.post("/sources_to_targets", {**asked, **when.asked})
        if _code(reply) in _NO_WAY:
            raise Apart
        if not reply.ok:
            raise _refused(reply)
        return understood(ROLE, lambda: _figures((len(rows), len(columns)), reply.body))

    def _drives(
        self,
        places: Sequence[LatLon],
        when: When,
        begin: int,
        end: int,
    ) -> Sequence[Leg]:
        asked = {
            "locations": [_spot(place) for place in places[begin:end]],
            "costing": "auto",
            "units": "kilometers",
        }
        reply = self._client.post("/route", {**asked, **when.asked})
        if reply.ok:
            return understood(ROLE, lambda: _legs_of(when.factor, reply.body))
        if _code(reply) not in _NO_WAY:
            raise _refused(reply)
        if end - begin == 2:
            raise no_way(begin + 1)
        middle = (begin + end) // 2  # the answer does not say which of the drives is none
        ask = partial(self._drives, places, when)
        return [*ask(begin, middle + 1), *ask(middle, end)]


def typical_departure(slot: Slot, hours: Mapping[Slot, str] = DEFAULT_HOURS) -> datetime:
    """Return a local time in the middle of a slot's hours, on a Wednesday if it has any there."""
    quarters = quarters_of(slot, hours)
    midweek = [begin for begin in quarters if begin.weekday() == 2] or quarters
    if not midweek:
        raise InvalidInput(f"The time slot {slot} has no hours, so no traffic is known for it.")
    return midweek[len(midweek) // 2]


def _spot(place: LatLon) -> dict[str, float]:
    return {"lat": round(place.lat, 6), "lon": round(place.lon, 6)}


def _code(reply: Reply) -> int | None:
    code = reply.body.get("error_code")
    return code if isinstance(code, int) else None


def _number_in(reply: Reply) -> int | None:
    """Return the limit that a refusal names in its sentence."""
    found = re.search(r": (\d+)", str(reply.body.get("error", "")))
    return int(found[1]) if found else None


def _refused(reply: Reply) -> Exception:
    """Return what to raise for a refusal that is not about the places asked for."""
    if _code(reply) == _TOO_MANY:
        return TooBig(_number_in(reply))
    if _code(reply) == _TOO_FAR:
        return Refused(
            f"{ROLE} refuses drives this long. Raise max_distance and max_matrix_distance in its "
            "settings."
        )
    return strange_answer(ROLE)


def _snaps_of(places: Sequence[LatLon], body: Mapping[str, Any]) -> list[Snap]:
    return [_snap_of(place, one) for place, one in zip(places, body["answers"], strict=True)]


def _snap_of(place: LatLon, found: Mapping[str, Any]) -> Snap:
    edges = found.get("edges") or []
    if not edges:
        return no_road(place)
    first = edges[0]
    names = first.get("edge_info", {}).get("names") or [""]
    on_road = LatLon(float(first["correlated_lat"]), float(first["correlated_lon"]))
    return snap_at(place, on_road, haversine_m(place, on_road), str(names[0]))


def _figures(shape: tuple[int, int], body: Mapping[str, Any]) -> Table:
    told = body["sources_to_targets"]
    seconds = np.array(told["durations"], dtype=np.float64)
    metres = 1000 * np.array(told["distances"], dtype=np.float64)
    if seconds.shape != shape or metres.shape != shape:
        raise ValueError("a table of another size than asked for")
    return seconds, metres


def _legs_of(factor: float, body: Mapping[str, Any]) -> list[Leg]:
    return [
        leg_of(read_steps(leg), seconds=float(leg["summary"]["time"]), factor=factor)
        for leg in body["trip"]["legs"]
    ]


def _ring_of(body: Mapping[str, Any]) -> tuple[LatLon, ...]:
    """Return the longest outer ring of an isochrone's area."""
    shape = body["features"][0]["geometry"]
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    outer = max((part[0] for part in parts), key=len)
    return tuple(LatLon(float(lat), float(lon)) for lon, lat in outer)

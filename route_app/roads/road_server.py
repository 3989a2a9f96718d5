"""Which routing server answers instead of the roads on this machine, and the engine that asks it.

Plain data, so that it can be handed to the worker's child processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from route_app.lib.geo import LatLon
from route_app.roads.engine import TravelEngine
from route_app.roads.fallback_engine import Breaker, FallbackEngine, WhenDown
from route_app.roads.profile import Profile

ServerKind = Literal["osrm", "valhalla"]


@dataclass(frozen=True, slots=True)
class RoadServer:
    """A server and how to treat it. `table_size` 0 means what its kind allows untold.

    `traffic` says that a Valhalla server was given speeds of the past.
    """

    url: str = field(repr=False)  # it may hold a password or a key
    kind: ServerKind = "osrm"
    when_down: WhenDown = "fallback"
    timeout_s: float = 10.0
    retries: int = 2
    table_size: int = 0
    traffic: bool = False

    def engine(self, profile: Profile, *, probe: LatLon | None = None) -> TravelEngine:
        """Return the engine that asks it, and nothing else. InvalidInput for a bad address."""
        # The supervisor of the worker holds this value, and needs neither of the two.
        from route_app.roads import osrm_engine, valhalla_engine  # noqa: PLC0415
        from route_app.roads.server_client import ServerClient  # noqa: PLC0415

        role = osrm_engine.ROLE if self.kind == "osrm" else valhalla_engine.ROLE
        client = ServerClient(self.url, role=role, timeout_s=self.timeout_s, retries=self.retries)
        if self.kind == "osrm":
            size = self.table_size or osrm_engine.TABLE_SIZE
            return osrm_engine.OsrmEngine(client, profile, table_size=size, probe=probe)
        size = self.table_size or valhalla_engine.TABLE_SIZE
        return valhalla_engine.ValhallaEngine(
            client, profile, table_size=size, traffic=self.traffic, probe=probe
        )

    def before(
        self,
        open_embedded: Callable[[], TravelEngine],
        profile: Profile,
        *,
        probe: LatLon | None = None,
        breaker: Breaker | None = None,
    ) -> FallbackEngine:
        """Return the engine that asks it first, and treats its absence as set."""
        return FallbackEngine(
            self.engine(profile, probe=probe),
            open_embedded,
            when_down=self.when_down,
            breaker=breaker,
        )

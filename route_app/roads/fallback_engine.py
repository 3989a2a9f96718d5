"""A routing server with the roads of this machine behind it, for when it is away."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Literal, TypeVar

import structlog

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.engine import (
    DEFAULT_SLOT,
    Health,
    Leg,
    Refused,
    Slot,
    Snap,
    TravelEngine,
    TravelMatrix,
)

WhenDown = Literal["fallback", "fail"]
Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)

# How long a server that failed is left alone, so that it costs one time-out and not one per call.
REST_S = 30.0
_BACK = "The road server was away a moment ago and is back. Try again."


class Breaker:
    """Remembers that a server failed, and whose turn it is to try it again. Thread-safe."""

    def __init__(
        self, *, rest_s: float = REST_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rest_s, self._clock = rest_s, clock
        self._lock = Lock()
        self._next_try = 0.0
        self.why = ""
        self.since: datetime | None = None

    def lets_through(self) -> bool:
        """Return whether to ask the server now; after a rest one caller may, the others wait."""
        with self._lock:
            if self.since is None:
                return True
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + self._rest_s
            return True

    def undecided(self) -> None:
        """Give a turn back that showed nothing: the next caller may try."""
        with self._lock:
            self._next_try = 0.0

    def failed(self, why: str) -> bool:
        """Note a failure; return whether it is news."""
        with self._lock:
            news, self.why = self.since is None, why
            self.since = self.since or datetime.now(UTC)
            self._next_try = self._clock() + self._rest_s
            return news

    def worked(self) -> bool:
        """Note an answer; return whether it is news."""
        with self._lock:
            news, self.since, self.why = self.since is not None, None, ""
            return news


class FallbackEngine:
    """A `TravelEngine` that asks a server first. Safe to share between threads.

    Every answer comes whole from one engine and says in `network` from which. When the server is
    Unavailable, `when_down` decides: `fallback` asks the embedded engine, `fail` passes the
    server's sentence on. Either way it is then left alone for `REST_S` seconds, unless it only
    Refused this one question. The embedded engine is opened when it is first needed.
    """

    def __init__(
        self,
        server: TravelEngine,
        open_embedded: Callable[[], TravelEngine],
        *,
        when_down: WhenDown = "fallback",
        breaker: Breaker | None = None,
    ) -> None:
        self.server, self._open_embedded = server, open_embedded
        self.falls_back = when_down == "fallback"
        self._breaker = breaker or Breaker()

    @property
    def network(self) -> str:
        """Return the name of the network that answers now."""
        down = self.down_since is not None and self.falls_back
        return self.embedded.network if down else self.server.network

    @property
    def embedded(self) -> TravelEngine:
        """Return the engine that stands in; raises what opening it raises."""
        return self._open_embedded()

    @property
    def down_since(self) -> datetime | None:
        """Return when the server first failed to answer; None while it does."""
        return self._breaker.since

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given."""
        return self._ask(lambda engine: engine.snap(places))

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return travel between every two places, all of it from one engine."""
        table, excuse = self._ask_either(lambda engine: engine.matrix(places, slot=slot))
        if not excuse:
            return table
        instead = (
            "are estimated from straight lines"
            if table.estimated
            else "come from the roads on this machine"
        )
        return replace(table, stand_in=f"The road server {excuse}, so drive times {instead}.")

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return the n - 1 drives that visit n places in order, all of them from one engine."""
        return self._ask(lambda engine: engine.legs(places, slot=slot))

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return the ring around all that can be reached from a place within so many seconds."""
        return self._ask(lambda engine: engine.reachable(place, within_s=within_s, slot=slot))

    def health(self) -> Health:
        """Return how the server is, and what stands in for it since when, if anything does."""
        said = self.server_health()
        if said.ok:
            return said
        at = f" since {self.down_since:%H:%M} UTC" if self.down_since else ""
        if not self.falls_back:
            rule = f"Nothing is planned meanwhile{at}, as ROUTE_APP_ROADS_SERVER_DOWN says."
            return Health(False, said.engine, said.network, said.detail, (rule,))
        stands_in = self.embedded.health()
        return Health(
            ok=stands_in.ok,
            engine=stands_in.engine,
            network=stands_in.network,
            detail=stands_in.detail,
            warnings=(
                said.detail,
                f"Drive times come from {stands_in.network}{at}, not from {said.network}.",
                *stands_in.warnings,
            ),
        )

    def server_health(self) -> Health:
        """Return how the server itself is, without opening what stands in for it."""
        said = self.server.health()
        if said.ok:
            self._recovered()
        # A bad answer is not held against it: a health check waits less long than a plan does.
        return said

    def _ask(self, call: Callable[[TravelEngine], Answer]) -> Answer:
        return self._ask_either(call)[0]

    def _ask_either(self, call: Callable[[TravelEngine], Answer]) -> tuple[Answer, str]:
        """Return an answer, and what the server did instead of giving it, empty where it did."""
        excuse = "was away"
        if self._breaker.lets_through():
            try:
                answer = call(self.server)
            except Refused:
                self._recovered()
                if not self.falls_back:
                    raise
                excuse = "did not take the question"
            except Unavailable as error:
                self._broke(error.message)
                if not self.falls_back:
                    raise
            except NotFound:  # nobody but the server can have known
                self._recovered()
                raise
            except InvalidInput:  # may have shown before the server was asked
                self._breaker.undecided()
                raise
            else:
                self._recovered()
                return answer, ""
        if not self.falls_back:
            raise Unavailable(self._breaker.why or _BACK)
        return call(self.embedded), excuse

    def _broke(self, why: str) -> None:
        if self._breaker.failed(why):
            log.warning("road_server_away", network=self.server.network, why=why)

    def _recovered(self) -> None:
        if self._breaker.worked():
            log.info("road_server_back", network=self.server.network)

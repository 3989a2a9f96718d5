"""Where drive times come from just now, in words for the office."""

import time
from dataclasses import dataclass
from threading import Lock

from route_app.errors import RouteAppError
from route_app.roads.engine import Health
from route_app.roads.fallback_engine import FallbackEngine
from route_app.roads.store import RoadStore

# A page is looked at often and by many; a server is asked how it is this seldom.
_FRESH_S = 10.0


@dataclass(frozen=True, slots=True)
class EngineState:
    """The state of the routing server that is set. `kind` is good, warn or bad.

    `about` and `warnings` are sentences; `away` says what happens while it does not answer.
    """

    kind: str
    title: str
    about: str
    away: str = ""
    warnings: tuple[str, ...] = ()


class StateKeeper:
    """Remembers the state for a few seconds; one visitor asks, the others get what was known."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: EngineState | None = None
        self._until = 0.0

    def state(self, store: RoadStore) -> EngineState | None:
        """Return the server's state, None where none is set. Takes about two seconds at most."""
        if store.server is None:
            return None
        if self._known is not None and (time.monotonic() < self._until or self._lock.locked()):
            return self._known
        with self._lock:
            if self._known is None or time.monotonic() >= self._until:
                self._known = _look(store)
                self._until = time.monotonic() + _FRESH_S
            return self._known


def _look(store: RoadStore) -> EngineState:
    try:
        engine = store.open_for(())
    except RouteAppError as error:
        return EngineState("bad", "No drive times", error.message)
    if not isinstance(engine, FallbackEngine):
        raise AssertionError("where a server is set, it is asked first")
    return state_of(engine, engine.server_health(), built=bool(store.names()))


def state_of(engine: FallbackEngine, health: Health, *, built: bool) -> EngineState:
    """Return the words for a server's health, given whether any network is built here."""
    if health.ok:
        kind = "warn" if health.warnings else "good"
        title = f"{health.engine} answers"
        return EngineState(kind, title, health.detail, warnings=health.warnings)
    title = f"{health.engine} does not answer"
    if not engine.falls_back:
        away = "No day can be planned until it is back."
        return EngineState("bad", title, health.detail, away)
    away = (
        "Meanwhile drive times come from the network in use on this machine."
        if built
        else "Meanwhile drive times are estimated from straight lines, as no network is built here."
    )
    return EngineState("warn", title, health.detail, away)

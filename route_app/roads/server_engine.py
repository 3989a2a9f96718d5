"""What the engines of routing servers share: pieces put together, slots, and how a server is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from route_app.errors import InvalidInput, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.engine import DEFAULT_SLOT, Health, Leg, Slot, Snap, TravelMatrix
from route_app.roads.profile import Profile
from route_app.roads.server_client import ServerClient
from route_app.roads.server_drives import slot_factor
from route_app.roads.server_limits import Limit, Table, in_chunks, whole

HEALTH_S = 1.0


@dataclass(frozen=True, slots=True)
class When:
    """How a slot is asked for: what the question says of it, and a factor for the answer."""

    factor: float
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What a short look at a server found: its name, how fast it was, roads near the probe."""

    engine: str
    took_ms: float
    has_roads: bool


class ServerEngine(ABC):
    """A `TravelEngine` that asks a server in pieces. Safe to share between threads.

    A subclass knows the questions and answers of one kind of server. No snap is an `island`:
    cut-off streets are places to which no road leads.
    """

    kind: str
    roads_from: str  # what the server has its roads from, to be checked where it has none

    def __init__(
        self,
        client: ServerClient,
        profile: Profile | None,
        *,
        table_size: int,
        route_size: int,
        probe: LatLon | None,
    ) -> None:
        """Ask through a client. `table_size` is how many places each way a table may have.

        `probe` is a place where the server should have roads; health looks there.
        """
        self._client = client
        self._profile = profile or Profile()
        self._pairs = Limit(table_size * table_size, of="places in a table")
        self._route = Limit(route_size, of="places on a route")
        self._probe = probe

    @property
    def network(self) -> str:
        """Return what the server is called, and where it is."""
        return f"{self.kind} at {self._client.host}"

    @abstractmethod
    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given."""

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return travel between every two places; `UNREACHABLE` where no road joins them."""
        when = self._when(slot)
        seconds, metres = self._table(places, when)
        for figures in (seconds, metres):
            np.fill_diagonal(figures, 0.0)
        return TravelMatrix(
            seconds=whole(seconds, factor=when.factor),
            metres=whole(metres),
            network=self.network,
            slot=slot,
        )

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return the n - 1 drives that visit n places in order; NotFound if one has no road."""
        when = self._when(slot)
        if len(places) > 1:
            self._refuse_off_road(places)
        ask = partial(self._drives, places, when)
        legs = in_chunks(ask, len(places), limit=self._route, overlap=1)
        return tuple(replace(leg, network=self.network) for leg in legs)

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return the closed ring around what is reached from a place within so many seconds."""
        if within_s <= 0:
            raise InvalidInput("The time to reach must be more than 0 seconds.")
        when = self._when(slot)
        return self._ring(place, within_s / when.factor, when)

    def health(self) -> Health:
        """Return whether the server answers within a second, how fast, and its limits.

        Asks without repeats.
        """
        try:
            found = self._look()
        except Unavailable as error:
            return Health(False, self.kind, self.network, error.message)
        warning = (
            f"The {self.kind} server has no roads near this network. Check its {self.roads_from}."
        )
        return Health(
            ok=True,
            engine=found.engine,
            network=self.network,
            detail=(
                f"Answered in {found.took_ms:.0f} ms. Asked for tables of up to "
                f"{self._pairs.value:,} pairs and routes of up to {self._route.value} places at "
                f"once. {self._slots_sentence}"
            ),
            warnings=() if found.has_roads else (warning,),
        )

    @property
    def _slots_sentence(self) -> str:
        return "Time slots multiply its times by the factors of the road profile."

    def _when(self, slot: Slot) -> When:
        """Return how to ask for a slot. InvalidInput where there is none of that name."""
        return When(slot_factor(self._profile, slot))

    def _refuse_off_road(self, places: Sequence[LatLon]) -> None:  # noqa: B027  # most need not
        """Raise NotFound for a place without a road, where the server's answer would not tell."""

    @abstractmethod
    def _table(self, places: Sequence[LatLon], when: When) -> Table:
        """Return seconds and metres between every two places, not-a-number where no road leads."""

    @abstractmethod
    def _drives(self, places: Sequence[LatLon], when: When, begin: int, end: int) -> Sequence[Leg]:
        """Return the drives from the place `begin` up to the one before `end`."""

    @abstractmethod
    def _ring(self, place: LatLon, within_s: float, when: When) -> tuple[LatLon, ...]:
        """Return the ring of what is reached in so many of the server's own seconds."""

    @abstractmethod
    def _look(self) -> Look:
        """Return how the server is; Unavailable where it does not say so within HEALTH_S."""

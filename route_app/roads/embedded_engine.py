"""Travel times on a road network in this process; what searches it is given by a subclass."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from route_app.errors import InvalidInput, NotFound
from route_app.lib.geo import LatLon
from route_app.roads.engine import (
    DEFAULT_SLOT,
    UNREACHABLE,
    Health,
    Leg,
    Slot,
    Snap,
    TravelMatrix,
)
from route_app.roads.network import Network
from route_app.roads.packed import (
    SearchGraph,
    find_ends,
    make_search_graph,
    metres_of,
    seconds_of,
)
from route_app.roads.paths import find_drive, make_leg
from route_app.roads.profile import Profile
from route_app.roads.reach import reachable_ring
from route_app.roads.search import Search
from route_app.roads.snapping import Snapper
from route_app.roads.turns import TurnGraph, Weights, build_turns, weigh


@dataclass(frozen=True)
class _Slotted:
    """Everything that depends on the time slot."""

    weights: Weights
    graph: SearchGraph
    search: Search


class EmbeddedEngine(ABC):
    """A `TravelEngine` over one network and profile. Safe to share between threads."""

    kind: str

    def __init__(
        self,
        network: Network,
        profile: Profile | None = None,
        *,
        name: str = "roads",
        graph: TurnGraph | None = None,
    ) -> None:
        self.roads = network
        self.profile = profile or Profile()
        self.graph = graph or build_turns(network, self.profile)
        self._name = name
        self._snapper = Snapper(network, self.graph)
        self._by_slot: dict[Slot, _Slotted] = {}
        self._lock = Lock()

    @abstractmethod
    def _make_search(self, graph: SearchGraph) -> Search:
        """Return what searches the graph with the costs of one slot."""

    @property
    def network(self) -> str:
        """Return the name and version of the network the answers come from."""
        return self._name

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given."""
        return self._snapper.locate(places)[1]

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return travel between every two places; `UNREACHABLE` where no road joins them."""
        located, _ = self._snapper.locate(places)
        slotted = self._slotted(slot)
        ends = find_ends(self.roads, self.graph, slotted.weights, located)
        packed = slotted.search.shortest(ends, len(places))
        seconds = np.rint(seconds_of(packed)).astype(np.int32)
        metres = np.rint(metres_of(packed)).astype(np.int32)
        seconds[packed < 0] = UNREACHABLE
        metres[packed < 0] = UNREACHABLE
        return TravelMatrix(seconds=seconds, metres=metres, network=self._name, slot=slot)

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return the n - 1 drives that visit n places in order; NotFound if one has no road."""
        located, snaps = self._snapper.locate(places)
        self._refuse_off_road(snaps)
        slotted = self._slotted(slot)
        ends = find_ends(self.roads, self.graph, slotted.weights, located)
        legs = []
        for row in range(len(places) - 1):
            drive = find_drive(slotted.search, slotted.graph, ends, row, row + 1)
            if drive is None:
                raise NotFound(f"No road leads from place {row + 1} to place {row + 2}.")
            leg = make_leg(self.roads, drive, located=located, rows=(row, row + 1))
            legs.append(replace(leg, network=self._name))
        return tuple(legs)

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return the closed ring around all that can be reached within so many seconds."""
        if within_s <= 0:
            raise InvalidInput("The time to reach must be more than 0 seconds.")
        located, snaps = self._snapper.locate([place])
        self._refuse_off_road(snaps)
        slotted = self._slotted(slot)
        ends = find_ends(self.roads, self.graph, slotted.weights, located)
        return reachable_ring(self.roads, slotted.graph, ends, located=located, within_s=within_s)

    def health(self) -> Health:
        """Return whether the engine can answer now, and the parts that no road joins."""
        sizes = np.bincount(self.graph.component[self.graph.component >= 0])
        warnings = []
        if len(sizes) > 1:
            shares = ", ".join(f"{100 * size / sizes.sum():.0f} %" for size in sizes)
            warnings.append(
                f"The roads fall into {len(sizes)} parts that no road or ferry joins ({shares})."
            )
        return Health(
            ok=bool(len(sizes)),
            engine=self.kind,
            network=self._name,
            detail=f"{self.roads.arcs.count:,} arcs, {len(self.graph.turn_from):,} turns",
            warnings=tuple(warnings),
        )

    def _slotted(self, slot: Slot) -> _Slotted:
        with self._lock:
            if slot not in self._by_slot:
                if slot not in self.profile.slots:
                    raise InvalidInput(f"There is no time slot named {slot}.")
                weights = weigh(self.roads, self.graph, self.profile, slot=slot)
                graph = make_search_graph(self.roads, self.graph, weights)
                self._by_slot[slot] = _Slotted(weights, graph, self._make_search(graph))
            return self._by_slot[slot]

    @staticmethod
    def _refuse_off_road(snaps: Sequence[Snap]) -> None:
        for number, snap in enumerate(snaps, start=1):
            if not snap.usable:
                why = (
                    "lies on a street that no other street joins"
                    if snap.status == "island"
                    else f"has no road near it: the nearest is {snap.distance_m / 1000:.1f} km away"
                )
                raise NotFound(f"Place {number} ({snap.place.lat}, {snap.place.lon}) {why}.")

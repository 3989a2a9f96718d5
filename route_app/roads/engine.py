"""What every travel-time engine answers, whatever it is made of.

Units: seconds and metres, whole numbers in a matrix. `UNREACHABLE` marks a pair no road joins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon

UNREACHABLE = 2**31 - 1

Slot = Literal["free_flow", "off_peak", "shoulder", "peak"]
DEFAULT_SLOT: Slot = "off_peak"
TurnKind = Literal[
    "depart", "straight", "slight_left", "left", "sharp_left", "slight_right", "right",
    "sharp_right", "u_turn", "roundabout", "ferry", "arrive",
]  # fmt: skip
SnapStatus = Literal["on_road", "far", "no_road", "island"]


class Refused(Unavailable):
    """The engine is there and does not answer this question; it may well answer others."""


@dataclass(frozen=True, slots=True)
class Snap:
    """Where one place meets the network.

    `distance_m` is how far the place is from the road. `far` is usable but worth a warning,
    `no_road` and `island` are not usable: nothing drives there. `part` is which of the parts of
    the network it is on, counted as the build report does: 0 is the biggest.
    """

    place: LatLon
    status: SnapStatus
    distance_m: float
    on_road: LatLon | None = None
    street: str = ""
    part: int | None = None

    @property
    def usable(self) -> bool:
        """Return whether a car can start or end here."""
        return self.status in ("on_road", "far")


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Travel between every two of n places: `seconds[i, j]` and `metres[i, j]`, both int32 n x n.

    Not symmetric. `estimated` says the figures are not from roads (a crow-fly fallback). `stand_in`
    says in a sentence which engine answered in place of the one that is set; empty as a rule.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    network: str
    slot: Slot = DEFAULT_SLOT
    estimated: bool = False
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to do on a drive: where, onto which street, and how far it then goes on.

    `exit` counts the exits of a roundabout. The metres of all turns of a leg add up to the leg's,
    up to rounding; the last one, `arrive`, has none.
    """

    kind: TurnKind
    place: LatLon
    street: str
    metres: int
    exit: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One drive: its path as places along the road, how long and how far it is.

    `streets` are the names driven on, in order; `turns` what to do, from `depart` to `arrive`;
    `network` which one answered, as in a matrix.
    """

    path: tuple[LatLon, ...]
    seconds: int
    metres: int
    streets: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    network: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine can answer now, and in words what it stands on."""

    ok: bool
    engine: str
    network: str
    detail: str
    warnings: tuple[str, ...] = field(default=())


class TravelEngine(Protocol):
    """Answers how to get from place to place; safe to call from several threads."""

    @property
    def network(self) -> str:
        """Return the name and version of the network the answers come from."""
        ...

    def snap(self, places: Sequence[LatLon]) -> tuple[Snap, ...]:
        """Return where each place meets the network, in the order given."""
        ...

    def matrix(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> TravelMatrix:
        """Return travel between every two places; `UNREACHABLE` where no road joins them."""
        ...

    def legs(self, places: Sequence[LatLon], *, slot: Slot = DEFAULT_SLOT) -> tuple[Leg, ...]:
        """Return the n - 1 drives that visit n places in order; NotFound if one has no road."""
        ...

    def reachable(
        self, place: LatLon, *, within_s: int, slot: Slot = DEFAULT_SLOT
    ) -> tuple[LatLon, ...]:
        """Return the ring around all that can be reached from a place within so many seconds."""
        ...

    def health(self) -> Health:
        """Return whether the engine can answer now."""
        ...

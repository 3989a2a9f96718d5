"""Streets laid out on a plane, and the road network they make."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from route_app.roads.network import Network, build_network
from route_app.roads.profile import CLASSES
from route_app.roads.rawroads import RawRestriction, RawRoads

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]

_SOUTH_WEST = (46.0, 6.0)
_METRES_PER_DEGREE = 111_195.0
_LIMITS = {"motorway": 120, "motorway_link": 60, "primary": 80, "secondary": 50, "tertiary": 50}


@dataclass
class Plan:
    """Junctions and streets as they are laid out; each entry of a list is a block of rows."""

    rng: np.random.Generator
    count: int = 0
    streets: int = 0
    at: list[Numbers] = field(default_factory=list)
    ends: list[Rows] = field(default_factory=list)
    kind: list[Rows] = field(default_factory=list)
    oneway: list[NDArray[np.bool_]] = field(default_factory=list)
    bow: list[Numbers] = field(default_factory=list)
    lights: list[Rows] = field(default_factory=list)
    through: list[Rows] = field(default_factory=list)
    restrictions: list[RawRestriction] = field(default_factory=list)

    def junctions(self, at: Numbers) -> Rows:
        """Add junctions at x, y and return their numbers."""
        self.at.append(at)
        self.count += len(at)
        return np.arange(self.count - len(at), self.count)

    def lay(
        self, ends: Rows, kind: Rows | str, *, oneway: object = False, bow: float = 0.04
    ) -> int:
        """Add streets between pairs of junctions and return the number of the first."""
        size = len(ends)
        self.ends.append(ends)
        row = CLASSES.index(kind) if isinstance(kind, str) else kind
        self.kind.append(np.broadcast_to(np.asarray(row, np.int64), size))
        self.oneway.append(np.broadcast_to(np.asarray(oneway, np.bool_), size))
        self.bow.append(self.rng.normal(0, bow, size))
        self.streets += size
        return self.streets - size


def as_network(plan: Plan) -> Network:
    """Return the network of the streets laid out, bent as streets are."""
    at, ends = np.concatenate(plan.at), np.concatenate(plan.ends)
    kind, bow = np.concatenate(plan.kind), np.concatenate(plan.bow)
    begin, along = at[ends[:, 0]], at[ends[:, 1]] - at[ends[:, 0]]
    bends = np.minimum(plan.rng.poisson(np.hypot(*along.T) / 75), 9)
    counts = bends + 2
    owner = np.repeat(np.arange(len(ends)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = within / (counts - 1)[owner]
    swing = (bow[owner] * np.sin(np.pi * share))[:, None] * along[owner][:, ::-1] * [-1, 1]
    points = begin[owner] + share[:, None] * along[owner] + swing
    refs = plan.count + 1 + np.arange(len(owner))
    refs[within == 0] = ends[:, 0] + 1
    refs[within == counts[owner] - 1] = ends[:, 1] + 1
    lat = _SOUTH_WEST[0] + points[:, 1] / _METRES_PER_DEGREE
    squeeze = np.cos(np.radians(_SOUTH_WEST[0]))
    lon = _SOUTH_WEST[1] + points[:, 0] / (_METRES_PER_DEGREE * squeeze)
    raw = RawRoads(
        refs=_column("q", refs),
        lons=_column("d", lon),
        lats=_column("d", lat),
        way_nodes=_column("q", counts),
        signals=dict.fromkeys(
            (np.concatenate([*plan.lights, np.empty(0, np.int64)]) + 1).tolist(), 3
        ),
        restrictions=plan.restrictions,
        **_way_columns(plan, kind),
    )
    network = build_network(raw)
    names = ["", *(f"Street {n}" for n in range(1, 5_001))]
    utf8 = np.frombuffer("\n".join(names).encode(), np.uint8)
    chosen = plan.rng.integers(0, len(names), len(ends)).astype(np.int32)
    return replace(network, way_name=chosen, names_utf8=utf8)


def _way_columns(plan: Plan, kind: Rows) -> dict[str, object]:
    size = len(kind)
    tagged = np.array([_LIMITS.get(one, np.nan) for one in CLASSES], float)[kind]
    limit = np.where(plan.rng.random(size) < 0.7, tagged, np.nan)
    oneway = np.concatenate(plan.oneway)
    drive = (kind == CLASSES.index("service")) & (plan.rng.random(size) < 0.3)
    fast = np.isin(kind, [CLASSES.index("motorway"), CLASSES.index("motorway_link")])
    bytes_of = {
        "way_class": kind, "way_service": np.zeros(size), "way_surface": np.zeros(size),
        "way_forward": np.ones(size), "way_backward": ~oneway, "way_restricted": drive,
        "way_snappable": ~fast, "way_roundabout": np.zeros(size),
    }  # fmt: skip
    return {
        "way_osm": _column("q", np.arange(1, size + 1)),
        "way_limit_forward": _column("d", limit),
        "way_limit_backward": _column("d", limit),
        "way_duration_s": _column("d", np.full(size, np.nan)),
        "way_name": [""] * size,
        **{name: _column("b", values) for name, values in bytes_of.items()},
    }


def _column(code: str, values: NDArray[np.generic]) -> array:
    kinds = {"q": np.int64, "d": np.float64, "b": np.int8}
    column = array(code)
    column.frombytes(np.ascontiguousarray(values, kinds[code]).tobytes())
    return column

"""Roads as read from a source, before they become a network: plain growing columns."""

from __future__ import annotations  # array[int] is only known to the type checker

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import NamedTuple

from route_app.roads import tags as read
from route_app.roads.conditions import read_clauses
from route_app.roads.tags import Tags
from route_app.roads.wayfacts import WayFacts

CONDITIONAL_KEYS = (
    "maxspeed:conditional", "maxspeed:forward:conditional", "maxspeed:backward:conditional",
    "access:conditional", "vehicle:conditional", "motor_vehicle:conditional",
    "motorcar:conditional", "oneway:conditional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawRestriction:
    """A turn restriction by OpenStreetMap ids: from ways, via one node or some ways, to ways.

    `when` are the hours it holds at, "" for always.
    """

    kind: str
    from_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    when: str = ""


class Line(NamedTuple):
    """The points of a way in order: node ids and degrees."""

    refs: Sequence[int]
    lons: Sequence[float]
    lats: Sequence[float]


@dataclass
class RawRoads:
    """All drivable ways of a source, node lists one after the other, and what it says of nodes.

    No car passes `barriers`; `gates` are for those with an errand behind them.
    `timed_limits` are speed limits at some hours: row of the way, km/h, hours. `ignored` counts
    tags that speak of some hours and are not obeyed. `ways_split` counts cuts at the date line,
    whose junctions have ids below zero; `durations_ignored` the ferries whose tagged duration is
    not understood or not believed.
    """

    refs: array[int] = field(default_factory=lambda: array("q"))
    lons: array[float] = field(default_factory=lambda: array("d"))
    lats: array[float] = field(default_factory=lambda: array("d"))
    way_nodes: array[int] = field(default_factory=lambda: array("q"))
    way_osm: array[int] = field(default_factory=lambda: array("q"))
    way_class: array[int] = field(default_factory=lambda: array("b"))
    way_service: array[int] = field(default_factory=lambda: array("b"))
    way_surface: array[int] = field(default_factory=lambda: array("b"))
    way_forward: array[int] = field(default_factory=lambda: array("b"))
    way_backward: array[int] = field(default_factory=lambda: array("b"))
    way_restricted: array[int] = field(default_factory=lambda: array("b"))
    way_snappable: array[int] = field(default_factory=lambda: array("b"))
    way_roundabout: array[int] = field(default_factory=lambda: array("b"))
    way_limit_forward: array[float] = field(default_factory=lambda: array("d"))
    way_limit_backward: array[float] = field(default_factory=lambda: array("d"))
    way_duration_s: array[float] = field(default_factory=lambda: array("d"))
    way_name: list[str] = field(default_factory=list)
    signals: dict[int, int] = field(default_factory=dict)
    barriers: set[int] = field(default_factory=set)
    gates: set[int] = field(default_factory=set)
    restrictions: list[RawRestriction] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    timed_limits: list[tuple[int, float, str]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    missing_refs: int = 0
    ways_cut: int = 0
    ways_dropped: int = 0
    ways_split: int = 0
    durations_ignored: int = 0
    unsaved: bool = False
    roundabouts_left: int = 0
    roundabouts_right: int = 0

    def add_way(
        self, osm_id: int, facts: WayFacts, line: Line, *, name: str = "", both: bool | None = None
    ) -> None:
        """Add a way a car may use; `both` says whether it has two directions, whatever its tags."""
        if len(line.refs) < 2:
            self.ways_dropped += 1
            return
        self.refs.extend(line.refs)
        self.lons.extend(line.lons)
        self.lats.extend(line.lats)
        self.way_nodes.append(len(line.refs))
        self.way_osm.append(osm_id)
        self.way_name.append(name)
        self.way_class.append(facts.road_class)
        self.way_service.append(facts.service)
        self.way_surface.append(facts.surface)
        self.way_restricted.append(facts.restricted)
        self.way_snappable.append(facts.snappable)
        self.way_roundabout.append(facts.roundabout)
        self.way_limit_forward.append(facts.limit_forward)
        self.way_limit_backward.append(facts.limit_backward)
        self.way_duration_s.append(facts.duration_s)
        forward = facts.forward or both is not None
        self.way_forward.append(forward)
        self.way_backward.append(facts.backward if both is None else both)
        if facts.roundabout and line.refs[0] == line.refs[-1]:
            self._count_roundabout(line, reverse=not forward)

    def add_node(self, number: int, tags: Tags) -> None:
        """Keep what the tags of a node say: a light, a barrier, a gate."""
        if tags.get("highway") == "traffic_signals":
            self.signals[number] = read.signal_direction(tags)
        if tags.get("barrier") is None:
            return
        if read.blocks_cars(tags):
            self.barriers.add(number)
        elif read.restricts_cars(tags):
            self.gates.add(number)

    def take_conditions(self, tags: Tags) -> None:
        """Keep what the tags of the way added last say of some hours."""
        for key in CONDITIONAL_KEYS:
            said = tags.get(key)
            if said is None:
                continue
            if key != "maxspeed:conditional":
                self.ignored[key] += 1
                continue
            for clause in read_clauses(said):
                limit = read.parse_speed_kmh(clause.value)
                if clause.hours and not isnan(limit):
                    self.timed_limits.append((len(self.way_osm) - 1, limit, clause.hours))
                else:
                    self.ignored[key] += 1

    def _count_roundabout(self, line: Line, *, reverse: bool) -> None:
        """Roundabouts turn clockwise where traffic drives on the left."""
        lons, lats = line.lons, line.lats
        doubled_area = sum(
            lons[i] * lats[i + 1] - lons[i + 1] * lats[i] for i in range(len(lons) - 1)
        )
        if (doubled_area < 0) != reverse:
            self.roundabouts_left += 1
        else:
            self.roundabouts_right += 1

"""Roads as read from a source, before they become a network: plain growing columns."""

from __future__ import annotations  # array[int] is only known to the type checker

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isnan

from route_app.roads import tags as read
from route_app.roads.conditions import read_clauses
from route_app.roads.profile import CLASSES
from route_app.roads.tags import Tags

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


@dataclass
class RawRoads:
    """All drivable ways of a source, node lists one after the other, and what it says of nodes.

    `timed_limits` are speed limits at some hours: row of the way, km/h, hours. `ignored` counts
    tags that speak of some hours and are not obeyed.
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
    way_roundabout: array[int] = field(default_factory=lambda: array("b"))
    way_snappable: array[int] = field(default_factory=lambda: array("b"))
    way_limit_forward: array[float] = field(default_factory=lambda: array("d"))
    way_limit_backward: array[float] = field(default_factory=lambda: array("d"))
    way_duration_s: array[float] = field(default_factory=lambda: array("d"))
    way_name: list[str] = field(default_factory=list)
    signals: dict[int, int] = field(default_factory=dict)
    barriers: set[int] = field(default_factory=set)
    restrictions: list[RawRestriction] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    timed_limits: list[tuple[int, float, str]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    missing_refs: int = 0
    ways_cut: int = 0
    ways_dropped: int = 0
    roundabouts_left: int = 0
    roundabouts_right: int = 0

    def add_way(
        self,
        osm_id: int,
        tags: Tags,
        *,
        points: Iterable[tuple[int, float, float]],
        directions: tuple[bool, bool] | None = None,
    ) -> None:
        """Add a way if a car may use it; points are (node id, lon, lat) in order."""
        road_class = read.road_class(tags)
        access = read.access(tags)
        if road_class is None or access == "closed":
            return
        before = len(self.refs)
        for ref, lon, lat in points:
            self.refs.append(ref)
            self.lons.append(lon)
            self.lats.append(lat)
        count = len(self.refs) - before
        if count < 2:
            self._forget_points(before)
            self.ways_dropped += 1
            return
        self._add_columns(osm_id, tags, road_class=road_class, restricted=access == "restricted")
        self.way_nodes.append(count)
        along, against = directions or read.directions(tags)
        self.way_forward.append(along)
        self.way_backward.append(against)
        if tags.get("junction") == "roundabout" and self.refs[before] == self.refs[-1]:
            self._count_roundabout(before, reverse=not along)

    def _add_columns(self, osm_id: int, tags: Tags, *, road_class: str, restricted: bool) -> None:
        limit_forward, limit_backward = read.speed_limits_kmh(tags)
        ferry = road_class == "ferry"
        underground = tags.get("tunnel") not in (None, "no", "building_passage")
        self.way_osm.append(osm_id)
        self.way_class.append(CLASSES.index(road_class))
        self.way_service.append(read.service_index(tags))
        self.way_surface.append(read.surface_index(tags))
        # A ferry with restricted access takes those who pay, so it is as open as any road.
        self.way_restricted.append(restricted and not ferry)
        # Nobody visits a customer from a motorway, a tunnel or a ship.
        fast = road_class in ("motorway", "motorway_link")
        self.way_roundabout.append(tags.get("junction") in ("roundabout", "circular"))
        self.way_snappable.append(not (ferry or underground or fast))
        self.way_limit_forward.append(limit_forward)
        self.way_limit_backward.append(limit_backward)
        self.way_duration_s.append(read.duration_s(tags.get("duration")) if ferry else float("nan"))
        self.way_name.append(read.street_name(tags))
        self._take_conditions(tags)

    def _take_conditions(self, tags: Tags) -> None:
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

    def _forget_points(self, before: int) -> None:
        for column in (self.refs, self.lons, self.lats):
            del column[before:]

    def _count_roundabout(self, before: int, *, reverse: bool) -> None:
        """Roundabouts turn clockwise where traffic drives on the left."""
        lons, lats = self.lons[before:], self.lats[before:]
        doubled_area = sum(
            lons[i] * lats[i + 1] - lons[i + 1] * lats[i] for i in range(len(lons) - 1)
        )
        if (doubled_area < 0) != reverse:
            self.roundabouts_left += 1
        else:
            self.roundabouts_right += 1

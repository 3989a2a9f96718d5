"""What a build of a road network found, for people to read before they trust it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from route_app.errors import Unavailable
from route_app.roads.network import Network
from route_app.roads.rawroads import RawRoads
from route_app.roads.speeds import is_ferry
from route_app.roads.turns import TurnGraph

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"


@dataclass(frozen=True)
class RoadPart:
    """One strongly connected part of a network: everything in it reaches everything in it."""

    arcs: int
    km: float
    share: float
    lat: float
    lon: float


@dataclass(frozen=True)
class BuildReport:
    """What was read, what was mended or left out, and which parts the roads fall into.

    `bbox` is west, south, east, north. `parts` are usable, biggest first; `cut_off_*` counts road
    directions that lead nowhere or from nowhere, on which nothing is snapped. `data_at` is when
    the source says its data are from.
    """

    name: str
    version: str
    source: str
    built_at: str
    seconds: float
    country: str | None
    driving_side: str
    bbox: tuple[float, float, float, float]
    junctions: int
    arcs: int
    turns: int
    km: float
    ways: int
    missing_refs: int
    ways_cut: int
    ways_dropped: int
    ferries: int
    restricted_ways: int
    traffic_lights: int
    restrictions_applied: int
    restrictions_skipped: Mapping[str, int]
    parts: tuple[RoadPart, ...]
    cut_off_arcs: int
    cut_off_km: float
    extras: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    attribution: str = ATTRIBUTION
    oneways: int | None = None  # reports of older builds do not say
    data_at: str | None = None
    restrictions_timed: int = 0
    hours_ignored: Mapping[str, int] = field(default_factory=dict)
    durations_ignored: int = 0

    def lines(self) -> list[str]:
        """Return the report as short sentences."""
        said = [
            f"{self.name}: {self.ways:,} ways, {self.km:,.0f} km of road directions, "
            f"{self.junctions:,} junctions, {self.turns:,} turns.",
            f"Traffic keeps {self.driving_side}.",
            f"{self.restrictions_applied:,} turn restrictions are obeyed"
            + (
                f", {sum(self.restrictions_skipped.values())} skipped ("
                + ", ".join(f"{n} {why}" for why, n in self.restrictions_skipped.items())
                + ")."
                if self.restrictions_skipped
                else "."
            ),
        ]
        if self.restrictions_timed:
            said.append(f"{self.restrictions_timed:,} of them hold in some time slots only.")
        if self.hours_ignored:
            kinds = ", ".join(f"{n:,} {key}" for key, n in self.hours_ignored.items())
            said.append(f"Not obeyed, because it holds at some hours only: {kinds}.")
        if self.durations_ignored:
            said.append(
                f"Ferries whose tagged duration is not understood or above a day: "
                f"{self.durations_ignored:,}. They take as long as their length says."
            )
        if self.missing_refs:
            said.append(
                f"The extract is clipped: {self.missing_refs:,} points are missing, "
                f"{self.ways_cut:,} roads were cut short, {self.ways_dropped:,} left out."
            )
        if len(self.parts) > 1:
            said.append(f"The roads fall into {len(self.parts)} parts that no road or ferry joins:")
            said += [
                f"  {part.km:,.0f} km around {part.lat:.4f}, {part.lon:.4f}" for part in self.parts
            ]
        if self.cut_off_arcs:
            said.append(f"{self.cut_off_km:,.1f} km lead nowhere and are not used as addresses.")
        return [*said, *self.warnings, self.attribution]


def describe(raw: RawRoads, network: Network, graph: TurnGraph) -> dict[str, Any]:
    """Return the figures of a report that come from the roads themselves."""
    arcs = network.arcs
    km = network.piece_m[arcs.piece] / 1000
    cut_off = (graph.component < 0) & ~is_ferry(network)
    lats, lons = network.node_lat, network.node_lon
    skipped = raw.skipped + graph.skipped
    return {
        "bbox": (float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max())),
        "junctions": len(network.node_osm),
        "arcs": arcs.count,
        "turns": len(graph.turn_from),
        "km": round(float(km.sum()), 1),
        "ways": len(network.way_osm),
        "oneways": int((network.way_forward != network.way_backward).sum()),
        "missing_refs": raw.missing_refs,
        "ways_cut": raw.ways_cut,
        "ways_dropped": raw.ways_dropped,
        "ferries": len(np.unique(network.piece_way[arcs.piece[is_ferry(network)]])),
        "restricted_ways": int(network.way_restricted.sum()),
        "traffic_lights": int(network.node_signal.sum() + len(network.light_piece)),
        "restrictions_applied": graph.applied,
        "restrictions_timed": graph.timed,
        "hours_ignored": dict(sorted(raw.ignored.items())),
        "durations_ignored": raw.durations_ignored,
        "restrictions_skipped": {why: n for why, n in sorted(skipped.items()) if n},
        "parts": _parts(network, graph),
        "cut_off_arcs": int(cut_off.sum()),
        "cut_off_km": round(float(km[cut_off].sum()), 1),
    }


def write_report(report: BuildReport, path: Path) -> None:
    """Write a report as JSON."""
    path.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")


def read_report(path: Path) -> BuildReport:
    """Return a report written by `write_report`. Raises Unavailable when it is damaged."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        stored["parts"] = tuple(RoadPart(**part) for part in stored["parts"])
        for name in ("bbox", "extras", "warnings"):
            stored[name] = tuple(stored[name])
        return BuildReport(**stored)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            f"The report of the road network {path.parent.parent.name} cannot be read. "
            "Build the network again from its extract."
        ) from error


def _parts(network: Network, graph: TurnGraph) -> tuple[RoadPart, ...]:
    parts = []
    km = network.piece_m[network.arcs.piece] / 1000
    for number in range(int(graph.component.max(initial=-1)) + 1):
        inside = graph.component == number
        tails = network.arcs.tail[inside]
        parts.append(
            RoadPart(
                arcs=int(inside.sum()),
                km=round(float(km[inside].sum()), 1),
                share=round(float(inside.mean()), 4),
                lat=float(np.median(network.node_lat[tails])),
                lon=float(np.median(network.node_lon[tails])),
            )
        )
    return tuple(parts)

"""Exchange with OSMnx: its graphs and GraphML files in, a graph its functions accept out."""

from __future__ import annotations  # networkx classes take no [] when run

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmnx
import shapely

from route_app.errors import InvalidInput
from route_app.roads import tags as read
from route_app.roads.engine import DEFAULT_SLOT
from route_app.roads.network import Network
from route_app.roads.profile import CLASSES, SERVICES, SURFACES, Profile
from route_app.roads.rawroads import Line, RawRoads
from route_app.roads.speeds import arc_seconds
from route_app.roads.wayfacts import facts_of

_WORLD = "epsg:4326"


class EdgeTags:
    """The tags of an OSMnx edge or node; of several values the first counts."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self._attributes = attributes

    def get(self, key: str) -> str | None:
        """Return a tag's value as text, None when it is missing."""
        value = self._attributes.get(key)
        if isinstance(value, (list, tuple, set)):
            value = next(iter(value), None)
        if value is None or (isinstance(value, float) and np.isnan(value)):
            return None
        return str(value)


@dataclass
class _Street:
    """One street between two nodes of a graph, with the directions it has edges for."""

    u: Any
    v: Any
    attributes: Mapping[str, Any]
    both: bool = False


def read_graphml(path: Path) -> RawRoads:
    """Return the roads of a GraphML file that OSMnx saved."""
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path.name} is empty. Save the graph again with OSMnx.")
    try:
        graph = osmnx.load_graphml(path)
    except Exception as error:  # any parser, number or key error: the file is not what it says
        raise InvalidInput(
            f"{path.name} is not a GraphML file saved by OSMnx ({error}). "
            "Save the graph again with osmnx.save_graphml."
        ) from error
    return from_osmnx(graph)


def from_osmnx(graph: nx.MultiDiGraph[Any]) -> RawRoads:
    """Return the roads of an OSMnx graph, simplified or not. It knows no turn restrictions."""
    if str(graph.graph.get("crs", _WORLD)).lower() not in (_WORLD, "wgs84", "4326"):
        raise InvalidInput("The OSMnx graph is projected. Save it in degrees (EPSG:4326).")
    raw = RawRoads()
    made_up = count(-1, -1)
    numbers = _node_numbers(graph)
    try:
        for node, attributes in graph.nodes(data=True):
            _take_node(raw, numbers[node], EdgeTags(attributes))
        for street in _streets(graph):
            edge = EdgeTags({"highway": "unclassified", **street.attributes})
            facts = facts_of(edge)
            if facts is None:
                continue
            raw.add_way(
                _first_number(street.attributes.get("osmid")),
                facts,
                _line(graph, street, numbers, made_up),
                name=read.street_name(edge),
                both=street.both,
            )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"The OSMnx graph cannot be used: {error!r} is wrong in it.") from error
    if not raw.way_nodes:
        raise InvalidInput("The OSMnx graph has no roads a car can use.")
    return raw


def to_osmnx(network: Network, profile: Profile | None = None) -> nx.MultiDiGraph[Any]:
    """Return a network as a graph that OSMnx's own functions accept; turns are not in it."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        crs=_WORLD, simplified=True, created_with="Fieldbeat"
    )
    ends = np.concatenate([network.piece_tail, network.piece_head])
    streets = np.bincount(ends, minlength=len(network.node_osm)).tolist()
    osm = network.node_osm.tolist()
    for row, node in enumerate(osm):
        graph.add_node(
            node,
            x=float(network.node_lon[row]),
            y=float(network.node_lat[row]),
            street_count=streets[row],
            **({"highway": "traffic_signals"} if network.node_signal[row] else {}),
        )
    arcs = network.arcs
    seconds = arc_seconds(network, profile or Profile(), slot=DEFAULT_SLOT).tolist()
    for arc in range(arcs.count):
        attributes = _edge(network, arc, seconds[arc])
        graph.add_edge(osm[arcs.tail[arc]], osm[arcs.head[arc]], **attributes)
    return graph


def _edge(network: Network, arc: int, seconds: float) -> dict[str, Any]:
    piece, back = int(network.arcs.piece[arc]), bool(network.arcs.against[arc])
    way = int(network.piece_way[piece])
    rows = network.piece_points(piece)
    line = np.column_stack([network.point_lon[rows], network.point_lat[rows]])
    limit = float((network.way_limit_backward if back else network.way_limit_forward)[way])
    metres = float(network.piece_m[piece])
    road_class = CLASSES[network.way_class[way]]
    edge: dict[str, Any] = {
        "osmid": int(network.way_osm[way]),
        "highway": road_class,
        "oneway": not (network.way_forward[way] and network.way_backward[way]),
        "reversed": back,
        "length": metres,
        "speed_kph": metres / seconds * 3.6 if seconds > 0 else 0.0,
        "travel_time": seconds,
        "geometry": shapely.LineString(line[::-1] if back else line),
    }
    said = {
        "name": network.names[network.way_name[way]],
        "service": SERVICES[network.way_service[way]],
        "surface": SURFACES[network.way_surface[way]],
        "access": "destination" if network.way_restricted[way] else "",
        "maxspeed": "" if np.isnan(limit) else f"{limit:g}",
        "tunnel": "" if _above_ground(network, way) else "yes",
        "junction": "roundabout" if network.way_roundabout[way] else "",
        "route": "ferry" if road_class == "ferry" else "",
        "duration": _minutes(float(network.way_duration_s[way])),
    }
    return edge | {key: value for key, value in said.items() if value}


def _above_ground(network: Network, way: int) -> bool:
    kept_off = CLASSES[network.way_class[way]] in ("ferry", "motorway", "motorway_link")
    return bool(network.way_snappable[way]) or kept_off


def _minutes(seconds: float) -> str:
    return "" if np.isnan(seconds) else f"PT{seconds:.0f}S"


def _take_node(raw: RawRoads, number: int, tags: EdgeTags) -> None:
    if tags.get("highway") == "traffic_signals":
        raw.signals[number] = read.signal_direction(tags)
    if tags.get("barrier") and read.blocks_cars(tags):
        raw.barriers.add(number)


def _node_numbers(graph: nx.MultiDiGraph[Any]) -> dict[Any, int]:
    """Return a whole number per node: its OpenStreetMap id where it is one."""
    return {
        node: node if isinstance(node, int) and node > 0 else 1 + row
        for row, node in enumerate(graph.nodes)
    }


def _streets(graph: nx.MultiDiGraph[Any]) -> list[_Street]:
    """Return each street once; opposite edges of one way along the same line are one street."""
    open_twins: dict[tuple[Any, ...], list[_Street]] = {}
    streets = []
    for u, v, attributes in graph.edges(data=True):
        ways = attributes.get("osmid")
        same = tuple(sorted(map(str, ways))) if isinstance(ways, list) else str(ways)
        line = attributes.get("geometry")
        points = [] if line is None else shapely.get_coordinates(line).round(6).tolist()
        shape = tuple(map(tuple, points))
        waiting = open_twins.get((v, u, same, shape[::-1]))
        if waiting:
            waiting.pop().both = True
            continue
        street = _Street(u, v, attributes)
        open_twins.setdefault((u, v, same, shape), []).append(street)
        streets.append(street)
    return streets


def _line(
    graph: nx.MultiDiGraph[Any], street: _Street, numbers: Mapping[Any, int], made_up: Iterator[int]
) -> Line:
    """Return the street's points; those of its shape get made-up ids."""
    begin, end = graph.nodes[street.u], graph.nodes[street.v]
    shape = street.attributes.get("geometry")
    inner = [] if shape is None else shapely.get_coordinates(shape)[1:-1].tolist()
    return Line(
        [numbers[street.u], *(next(made_up) for _ in inner), numbers[street.v]],
        [float(begin["x"]), *(lon for lon, _ in inner), float(end["x"])],
        [float(begin["y"]), *(lat for _, lat in inner), float(end["y"])],
    )


def _first_number(osmid: Any) -> int:
    first = osmid[0] if isinstance(osmid, (list, tuple)) and osmid else osmid
    return first if isinstance(first, int) else 0

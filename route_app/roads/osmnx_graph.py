"""Exchange with OSMnx: its graphs and GraphML files in, a graph its functions accept out."""

from __future__ import annotations  # networkx classes take no [] when run

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
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
from route_app.roads.rawroads import Line, RawRestriction, RawRoads
from route_app.roads.speeds import arc_seconds
from route_app.roads.wayfacts import facts_of

_WORLD = "epsg:4326"
# Attributes of our own, for what OSMnx has no place for.
_RESTRICTIONS = "turn_restrictions"
_LIGHTS = "traffic_lights"


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


def write_graphml(
    network: Network, path: Path, *, profile: Profile | None = None
) -> tuple[int, int]:
    """Write a network as GraphML for OSMnx, all at once or not; return its nodes and edges."""
    if not path.name.lower().endswith(".graphml"):
        raise InvalidInput(f"Give the file the ending .graphml, such as {path.stem}.graphml.")
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Make it first.")
    graph = to_osmnx(network, profile)
    new = path.with_name(f".{path.name}.part")
    try:
        osmnx.save_graphml(graph, new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return graph.number_of_nodes(), graph.number_of_edges()


def from_osmnx(graph: nx.MultiDiGraph[Any]) -> RawRoads:
    """Return the roads of an OSMnx graph, simplified or not. Only our own have restrictions."""
    if str(graph.graph.get("crs", _WORLD)).lower() not in (_WORLD, "wgs84", "4326"):
        raise InvalidInput("The OSMnx graph is projected. Save it in degrees (EPSG:4326).")
    raw = RawRoads()
    made_up = count(-1, -1)
    numbers = _node_numbers(graph)
    try:
        for node, attributes in graph.nodes(data=True):
            raw.add_node(numbers[node], EdgeTags(attributes))
        for street in _streets(graph):
            edge = _edge_tags(street.attributes)
            facts = facts_of(edge)
            if facts is None:
                continue
            line = _line(graph, street, numbers, made_up)
            raw.add_way(
                _first_number(street.attributes.get("osmid")),
                facts,
                line,
                name=read.street_name(edge),
                both=street.both,
            )
            raw.take_conditions(edge)
            _take_lights(raw, line, edge.get(_LIGHTS))
        raw.restrictions += _read_restrictions(graph.graph.get(_RESTRICTIONS))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"The OSMnx graph cannot be used: {error!r} is wrong in it.") from error
    if not raw.way_nodes:
        raise InvalidInput("The OSMnx graph has no roads a car can use.")
    return raw


def to_osmnx(network: Network, profile: Profile | None = None) -> nx.MultiDiGraph[Any]:
    """Return a network as a graph that OSMnx's own functions accept.

    What OSMnx has no place for (turn restrictions, lights between junctions) is kept in attributes
    that `from_osmnx` reads back.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        crs=_WORLD, simplified=True, created_with="Fieldbeat"
    )
    if network.restrictions:
        graph.graph[_RESTRICTIONS] = json.dumps([astuple(row) for row in network.restrictions])
    lights, limits = _lights_by_piece(network), _timed_limits(network)
    ends = np.concatenate([network.piece_tail, network.piece_head])
    streets = np.bincount(ends, minlength=len(network.node_osm)).tolist()
    osm = network.node_osm.tolist()
    for row, node in enumerate(osm):
        graph.add_node(
            node,
            x=float(network.node_lon[row]),
            y=float(network.node_lat[row]),
            street_count=streets[row],
            **_node_tags(network, row),
        )
    arcs = network.arcs
    seconds = arc_seconds(network, profile or Profile(), slot=DEFAULT_SLOT).tolist()
    for arc in range(arcs.count):
        attributes = _edge(network, arc, seconds[arc])
        piece, back = int(arcs.piece[arc]), bool(arcs.against[arc])
        if piece in lights:
            attributes[_LIGHTS] = _said(
                lights[piece], size=len(attributes["geometry"].coords), back=back
            )
        if hours := limits.get(int(network.piece_way[piece])):
            attributes["maxspeed:conditional"] = hours
        graph.add_edge(osm[arcs.tail[arc]], osm[arcs.head[arc]], **attributes)
    return graph


def _edge(network: Network, arc: int, seconds: float) -> dict[str, Any]:
    piece, back = int(network.arcs.piece[arc]), bool(network.arcs.against[arc])
    way = int(network.piece_way[piece])
    rows = network.piece_points(piece)
    line = np.column_stack([network.point_lon[rows], network.point_lat[rows]])
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
        **_limits(network, way, back=back),
        "tunnel": "" if _above_ground(network, way) else "yes",
        "junction": "roundabout" if network.way_roundabout[way] else "",
        "route": "ferry" if road_class == "ferry" else "",
        "duration": "" if np.isnan(network.way_duration_s[way]) else f"PT{seconds:.6f}S",
    }
    return edge | {key: value for key, value in said.items() if value}


def _limits(network: Network, way: int, *, back: bool) -> dict[str, str]:
    """Return the limits of a way as tags of an edge along it or, `back`, against it."""
    limits = [float(network.way_limit_forward[way]), float(network.way_limit_backward[way])]
    own, other = ("" if np.isnan(one) else f"{one:g}" for one in (limits[::-1] if back else limits))
    if own == other or not (network.way_forward[way] and network.way_backward[way]):
        return {"maxspeed": own}
    return {"maxspeed": own, "maxspeed:backward": other} if other else {"maxspeed:forward": own}


def _node_tags(network: Network, row: int) -> dict[str, str]:
    tags = {"highway": "traffic_signals"} if network.node_signal[row] else {}
    if network.node_blocked[row]:
        tags |= {"barrier": "bollard"}
    elif network.node_gated[row]:
        tags |= {"barrier": "gate", "access": "private"}
    return tags


def _lights_by_piece(network: Network) -> dict[int, list[tuple[int, int]]]:
    """Return for each piece with lights on it the points they stand at and whom they stop."""
    lights: dict[int, list[tuple[int, int]]] = {}
    for row, piece in enumerate(network.light_piece.tolist()):
        rows = network.piece_points(piece)
        at = network.point_at_m[rows] - network.point_at_m[rows.start]
        point = int(np.argmin(np.abs(at - network.light_at_m[row])))
        facing = int(network.light_forward[row]) + 2 * int(network.light_backward[row])
        lights.setdefault(piece, []).append((point, facing))
    return lights


def _said(lights: list[tuple[int, int]], *, size: int, back: bool) -> str:
    """Return lights as text, points counted and sides named as the edge is drawn."""
    turned = {1: 2, 2: 1, 3: 3, 0: 0}
    drawn = [(size - 1 - point, turned[facing]) for point, facing in lights] if back else lights
    return " ".join(f"{point}:{facing}" for point, facing in sorted(drawn))


def _take_lights(raw: RawRoads, line: Line, said: str | None) -> None:
    for light in (said or "").split():
        point, _, facing = light.partition(":")
        raw.signals[line.refs[int(point)]] = int(facing)


def _timed_limits(network: Network) -> dict[int, str]:
    limits: dict[int, str] = {}
    for way, kmh, when in zip(
        network.timed_way.tolist(),
        network.timed_kmh.tolist(),
        network.timed_when.tolist(),
        strict=True,
    ):
        clause = f"{kmh:g} @ ({network.conditions[when]})"
        limits[way] = f"{limits[way]}; {clause}" if way in limits else clause
    return limits


def _read_restrictions(said: Any) -> list[RawRestriction]:
    rows = json.loads(said) if isinstance(said, str) else []
    return [
        RawRestriction(str(kind), tuple(start), via, tuple(over), tuple(goal), str(when))
        for kind, start, via, over, goal, when in rows
    ]


def _above_ground(network: Network, way: int) -> bool:
    kept_off = CLASSES[network.way_class[way]] in ("ferry", "motorway", "motorway_link")
    return bool(network.way_snappable[way]) or kept_off


def _edge_tags(attributes: Mapping[str, Any]) -> EdgeTags:
    """Return the tags of an edge as OpenStreetMap has them: no `highway` on a ferry, else one."""
    said = EdgeTags(attributes)
    highway = said.get("highway")
    if highway == "ferry" or (highway is None and said.get("route") == "ferry"):
        return EdgeTags({**attributes, "highway": None, "route": "ferry"})
    return said if highway else EdgeTags({**attributes, "highway": "unclassified"})


def _node_numbers(graph: nx.MultiDiGraph[Any]) -> dict[Any, int]:
    """Return a whole number per node: its OpenStreetMap id where it is one, else a higher one."""
    real = {
        node: int(node) for node in graph.nodes if isinstance(node, (int, np.integer)) and node > 0
    }
    made_up = count(max(real.values(), default=0) + 1)
    return {node: real[node] if node in real else next(made_up) for node in graph.nodes}


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
    lons, lats = ([float(begin[axis]), float(end[axis])] for axis in ("x", "y"))
    shape = street.attributes.get("geometry")
    points = [] if shape is None else shapely.get_coordinates(shape).tolist()
    if points:
        # A junction on the date line has two places, and a node only one.
        lons = [
            lon if abs(lon - drawn) < 180 else drawn
            for lon, (drawn, _) in zip(lons, (points[0], points[-1]), strict=True)
        ]
    inner = points[1:-1]
    return Line(
        [numbers[street.u], *(next(made_up) for _ in inner), numbers[street.v]],
        [lons[0], *(lon for lon, _ in inner), lons[1]],
        [lats[0], *(lat for _, lat in inner), lats[1]],
    )


def _first_number(osmid: Any) -> int:
    first = osmid[0] if isinstance(osmid, (list, tuple)) and osmid else osmid
    return first if isinstance(first, int) else 0

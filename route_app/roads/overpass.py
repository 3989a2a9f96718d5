"""Fetch the roads of a named place or a box from OpenStreetMap, through OSMnx."""

from __future__ import annotations  # networkx classes take no [] when run

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import networkx as nx
import osmnx
import requests

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.roads.profile import CLASSES
from route_app.roads.rawroads import CONDITIONAL_KEYS

_ROADS = '["highway"~"^(' + "|".join(kind for kind in CLASSES if kind != "ferry") + ')$"]'
_FILTERS = [_ROADS + '["area"!~"yes"]', '["route"="ferry"]']
_WAY_TAGS = (
    "motorcar", "motor_vehicle", "vehicle", "surface", "oneway:motorcar", "oneway:motor_vehicle",
    "maxspeed:forward", "maxspeed:backward", "route", "duration",
    "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic", *CONDITIONAL_KEYS,
)  # fmt: skip
_NODE_TAGS = ("barrier", "access", "motor_vehicle", "traffic_signals:direction")
_OFFLINE = (
    "OpenStreetMap cannot be reached, so this machine seems to have no internet. "
    "Build from an extract file instead: flask roads build FILE"
)


def fetch_place(place: str, folder: Path) -> Path:
    """Save the roads of a place, such as "Piedmont, California, USA", and return the file."""
    if not place.strip():
        raise InvalidInput("Name the place, such as Piedmont, California, USA.")
    with _asking(place):
        graph = osmnx.graph_from_place(
            place, simplify=False, retain_all=True, custom_filter=_FILTERS
        )
        return _save(graph, folder / "place.graphml")


def fetch_box(west: float, south: float, east: float, north: float, *, folder: Path) -> Path:
    """Save the roads inside a box in degrees and return the file."""
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput(
            "A box is west,south,east,north in degrees, such as 24.9,60.1,25.0,60.2."
        )
    if (east - west) * (north - south) > 4:
        raise InvalidInput("The box is too large to fetch. Download an extract file instead.")
    with _asking("this box"):
        graph = osmnx.graph_from_bbox(
            (west, south, east, north), simplify=False, retain_all=True, custom_filter=_FILTERS
        )
        return _save(graph, folder / "box.graphml")


def _save(graph: nx.MultiDiGraph[Any], path: Path) -> Path:
    """Write a graph whose edges keep to one way and stop at lights, so no tag is lost."""
    slim = osmnx.simplify_graph(
        graph, node_attrs_include=["highway", "barrier"], edge_attrs_differ=["osmid"]
    )
    osmnx.save_graphml(slim, path)
    return path


@contextmanager
def _asking(place: str) -> Iterator[None]:
    """Ask OpenStreetMap for the tags we read, and turn its failures into sentences."""
    kept = (
        osmnx.settings.useful_tags_way,
        osmnx.settings.useful_tags_node,
        osmnx.settings.use_cache,
    )
    osmnx.settings.useful_tags_way = sorted({*kept[0], *_WAY_TAGS})
    osmnx.settings.useful_tags_node = sorted({*kept[1], *_NODE_TAGS})
    # OSMnx would write its cache into whatever folder the command is run from.
    osmnx.settings.use_cache = False
    try:
        yield
    except osmnx._errors.InsufficientResponseError as error:
        raise NotFound(
            f"OpenStreetMap finds no roads for {place}. Check the spelling and add the country."
        ) from error
    except TypeError as error:  # OSMnx says so when a name is known, but only as a point
        raise NotFound(
            f"OpenStreetMap knows {place} as a point, not as an area. Name the town around it."
        ) from error
    except osmnx._errors.ResponseStatusCodeError as error:
        raise Unavailable(
            f"OpenStreetMap's server refused the request ({error}). Try again in some minutes."
        ) from error
    except (requests.exceptions.RequestException, OSError) as error:
        raise Unavailable(_OFFLINE) from error
    finally:
        (
            osmnx.settings.useful_tags_way,
            osmnx.settings.useful_tags_node,
            osmnx.settings.use_cache,
        ) = kept

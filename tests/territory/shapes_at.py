"""Shapes for tests, drawn on Smalltown's kilometre blocks."""

from typing import Any

from tests.smalltown import JUNCTIONS

Polygon = dict[str, Any]
_NORTH = 0.009  # about a block
_EAST = 0.0192


def box(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle by its sides, in degrees."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def around(*junctions: str, blocks: float = 0.4) -> Polygon:
    """A rectangle around junctions, reaching a part of a block beyond them."""
    places = [JUNCTIONS[junction] for junction in junctions]
    return box(
        min(place.lon for place in places) - blocks * _EAST,
        min(place.lat for place in places) - blocks * _NORTH,
        max(place.lon for place in places) + blocks * _EAST,
        max(place.lat for place in places) + blocks * _NORTH,
    )


NORTH = around("A3", "D2")  # alice's four shops
SOUTH = around("A1", "D1")  # carol's two
EVERYWHERE = around("A1", "D3")


def feature(name: str, shape: Polygon | None, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature with a name."""
    return {
        "type": "Feature",
        "properties": {"territory": name, **properties},
        "geometry": shape,
    }


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}

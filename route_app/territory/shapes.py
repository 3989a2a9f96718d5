"""The shape of one territory: read from GeoJSON, repaired, measured, written back.

Shapes are GeoJSON Polygon or MultiPolygon in degrees, WGS 84, [longitude, latitude].
"""

import json
from collections.abc import Iterator
from math import cos, isfinite, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from route_app.errors import InvalidInput
from route_app.lib.geo import EARTH_RADIUS_M

SLIVER_DEG2 = 1e-6  # about 80 m by 80 m in the north; drawing slips are smaller, areas larger
LARGEST_KM2 = 20_000_000.0  # no country is larger
MOST_CORNERS = 100_000
_DECIMALS = 7  # about a centimetre; equal corners of neighbours stay equal
_GEOGRAPHIC = ("crs84", "4326")


def read_shape(document: object) -> BaseGeometry:
    """Return the area of a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection.

    Several areas are joined into one. Small faults are repaired; InvalidInput says in a sentence
    what cannot be.
    """
    areas = [_area_of(geometry) for geometry in _geometries(document)]
    if not areas:
        raise InvalidInput("There is no area in this shape. Draw or import at least one polygon.")
    whole = shapely.union_all(areas)
    parts = [part for part in polygons_of(whole) if part.area >= SLIVER_DEG2]
    if not parts:
        raise InvalidInput(
            "This area is smaller than a street block, so no account could lie in it. "
            "Draw a larger one."
        )
    tidy = shapely.make_valid(_rounded(parts[0] if len(parts) == 1 else MultiPolygon(parts)))
    return _joined(polygons_of(tidy))


def load(document: dict[str, Any]) -> BaseGeometry:
    """Return the geometry of a shape that was stored after `read_shape` had accepted it."""
    return shape(document)


def dump(area: BaseGeometry) -> dict[str, Any]:
    """Return an area as a GeoJSON geometry, outer lines counter-clockwise as the standard asks."""
    document: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(area)))
    return document


def polygons_of(area: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a geometry; stray points and lines of a repair are left out."""
    parts = shapely.get_parts(area)
    nested = [p for part in parts for p in shapely.get_parts(part)]
    return [p for p in nested if isinstance(p, Polygon) and not p.is_empty]


def area_m2(area: BaseGeometry) -> float:
    """Return the size of an area on the globe, in square metres."""
    return float(shapely.area(shapely.transform(area, _equal_area)))


def corner_count(area: BaseGeometry) -> int:
    """Return how many corners an area has."""
    return int(shapely.get_num_coordinates(area))


def points(latlons: NDArray[np.float64]) -> NDArray[Any]:
    """Return geometries for rows of (latitude, longitude)."""
    return np.asarray(shapely.points(latlons[:, 1], latlons[:, 0]))


def flat(latlons: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows of (latitude, longitude) as metres on a local plane; good within a country."""
    middle = cos(radians(float(latlons[:, 0].mean())))
    metre = np.pi * EARTH_RADIUS_M / 180
    return np.column_stack([latlons[:, 1] * metre * middle, latlons[:, 0] * metre])


def _geometries(document: object) -> Iterator[dict[str, Any]]:
    """Yield the Polygon and MultiPolygon objects inside a GeoJSON document."""
    if not isinstance(document, dict):
        raise InvalidInput("This is not GeoJSON: it should be an object with a type.")
    refuse_other_crs(document)
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not features:
            raise InvalidInput("This FeatureCollection holds no features.")
        for feature in features:
            yield from _geometries(feature)
    elif kind == "Feature":
        if document.get("geometry") is None:
            raise InvalidInput("A feature has no geometry. Give each one a polygon.")
        yield from _geometries(document["geometry"])
    elif kind in ("Polygon", "MultiPolygon"):
        yield document
    else:
        raise InvalidInput(
            f"A territory is a Polygon or MultiPolygon; this is {_named(kind)}. "
            "Close the line to make it an area."
        )


def refuse_other_crs(document: dict[str, Any]) -> None:
    """Raise InvalidInput when a document says its coordinates are not longitude and latitude."""
    crs = document.get("crs")
    if crs is None:
        return
    name = json.dumps(crs).lower()
    if not any(known in name for known in _GEOGRAPHIC):
        raise InvalidInput(
            "The coordinates are in another reference system. Export the file again as "
            "EPSG:4326 (WGS 84, longitude and latitude)."
        )


def _area_of(geometry: dict[str, Any]) -> BaseGeometry:
    coordinates = geometry.get("coordinates")
    bodies = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    if not isinstance(bodies, list) or not bodies or not bodies[0]:
        raise InvalidInput("This polygon is empty. Draw at least three corners.")
    whole = shapely.union_all([_polygon(body) for body in bodies])
    _refuse_oversize(whole)
    return whole


def _polygon(body: object) -> BaseGeometry:
    if not isinstance(body, list) or not body:
        raise InvalidInput("A polygon of this shape has no corners.")
    rings = [_ring(ring) for ring in body]
    outer = _repaired(Polygon(rings[0]))
    holes = [_repaired(Polygon(ring)) for ring in rings[1:]]
    for hole in holes:
        if hole.difference(outer).area > max(SLIVER_DEG2, hole.area * 0.01):
            raise InvalidInput(
                "A hole lies outside its outer line, so inside and outside are swapped. "
                "List the outer line first, then its holes."
            )
    return outer.difference(shapely.union_all(holes)) if holes else outer


def _ring(ring: object) -> list[tuple[float, float]]:
    if not isinstance(ring, list):
        raise InvalidInput("The corners of a polygon should be a list of [longitude, latitude].")
    corners = [_corner(pair) for pair in ring]
    if len(corners) > MOST_CORNERS:
        raise InvalidInput(
            f"This line has {len(corners):,} corners. Simplify it to {MOST_CORNERS:,} or fewer."
        )
    if len(set(corners)) < 3:
        raise InvalidInput("A polygon needs at least three different corners.")
    return corners


def _corner(pair: object) -> tuple[float, float]:
    if not isinstance(pair, list) or len(pair) < 2 or not all(map(_is_number, pair[:2])):
        raise InvalidInput("Each corner should be two numbers: [longitude, latitude].")
    try:
        lon, lat = float(pair[0]), float(pair[1])
    except OverflowError:
        lon = lat = float("inf")
    if not (isfinite(lon) and isfinite(lat)):
        raise InvalidInput("A corner is not a number. Check the file where it came from.")
    if abs(lon) > 180 or abs(lat) > 180:
        raise InvalidInput(
            f"A corner at {lon:g}, {lat:g} is not on the globe. The file is probably in metres; "
            "export it again as EPSG:4326 (WGS 84)."
        )
    if abs(lat) > 90:
        raise InvalidInput(
            f"A corner has latitude {lat:g}. Latitude and longitude seem to be swapped: "
            "GeoJSON wants [longitude, latitude]."
        )
    return lon, lat


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _repaired(polygon: Polygon) -> BaseGeometry:
    """Return a ring's area, mended where it is clear what was meant.

    A figure of eight has two clear loops. Where one loop lies over another, counting crossings
    and walking the line disagree about what is inside, and only the person who drew it knows.
    """
    if polygon.is_valid:
        return polygon
    crossings = _joined(polygons_of(shapely.make_valid(polygon, method="linework")))
    walked = _joined(polygons_of(shapely.make_valid(polygon, method="structure")))
    size = max(crossings.area, walked.area)
    if size < SLIVER_DEG2:
        raise InvalidInput(
            "This outline encloses nothing: its line runs back over itself. Draw it again."
        )
    if crossings.symmetric_difference(walked).area > size * 0.01:
        raise InvalidInput(
            "This outline crosses itself so that inside and outside cannot be told apart. "
            "Move the crossing corners and try again."
        )
    return walked


def _refuse_oversize(area: BaseGeometry) -> None:
    west, south, east, north = area.bounds
    if east - west > 180 or area_m2(area) > LARGEST_KM2 * 1e6 or north - south > 120:
        raise InvalidInput(
            "This area is larger than any country. If it crosses the 180th meridian, split it "
            "there; otherwise draw it again."
        )


def _joined(parts: list[Polygon]) -> BaseGeometry:
    if not parts:
        return Polygon()
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _rounded(area: BaseGeometry) -> BaseGeometry:
    return shapely.transform(area, lambda corners: np.round(corners, _DECIMALS))


def _equal_area(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    radians_of = np.radians(corners)
    return np.column_stack(
        [EARTH_RADIUS_M * radians_of[:, 0], EARTH_RADIUS_M * np.sin(radians_of[:, 1])]
    )


def _named(kind: object) -> str:
    return kind if isinstance(kind, str) and kind else "something without a type"

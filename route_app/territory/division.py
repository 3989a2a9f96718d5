"""Dividing the land by the accounts people own: shapes without overlap and without gap."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import cos, pi, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

from route_app.lib.geo import EARTH_RADIUS_M
from route_app.territory import shapes

MARGIN_SHARE = 0.1  # how far the outermost areas reach beyond their accounts, of all their spread
LEAST_MARGIN_M = 250.0
MOST_MARGIN_M = 2_000.0
OWN_SHARE = 1.0  # accounts that must still lie in their own shape after simplifying
_COARSEST_M = 200.0
_FINEST_M = 5.0
_GRID_M = 0.001
_DECIMALS = 7  # of a degree; about a centimetre


def divide(keys: Sequence[str], places: NDArray[np.float64]) -> dict[str, BaseGeometry]:
    """Return one area per key, from places (latitude, longitude) that carry it.

    Every point of the land goes to the key of its nearest place, within a margin around all of
    them. Where several keys share a place, the most frequent has it.
    """
    if not len(keys):
        return {}
    latlons, owners = _distinct(keys, places)
    metres = shapes.flat(latlons)
    members = np.array(owners)
    names = sorted(set(owners))
    whole = _areas(metres, members, names=names)
    smooth = _simplified(whole, metres, members, names=names)
    back = _unflat(latlons)
    return {
        name: shapely.make_valid(shapely.transform(area, back))
        for name, area in zip(names, smooth, strict=True)
    }


def _distinct(
    keys: Sequence[str], places: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[str]]:
    """Return places that differ by more than a few centimetres, each with its one owner."""
    rounded = np.round(places, 6)
    latlons, index = np.unique(rounded, axis=0, return_inverse=True)
    tally: list[Counter[str]] = [Counter() for _ in range(len(latlons))]
    for key, at in zip(keys, np.ravel(index), strict=True):
        tally[int(at)][key] += 1
    owners = [min(count, key=lambda name: (-count[name], name)) for count in tally]
    return latlons, owners


def _areas(metres: NDArray[np.float64], members: NDArray[Any], *, names: list[str]) -> NDArray[Any]:
    """Return, for each name in order, the land that is nearest to one of its places.

    All areas are cut from one set of lines that meet in shared corners, so that neighbours fit
    exactly.
    """
    land = MultiPoint(metres).convex_hull.buffer(_margin_m(metres), quad_segs=4)
    lines = [land.boundary, *_borders(metres, members, land=land)]
    faces = shapely.get_parts(shapely.polygonize(_noded(lines)))
    seeds = shapely.get_coordinates(shapely.point_on_surface(faces))
    _, nearest = cKDTree(metres).query(seeds)
    owners = members[nearest]
    return np.array([shapely.union_all(faces[owners == name]) for name in names], dtype=object)


def _margin_m(metres: NDArray[np.float64]) -> float:
    spread = float(np.hypot(*np.ptp(metres, axis=0)))
    return min(MOST_MARGIN_M, max(LEAST_MARGIN_M, MARGIN_SHARE * spread))


def _borders(
    metres: NDArray[np.float64], members: NDArray[Any], *, land: BaseGeometry
) -> list[BaseGeometry]:
    """Return the lines halfway between neighbouring places of different names, on the land."""
    if len(set(members)) < 2:
        return []
    # A far ring of extra places makes every border that crosses the land a finite one.
    west, south, east, north = land.bounds
    reach = 4 * max(east - west, north - south)
    turns = np.linspace(0, 2 * pi, 8, endpoint=False)
    centre = np.array([(west + east) / 2, (south + north) / 2])
    ring = centre + reach * np.column_stack([np.cos(turns), np.sin(turns)])
    diagram = Voronoi(np.vstack([metres, ring]))
    real = (diagram.ridge_points < len(metres)).all(axis=1)
    ends = np.array(diagram.ridge_vertices)[real]
    pairs = diagram.ridge_points[real]
    ends = ends[members[pairs[:, 0]] != members[pairs[:, 1]]]
    borders = shapely.linestrings(diagram.vertices[ends])
    return list(shapely.intersection(borders, land))


def _noded(lines: list[BaseGeometry]) -> list[BaseGeometry]:
    return list(shapely.get_parts(shapely.union_all(lines, grid_size=_GRID_M)))


def _simplified(
    areas: NDArray[Any],
    metres: NDArray[np.float64],
    members: NDArray[Any],
    *,
    names: list[str],
) -> NDArray[Any]:
    """Return the areas with as few corners as keep every account in its own shape."""
    tolerance = min(_COARSEST_M, _typical_gap_m(metres))
    if not shapely.coverage_is_valid(areas):
        return areas
    while tolerance >= _FINEST_M:
        smooth: NDArray[Any] = shapely.coverage_simplify(areas, tolerance)
        shapely.prepare(smooth)
        inside = sum(
            int(shapely.intersects_xy(area, metres[members == name]).sum())
            for area, name in zip(smooth, names, strict=True)
        )
        if inside >= OWN_SHARE * len(metres):
            return smooth
        tolerance /= 2
    return areas


def _typical_gap_m(metres: NDArray[np.float64]) -> float:
    if len(metres) < 2:
        return _COARSEST_M
    gaps = np.asarray(cKDTree(metres).query(metres, k=2)[0])
    return float(np.median(gaps[:, 1]))


def _unflat(latlons: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the way back from metres to degrees for the plane `shapes.flat` made."""
    metre = pi * EARTH_RADIUS_M / 180
    middle = cos(radians(float(latlons[:, 0].mean())))

    def back(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        degrees = np.column_stack([corners[:, 0] / (metre * middle), corners[:, 1] / metre])
        return np.round(degrees, _DECIMALS)

    return back

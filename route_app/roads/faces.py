"""Cut an area along lines into faces, and say what lies beside the lines and within the faces."""

from collections.abc import Sequence
from math import cos, radians
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from route_app.roads.network import Bools, Floats

GRID_DEG = 1e-7  # what OpenStreetMap stores: everything meets on this grid, or it does not meet
SIDE_STEP_DEG = 1e-6  # 0.1 m: near enough to stay within the face beside a line
KM_PER_DEGREE = 111.32
FEW_STREETS_KM = 1.0
MANY_STREETS = 0.1  # of all
STREETS_KM_PER_KM2 = 1.0  # a harbour has fewer of its streets within the sea, a town has ten

Faces = NDArray[np.int64]


class Streets(NamedTuple):
    """Where streets lie on firm ground: the middles of their stretches, and how long those are."""

    lon: Floats
    lat: Floats
    km: Floats


NO_STREETS = Streets(np.zeros(0), np.zeros(0), np.zeros(0))


class Sides(NamedTuple):
    """For each stretch of line the faces on its left and right (-1: none), and its length."""

    left: Faces
    right: Faces
    km: Floats


def pieces_within(lines: Sequence[LineString], frame: Polygon) -> list[LineString]:
    """Return the lines within a box, cut where they cross."""
    united = shapely.union_all(list(lines), grid_size=GRID_DEG)
    within = shapely.intersection(united, frame, grid_size=GRID_DEG)
    return [p for p in shapely.get_parts(within) if isinstance(p, LineString) and p.coords]


def faces_between(lines: Sequence[LineString], frame: Polygon) -> list[Polygon]:
    """Return the parts into which lines cut a box."""
    cut = shapely.union_all([*lines, frame.exterior], grid_size=GRID_DEG)
    return [f for f in shapely.get_parts(shapely.polygonize([cut])) if isinstance(f, Polygon)]


def sides_of(faces: Sequence[Polygon], lines: Sequence[LineString]) -> Sides:
    """Return what lies on both sides of every stretch of some lines."""
    if not lines:
        none = np.zeros(0, dtype=np.int64)
        return Sides(none, none, np.zeros(0))
    corners, line_of = shapely.get_coordinates(list(lines), return_index=True)
    same = line_of[1:] == line_of[:-1]
    start, stop = corners[:-1][same], corners[1:][same]
    along = stop - start
    length = np.hypot(along[:, 0], along[:, 1])
    real = length > 0
    start, along, length = start[real], along[real], length[real]
    across = np.column_stack((-along[:, 1], along[:, 0])) / length[:, None] * SIDE_STEP_DEG
    middle = start + along / 2
    squeeze = np.cos(np.radians(middle[:, 1]))
    km = np.hypot(along[:, 0] * squeeze, along[:, 1]) * KM_PER_DEGREE
    return Sides(face_at(faces, middle + across), face_at(faces, middle - across), km)


def face_at(faces: Sequence[Polygon], places: Floats) -> Faces:
    """Return which face each place lies in, -1 where none."""
    found = np.full(len(places), -1, dtype=np.int64)
    points: Any = shapely.points(places)
    face, place = shapely.STRtree(points).query(list(faces), predicate="contains")
    found[place] = face
    return found


def holds_a_town(faces: Sequence[Polygon], streets: Streets) -> Bools:
    """Return which faces hold too many streets to be water."""
    if not len(streets.km):
        return np.zeros(len(faces), dtype=bool)
    at = face_at(faces, np.column_stack((streets.lon, streets.lat)))
    km = np.zeros(len(faces))
    np.add.at(km, at[at >= 0], streets.km[at >= 0])
    dense = km > STREETS_KM_PER_KM2 * np.array([km2_of(face) for face in faces])
    towns: Bools = (km > FEW_STREETS_KM) & (dense | (km > MANY_STREETS * streets.km.sum()))
    return towns


def km2_of(face: BaseGeometry) -> float:
    """Return how large a surface in degrees is."""
    middle = (face.bounds[1] + face.bounds[3]) / 2
    return float(face.area * KM_PER_DEGREE**2 * cos(radians(middle)))

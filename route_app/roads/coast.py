"""Sea and land from the coastline pieces of a clipped extract.

In OpenStreetMap the land lies to the left of a coastline's direction.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

SIDE_STEP_DEG = 1e-6  # 0.1 m: near enough to stay within the face beside the coast


def sea_faces(coast: Sequence[LineString], box: Polygon) -> list[Polygon]:
    """Return the parts of the box that are sea; none where no coastline was given."""
    if not coast:
        return []
    lines = shapely.intersection(shapely.unary_union(list(coast)), box)
    pieces = [p for p in shapely.get_parts(lines) if isinstance(p, LineString) and p.coords]
    if not pieces:
        return []
    cut = shapely.unary_union([*pieces, box.exterior, *_to_the_edge(pieces, box)])
    faces = [f for f in shapely.get_parts(shapely.polygonize([cut])) if isinstance(f, Polygon)]
    votes = _land_votes(faces, coast)
    return [face for face, vote in zip(faces, votes, strict=True) if vote < 0]


def _to_the_edge(pieces: Sequence[LineString], box: Polygon) -> list[BaseGeometry]:
    """Return the shortest ways from loose coast ends to the edge of the box.

    A clipped extract leaves ends inside the box, so that sea and land would run together.
    """
    ends = Counter(end for piece in pieces for end in (piece.coords[0], piece.coords[-1]))
    stubs: list[BaseGeometry] = []
    for end, count in ends.items():
        point = Point(end)
        if count == 1 and box.exterior.distance(point) > 1e-9:
            stubs.append(shapely.shortest_line(point, box.exterior))
    return stubs


def _land_votes(faces: Sequence[Polygon], coast: Sequence[LineString]) -> list[float]:
    """Return for each face how much coast says it is land, less how much says it is sea."""
    starts, stops = [], []
    for line in coast:
        coordinates = np.asarray(line.coords)[:, :2]
        starts.append(coordinates[:-1])
        stops.append(coordinates[1:])
    start, stop = np.concatenate(starts), np.concatenate(stops)
    along = stop - start
    length = np.hypot(along[:, 0], along[:, 1])
    real = length > 0
    start, along, length = start[real], along[real], length[real]
    left = np.column_stack((-along[:, 1], along[:, 0])) / length[:, None] * SIDE_STEP_DEG
    middle = start + along / 2
    votes = np.zeros(len(faces))
    tree = shapely.STRtree(list(faces))
    for points, sign in ((middle + left, 1.0), (middle - left, -1.0)):
        which, face = tree.query(shapely.points(points), predicate="within")
        np.add.at(votes, face, sign * length[which])
    return [float(vote) for vote in votes]

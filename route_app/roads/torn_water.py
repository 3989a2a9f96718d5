"""The surface of a river or lake whose shores the extract has cut."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from route_app.roads.coast_gaps import bridges_over
from route_app.roads.faces import (
    Sides,
    Streets,
    face_at,
    faces_between,
    holds_a_town,
    km2_of,
    pieces_within,
    sides_of,
)
from route_app.roads.network import Bools


def water_between(shores: Sequence[LineString], area: Polygon, streets: Streets) -> BaseGeometry:
    """Return the water between shores, islands' shores among them; empty if that is a guess.

    Shores have no direction. But whoever crosses one passes from water to land or back, so there
    are two ways to fill the box, and the one with fewer streets in the water is right.
    """
    west, south, east, north = (round(edge, 7) for edge in area.bounds)
    frame = box(west, south, east, north)
    pieces = pieces_within(shores, frame) if shores else []
    if not pieces:
        return Polygon()
    lines = [*pieces, *bridges_over(pieces, shores, frame)]
    faces = faces_between(lines, frame)
    odd = _odd(len(faces), sides_of(faces, lines))
    ways = [[f for f, is_odd in zip(faces, odd, strict=True) if is_odd == one] for one in (0, 1)]
    dry = [_street_km(way, streets) for way in ways]
    km2 = [sum(map(km2_of, way)) for way in ways]
    water = ways[min((0, 1), key=lambda n: (dry[n], km2[n]))]
    if not water or holds_a_town(water, streets).any():
        return Polygon()
    return shapely.union_all(water)


def _odd(count: int, sides: Sides) -> Bools:
    """Return which faces lie an odd number of shores away from the first."""
    beside: list[set[int]] = [set() for _ in range(count)]
    for left, right in {*zip(sides.left.tolist(), sides.right.tolist(), strict=True)}:
        if left >= 0 and right >= 0 and left != right:
            beside[left].add(right)
            beside[right].add(left)
    odd: list[bool | None] = [None] * count
    for first in range(count):
        if odd[first] is not None:
            continue
        odd[first], waiting = False, [first]
        while waiting:
            here = waiting.pop()
            for other in beside[here]:
                if odd[other] is None:
                    odd[other] = not odd[here]
                    waiting.append(other)
    return np.array(odd, dtype=bool)


def _street_km(faces: Sequence[Polygon], streets: Streets) -> float:
    if not faces or not len(streets.km):
        return 0.0
    inside = face_at(faces, np.column_stack((streets.lon, streets.lat))) >= 0
    return float(streets.km[inside].sum())

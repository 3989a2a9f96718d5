"""Sea and land from the coastline pieces of a clipped extract.

In OpenStreetMap the land lies to the left of a coastline's direction. The pieces cut the box into
faces; every stretch of coast votes for the face on its left as land and on its right as sea, so
one line drawn the wrong way round is outvoted. What cannot be decided stays land, and is told:
a street under water is a worse map than a bay that is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
from shapely.geometry import LineString, Polygon, box

from route_app.roads.coast_gaps import bridges_over
from route_app.roads.faces import (
    KM_PER_DEGREE,
    NO_STREETS,
    Sides,
    Streets,
    faces_between,
    holds_a_town,
    km2_of,
    pieces_within,
    sides_of,
)
from route_app.roads.network import Bools, Floats

TOLD_GAP_KM = 0.3


@dataclass(frozen=True)
class Sea:
    """The surfaces of the sea, and sentences about what was mended or could not be decided."""

    faces: tuple[Polygon, ...] = ()
    doubts: tuple[str, ...] = ()


def find_sea(coast: Sequence[LineString], area: Polygon, *, streets: Streets = NO_STREETS) -> Sea:
    """Return the parts of a box that are sea; none where no coastline was given."""
    west, south, east, north = (round(edge, 7) for edge in area.bounds)
    frame = box(west, south, east, north)
    if not coast:
        return Sea()
    pieces = pieces_within(coast, frame)
    if not pieces:
        return Sea()
    bridges = bridges_over(pieces, coast, frame)
    faces = faces_between([*pieces, *bridges], frame)
    sides = sides_of(faces, coast)
    invented = _shared_km(faces, sides_of(faces, bridges))
    votes, seen = _votes_km(faces, sides), _shared_km(faces, sides)
    wet = votes < 0
    unsure = wet & ((invented > seen) | (-votes < seen / 2))
    wet &= ~unsure
    _dry_where_both_sides_are_wet(wet, sides, seen)
    flooded = wet & holds_a_town(faces, streets)
    return Sea(
        faces=tuple(f for f, sea in zip(faces, wet & ~flooded, strict=True) if sea),
        doubts=(*_about_gaps(bridges), *_about_land(faces, unsure | flooded)),
    )


def _votes_km(faces: Sequence[Polygon], sides: Sides) -> Floats:
    """Return for each face how much coast says it is land, less how much says it is sea."""
    votes = np.zeros(len(faces))
    for side, sign in ((sides.left, 1.0), (sides.right, -1.0)):
        inside = side >= 0
        np.add.at(votes, side[inside], sign * sides.km[inside])
    return votes


def _shared_km(faces: Sequence[Polygon], sides: Sides) -> Floats:
    """Return for each face how much line parts it from another."""
    shared = np.zeros(len(faces))
    parts = sides.left != sides.right
    for side in (sides.left, sides.right):
        inside = parts & (side >= 0)
        np.add.at(shared, side[inside], sides.km[inside])
    return shared


def _dry_where_both_sides_are_wet(wet: Bools, sides: Sides, seen: Floats) -> None:
    """Make land of the smaller face where a coast has sea on both its sides.

    So an island drawn the wrong way round is an island all the same.
    """
    apart = (sides.left >= 0) & (sides.right >= 0) & (sides.left != sides.right)
    left, right, km = sides.left[apart], sides.right[apart], sides.km[apart]
    for face in np.argsort(seen):
        if not wet[face]:
            continue
        both = ((left == face) & wet[right]) | ((right == face) & wet[left])
        if km[both].sum() > seen[face] / 2:
            wet[face] = False


def _about_gaps(bridges: Sequence[LineString]) -> list[str]:
    corners = [np.array(bridge.coords) for bridge in bridges]
    squeeze = [np.array([cos(radians(c[0, 1])), 1.0]) for c in corners]
    km = sum(float(np.hypot(*((c[1] - c[0]) * k))) for c, k in zip(corners, squeeze, strict=True))
    km *= KM_PER_DEGREE
    if km < TOLD_GAP_KM:
        return []
    return [
        f"The coastline has gaps or loose ends in {len(bridges)} places. They were closed with "
        f"straight lines, {km:,.1f} km in all; the shore on the map is wrong there."
    ]


def _about_land(faces: Sequence[Polygon], doubted: Bools) -> list[str]:
    chosen = [face for face, is_so in zip(faces, doubted, strict=True) if is_so]
    if not chosen:
        return []
    middle = max(chosen, key=km2_of).representative_point()
    return [
        f"The coastline does not tell land from sea over {sum(map(km2_of, chosen)):,.1f} km², most "
        f"of it around {middle.y:.3f}, {middle.x:.3f}. It is drawn as land."
    ]

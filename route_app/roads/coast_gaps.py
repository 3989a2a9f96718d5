"""Lead on a shore where a clipped or broken extract lets it end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import cos, radians

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import LineString, Polygon

from route_app.roads.faces import GRID_DEG

WRONG_WAY = 3.0  # how much nearer an end must be to be joined to one of the same direction
LOOKED_AT = 8  # other ends

End = tuple[float, float]
Offer = tuple[float, int, int]  # how far; from which loose end; to which, -1 for the edge


def bridges_over(
    pieces: Sequence[LineString], drawn: Sequence[LineString], frame: Polygon
) -> list[LineString]:
    """Return a straight line from each loose end of the pieces to another one, or to the edge.

    Without them sea and land would run together. The nearest are joined first, and a shore goes
    on where another of its direction begins; `drawn` are the lines as they were drawn.
    """
    loose = _loose_ends(pieces, frame)
    if not loose:
        return []
    squeeze = cos(radians((frame.bounds[1] + frame.bounds[3]) / 2))
    offers: list[Offer] = [
        (_to_edge(end, frame, squeeze)[0], at, -1) for at, end in enumerate(loose)
    ]
    offers += _to_each_other(loose, pieces, drawn, squeeze)
    joined: set[int] = set()
    lines = []
    for _, at, other in sorted(offers):
        if at in joined or other in joined:
            continue
        joined |= {at, other} - {-1}
        goal = loose[other] if other >= 0 else _to_edge(loose[at], frame, squeeze)[1]
        lines.append(LineString([loose[at], goal]))
    return lines


def _loose_ends(pieces: Sequence[LineString], frame: Polygon) -> list[End]:
    """Return the ends within the box where one piece ends and no other begins."""
    ends = Counter(end for piece in pieces for end in (piece.coords[0], piece.coords[-1]))
    once = [end for end, count in ends.items() if count == 1]
    away = shapely.distance(shapely.points(once), frame.exterior) if once else ()
    return [(x, y) for (x, y), far in zip(once, away, strict=True) if far > GRID_DEG]


def _to_each_other(
    loose: Sequence[End],
    pieces: Sequence[LineString],
    drawn: Sequence[LineString],
    squeeze: float,
) -> Iterator[Offer]:
    """Yield the joins of each loose end with those near it."""
    starts = {_key(line.coords[0]) for line in drawn}
    is_start = [_key(end) in starts for end in loose]
    straight = {frozenset((p.coords[0], p.coords[-1])) for p in pieces if len(p.coords) == 2}
    plane = np.array(loose) * (squeeze, 1.0)
    near = min(LOOKED_AT + 1, len(loose))
    distances, others = (np.reshape(d, (-1, near)) for d in cKDTree(plane).query(plane, k=near))
    for at, (row, found) in enumerate(zip(distances, others, strict=True)):
        for distance, other in zip(row, found, strict=True):
            if at != other and frozenset((loose[at], loose[other])) not in straight:
                factor = WRONG_WAY if is_start[at] == is_start[other] else 1.0
                yield (float(distance) * factor, at, int(other))


def _to_edge(end: End, frame: Polygon, squeeze: float) -> tuple[float, End]:
    """Return how far the nearest edge of the box is, and the place on it."""
    west, south, east, north = frame.bounds
    x, y = end
    return min(
        (abs(x - west) * squeeze, (west, y)),
        (abs(east - x) * squeeze, (east, y)),
        (abs(y - south), (x, south)),
        (abs(north - y), (x, north)),
    )


def _key(end: Sequence[float]) -> tuple[int, int]:
    return (round(end[0] / GRID_DEG), round(end[1] / GRID_DEG))

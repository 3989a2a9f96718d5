"""Roads over the date line: cut at 180 degrees into parts that share a junction there.

The junction has two places, 180 degrees east and west, one in each part. So every part lies on one
side and is measured, met and drawn there, and a drive goes on from one part to the next.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from route_app.roads.network import metres_between
from route_app.roads.rawroads import Line

_EDGE = 180.0
_Point = tuple[int, float, float]  # id, degrees east, degrees north


def parts_of(line: Line, made_up: Iterator[int]) -> list[Line]:
    """Return the parts of a line on either side of the date line; nearly always the line itself.

    Where it crosses between two of its points, the junction takes an id of those made up.
    """
    lons = line.lons
    if not lons or max(lons) - min(lons) < _EDGE:
        return [line]
    points = list(zip(line.refs, lons, line.lats, strict=True))
    parts = [points[:1]]
    for before, after in pairwise(points):
        if abs(after[1] - before[1]) > _EDGE:
            ref, lat = _crossing(before, after, made_up)
            side = _EDGE if before[1] > 0 else -_EDGE
            parts[-1].append((ref, side, lat))
            parts.append([(ref, -side, lat)])
        parts[-1].append(after)
    return [whole for part in parts if len((whole := _line(part)).refs) >= 2]


def shares_of(parts: list[Line]) -> list[float]:
    """Return which share of the whole length each part has."""
    metres = [_length_m(part) for part in parts]
    whole = sum(metres)
    return [one / whole if whole else 1.0 for one in metres]


def _crossing(before: _Point, after: _Point, made_up: Iterator[int]) -> tuple[int, float]:
    """Return the id and the latitude at which a line crosses between two of its points."""
    for ref, lon, lat in (before, after):
        if abs(lon) == _EDGE:
            return ref, lat
    to_edge, from_edge = (_EDGE - abs(lon) for _, lon, _ in (before, after))
    share = to_edge / (to_edge + from_edge)
    return next(made_up), before[2] + share * (after[2] - before[2])


def _line(points: list[_Point]) -> Line:
    """Return points as a line, each once in a row: one may lie on the date line already."""
    kept = [one for row, one in enumerate(points) if row == 0 or one[0] != points[row - 1][0]]
    return Line([ref for ref, _, _ in kept], [lon for _, lon, _ in kept], [lat for *_, lat in kept])


def _length_m(line: Line) -> float:
    lats, lons = np.array(line.lats), np.array(line.lons)
    return float(metres_between(lats[:-1], lons[:-1], lats[1:], lons[1:]).sum())

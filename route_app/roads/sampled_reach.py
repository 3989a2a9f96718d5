"""What can be reached in a time, asked of an engine that only knows single drives.

A coarse star of places finds how far one gets at all, a dense one within that the outline. The
ring goes round the road points that were reached; between two of them it may be wrong by their
gap, about a twelfth of the way out. Own method.
"""

from collections.abc import Callable, Sequence
from math import cos, pi, radians, sin

import numpy as np

from route_app.lib.geo import EARTH_RADIUS_M, LatLon, haversine_m
from route_app.roads.reach import ring_around
from route_app.roads.snapping import NO_ROAD_M

# A road point, how far it is from the place asked for, and the seconds to get there (NaN: never).
Reached = tuple[LatLon, float, float]
_FASTEST_M_S = 36.0
_LEAST_M = 60.0
# Samples lie apart, so a gap between two of them says little about the roads there.
_HULL_RATIO = 0.6


def ring(
    place: LatLon,
    *,
    within_s: float,
    drive_to: Callable[[Sequence[LatLon]], Sequence[Reached]],
) -> tuple[LatLon, ...]:
    """Return the closed ring around the road points that are reached in time, in order."""
    most_m = max(within_s * _FASTEST_M_S, 2 * _LEAST_M)
    coarse = star(place, list(np.geomspace(_LEAST_M, most_m, 14)), directions=16)
    found = _in_time([place, *coarse], drive_to, within_s)
    farthest_m = max((haversine_m(place, point) for point in found), default=_LEAST_M)
    dense = star(place, list(np.linspace(0.1, 1.2, 12) * farthest_m), directions=36)
    found += _in_time(dense, drive_to, within_s)
    lonlats = np.array([point.lonlat for point in found or [place]])
    return ring_around(lonlats, ratio=_HULL_RATIO)


def star(place: LatLon, radii_m: Sequence[float], *, directions: int) -> list[LatLon]:
    """Return places at every radius in every direction, those that are on the globe."""
    per_degree = radians(1.0) * EARTH_RADIUS_M
    squeeze = max(cos(radians(place.lat)), 0.01)
    points = []
    for radius in radii_m:
        for number in range(directions):
            turn = 2 * pi * number / directions
            lat = place.lat + radius / per_degree * sin(turn)
            lon = place.lon + radius / per_degree / squeeze * cos(turn)
            if -90 <= lat <= 90 and -180 <= lon <= 180:
                points.append(LatLon(round(lat, 6), round(lon, 6)))
    return points


def _in_time(
    places: Sequence[LatLon],
    drive_to: Callable[[Sequence[LatLon]], Sequence[Reached]],
    within_s: float,
) -> list[LatLon]:
    return [
        point
        for point, away_m, seconds in drive_to(places)
        if away_m <= NO_ROAD_M and seconds <= within_s
    ]

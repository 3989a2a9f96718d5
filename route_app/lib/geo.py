"""Points on the earth and straight-line distances."""

from dataclasses import dataclass
from math import asin, cos, isfinite, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class LatLon:
    """A place in degrees, WGS 84. Raises ValueError outside the globe or when not finite."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        """Refuse what is no place on the globe."""
        if not (isfinite(self.lat) and isfinite(self.lon)):
            raise ValueError("A coordinate is not a number.")
        if not -90 <= self.lat <= 90:
            raise ValueError(f"Latitude {self.lat} is not between -90 and 90.")
        if not -180 <= self.lon <= 180:
            raise ValueError(f"Longitude {self.lon} is not between -180 and 180.")

    @property
    def lonlat(self) -> tuple[float, float]:
        """Return the pair in GeoJSON order."""
        return (self.lon, self.lat)


def place_at(lat: float | None, lon: float | None) -> LatLon | None:
    """Return the place of a row's two columns, or None where it has no pin."""
    return None if lat is None or lon is None else LatLon(lat, lon)


def haversine_m(a: LatLon, b: LatLon) -> float:
    """Return the great-circle distance between two places, in metres."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat = sin((lat_b - lat_a) / 2)
    half_lon = sin(radians(b.lon - a.lon) / 2)
    chord = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))

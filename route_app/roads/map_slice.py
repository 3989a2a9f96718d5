"""A part of the base map in one small file, for a phone to keep where there is no signal.

First `choose_tiles` says which tiles and how many bytes, without reading one; then `write_slice`
copies them, byte for byte, into a PMTiles archive. Equal choices make equal files.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import asinh, atan, cos, degrees, pi, radians, sinh, tan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon
from route_app.roads.tiles import E7, Span, TileArchive

FORMAT = 1  # raised when the same choice would make another file
WHOLE_ZOOM = 10  # to here the slice holds the whole box around the area: it is little
BUDGET_BYTES = 12_000_000
AREA_MARGIN_M = 1_000.0
PLACE_MARGIN_M = 2_000.0
METRES_PER_DEGREE = 111_320.0
HEADER_BYTES, BYTES_A_TILE, OTHER_BYTES = 127, 12, 2_000

_to_id: Any = zxy_to_tileid  # the library has no types of its own


class TileAt(NamedTuple):
    """One tile of the Web Mercator pyramid."""

    z: int
    x: int
    y: int


@dataclass(frozen=True)
class Choice:
    """The tiles of a slice, in the order of the file, and where they lie in the whole map.

    `size_bytes` is what the file will take, a little too high. `left_out` counts the tiles that
    the budget did not allow; `key` names the content. `bounds` are west, south, east, north of
    the part of the map it holds.
    """

    tiles: tuple[TileAt, ...]
    spans: tuple[Span, ...]
    size_bytes: int
    left_out: int
    bounds: tuple[float, float, float, float]
    key: str

    @property
    def max_zoom(self) -> int:
        """Return the deepest zoom of any tile."""
        return max(tile.z for tile in self.tiles)


def choose_tiles(
    archive: TileArchive,
    *,
    version: str,
    areas: Sequence[BaseGeometry],
    places: Sequence[LatLon],
    budget_bytes: int = BUDGET_BYTES,
) -> Choice:
    """Choose the tiles of some areas and of the surroundings of some places.

    Over budget, the deepest zooms away from the places go first, then those around them; zooms
    up to `WHOLE_ZOOM` always stay. Raises InvalidInput where the map has nothing there.
    """
    frame = box(*archive.bounds)
    near = shapely.intersection(around(places), frame)
    whole = shapely.intersection(shapely.union_all([near, *map(_widened, areas)]), frame)
    if whole.is_empty:
        raise InvalidInput(
            "There are no accounts, home or territory on this map, so there is nothing to keep."
        )
    close = set(tiles_meeting(near, archive.max_zoom))
    wanted = [
        *tiles_meeting(box(*whole.bounds), min(WHOLE_ZOOM, archive.max_zoom)),
        *(tile for tile in tiles_meeting(whole, archive.max_zoom) if tile.z > WHOLE_ZOOM),
    ]
    found = [(tile, span) for tile in wanted if (span := archive.span(*tile))]
    found.sort(key=lambda one: (one[0].z > WHOLE_ZOOM, one[0] not in close, _to_id(*one[0])))
    kept, size = _within(found, budget_bytes)
    kept.sort(key=lambda one: int(_to_id(*one[0])))
    tiles, spans = tuple(tile for tile, _ in kept), tuple(span for _, span in kept)
    digest = hashlib.sha256(f"{FORMAT}/{version}/{tiles}".encode())
    return Choice(
        tiles=tiles,
        spans=spans,
        size_bytes=size,
        left_out=len(found) - len(kept),
        bounds=_bounds_of(tiles, frame),
        key=digest.hexdigest()[:32],
    )


def write_slice(archive: TileArchive, choice: Choice, path: Path, *, name: str) -> None:
    """Write the archive of a choice. A failed write leaves a broken file; the caller moves it."""
    west, south, east, north = (round(edge * E7) for edge in choice.bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": min(WHOLE_ZOOM, choice.max_zoom),
        "center_lon_e7": (west + east) // 2, "center_lat_e7": (south + north) // 2,
    }  # fmt: skip
    metadata = {
        "name": name,
        "attribution": archive.attribution,
        "vector_layers": [{"id": layer, "fields": {}} for layer in archive.layers],
    }
    untyped: Any = Writer
    with path.open("wb") as file:
        writer = untyped(file)
        with closing(writer.tile_f):
            for tile, span in zip(choice.tiles, choice.spans, strict=True):
                writer.write_tile(_to_id(*tile), archive.read(span))
            writer.finalize(header, metadata)


def tiles_meeting(area: BaseGeometry, max_zoom: int) -> Iterator[TileAt]:
    """Yield every tile that an area in degrees meets, from zoom 0 down."""
    if area.is_empty:
        return
    shapely.prepare(area)
    level = [TileAt(0, 0, 0)]
    while level:
        boxes = np.array([tile_box(tile) for tile in level])
        met = [t for t, hit in zip(level, shapely.intersects(area, boxes), strict=True) if hit]
        yield from met
        if not met or met[0].z == max_zoom:
            return
        level = [
            TileAt(z + 1, 2 * x + right, 2 * y + below)
            for z, x, y in met
            for below in (0, 1)
            for right in (0, 1)
        ]


def tile_box(tile: TileAt) -> Polygon:
    """Return what a tile covers, in degrees."""
    side = 1 << tile.z
    west, east = (360 * at / side - 180 for at in (tile.x, tile.x + 1))
    north, south = (degrees(atan(sinh(pi * (1 - 2 * at / side)))) for at in (tile.y, tile.y + 1))
    return box(west, south, east, north)


def tile_at(place: LatLon, zoom: int) -> TileAt:
    """Return the tile that holds a place."""
    side = 1 << zoom
    down = (1 - asinh(tan(radians(place.lat))) / pi) / 2
    return TileAt(zoom, int((place.lon + 180) / 360 * side), int(down * side))


def around(places: Iterable[LatLon], *, margin_m: float = PLACE_MARGIN_M) -> BaseGeometry:
    """Return the surroundings of places."""
    return shapely.union_all([_widened(Point(at.lon, at.lat), margin_m) for at in places])


def _bounds_of(tiles: Sequence[TileAt], frame: Polygon) -> tuple[float, float, float, float]:
    """Return the box around the tiles of the deepest zoom that none is missing from."""
    deepest = min(max(tile.z for tile in tiles), WHOLE_ZOOM + 1)
    boxes = shapely.union_all([tile_box(tile) for tile in tiles if tile.z == deepest])
    west, south, east, north = shapely.intersection(boxes, frame).bounds
    return (west, south, east, north)


def _widened(area: BaseGeometry, margin_m: float = AREA_MARGIN_M) -> BaseGeometry:
    """Return an area in degrees with a margin."""
    squeeze = cos(radians((area.bounds[1] + area.bounds[3]) / 2))
    scale = np.array([squeeze, 1.0])
    flat = shapely.transform(area, lambda corners: corners * scale)
    wide = shapely.buffer(flat, margin_m / METRES_PER_DEGREE, quad_segs=4)
    return shapely.transform(wide, lambda corners: corners / scale)


def _within(
    found: Sequence[tuple[TileAt, Span]], budget_bytes: int
) -> tuple[list[tuple[TileAt, Span]], int]:
    """Return the first tiles that fit the budget, and the size of the file with them."""
    kept, counted = [], set()
    size = HEADER_BYTES + OTHER_BYTES
    for tile, span in found:
        more = BYTES_A_TILE + (0 if span in counted else span.size)
        if size + more > budget_bytes and tile.z > WHOLE_ZOOM:
            break
        size += more
        counted.add(span)
        kept.append((tile, span))
    return kept, size

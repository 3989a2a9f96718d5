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
# Empty tiles take no room, so the budget alone would not end the looking: one deep tile for each
# so many bytes of it is looked at.
BYTES_A_LOOK = 240
_PARENTS_AT_ONCE = 256

_to_id: Any = zxy_to_tileid  # the library has no types of its own


class TileAt(NamedTuple):
    """One tile of the Web Mercator pyramid."""

    z: int
    x: int
    y: int


@dataclass(frozen=True)
class Choice:
    """The tiles of a slice, in the order of the file, and where they lie in the whole map.

    `size_bytes` is what the file will take, a little too high. `left_out` is 0 where the budget
    allowed every tile, else a number that at least so many are missing; `key` names the content.
    `bounds` are west, south, east, north of the part of the map it holds.
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
    up to `WHOLE_ZOOM` always stay. What the budget cannot hold is not looked at either. Raises
    InvalidInput where the map has nothing there.
    """
    frame = box(*archive.bounds)
    near = shapely.intersection(around(places), frame)
    whole = shapely.intersection(shapely.union_all([near, *map(_widened, areas)]), frame)
    if whole.is_empty:
        raise InvalidInput(
            "There are no accounts, home or territory on this map, so there is nothing to keep."
        )
    shallow = tiles_meeting(box(*whole.bounds), min(WHOLE_ZOOM, archive.max_zoom))
    kept = [(tile, span) for tile in shallow if (span := archive.span(*tile))]
    deep = _deep_tiles(near, whole, archive.max_zoom)
    size, left_out = _add_within(archive, kept, deep, budget_bytes=budget_bytes)
    kept.sort(key=lambda one: int(_to_id(*one[0])))
    tiles, spans = tuple(tile for tile, _ in kept), tuple(span for _, span in kept)
    digest = hashlib.sha256(f"{FORMAT}/{version}/{tiles}".encode())
    return Choice(
        tiles=tiles,
        spans=spans,
        size_bytes=size,
        left_out=left_out,
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
    for met in _batches_meeting(area, [TileAt(0, 0, 0)], max_zoom):
        yield from met


def _batches_meeting(
    area: BaseGeometry, level: list[TileAt], max_zoom: int
) -> Iterator[list[TileAt]]:
    """Yield which of some tiles of one zoom an area meets, then of those below them, and so on.

    Batches are small, each zoom in the order of the file, so who stops early has paid for little.
    """
    if area.is_empty:
        return
    shapely.prepare(area)
    while level:
        below: list[TileAt] = []
        for at in range(0, len(level), 4 * _PARENTS_AT_ONCE):
            some = level[at : at + 4 * _PARENTS_AT_ONCE]
            boxes = np.array([tile_box(tile) for tile in some])
            met = [t for t, hit in zip(some, shapely.intersects(area, boxes), strict=True) if hit]
            yield met
            below += met
        level = [child for tile in below if tile.z < max_zoom for child in _children(tile)]


def _children(tile: TileAt) -> list[TileAt]:
    """Return the four tiles below one, in the order of the file: it is the same for all parents."""
    z, x, y = tile
    four = [TileAt(z + 1, 2 * x + right, 2 * y + below) for below in (0, 1) for right in (0, 1)]
    return sorted(four, key=lambda one: int(_to_id(*one)))


def _deep_tiles(near: BaseGeometry, whole: BaseGeometry, max_zoom: int) -> Iterator[list[TileAt]]:
    """Yield the tiles below `WHOLE_ZOOM`: those near the places, zoom by zoom, then all others."""
    close: set[TileAt] = set()
    for area in (near, whole):
        top = [tile for tile in tiles_meeting(area, WHOLE_ZOOM) if tile.z == WHOLE_ZOOM]
        for met in _batches_meeting(area, top, max_zoom):
            if met and met[0].z > WHOLE_ZOOM:
                yield [tile for tile in met if tile not in close]
            if area is near:
                close.update(met)


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


def _add_within(
    archive: TileArchive,
    kept: list[tuple[TileAt, Span]],
    batches: Iterable[list[TileAt]],
    *,
    budget_bytes: int,
) -> tuple[int, int]:
    """Add to what is kept the first tiles that the budget allows.

    Returns the size of the file, and how many tiles at least are left out.
    """
    counted = {span for _, span in kept}
    size = HEADER_BYTES + OTHER_BYTES + BYTES_A_TILE * len(kept)
    size += sum(span.size for span in counted)
    looks = budget_bytes // BYTES_A_LOOK
    for batch in batches:
        found = [(tile, span) for tile in batch if (span := archive.span(*tile))]
        for row, (tile, span) in enumerate(found):
            more = BYTES_A_TILE + (0 if span in counted else span.size)
            if size + more > budget_bytes:
                return size, len(found) - row
            size += more
            counted.add(span)
            kept.append((tile, span))
        looks -= len(batch)
        if looks < 0:
            return size, 1
    return size, 0

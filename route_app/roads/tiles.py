"""Read the tiles of a base map from one PMTiles file."""

import mmap
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from pmtiles import reader as pmtiles_reader
from pmtiles import tile as pmtiles_tile
from pmtiles.tile import Compression, TileType

from route_app.errors import InvalidInput, NotFound
from route_app.lib.geo import LatLon

E7 = 10_000_000
KEPT_DIRECTORIES = 64  # of up to some thousand tiles each
DEEPEST_DIRECTORY = 4

_format: Any = pmtiles_tile  # the library has no types of its own


class Span(NamedTuple):
    """Where a tile lies in the file, and how many bytes it takes. Equal tiles share one."""

    offset: int
    size: int


class TileArchive:
    """An open base map; safe to read from several threads.

    Tiles are Mapbox vector tiles, handed out gzip-compressed as they lie in the file.
    """

    def __init__(self, path: Path) -> None:
        """Open an archive. Raises NotFound without the file, InvalidInput if it is no base map."""
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise NotFound("This network has no base map. Build its roads again.") from None
        except ValueError:
            raise InvalidInput(f"{path.name} is empty. Build the roads again.") from None
        untyped: Any = pmtiles_reader
        self.plain_reader = untyped.Reader(self._slice)
        try:
            self._header: Mapping[str, Any] = self.plain_reader.header()
            self._metadata: Mapping[str, Any] = self.plain_reader.metadata()
        except Exception as wrong:  # the library raises whatever its parsing trips over
            self._bytes.close()
            raise InvalidInput(f"{path.name} is not a tile archive, or it is cut off.") from wrong
        kinds = (self._header["tile_type"], self._header["tile_compression"])
        if kinds != (TileType.MVT, Compression.GZIP):
            self._bytes.close()
            raise InvalidInput(f"{path.name} must hold vector tiles compressed with gzip.")
        self._directory = lru_cache(maxsize=KEPT_DIRECTORIES)(self._read_directory)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return one tile, gzip-compressed, or None where the map has nothing."""
        span = self.span(z, x, y)
        return self.read(span) if span else None

    def span(self, z: int, x: int, y: int) -> Span | None:
        """Return where a tile lies in the file, or None where the map has nothing."""
        if not self.min_zoom <= z <= self.max_zoom or not (0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        wanted = _format.zxy_to_tileid(z, x, y)
        header = self._header
        at, size = header["root_offset"], header["root_length"]
        for _ in range(DEEPEST_DIRECTORY):
            found = _format.find_tile(self._directory(at, size), wanted)
            if found is None:
                return None
            if found.run_length:
                return Span(header["tile_data_offset"] + found.offset, found.length)
            at, size = header["leaf_directory_offset"] + found.offset, found.length
        return None

    def read(self, span: Span) -> bytes:
        """Return the bytes of a tile."""
        return self._slice(*span)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees."""
        header = self._header
        return (
            header["min_lon_e7"] / E7,
            header["min_lat_e7"] / E7,
            header["max_lon_e7"] / E7,
            header["max_lat_e7"] / E7,
        )

    @property
    def centre(self) -> LatLon:
        """Return the middle of the bounds."""
        west, south, east, north = self.bounds
        return LatLon((south + north) / 2, (west + east) / 2)

    @property
    def min_zoom(self) -> int:
        """Return the lowest zoom with tiles."""
        return int(self._header["min_zoom"])

    @property
    def max_zoom(self) -> int:
        """Return the highest zoom with tiles; above it the browser enlarges them."""
        return int(self._header["max_zoom"])

    @property
    def attribution(self) -> str:
        """Return whom the map's data must be credited to."""
        return str(self._metadata.get("attribution", ""))

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers its tiles hold."""
        return tuple(str(layer["id"]) for layer in self._metadata.get("vector_layers", ()))

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()

    def __enter__(self) -> Self:
        """Return the archive itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _read_directory(self, offset: int, size: int) -> Any:
        return _format.deserialize_directory(self._slice(offset, size))

    def _slice(self, offset: int, length: int) -> bytes:
        # A slice of the map has no file position, so threads cannot disturb each other.
        return self._bytes[offset : offset + length]

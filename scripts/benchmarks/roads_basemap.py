"""The base map of real extracts: size, building time, memory, and how fast a tile is read.

Where no city is at hand, the bundled square of Helsinki stands alone. Each build runs in a process
of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry import box

from benchmarks.extracts import extract
from benchmarks.rows import Row
from route_app.lib.geo import LatLon
from route_app.roads.basemap import FILE_NAME
from route_app.roads.bundled import bundled_extract
from route_app.roads.map_slice import choose_tiles, tiles_meeting, write_slice
from route_app.roads.tiles import TileArchive

CITIES = ("vancouver", "malta", "sf-downtown", "liechtenstein", "porto")
QUICK = ("vancouver",)
SHARES = ("/usr/share/tilemaker", "/usr/share/doc/tilemaker")
MOST_MB, MOST_CPU_S = 3.0, 10.0
BUILD = """
import json, os, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from benchmarks.peak import peak_mb
from route_app.roads.basemap import build_basemap
build_basemap(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda text: None)
used, tiler = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
cpu_s = sum(one.ru_utime + one.ru_stime for one in (used, tiler))
print(json.dumps([cpu_s, peak_mb()]))
"""


@dataclass(frozen=True)
class Built:
    """What one build took."""

    cpu_s: float
    peak_mb: float


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the figures of each extract that is at hand."""
    with tempfile.TemporaryDirectory(prefix="basemap-bench-") as scratch:
        for name, source in _extracts(QUICK if quick else CITIES):
            folder = Path(scratch) / name
            folder.mkdir()
            yield from _of_one(name, source, folder, quick=quick)


def _extracts(names: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    yield "helsinki", bundled_extract()
    for name in names:
        if source := extract(name):
            yield name, source


def _of_one(name: str, source: Path, folder: Path, *, quick: bool) -> Iterator[Row]:
    built = _build(source, folder)
    path = folder / FILE_NAME
    other_mb, other_s, other = (None, None, "") if quick else _tilemaker(source, folder)
    against_mb = f"tilemaker {other_mb:.2f} MB, no sea" if other_mb is not None else other
    against_s = f"tilemaker {other_s:.1f} s" if other_s is not None else other
    mb = path.stat().st_size / 1e6
    yield Row(f"base map, {name}", mb, "MB", at_most=MOST_MB, against=against_mb)
    yield Row("... build", built.cpu_s, "CPU s", at_most=MOST_CPU_S, against=against_s)
    yield Row("... peak memory", built.peak_mb, "MB", at_most=500)
    with TileArchive(path) as archive:
        yield from _tiles(archive)
        yield from _slice(archive, folder)


def _build(source: Path, folder: Path) -> Built:
    scripts = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", BUILD, str(source), str(folder), scripts]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    cpu_s, peak = json.loads(done.stdout)
    return Built(cpu_s=cpu_s, peak_mb=peak)


def _tilemaker(source: Path, folder: Path) -> tuple[float | None, float | None, str]:
    """Return what tilemaker's OpenMapTiles map of the same extract takes, or why there is none."""
    program = shutil.which("tilemaker")
    if program is None:
        return None, None, "tilemaker is not installed"
    config, process = (
        next((file for folder in SHARES for file in Path(folder).rglob(name)), None)
        for name in ("config-openmaptiles.json", "process-openmaptiles.lua")
    )
    if config is None or process is None:
        return None, None, "tilemaker has no OpenMapTiles set-up here"
    target = folder / "other.mbtiles"
    before = os.times()
    done = subprocess.run(
        [program, "--input", str(source), "--output", str(target), "--config", str(config),
         "--process", str(process)],
        check=False, capture_output=True, cwd=folder,
    )  # fmt: skip
    after = os.times()
    if done.returncode != 0 or not target.is_file():
        return None, None, "tilemaker gave up on this extract"
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return target.stat().st_size / 1e6, cpu_s, ""


def _tiles(archive: TileArchive) -> Iterator[Row]:
    wanted = [t for t in tiles_meeting(box(*archive.bounds), archive.max_zoom) if archive.span(*t)]
    sizes = [span.size for tile in wanted if (span := archive.span(*tile))]
    yield Row("... largest tile", max(sizes) / 1e3, "kB", at_most=500)
    started = time.process_time()
    for tile in wanted:
        archive.tile(*tile)
    each_ms = (time.process_time() - started) / len(wanted) * 1e3
    yield Row("... read a tile", each_ms, "ms", at_most=1, against=_library_reads(archive, wanted))


def _library_reads(archive: TileArchive, wanted: list[tuple[int, int, int]]) -> str:
    """Return what the pmtiles library's own reader takes, which unpacks directories each time."""
    some = wanted[:: max(1, len(wanted) // 100)]
    started = time.process_time()
    for tile in some:
        archive.plain_reader.get(*tile)
    each_ms = (time.process_time() - started) / len(some) * 1e3
    return f"pmtiles' own reader {each_ms:.2g} ms"


def _slice(archive: TileArchive, folder: Path) -> Iterator[Row]:
    west, south, east, north = archive.bounds
    middle = LatLon((south + north) / 2, (west + east) / 2)
    started = time.process_time()
    choice = choose_tiles(archive, version="bench", areas=[box(*archive.bounds)], places=[middle])
    write_slice(archive, choice, folder / "slice.pmtiles", name="bench")
    cut_s = time.process_time() - started
    mb = (folder / "slice.pmtiles").stat().st_size / 1e6
    yield Row("... the whole of it as a slice", mb, "MB", at_most=12)
    yield Row("... cutting the slice", cut_s, "CPU s", at_most=2)

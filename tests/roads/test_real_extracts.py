"""What real cities are known to hold; skipped where their extracts are not at hand."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.engine import UNREACHABLE
from route_app.roads.slots import SLOTS
from route_app.roads.store import RoadStore

_SHARED = Path(
    os.environ.get("ROUTE_APP_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")
)


def _extract(name):
    path = _SHARED / "osm" / f"{name}.osm.pbf"
    if not path.is_file():
        pytest.skip(f"the extract of {name} is not here")
    return path


def _built(folder, source, country):
    store = RoadStore(folder)
    started = time.process_time()
    report = store.build(source, name="real", country=country)
    return store.open(), report, time.process_time() - started


def _places(engine, count, *, seed=1):
    roads = engine.roads
    streets = np.flatnonzero(roads.way_snappable[roads.piece_way])
    rows = roads.piece_from[np.random.default_rng(seed).choice(streets, count)]
    return [LatLon(float(roads.point_lat[r]), float(roads.point_lon[r])) for r in rows]


def test_central_helsinki_is_quick(tmp_path):
    engine, report, cpu_s = _built(tmp_path, bundled_extract(), "FI")
    assert cpu_s < 3
    assert report.restrictions_applied >= 35
    assert len(report.parts) == 2  # the square cuts off the streets at Töölönlahti
    places = _places(engine, 200)
    started = time.process_time()
    table = engine.matrix(places)
    assert time.process_time() - started < 1
    assert (table.seconds < UNREACHABLE).mean() > 0.9
    legs = engine.legs(places[:2])
    assert legs[0].seconds == table.seconds[0, 1]


@pytest.mark.slow
def test_malta_keeps_gozo_by_its_ferry_and_drives_on_the_left(tmp_path):
    engine, report, _ = _built(tmp_path, _extract("malta"), None)
    assert report.driving_side.startswith("left (seen at")
    valletta, gozo = LatLon(35.8985, 14.5100), LatLon(36.0440, 14.2390)
    table = engine.matrix([valletta, gozo])
    assert 45 * 60 < table.seconds[0, 1] < 120 * 60
    assert 30_000 < table.metres[0, 1] < 55_000
    assert all(snap.status == "on_road" for snap in engine.snap([valletta, gozo]))


@pytest.mark.slow
def test_san_francisco_is_whole_and_plausible(tmp_path):
    engine, report, _ = _built(tmp_path, _extract("sf-downtown"), "US")
    assert report.restrictions_timed == 26
    assert report.restrictions_skipped["hours not understood"] == 3
    assert report.hours_ignored["access:conditional"] == 11
    places = _places(engine, 60)
    table = engine.matrix(places)
    assert (table.seconds < UNREACHABLE).all()
    assert 15 < table.metres.sum() / table.seconds.sum() * 3.6 < 45


@pytest.mark.slow
@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("name", ["sf-downtown", "vancouver"])
def test_whatever_is_snapped_to_one_part_is_joined_in_every_slot(tmp_path, name, slot):
    engine, _, _ = _built(tmp_path, _extract(name), None)
    places = _places(engine, 300, seed=3)
    part = np.array([-1 if snap.part is None else snap.part for snap in engine.snap(places)])
    seconds = engine.matrix(places, slot=slot).seconds
    same = (part[:, None] == part) & (part >= 0)
    assert (part >= 0).mean() > 0.9
    assert (seconds[same] < UNREACHABLE).all()


@pytest.mark.slow
def test_porto_is_built_in_seconds(tmp_path):
    engine, report, cpu_s = _built(tmp_path, _extract("porto"), "PT")
    assert cpu_s < 10
    assert report.arcs > 140_000
    assert report.parts[0].share > 0.98
    table = engine.matrix(_places(engine, 12))
    assert (table.seconds < UNREACHABLE).all()


@pytest.mark.slow
def test_a_clipped_vancouver_is_mended_and_says_so(tmp_path):
    _, report, _ = _built(tmp_path, _extract("vancouver"), "CA")
    assert report.ways_cut > 100
    assert report.missing_refs > 500
    assert report.parts[0].share > 0.95
    assert any("clipped" in line for line in report.lines())

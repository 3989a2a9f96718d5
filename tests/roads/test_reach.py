"""What `reach` draws holds what the matrix says is near."""

import pytest
import shapely

from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.packed import find_ends
from route_app.roads.reach import _within
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads.towns import at, crossing


def _area(engine, place, seconds):
    ring = engine.reachable(place, within_s=seconds)
    return shapely.Polygon([point.lonlat for point in ring])


@pytest.mark.parametrize("seconds", [3, 8, 60])
def test_more_time_reaches_more(tmp_path, seconds):
    engine = crossing().engine(tmp_path)
    small, large = _area(engine, at(50, 0), seconds), _area(engine, at(50, 0), seconds * 2)
    assert large.area >= small.area
    assert large.buffer(1e-6).contains(shapely.Point(at(50, 0).lonlat))


def test_the_ring_holds_every_place_the_matrix_says_is_near():
    engine = ScipyEngine(build_network(read_extract(bundled_extract())))
    roads = engine.roads
    places = [
        at(0, 0).__class__(float(roads.node_lat[row]), float(roads.node_lon[row]))
        for row in range(0, len(roads.node_lat), 9)
    ]
    seconds = engine.matrix(places).seconds[0]
    area = _area(engine, places[0], 180)
    near = [snap for snap, s in zip(engine.snap(places), seconds, strict=True) if s < 175]
    assert len(near) > 10
    assert all(area.contains(shapely.Point(snap.on_road.lonlat)) for snap in near)
    assert not all(area.contains(shapely.Point(place.lonlat)) for place in places)


def test_it_looks_no_further_than_the_time_allows():
    engine = ScipyEngine(build_network(read_extract(bundled_extract())))
    slotted = engine._slotted("off_peak")
    located, _ = engine._snapper.locate([LatLon(60.1699, 24.9440)])
    ends = find_ends(engine.roads, engine.graph, slotted.weights, located)
    near, _ = _within(slotted.graph, ends, 60 * 100)
    wider, _ = _within(slotted.graph, ends, 180 * 100)
    assert near.size < wider.size < slotted.graph.size
    assert near.size < slotted.graph.size / 3

import numpy as np
import pytest

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.bundled import bundled_extract
from route_app.roads.crowfly import CrowFlyEngine, straight_m
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.scipy_engine import ScipyEngine

HERE, THERE = LatLon(60.17, 24.94), LatLon(60.175, 24.95)


def test_it_says_that_it_estimates():
    table = CrowFlyEngine().matrix([HERE, THERE])
    assert table.estimated
    assert "estimated" in CrowFlyEngine().health().warnings[0]


def test_its_metres_are_the_straight_line_with_a_detour():
    table = CrowFlyEngine(detour=1.5).matrix([HERE, THERE])
    assert table.metres[0, 1] == pytest.approx(1.5 * haversine_m(HERE, THERE), abs=1)
    assert table.metres[0, 0] == table.seconds[0, 0] == 0


def test_long_drives_are_faster_than_short_ones():
    far = LatLon(60.5, 25.5)
    table = CrowFlyEngine().matrix([HERE, THERE, far])
    speed = table.metres[0, 1:] / table.seconds[0, 1:] * 3.6
    assert 10 < speed[0] < speed[1] < 90


def test_the_busy_hours_are_slower():
    engine = CrowFlyEngine()
    calm, busy = (engine.matrix([HERE, THERE], slot=slot).seconds[0, 1] for slot in
                  ("off_peak", "peak"))  # fmt: skip
    assert busy == pytest.approx(1.3 * calm, abs=1)


def test_it_is_not_far_from_the_roads():
    network = build_network(read_extract(bundled_extract()))
    rows = np.random.default_rng(4).choice(len(network.point_lat), 40, replace=False)
    places = [LatLon(float(network.point_lat[r]), float(network.point_lon[r])) for r in rows]
    real = ScipyEngine(network).matrix(places).seconds
    pairs = (real < 2**31 - 1) & (straight_m(places) > 300)
    ratio = CrowFlyEngine().matrix(places).seconds[pairs] / real[pairs]
    assert 0.6 < np.median(ratio) < 1.4


def test_its_ring_is_closed_and_as_wide_as_its_estimate():
    engine = CrowFlyEngine()
    ring = engine.reachable(HERE, within_s=600)
    assert ring[0] == ring[-1]
    assert engine.matrix([HERE, ring[5]]).seconds[0, 1] == pytest.approx(600, abs=12)
    with pytest.raises(InvalidInput):
        engine.reachable(HERE, within_s=-1)


def test_its_legs_sum_up_the_matrix():
    leg = CrowFlyEngine().legs([HERE, THERE])[0]
    assert leg.path == (HERE, THERE)
    assert leg.metres == CrowFlyEngine().matrix([HERE, THERE]).metres[0, 1]


def test_its_snaps_are_all_usable():
    assert all(snap.usable for snap in CrowFlyEngine().snap([HERE, THERE]))


def test_it_refuses_a_detour_shorter_than_straight():
    with pytest.raises(InvalidInput):
        CrowFlyEngine(detour=0.9)

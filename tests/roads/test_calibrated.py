"""What was learned is applied to seconds alone, to any engine, and told in the network's name."""

import numpy as np
import pytest

from route_app.lib.geo import LatLon
from route_app.roads.calibrated import (
    Band,
    CalibratedEngine,
    Correction,
    basis_of,
    calibrated,
    door_of,
)
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import UNREACHABLE
from tests import smalltown

SLOW = Correction(factors={"off_peak": 1.25, "peak": 1.5}, door_s=120)
PLACES = [smalltown.JUNCTIONS[name] for name in ("A1", "A3", "D2", "A1")]
CROW = CrowFlyEngine()


@pytest.mark.parametrize("slot", ["off_peak", "peak", "shoulder"])
def test_seconds_are_put_right_and_metres_are_not(roads, slot):
    plain = roads.open("smalltown")
    slow = calibrated(plain, {"roads": SLOW})
    told, found = plain.matrix(PLACES, slot=slot), slow.matrix(PLACES, slot=slot)
    factor = SLOW.factors.get(slot, 1.0)
    assert found.seconds[0, 2] == round(factor * told.seconds[0, 2] + 120)
    assert found.seconds[0, 0] == found.seconds[0, 3] == 0
    assert (found.metres == told.metres).all()
    assert found.seconds.dtype == np.int32
    assert (found.slot, found.estimated) == (slot, False)


def test_legs_take_as_long_as_the_matrix_says(roads):
    slow = calibrated(roads.open("smalltown"), {"roads": SLOW})
    matrix = slow.matrix(PLACES[:3], slot="peak").seconds
    legs = slow.legs(PLACES[:3], slot="peak")
    assert [leg.seconds for leg in legs] == [matrix[0, 1], matrix[1, 2]]


def test_what_no_road_joins_stays_unreachable(roads):
    far = LatLon(10.0, 10.0)
    found = calibrated(roads.open("smalltown"), {"roads": SLOW}).matrix([PLACES[0], far])
    assert found.seconds[0, 1] == UNREACHABLE


def test_roads_and_estimates_are_never_mixed(roads):
    plain = roads.open("smalltown")
    assert calibrated(CROW, {"roads": SLOW}) is CROW
    assert calibrated(plain, {"estimate": SLOW}) is plain
    assert isinstance(calibrated(CROW, {"estimate": SLOW}), CalibratedEngine)
    assert (basis_of(CROW.network), basis_of(plain.network)) == ("estimate", "roads")
    assert calibrated(CROW, {"estimate": SLOW}).matrix(PLACES).estimated


def test_the_name_tells_what_was_learned():
    slow, slower = Correction({"off_peak": 1.2}), Correction({"off_peak": 1.3})
    assert CalibratedEngine(CROW, slow).network == f"straight lines+{slow.digest}"
    assert slow.digest != slower.digest
    assert slow.digest == Correction({"off_peak": 1.2}, bands={"off_peak": Band(-1, 1)}).digest


def test_a_slow_team_reaches_less_far():
    wide = CROW.reachable(PLACES[0], within_s=1_200)
    slow = CalibratedEngine(CROW, SLOW)
    assert max(place.lat for place in slow.reachable(PLACES[0], within_s=1_200)) < max(
        place.lat for place in wide
    )
    assert slow.reachable(PLACES[0], within_s=60)  # less than the door alone
    assert slow.snap(PLACES) == CROW.snap(PLACES)
    assert slow.health() == CROW.health()


def test_nobody_parks_anew_to_go_next_door():
    assert [door_of(told, 120) for told in (0, 45, 90, 900)] == [0, 60, 120, 120]


def test_a_correction_out_of_the_clamp_is_refused():
    with pytest.raises(ValueError, match="factor"):
        Correction({"peak": 2.0})
    with pytest.raises(ValueError, match="door"):
        Correction(door_s=601)

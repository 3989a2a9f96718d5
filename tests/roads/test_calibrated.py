"""What was learned is applied to seconds alone, to any engine, and told in the network's name."""

from dataclasses import replace

import numpy as np
import pytest

from route_app.errors import Unavailable
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
from route_app.roads.fallback_engine import Breaker, FallbackEngine
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
    assert calibrated(CROW, {}) is CROW
    for engine, other in ((CROW, "roads"), (plain, "estimate")):
        found, told = calibrated(engine, {other: SLOW}).matrix(PLACES), engine.matrix(PLACES)
        assert (found.seconds == told.seconds).all()
        assert found.network == told.network == engine.network
        assert calibrated(engine, {other: SLOW}).legs(PLACES[:3]) == engine.legs(PLACES[:3])
    assert (calibrated(CROW, {"estimate": SLOW}).matrix(PLACES).seconds[0, 1]) > 120
    assert (basis_of(CROW.network), basis_of(plain.network)) == ("estimate", "roads")
    assert calibrated(CROW, {"estimate": SLOW}).matrix(PLACES).estimated


def test_the_name_tells_what_was_learned():
    slow, slower = Correction({"off_peak": 1.2}), Correction({"off_peak": 1.3})
    named = CalibratedEngine(CROW, {"estimate": slow})
    assert named.network == f"straight lines+{slow.digest}"
    assert named.matrix(PLACES).network == named.network
    assert {leg.network for leg in named.legs(PLACES)} == {named.network}
    assert slow.digest != slower.digest
    assert slow.digest == Correction({"off_peak": 1.2}, bands={"off_peak": Band(-1, 1)}).digest


def test_a_slow_team_reaches_less_far():
    wide = CROW.reachable(PLACES[0], within_s=1_200)
    slow = CalibratedEngine(CROW, {"estimate": SLOW})
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


class Server(CrowFlyEngine):
    """A road server, twice as slow as straight lines, which may die on the call that is made."""

    network = "OSRM at roads.example"
    dies = False

    def _seconds(self, metres, slot):
        if self.dies:
            raise Unavailable("The OSRM server cannot be reached.")
        return 2 * super()._seconds(metres, slot)

    def matrix(self, places, *, slot="off_peak"):
        return replace(super().matrix(places, slot=slot), network=self.network, estimated=False)

    def reachable(self, place, *, within_s, slot="off_peak"):
        if self.dies:
            raise Unavailable("The OSRM server cannot be reached.")
        return super().reachable(place, within_s=within_s // 2, slot=slot)


BOTH = {
    "roads": Correction({"off_peak": 1.5}, door_s=300),
    "estimate": Correction({"off_peak": 0.9}),
}


@pytest.mark.parametrize("ask", ["matrix", "legs"])
@pytest.mark.parametrize("both", [BOTH, {"roads": BOTH["roads"]}])
def test_what_dies_on_the_call_is_put_right_as_what_answered(ask, both):
    server = Server()
    slow = calibrated(FallbackEngine(server, lambda: CROW), both)
    assert slow.network == f"{server.network}+{BOTH['roads'].digest}"
    server.dies = True
    wanted = both.get("estimate", Correction())
    raw = CROW.matrix(PLACES).seconds
    if ask == "matrix":
        found = slow.matrix(PLACES)
        network, seconds = found.network, [int(found.seconds[row, row + 1]) for row in range(3)]
    else:
        legs = slow.legs(PLACES)
        (network,) = {leg.network for leg in legs}
        seconds = [leg.seconds for leg in legs]
    assert seconds == [wanted.seconds(int(raw[row, row + 1])) for row in range(3)]
    assert network == "straight lines" + (f"+{wanted.digest}" if "estimate" in both else "")


def test_a_ring_is_asked_again_when_the_server_dies_on_it():
    server = Server()
    slow = calibrated(FallbackEngine(server, lambda: CROW), BOTH)
    server.dies = True
    assert slow.reachable(PLACES[0], within_s=900) == CROW.reachable(PLACES[0], within_s=1_000)


def test_the_label_is_the_answers_whatever_others_meet_in_between():
    class Unlucky(Breaker):
        """Right after every answer another caller's question fails."""

        def worked(self):
            return super().worked() or self.failed("Another caller was not answered.")

    server = Server()
    slow = calibrated(FallbackEngine(server, lambda: CROW, breaker=Unlucky()), BOTH)
    table = slow.matrix(PLACES)
    assert slow.network.startswith("straight lines+"), "the server is thought to be away now"
    assert (table.network, table.estimated) == (f"{server.network}+{BOTH['roads'].digest}", False)
    raw = int(server.matrix(PLACES).seconds[0, 1])
    assert table.seconds[0, 1] == BOTH["roads"].seconds(raw)

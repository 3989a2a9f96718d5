"""fallback_engine over a real local server that goes away, and comes back."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import Refused
from route_app.roads.fallback_engine import Breaker, FallbackEngine
from route_app.roads.profile import Profile
from route_app.roads.road_server import RoadServer
from tests.roads.engine_contract import TOWN, RoadContract
from tests.roads.recorded import replaying, serving
from tests.roads.steady_osrm import SteadyOsrm
from tests.roads.test_server_engines import CASSETTES

EMBEDDED = CrowFlyEngine()
PLACES = [LatLon(60.17 + 0.0005 * row, 24.94) for row in range(12)]


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def osrm():
    return SteadyOsrm()


@pytest.fixture
def server(osrm):
    with serving(osrm) as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


def before(url, clock=time.monotonic, **more):
    settings = RoadServer(url, retries=0, timeout_s=1, table_size=4)
    return replace(settings, **more).before(
        lambda: EMBEDDED, Profile(), breaker=Breaker(clock=clock)
    )


@pytest.fixture(scope="module")
def url():
    with replaying(CASSETTES / "osrm_helsinki.json") as running:
        yield running.url


class TestOverARecordedServer(RoadContract):
    slack_s = 1

    @pytest.fixture
    def engine(self, url):
        return RoadServer(url, retries=0).before(lambda: EMBEDDED, Profile(), probe=TOWN[0])


def test_while_it_answers_nothing_else_is_opened(server):
    engine = RoadServer(server.url).before(lambda: pytest.fail("opened"), Profile())
    assert engine.matrix(PLACES).network == engine.network == engine.server.network
    assert engine.snap(PLACES)[0].street == "High Street"
    assert engine.health().ok


def test_a_matrix_is_never_of_two_engines(server, osrm):
    engine = before(server.url)
    assert (engine.matrix(PLACES).seconds[~np.eye(12, dtype=bool)] == 7).all()
    assert osrm.tables == 9
    osrm.dies_after = 9 + 4
    table = engine.matrix(PLACES)
    assert osrm.down, "it must die in the middle for this test to mean anything"
    whole = EMBEDDED.matrix(PLACES)
    assert np.array_equal(table.seconds, whole.seconds)
    assert np.array_equal(table.metres, whole.metres)
    assert table.network == "straight lines"
    assert table.estimated
    assert table.stand_in == (
        "The road server was away, so drive times are estimated from straight lines."
    )


def test_set_to_fail_it_fails_with_the_sentence(server, osrm):
    engine = before(server.url, when_down="fail")
    engine.matrix(PLACES)
    osrm.dies_after = 9 + 4
    with pytest.raises(Unavailable, match="The OSRM server fails"):
        engine.matrix(PLACES)
    asked = len(server.asked)
    for ask in (lambda: engine.legs(PLACES[:2]), lambda: engine.snap(PLACES)):
        with pytest.raises(Unavailable, match="The OSRM server fails"):
            ask()
    assert len(server.asked) == asked, "a server that is down is left alone for a while"
    health = engine.health()
    assert not health.ok
    assert health.engine == "OSRM"
    assert "Nothing is planned meanwhile since" in health.warnings[0]


def test_a_dead_server_costs_one_time_out_and_is_tried_again_later(clock):
    slow = Event()

    def hang(*_):
        slow.wait(3)
        return 200, "{}"

    with serving(hang) as server:
        engine = before(server.url, clock, timeout_s=0.5)
        begun = time.monotonic()
        for _ in range(20):
            assert engine.matrix(PLACES).estimated
        assert time.monotonic() - begun < 1.5
        assert len(server.asked) <= 4  # the blocks of one table
        slow.set()


def test_it_comes_back_after_a_rest(server, osrm, clock):
    engine = before(server.url, clock)
    osrm.down = True
    assert engine.matrix(PLACES[:3]).estimated
    assert engine.network == "straight lines"
    osrm.down = False
    assert engine.matrix(PLACES[:3]).estimated, "too early to try again"
    clock.now += 31
    assert not engine.matrix(PLACES[:3]).estimated
    assert engine.down_since is None
    assert engine.network == engine.server.network


def test_after_a_rest_only_one_tries(clock):
    breaker = Breaker(rest_s=30, clock=clock)
    assert breaker.lets_through()
    assert breaker.failed("gone")
    assert not breaker.failed("still gone")
    clock.now += 31
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: breaker.lets_through(), range(16)))
    assert sum(tries) == 1
    assert breaker.worked()
    assert not breaker.worked()
    assert breaker.lets_through()


def test_health_warns_since_when(server, osrm):
    engine = before(server.url)
    osrm.down = True
    engine.matrix(PLACES[:3])
    health = engine.health()
    assert health.ok, "drive times can be had, from what stands in"
    assert health.network == "straight lines"
    assert "The OSRM server fails" in health.warnings[0]
    assert f"since {engine.down_since:%H:%M} UTC, not from OSRM at" in health.warnings[1]
    osrm.down = False
    assert engine.health().warnings == ()
    assert engine.down_since is None, "an answer to a health check counts"


def test_what_is_wrong_with_the_question_is_not_the_servers_fault(server):
    engine = before(server.url)
    with pytest.raises(InvalidInput):
        engine.matrix(PLACES, slot="midnight")
    with pytest.raises(InvalidInput):
        engine.reachable(PLACES[0], within_s=0)
    assert engine.down_since is None


def test_no_road_is_an_answer():
    def no_route(method, path, body):
        if "/route/" in path:
            return 400, '{"code": "NoRoute"}'
        return SteadyOsrm()(method, path, body)

    with serving(no_route) as server:
        engine = before(server.url)
        with pytest.raises(NotFound, match="No road leads from place 1"):
            engine.legs(PLACES[:3])
        assert engine.down_since is None


def test_an_engine_that_raises_is_asked_through_its_protocol(server, osrm):
    osrm.down = True
    engine = before(server.url)
    assert engine.legs(PLACES[:2])[0].path == (PLACES[0], PLACES[1])
    assert engine.reachable(PLACES[0], within_s=60) == EMBEDDED.reachable(PLACES[0], within_s=60)
    assert engine.snap(PLACES[:2]) == EMBEDDED.snap(PLACES[:2])
    assert isinstance(engine, FallbackEngine)


class Choosy(CrowFlyEngine):
    """A server that answers about two places, refuses more, and may be gone altogether."""

    network = "OSRM at roads.example"
    gone = False

    def matrix(self, places, *, slot="off_peak"):
        if self.gone:
            raise Unavailable("The OSRM server cannot be reached.")
        if len(places) > 2:
            raise Refused("The OSRM server refuses drives this long.")
        return replace(super().matrix(places, slot=slot), network=self.network, estimated=False)

    def legs(self, places, *, slot="off_peak"):
        if self.gone:
            raise Unavailable("The OSRM server cannot be reached.")
        raise NotFound("No road leads from place 1 to place 2.")


def test_a_question_refused_does_not_stop_the_next(clock):
    engine = FallbackEngine(Choosy(), lambda: EMBEDDED, breaker=Breaker(clock=clock))
    table = engine.matrix(PLACES[:3])
    assert (table.network, table.estimated) == ("straight lines", True)
    assert table.stand_in.startswith("The road server did not take the question, so drive times")
    assert engine.down_since is None
    assert engine.matrix(PLACES[:2]).network == Choosy.network

    strict = FallbackEngine(Choosy(), lambda: pytest.fail("opened"), when_down="fail")
    with pytest.raises(Refused, match="refuses drives this long"):
        strict.matrix(PLACES[:3])
    assert strict.matrix(PLACES[:2]).network == Choosy.network
    assert strict.health().ok


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("osrm", 414, "<html>"),
        ("osrm", 400, '{"code": "TooBig"}'),
        ("valhalla", 400, '{"error_code": 154, "error": "Path distance exceeds the max"}'),
        ("valhalla", 400, '{"error_code": 150, "error": "Exceeded max locations: 1"}'),
    ],
)
def test_what_servers_refuse_for_its_size_is_no_break(kind, status, body):
    with serving(lambda *_: (status, body)) as server:
        engine = before(server.url, kind=kind)
        assert engine.matrix(PLACES[:2]).network == "straight lines"
        assert engine.down_since is None


def test_one_that_hangs_up_on_little_is_away():
    with serving(lambda *_: 1 / 0) as server:
        engine = before(server.url)
        assert engine.matrix(PLACES[:2]).estimated
        assert engine.down_since is not None


def test_after_a_rest_no_road_and_a_refusal_show_that_it_is_back(clock):
    server = Choosy()
    engine = FallbackEngine(server, lambda: EMBEDDED, breaker=Breaker(clock=clock))
    for ask in (lambda: engine.legs(PLACES[:2]), lambda: engine.matrix(PLACES[:3])):
        server.gone = True
        engine.matrix(PLACES[:2])
        assert engine.down_since is not None
        server.gone = False
        clock.now += 31
        with suppress(NotFound):
            ask()
        assert engine.down_since is None
        assert engine.matrix(PLACES[:2]).network == Choosy.network


def test_a_bad_question_does_not_use_up_the_turn_after_a_rest(server, osrm, clock):
    engine = before(server.url, clock)
    osrm.down = True
    engine.matrix(PLACES[:3])
    osrm.down = False
    clock.now += 31
    with pytest.raises(InvalidInput):
        engine.matrix(PLACES[:3], slot="midnight")
    assert engine.down_since is not None, "nobody asked the server"
    assert not engine.matrix(PLACES[:3]).estimated

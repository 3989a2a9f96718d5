"""road_state: what the Roads page says of the routing server."""

import time

import pytest

from route_app import worker
from route_app.roads.store import RoadStore
from route_app.web.road_state import StateKeeper
from tests import smalltown
from tests.conftest import make_settings
from tests.roads.recorded import serving
from tests.roads.steady_osrm import SteadyOsrm


@pytest.fixture
def osrm():
    return SteadyOsrm()


@pytest.fixture
def server(osrm):
    with serving(osrm) as running:
        yield running


@pytest.fixture
def settings(tmp_path, engine, server):
    return make_settings(tmp_path, engine, roads_server=server.url)


def built(settings):
    RoadStore(settings.data_dir / "roads").build(smalltown.OSM_FILE, name="smalltown")


def test_the_page_says_that_the_server_answers(client_for, settings):
    built(settings)
    page = client_for("bob").get("/roads/").text
    assert "Road server" in page
    assert "OSRM answers" in page
    assert "Answered in" in page
    assert "come from the road server, the map from the network in use" in page


def test_a_server_that_is_away_is_said_in_words(client_for, settings, osrm):
    built(settings)
    osrm.down = True
    page = client_for("bob").get("/roads/").text
    assert "OSRM does not answer" in page
    assert "fails (it answered 500)" in page
    assert "Meanwhile drive times come from the network in use on this machine." in page


def test_so_is_that_nothing_stands_in(client_for, osrm):
    osrm.down = True
    page = client_for("dan").get("/roads/").text
    assert "estimated from straight lines, as no network is built here" in page
    assert "nothing on this machine stands in for the road server" in page


def test_the_state_is_asked_for_seldom(client_for, settings, server):
    built(settings)
    dan = client_for("dan")
    for _ in range(5):
        dan.get("/roads/")
    assert len(server.asked) == 1


class TestSetToFail:
    @pytest.fixture
    def settings(self, tmp_path, engine, server):
        return make_settings(tmp_path, engine, roads_server=server.url, roads_server_down="fail")

    def test_it_says_that_nothing_can_be_planned(self, client_for, osrm):
        osrm.down = True
        assert "No day can be planned until it is back." in client_for("bob").get("/roads/").text


class TestWithoutAServer:
    @pytest.fixture
    def settings(self, tmp_path, engine):
        return make_settings(tmp_path, engine)

    def test_the_page_is_as_it_was(self, client_for):
        page = client_for("dan").get("/roads/").text
        assert "Road server" not in page
        assert "Until a network is built, drive times are estimated" in page


def test_a_server_that_hangs_does_not_hold_the_page(settings, tmp_path, engine):
    def hang(*_):
        time.sleep(4)
        return 200, "{}"

    for kind in ("osrm", "valhalla"):
        with serving(hang) as server:
            slow = make_settings(tmp_path, engine, roads_server=server.url, roads_server_kind=kind)
            store = RoadStore(tmp_path / "roads", server=worker.road_server(slow))
            begun = time.monotonic()
            state = StateKeeper().state(store)
            assert time.monotonic() - begun < 2.2
            assert state.kind == "warn"
            assert "did not answer within 1 seconds" in state.about

"""The contract of osrm_engine and valhalla_engine, both on server_engine: on answers recorded from
real servers and, where they are at hand, on the real servers themselves."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from route_app.errors import InvalidInput, NotFound
from route_app.roads.bundled import bundled_extract
from route_app.roads.engine import UNREACHABLE
from route_app.roads.profile import Profile
from route_app.roads.road_server import RoadServer
from tests.roads.engine_contract import CUT_OFF, ELSEWHERE, TOWN, RoadContract
from tests.roads.recorded import recording, replaying

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import routing_servers

CASSETTES = Path(__file__).parent / "cassettes"
RECORD = bool(os.environ.get("ROUTE_APP_TEST_RECORD"))


def _engine(url, kind, **more):
    return RoadServer(url, kind=kind, retries=0, timeout_s=20, **more).engine(
        Profile(), probe=TOWN[0]
    )


def _real(stack, kind, folder, **limits):
    try:
        programs = routing_servers.programs(kind)
    except routing_servers.NotHere as why:
        pytest.skip(str(why))
    if kind == "osrm":
        options = [text for name, value in limits.items() for text in (f"--{name}", str(value))]
        server = routing_servers.osrm(programs, bundled_extract(), folder, options=options)
    else:
        server = routing_servers.valhalla(programs, bundled_extract(), folder, limits=limits)
    return stack.enter_context(server).url


class OsrmContract(RoadContract):
    slack_s = 1


class ValhallaContract(RoadContract):
    slack_s = 2
    slack_m = 4


@pytest.fixture(scope="module")
def recorded_engine(tmp_path_factory):
    """Return how to get the engine of a kind on its cassette, opened once."""
    found = {}
    with ExitStack() as stack:

        def get(kind):
            if kind not in found:
                cassette = CASSETTES / f"{kind}_helsinki.json"
                if RECORD:
                    url = _real(stack, kind, tmp_path_factory.mktemp(kind))
                    server = stack.enter_context(recording(url, cassette))
                else:
                    server = stack.enter_context(replaying(cassette))
                found[kind] = _engine(server.url, kind)
            return found[kind]

        yield get


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def real_engine(prepared):
    """Return how to get the engine of a kind on a real server, started once."""
    found = {}
    with ExitStack() as stack:

        def get(kind):
            if kind not in found:
                found[kind] = _engine(_real(stack, kind, prepared / kind), kind)
            return found[kind]

        yield get


class TestRecordedOsrm(OsrmContract):
    @pytest.fixture
    def engine(self, recorded_engine):
        return recorded_engine("osrm")


class TestRecordedValhalla(ValhallaContract):
    @pytest.fixture
    def engine(self, recorded_engine):
        return recorded_engine("valhalla")


class TestRealOsrm(OsrmContract):
    @pytest.fixture
    def engine(self, real_engine):
        return real_engine("osrm")

    @pytest.fixture
    def narrow(self, engine, prepared):
        """A server that takes tables of 3 x 3 and routes of 3 places."""
        limits = {"max-table-size": 3, "max-viaroute-size": 3}
        with ExitStack() as stack:
            yield _engine(_real(stack, "osrm", prepared / "osrm", **limits), "osrm")

    def test_a_narrow_server_gives_the_same_in_pieces(self, engine, narrow):
        wide, told = engine.matrix(TOWN), narrow.matrix(TOWN)
        assert np.array_equal(wide.seconds, told.seconds)
        assert np.array_equal(wide.metres, told.metres)
        assert [leg.seconds for leg in narrow.legs(TOWN)] == [
            leg.seconds for leg in engine.legs(TOWN)
        ]
        assert narrow.snap(TOWN) == engine.snap(TOWN)
        assert len(narrow.reachable(TOWN[0], within_s=150)) > 3
        assert "up to 3 places" in narrow.health().detail

    def test_three_hundred_places_at_once(self, engine):
        places = _grid(300)
        table = engine.matrix(places)
        assert table.seconds.shape == (300, 300)
        assert len(engine.snap(places)) == 300
        some = [5, 111, 299]
        alone = engine.matrix([places[row] for row in some])
        assert np.abs(alone.seconds - table.seconds[np.ix_(some, some)]).max() <= 1

    def test_a_server_that_only_looks_nearby(self, engine, prepared):
        with ExitStack() as stack:
            url = _real(stack, "osrm", prepared / "osrm", **{"default-radius": 500})
            near = _engine(url, "osrm")
            places = [*TOWN[:2], ELSEWHERE]
            assert [snap.status for snap in near.snap(places)] == ["on_road", "on_road", "no_road"]
            table = near.matrix(places)
            assert (table.seconds[2, :2] == UNREACHABLE).all()
            assert (table.seconds[:2, 2] == UNREACHABLE).all()
            assert np.array_equal(table.seconds[:2, :2], engine.matrix(TOWN[:2]).seconds)
            with pytest.raises(NotFound, match="Place 3"):
                near.legs(places)
            with pytest.raises(NotFound, match="Place 1"):
                near.reachable(ELSEWHERE, within_s=100)
            assert near.health().ok


class TestRealValhalla(ValhallaContract):
    @pytest.fixture
    def engine(self, real_engine):
        return real_engine("valhalla")

    def test_a_narrow_server_gives_the_same_in_pieces(self, engine, prepared):
        limits = {"max_matrix_location_pairs": 9, "max_locations": 3}
        with ExitStack() as stack:
            narrow = _engine(_real(stack, "valhalla", prepared / "valhalla", **limits), "valhalla")
            wide, told = engine.matrix(TOWN), narrow.matrix(TOWN)
            assert np.array_equal(wide.seconds, told.seconds)
            assert [leg.metres for leg in narrow.legs(TOWN)] == pytest.approx(
                [leg.metres for leg in engine.legs(TOWN)], abs=4
            )
            assert narrow.snap(TOWN) == engine.snap(TOWN)
            assert "up to 9 pairs and routes of up to 3 places" in narrow.health().detail

    def test_without_speeds_of_the_past_an_hour_changes_nothing(self, engine, prepared):
        with ExitStack() as stack:
            url = _real(stack, "valhalla", prepared / "valhalla")
            hourly = _engine(url, "valhalla", traffic=True)
            calm, busy = (hourly.matrix(TOWN, slot=slot) for slot in ("off_peak", "peak"))
            assert np.array_equal(calm.seconds, busy.seconds)
            assert hourly.legs(TOWN[:2], slot="peak")[0].seconds > 0
            assert len(hourly.reachable(TOWN[0], within_s=120, slot="peak")) > 3

    def test_an_area_too_wide_for_it_is_refused_in_words(self, engine):
        with pytest.raises(InvalidInput, match="within 120 minutes at most"):
            engine.reachable(TOWN[0], within_s=4 * 3600)

    def test_islands_do_not_spoil_a_table(self, engine):
        table = engine.matrix([CUT_OFF, *TOWN])
        assert (table.seconds[1:, 1:] < UNREACHABLE).all()
        assert (table.seconds[0, 1:] == UNREACHABLE).all()


def _grid(count):
    rng = np.random.default_rng(3)
    lats, lons = rng.uniform(60.166, 60.177, count), rng.uniform(24.938, 24.95, count)
    return [type(TOWN[0])(float(lat), float(lon)) for lat, lon in zip(lats, lons, strict=True)]

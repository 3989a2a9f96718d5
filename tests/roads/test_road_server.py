"""road_server, and the store that puts a server before its networks."""

import pickle

import pytest

from route_app.errors import NotFound
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.embedded_engine import EmbeddedEngine
from route_app.roads.fallback_engine import FallbackEngine
from route_app.roads.osrm_engine import OsrmEngine
from route_app.roads.profile import Profile
from route_app.roads.road_server import RoadServer
from route_app.roads.store import RoadStore
from route_app.roads.valhalla_engine import ValhallaEngine
from tests.roads.recorded import serving
from tests.roads.steady_osrm import SteadyOsrm
from tests.roads.towns import at, crossing

AWAY = "http://user:pass@127.0.0.1:9/?key=hush"


def down(*_):
    return 500, "down"


@pytest.fixture
def town(tmp_path):
    return crossing().write(tmp_path)


def store_of(tmp_path, url, **more):
    return RoadStore(tmp_path / "roads", server=RoadServer(url, retries=0, **more))


def test_it_travels_to_other_processes_and_keeps_its_secret():
    server = RoadServer(AWAY, kind="valhalla", when_down="fail", table_size=400, traffic=True)
    assert pickle.loads(pickle.dumps(server)) == server  # noqa: S301  # our own
    assert "hush" not in repr(server)
    assert "pass" not in repr(server)


def test_its_kind_says_which_engine():
    assert isinstance(RoadServer(AWAY).engine(Profile()), OsrmEngine)
    assert isinstance(RoadServer(AWAY, kind="valhalla").engine(Profile()), ValhallaEngine)


def test_a_store_without_a_server_is_as_before(tmp_path, town):
    store = RoadStore(tmp_path / "roads")
    assert isinstance(store.open_for([at(0, 0)]), CrowFlyEngine)
    store.build(town, name="town")
    assert isinstance(store.open(), EmbeddedEngine)
    assert store.open_for([at(0, 0)]) is store.open() is store.open_embedded()


def test_a_store_with_a_server_asks_it_first(tmp_path, town):
    with serving(SteadyOsrm()) as server:
        store = store_of(tmp_path, server.url)
        store.build(town, name="town")
        engine = store.open_for([at(0, 0)])
        assert isinstance(engine, FallbackEngine)
        assert engine is store.open("town"), "what was learned of the server stays"
        table = engine.matrix([at(0, -50), at(0, 50)])
        assert table.seconds[0, 1] == 7
        assert table.network.startswith("OSRM at 127.0.0.1:")
        assert isinstance(store.open_embedded(), EmbeddedEngine)
        assert store.open_embedded().network.startswith("town@")
        with pytest.raises(NotFound):
            store.open("elsewhere")


def test_a_server_without_built_roads_has_straight_lines_behind_it(tmp_path):
    with serving(SteadyOsrm()) as server:
        store = store_of(tmp_path, server.url)
        assert store.open_for([]).matrix([at(0, 0), at(0, 50)]).seconds[0, 1] == 7
    store = store_of(tmp_path, AWAY, timeout_s=1)
    table = store.open_for([]).matrix([at(0, 0), at(0, 50)])
    assert table.estimated
    assert "straight lines" in table.stand_in


def test_the_built_roads_stand_in(tmp_path, town):
    with serving(down) as server:
        store = store_of(tmp_path, server.url)
        store.build(town, name="town")
        engine = store.open()
        table = engine.matrix([at(0, -50), at(0, 50)])
        assert table.network.startswith("town@")
        assert table.seconds[0, 1] == 10
        assert table.stand_in == (
            "The road server was away, so drive times come from the roads on this machine."
        )
        assert engine.health().ok


def test_a_rebuilt_network_stands_in_as_it_is_now(tmp_path, town):
    with serving(down) as server:
        store = store_of(tmp_path, server.url)
        store.build(town, name="town", country="FI")
        engine = store.open()
        before = engine.matrix([at(0, -50), at(0, 50)]).network
        store.build(town, name="town", country="GB")
        assert engine.matrix([at(0, -50), at(0, 50)]).network != before


def test_an_edited_profile_counts_for_the_server_too(tmp_path, town):
    with serving(SteadyOsrm()) as server:
        store = store_of(tmp_path, server.url)
        store.build(town, name="town")
        places = [at(0, -50), at(0, 50)]
        assert store.open().matrix(places, slot="peak").seconds[0, 1] == 9
        (store.root / "profile.json").write_text('{"slots": {"peak": {"urban": 2.0}}}')
        assert store.open().matrix(places, slot="peak").seconds[0, 1] == 14


def test_one_failure_spares_all_networks_of_a_store(tmp_path, town):
    with serving(down) as server:
        store = store_of(tmp_path, server.url)
        store.build(town, name="one")
        store.build(town, name="two", country="GB")
        store.open("one").matrix([at(0, -50), at(0, 50)])
        asked = len(server.asked)
        store.open("two").matrix([at(0, -50), at(0, 50)])
        assert len(server.asked) == asked

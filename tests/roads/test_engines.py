"""The contract of every engine that needs nothing but this machine."""

import pytest

from route_app.roads.bundled import bundled_extract
from route_app.roads.cch_engine import CchEngine
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads.engine_contract import EngineContract, RoadContract

# Every engine over a built network; a new one is added here and nowhere else.
EMBEDDED = {"scipy": ScipyEngine, "cch": CchEngine}


@pytest.fixture(scope="module")
def helsinki():
    return build_network(read_extract(bundled_extract()))


@pytest.fixture(scope="module", params=EMBEDDED.values(), ids=EMBEDDED)
def embedded(request, helsinki):
    return request.param(helsinki)


class TestEmbedded(RoadContract):
    @pytest.fixture
    def engine(self, embedded):
        return embedded


class TestCrowFly(EngineContract):
    on_roads = False
    tells_turns = False

    @pytest.fixture
    def engine(self):
        return CrowFlyEngine()

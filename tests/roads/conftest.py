import pytest

from route_app.roads.cch_engine import CchEngine
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads import towns


@pytest.fixture(params=[ScipyEngine, CchEngine], ids=lambda engine: engine.kind.split()[0])
def both_engines(request, monkeypatch):
    """Run a test twice: `Town.engine` is once the plain search, once the hierarchy."""
    monkeypatch.setattr(towns, "ENGINE", request.param)

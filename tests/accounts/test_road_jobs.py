import pytest

from route_app.accounts import road_jobs
from route_app.accounts.road_access import read_access
from route_app.db import transaction
from route_app.errors import Conflict
from route_app.queue import cancel, job
from route_app.roads.jobs import BuildRequest, read_request
from route_app.roads.store import RoadStore
from route_app.worker import work_off
from tests import factories, smalltown
from tests.conftest import make_settings

OSLO = BuildRequest(name="oslo", place="Oslo, Norway")


def test_asking_twice_for_the_same_makes_one_job(session):
    row = road_jobs.build_later(session, request=OSLO)
    assert road_jobs.build_later(session, request=OSLO) is row
    assert read_request(row.payload) == OSLO


def test_another_source_must_wait_until_the_first_has_ended(session):
    road_jobs.build_later(session, request=OSLO)
    other = BuildRequest(name="oslo", box=(10.6, 59.8, 10.9, 60.0))
    with pytest.raises(Conflict, match="is being built from Oslo, Norway"):
        road_jobs.build_later(session, request=other)
    cancel(session, "roads.build:oslo")
    row = road_jobs.build_later(session, request=other)
    assert (row.state, read_request(row.payload)) == ("queued", other)


def test_the_check_keeps_which_accounts_lie_off_the_roads(engine, tmp_path):
    store = RoadStore(tmp_path / "roads")
    version = store.build(smalltown.OSM_FILE, name="smalltown").version
    with transaction(engine) as session:
        factories.make_account(session)
        factories.make_account(session, at=None)
        factories.make_account(session, active=False)
        lost = factories.make_account(session, at=None, lat=10.0, lon=10.0).id
        road_jobs.check_later(session, name="smalltown")
    work_off(engine, make_settings(tmp_path, engine))
    with transaction(engine) as session:
        access = read_access(job(session, "roads.check_accounts:smalltown").result)
    assert access.version == version
    assert access.counts == {"on_road": 1, "no_road": 1}
    assert list(access.wanting) == [lost]
    assert access.wanting[lost][0] == "no_road"


def test_a_network_that_is_gone_fails_the_check_for_good(engine, tmp_path):
    with transaction(engine) as session:
        road_jobs.check_later(session, name="gone")
    work_off(engine, make_settings(tmp_path, engine))
    with transaction(engine) as session:
        row = job(session, "roads.check_accounts:gone")
        assert row.state == "failed"
        assert "no road network named gone" in row.error

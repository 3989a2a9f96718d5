import pytest

from route_app.accounts import jobs, service
from route_app.db import transaction
from route_app.pins import jobs as pin_jobs
from route_app.queue import Work, leases
from route_app.roads.store import RoadStore

HANDLERS = {
    service.CHECK: jobs.check_import,
    service.APPLY: jobs.apply_import,
    service.GEOCODE: pin_jobs.geocode,
}


@pytest.fixture
def roads(tmp_path):
    return RoadStore(tmp_path / "roads")


@pytest.fixture
def work_off(engine, roads):
    """Do the account work that waits, the way the worker does; returns the ids of what was done."""

    def run(**options):
        done = []
        while True:
            with transaction(engine) as session:
                claim = leases.claim(session, owner="test", lease_s=30)
            if claim is None:
                return done
            done.append(claim.id)
            if claim.kind in HANDLERS:
                work = Work(engine, claim, roads=lambda: roads, options=options, lease_s=30)
                HANDLERS[claim.kind](work)
                assert work.stored

    return run

"""A rep's day planned on a routing server, also when it dies in the middle of it."""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from route_app import worker
from route_app.db import transaction
from route_app.models import Job, TravelFactor
from route_app.planning import queries, service
from tests.conftest import make_settings
from tests.roads.recorded import serving
from tests.roads.steady_osrm import SteadyOsrm

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


@pytest.fixture
def osrm():
    return SteadyOsrm()


@contextmanager
def installation(osrm, engine, tmp_path, roads=None, **more):
    """Yield the settings of an installation with a routing server and maybe built roads."""
    if roads:
        shutil.copytree(roads.root, tmp_path / "roads")
    with serving(osrm) as server:
        yield make_settings(
            tmp_path, engine, plan_seconds=0.1, roads_server=server.url, roads_server_retries=0,
            roads_server_table=2, **more,
        )  # fmt: skip


def ask(engine, cast):
    with transaction(engine) as session:
        return service.plan_day_later(
            session, rep_id=cast["alice"], day=TOMORROW, cause="asked", asked_by_id=cast["alice"]
        )


def kept(engine, cast, job):
    with transaction(engine, write=False) as session:
        row = session.get_one(Job, job)
        return row, queries.current_plan(session, cast["alice"], TOMORROW)


def test_the_worker_plans_on_the_server(engine, cast, tmp_path, roads, osrm):
    job = ask(engine, cast)
    with installation(osrm, engine, tmp_path, roads) as settings:
        worker.work_off(engine, settings)
    row, day = kept(engine, cast, job)
    assert (row.state, row.error) == ("done", "")
    assert day.network.startswith("OSRM at 127.0.0.1:")
    assert not day.estimated
    assert {stop.drive_s for stop in day.visits} <= {0, 7}
    assert all(len(stop.path) >= 2 for stop in day.visits if stop.drive_s)
    assert osrm.tables > 1, "the table must have come in blocks"


@pytest.mark.slow
def test_so_does_the_worker_in_a_process_of_its_own(engine, cast, tmp_path, osrm):
    job = ask(engine, cast)
    with installation(osrm, engine, tmp_path) as settings:
        worker.run(settings, once=True)
    row, day = kept(engine, cast, job)
    assert (row.state, row.error) == ("done", "")
    assert day.network.startswith("OSRM at 127.0.0.1:")


def test_a_server_that_dies_in_the_middle_is_stood_in_for(engine, cast, tmp_path, roads, osrm):
    osrm.dies_after = 2  # the pins are found, and half of the travel
    job = ask(engine, cast)
    with installation(osrm, engine, tmp_path, roads) as settings:
        worker.work_off(engine, settings)
    assert osrm.down
    row, day = kept(engine, cast, job)
    assert row.state == "done"
    assert day.network.startswith("smalltown@")
    assert not {stop.drive_s for stop in day.visits} <= {0, 7}
    assert (
        "The road server was away, so drive times come from the roads on this machine." in day.notes
    )
    # The next planning, with the server back, makes a new version on it.
    osrm.down, osrm.dies_after = False, None
    again = ask(engine, cast)
    shutil.rmtree(tmp_path / "roads")
    with installation(osrm, engine, tmp_path, roads) as settings:
        worker.work_off(engine, settings)
    _, renewed = kept(engine, cast, again)
    assert renewed.network.startswith("OSRM at")
    assert not any("road server" in note for note in renewed.notes)


def test_set_to_fail_the_plan_that_holds_stays(engine, cast, tmp_path, roads, osrm):
    with installation(osrm, engine, tmp_path, roads, roads_server_down="fail") as settings:
        ask(engine, cast)
        worker.work_off(engine, settings)
        osrm.tables, osrm.dies_after = 0, 2
        job = ask(engine, cast)
        worker.work_off(engine, settings)
    row, day = kept(engine, cast, job)
    assert row.state == "queued", "it is tried again by itself"
    assert row.error == "The OSRM server fails (it answered 500). Its own log says why."
    assert day.network.startswith("OSRM at")
    assert day.version == 1


def test_without_built_roads_the_days_are_estimated_meanwhile(engine, cast, tmp_path, osrm):
    osrm.down = True
    job = ask(engine, cast)
    with installation(osrm, engine, tmp_path) as settings:
        worker.work_off(engine, settings)
    row, day = kept(engine, cast, job)
    assert row.state == "done"
    assert day.estimated
    assert any("estimated from straight lines" in note for note in day.notes)


def test_what_dies_on_the_table_is_driven_as_estimates_were_learned(engine, cast, tmp_path, osrm):
    with transaction(engine) as session:
        for basis, factor in (("roads", 1.8), ("estimate", 0.9)):
            session.add(
                TravelFactor(
                    basis=basis, slot="off_peak", factor=factor, door_s=0, low=-0.3, high=0.3, n=99,
                    learned_at=datetime.now(UTC),
                )
            )  # fmt: skip
    osrm.dies_after = 2  # the pins are found, and the table begun
    job = ask(engine, cast)
    with installation(osrm, engine, tmp_path) as settings:
        worker.work_off(engine, settings)
    assert osrm.down
    _, day = kept(engine, cast, job)
    assert day.estimated
    assert day.network.startswith("straight lines+")
    assert day.calibration["factors"] == {"off_peak": 0.9}

"""What every engine of jobs must keep: nothing lost, nothing stored twice, innocents unharmed.

Real workers, real job processes, real signals; the same tests for each engine and database.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from route_app.db import create_engine, transaction
from route_app.queue import cancel
from tests.queue.tasks import PERSONAL
from tests.queue.world import LEASE_S, POSTGRES, ROOT, World, make_database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
needs_server = [
    pytest.mark.postgres,
    pytest.mark.skipif(not POSTGRES, reason="set ROUTE_APP_TEST_POSTGRES to a server's URL"),
]
ENGINES = [
    pytest.param(("embedded", "sqlite"), id="embedded-sqlite"),
    pytest.param(("procrastinate", "postgres"), id="procrastinate", marks=needs_server),
    pytest.param(("embedded", "postgres"), id="embedded-postgres", marks=needs_server),
]
SKEW_S = 600
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = :name AND pid <> pg_backend_pid()"
)
LOSE_ONE_MESSAGE = (
    "CREATE TABLE lost (queueing_lock TEXT)",
    """CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
        IF NOT EXISTS (SELECT 1 FROM lost) THEN
            INSERT INTO lost VALUES (NEW.queueing_lock);
            DELETE FROM procrastinate_jobs WHERE id = NEW.id;
        END IF;
        RETURN NULL;
    END'""",
    "CREATE TRIGGER zz_lose AFTER INSERT ON procrastinate_jobs "
    "FOR EACH ROW EXECUTE FUNCTION lose()",
)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    engine_of_jobs, kind = request.param
    url, drop = make_database(kind, tmp_path)
    made = World(url, engine_of_jobs, tmp_path, create_engine(url))
    try:
        yield made
    finally:
        made.end()
        drop()


every_engine = pytest.mark.parametrize("world", ENGINES[:2], indirect=True)
every_engine_and_database = pytest.mark.parametrize("world", ENGINES, indirect=True)


@every_engine_and_database
def test_a_killed_worker_loses_nothing_and_nothing_is_stored_twice(world: World) -> None:
    for number in range(6):
        world.ask(f"job-{number}", seconds=1.0)
    first, second = world.start(processes=2), world.start(processes=2)
    world.until(lambda: bool(first.job_pids()) and sum(world.begun().values()) >= 3)
    jobs_of_first = first.job_pids()
    first.process.kill()
    first.process.wait()
    killed_at = datetime.now(UTC)
    world.until_all()
    assert world.stored() == {f"job-{number}": 1 for number in range(6)}
    found = next(line for line in second.log() if line["event"] == "leases_ran_out")
    taken_back_at = datetime.fromisoformat(found["timestamp"])
    assert (taken_back_at - killed_at).total_seconds() < LEASE_S + 3
    assert not any(_alive(pid) for pid in jobs_of_first)


@every_engine
def test_a_worker_that_slept_past_its_lease_is_fenced_off(world: World) -> None:
    assert _sleep_past_the_lease(world) == {"job": 1}
    assert world.row("job").attempts == 2
    assert world.begun() == {"job": 2}
    world.until(lambda: "job_given_up" in world.workers[0].events("job"), within_s=10)


@pytest.mark.parametrize("world", ENGINES[:1], indirect=True)
def test_without_the_fence_the_same_sleeper_stores_twice(world: World) -> None:
    assert _sleep_past_the_lease(world, no_fence=True) == {"job": 2}


def _sleep_past_the_lease(world: World, *, no_fence: bool = False) -> Counter[str]:
    world.ask("job", seconds=1.5)
    sleeper = world.start(options={"no_fence": no_fence})
    world.until(lambda: world.begun()["job"] == 1)
    with transaction(world.database):  # so that it does not fall asleep holding the database
        jobs = sleeper.job_pids()
        sleeper.signal(signal.SIGSTOP)
    world.start()
    world.until_all()
    stored = world.stored()
    assert stored == {"job": 1}
    # The job process first: its worker would end it at once, as one whose lease is lost.
    for pid in jobs:
        os.kill(pid, signal.SIGCONT)
    world.until(lambda: not any(_alive(pid) for pid in jobs), within_s=10)
    sleeper.signal(signal.SIGCONT)
    return world.stored()


@every_engine
def test_workers_whose_clocks_are_wrong_by_ten_minutes_begin_each_job_once(world: World) -> None:
    for number in range(4):
        world.ask(f"job-{number}", seconds=1.5 * LEASE_S if number == 0 else 0.1)
    for by in (SKEW_S, -SKEW_S):
        world.start(**_skewed(world, by))
    world.until_all()
    assert world.begun() == {f"job-{number}": 1 for number in range(4)}
    assert world.stored() == world.begun()
    ahead, behind = (
        datetime.fromisoformat(worker.log()[0]["timestamp"]) for worker in world.workers
    )
    assert (ahead - behind).total_seconds() > 2 * SKEW_S - 60, "the clocks were not skewed at all"


@every_engine
def test_a_poison_job_dies_alone(world: World) -> None:
    world.ask("poison", "test.poison", attempts=2)
    for number in range(4):
        world.ask(f"innocent-{number}", seconds=0.5)
    world.start(processes=2)
    world.until(lambda: {row.state for row in world.rows()} == {"done", "dead"})
    poison = world.row("poison")
    assert (poison.state, poison.attempts, poison.crashes) == ("dead", 2, 2)
    assert "given up" in poison.error
    assert [world.row(f"innocent-{number}").attempts for number in range(4)] == [1] * 4
    assert world.stored() == {f"innocent-{number}": 1 for number in range(4)}


@every_engine
def test_a_job_that_kills_its_worker_takes_no_other_down_a_second_time(world: World) -> None:
    world.ask("killer", "test.kill_worker", attempts=2)
    world.ask("innocent", seconds=1.0)
    for _life in range(2):
        worker = world.start(processes=2)
        worker.process.wait(20)
    world.start(processes=2)
    world.until(lambda: {row.state for row in world.rows()} == {"done", "dead"})
    assert world.row("killer").state == "dead"
    assert world.row("innocent").attempts <= 2
    assert world.stored() == {"innocent": 1}


@every_engine
def test_a_worker_told_to_stop_finishes_what_is_short_and_hands_back_what_is_not(
    world: World,
) -> None:
    world.ask("short", seconds=0.8)
    world.ask("long", "test.deaf")
    worker = world.start(processes=2)
    world.until(lambda: world.begun() == {"short": 1, "long": 1})
    jobs = worker.job_pids()
    os.killpg(worker.process.pid, signal.SIGTERM)  # as service managers do: to every process
    assert worker.process.wait(15) == 0
    assert world.row("short").state == "done"
    back = world.row("long")
    assert (back.state, back.attempts, back.lease_owner) == ("queued", 0, None)
    assert back.crashes == 0
    assert not any(_alive(pid) for pid in jobs)
    assert world.stored() == {"short": 1}
    assert "Traceback" not in worker.log_file.read_text()


@every_engine
def test_every_way_to_end_is_kept_and_no_log_quotes_a_person(world: World) -> None:
    world.ask("quiet", "test.quiet", steps=2)
    world.ask("refuse", "test.refuse")
    world.ask("break", "test.break", attempts=1)
    world.ask("missing", "test.missing", attempts=1)
    world.ask("unknown", "test.unknown", attempts=1)
    world.ask("deaf", "test.deaf")
    worker = world.start(processes=2)
    world.until(lambda: world.begun() == {"deaf": 1})
    with transaction(world.database) as session:
        cancel(session, "deaf")
    world.until(lambda: not {row.state for row in world.rows()} & {"queued", "running"})
    world.until(lambda: not worker.job_pids(), within_s=LEASE_S + 5)
    assert world.row("deaf").state == "cancelled"
    found = {row.id: (row.state, row.error) for row in world.rows()}
    assert found["quiet"] == ("done", "")
    assert found["refuse"] == ("failed", "The file has no rows.")
    assert found["break"][0] == found["missing"][0] == found["unknown"][0] == "dead"
    assert "ValueError" in found["break"][1]
    assert "Update it" in found["unknown"][1]
    assert PERSONAL not in worker.log_file.read_text() + str(found)


@pytest.mark.parametrize("world", ENGINES[1:], indirect=True)
def test_connections_cut_by_the_server_lose_nothing(world: World) -> None:
    for number in range(4):
        world.ask(f"job-{number}", seconds=0.5)
    world.start(processes=2)
    world.until(lambda: len(world.begun()) >= 2)
    world.database.dispose()
    server = create_engine(POSTGRES)
    with server.connect() as connection:
        connection.execute(CUT, {"name": world.database.url.database})
    server.dispose()
    world.until_all()
    assert world.stored() == {f"job-{number}": 1 for number in range(4)}


@pytest.mark.parametrize("world", ENGINES[1:2], indirect=True)
def test_a_lost_message_is_found_by_the_dispatcher(world: World) -> None:
    world.ask("before")
    world.start()
    world.until_all()
    with transaction(world.database) as session:
        for statement in LOSE_ONE_MESSAGE:
            session.execute(text(statement))
    world.ask("after")
    world.until_all()
    with transaction(world.database, write=False) as session:
        assert session.execute(text("SELECT queueing_lock FROM lost")).scalars().all() == ["after"]
    assert world.stored() == {"before": 1, "after": 1}


def _skewed(world: World, by: int) -> dict[str, object]:
    # SQLite runs inside the worker and would believe it too; so there only Python does.
    if FAKETIME and "postgres" in world.url:
        return {"environment": {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": f"{by:+d}s"}}
    path = os.pathsep.join([str(Path(__file__).parent / "skewed_clock"), str(ROOT)])
    return {"environment": {"PYTHONPATH": path, "FIELDBEAT_TEST_SKEW_S": str(by)}}


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

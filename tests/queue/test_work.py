"""What a handler can do with its work, and what it is kept from."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from route_app.db import transaction
from route_app.models import Company, Job
from route_app.queue import Cancelled, Fenced, Work, cancel, enqueue, leases
from route_app.roads.store import RoadStore


@pytest.fixture
def work(engine: Engine, tmp_path: Path) -> Work:
    with transaction(engine) as session:
        enqueue(session, id="a", kind="test", payload={"day": "2026-11-23"})
        claim = leases.claim(session, owner="me", lease_s=30)
    return Work(
        engine, claim, roads=lambda: RoadStore(tmp_path), options={"plan_seconds": 2}, lease_s=30
    )


def _row(engine: Engine) -> dict:
    with transaction(engine, write=False) as session:
        return session.get_one(Job, "a").model_dump()


def _taken_by_another(engine: Engine) -> None:
    with transaction(engine) as session:
        row = session.get_one(Job, "a")
        leases.hand_back(session, "a", fence=row.fence)
        leases.claim(session, owner="another", lease_s=30)


def _companies(engine: Engine) -> int:
    with transaction(engine, write=False) as session:
        return len(session.exec(select(Company)).all())


def _company() -> Company:
    return Company(name="Acme")


def test_the_effect_and_the_end_are_stored_together(engine, work):
    result = {"stops": 0}
    with work.storing(result) as session:
        session.add(_company())
        result["stops"] = 9
    assert _companies(engine) == 1
    row = _row(engine)
    assert (row["state"], row["progress"], row["result"]) == ("done", 1.0, {"stops": 9})


def test_an_effect_that_fails_half_way_leaves_no_trace_and_the_work_unfinished(engine, work):
    def effect() -> None:
        with work.storing() as session:
            session.add(_company())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        effect()
    assert _companies(engine) == 0
    assert _row(engine)["state"] == "running"


def test_who_lost_the_work_stores_nothing(engine, work):
    _taken_by_another(engine)
    entered = False
    with pytest.raises(Fenced), work.storing():
        entered = True
    assert not entered
    assert _row(engine)["lease_owner"] == "another"


def test_progress_is_kept_and_renews_the_lease(engine, work):
    before = _row(engine)["lease_until"]
    work.progress(0.25, "Reading the file")
    row = _row(engine)
    assert (row["progress"], row["progress_text"]) == (0.25, "Reading the file")
    assert row["lease_until"] > before


def test_progress_told_all_the_time_is_not_written_all_the_time(engine, work):
    work.progress(0.1, "first")
    for step in range(50):
        work.progress(0.2 + step / 100, "more")
    assert _row(engine)["progress_text"] == "first"


def test_progress_tells_whoever_lost_the_work(engine, work):
    _taken_by_another(engine)
    with pytest.raises(Fenced):
        work.progress(0.5, "still here")
    assert _row(engine)["progress"] == 0.0


def test_work_called_off_is_told_so(engine, work):
    with transaction(engine) as session:
        cancel(session, "a")
    with pytest.raises(Cancelled):
        work.progress(0.5)
    with pytest.raises(Cancelled), work.storing():
        pass


def test_progress_while_storing_is_refused_instead_of_waiting_for_ever(work):
    with pytest.raises(RuntimeError, match="before"), work.storing():
        work.progress(0.9)


def test_storing_twice_is_refused(engine, work):
    with work.storing():
        pass
    with pytest.raises(RuntimeError, match="once"), work.storing():
        pass


def test_it_knows_its_payload_its_options_and_the_roads(work, tmp_path):
    assert work.payload == {"day": "2026-11-23"}
    assert work.options == {"plan_seconds": 2}
    assert work.roads.root == tmp_path
    assert work.roads is work.roads


def test_it_reads_without_waiting_for_a_writer(engine, work):
    with transaction(engine) as writing:
        writing.add(_company())
        writing.flush()
        with work.reading() as session:
            assert len(session.exec(select(Company)).all()) == 0

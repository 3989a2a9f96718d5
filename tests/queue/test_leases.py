"""Claims, fences and leases on one database."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from route_app.db import transaction
from route_app.models import Job
from route_app.queue import cancel, enqueue, leases
from route_app.queue.clock import database_now


def _ask(session: Session, *ids: str, **values) -> None:
    for id in ids:
        enqueue(session, id=id, kind="test", payload={}, **values)


def _let_the_lease_run_out(session: Session, id: str) -> None:
    row = session.get_one(Job, id)
    row.lease_until = database_now(session) - timedelta(seconds=1)
    session.add(row)
    session.flush()


def _state(session: Session, id: str) -> tuple[str, int, int]:
    session.expire_all()
    row = session.get_one(Job, id)
    return row.state, row.attempts, row.crashes


def test_the_most_urgent_is_claimed_first_then_the_oldest(session):
    _ask(session, "b")
    _ask(session, "urgent", priority=5)
    session.flush()
    assert leases.claim(session, owner="me", lease_s=9).id == "urgent"
    assert leases.claim(session, owner="me", lease_s=9).id == "b"
    assert leases.claim(session, owner="me", lease_s=9) is None


def test_two_claimants_at_once_never_get_the_same_row(engine):
    with transaction(engine) as session:
        _ask(session, "a", "b")
    with transaction(engine) as first:
        one = leases.claim(first, owner="first", lease_s=9)
        if engine.dialect.name == "postgresql":  # SQLite lets in one writer at a time
            with transaction(engine) as second:
                two = leases.claim(second, owner="second", lease_s=9)
    if engine.dialect.name == "sqlite":
        with transaction(engine) as second:
            two = leases.claim(second, owner="second", lease_s=9)
    assert {one.id, two.id} == {"a", "b"}


WRITES = {
    "renew": lambda s, f: leases.renew(s, "a", fence=f, lease_s=9),
    "report": lambda s, f: leases.report(s, "a", fence=f, lease_s=9, fraction=0.5, text="x"),
    "hold": lambda s, f: leases.hold(s, "a", fence=f),
    "finish": lambda s, f: leases.finish(s, "a", fence=f),
    "fail": lambda s, f: leases.fail(s, "a", fence=f, error="x"),
    "crash": lambda s, f: leases.crash(s, "a", fence=f),
    "hand_back": lambda s, f: leases.hand_back(s, "a", fence=f),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_every_write_of_a_stale_claimant_changes_nothing(session, write):
    _ask(session, "a")
    stale = leases.claim(session, owner="sleeper", lease_s=9).fence
    _let_the_lease_run_out(session, "a")
    leases.sweep(session)
    fresh = leases.claim(session, owner="awake", lease_s=9).fence
    before = session.get_one(Job, "a").model_dump()
    assert not write(session, stale)
    session.expire_all()
    assert session.get_one(Job, "a").model_dump() == before
    assert write(session, fresh)


def test_a_lease_that_ran_out_is_taken_back_and_one_that_did_not_is_not(session):
    _ask(session, "late", "fresh")
    for _ in range(2):
        leases.claim(session, owner="me", lease_s=60)
    assert not leases.expired(session)
    _let_the_lease_run_out(session, "late")
    assert leases.expired(session)
    assert leases.sweep(session) == ["late"]
    assert _state(session, "late") == ("queued", 1, 1)
    assert _state(session, "fresh") == ("running", 1, 0)


def test_a_failure_is_tried_again_after_a_growing_pause_and_then_given_up(session):
    _ask(session, "a", max_attempts=3)
    pauses = []
    for _ in range(3):
        claim = leases.claim(session, owner="me", lease_s=9)
        ended = leases.fail(session, "a", fence=claim.fence, error="The geocoder is away.")
        session.expire_all()
        row = session.get_one(Job, "a")
        pauses.append((row.run_after - database_now(session)).total_seconds())
        row.run_after = database_now(session)
        session.add(row)
        session.flush()
    assert ended == "dead"
    assert 4 < pauses[0] <= 5
    assert 24 < pauses[1] <= 25
    assert session.get_one(Job, "a").error == "The geocoder is away."
    assert leases.claim(session, owner="me", lease_s=9) is None


def test_a_failure_that_no_other_try_can_mend_is_not_tried_again(session):
    _ask(session, "a")
    claim = leases.claim(session, owner="me", lease_s=9)
    assert leases.fail(session, "a", fence=claim.fence, error="x" * 3000, for_good=True) == "failed"
    session.expire_all()
    assert len(session.get_one(Job, "a").error) == 2000


def test_what_crashed_is_tried_again_at_once_but_only_by_an_idle_worker(session):
    _ask(session, "a")
    leases.crash(session, "a", fence=leases.claim(session, owner="me", lease_s=9).fence)
    _ask(session, "later")
    assert leases.claim(session, owner="busy", lease_s=9, idle=False) is None, "it keeps its turn"
    again = leases.claim(session, owner="idle", lease_s=9)
    assert (again.id, again.suspect) == ("a", True)
    assert leases.claim(session, owner="busy", lease_s=9, idle=False).id == "later"


def test_what_is_handed_back_is_as_if_it_had_not_been_claimed(session):
    _ask(session, "a")
    claim = leases.claim(session, owner="me", lease_s=9)
    assert leases.hand_back(session, "a", fence=claim.fence)
    assert _state(session, "a") == ("queued", 0, 0)
    assert leases.claim(session, owner="you", lease_s=9).fence > claim.fence


def test_work_called_off_can_be_neither_renewed_nor_finished(session):
    _ask(session, "a")
    claim = leases.claim(session, owner="me", lease_s=9)
    cancel(session, "a")
    assert not leases.renew(session, "a", fence=claim.fence, lease_s=9)
    assert not leases.finish(session, "a", fence=claim.fence)
    assert leases.state(session, "a") == "cancelled"


def test_only_what_ended_long_ago_is_forgotten(session):
    _ask(session, "old", "new", "waits")
    for id in ("old", "new"):
        leases.finish(session, id, fence=leases.claim(session, owner="m", lease_s=9, id=id).fence)
    row = session.get_one(Job, "old")
    session.refresh(row)
    row.finished_at = database_now(session) - timedelta(days=31)
    session.add(row)
    session.flush()
    assert leases.prune(session, older_than=timedelta(days=30)) == 1
    assert [leases.state(session, id) for id in ("old", "new", "waits")] == ["", "done", "queued"]


def test_the_database_tells_an_aware_time_that_moves(session):
    first, second = database_now(session), database_now(session)
    assert first.utcoffset() == timedelta(0)
    assert first <= second

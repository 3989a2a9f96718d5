"""Asking for work, looking at it, calling it off."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from route_app.errors import InvalidInput
from route_app.queue import cancel, enqueue, forget, job, jobs_of, leases, unfinished_of
from route_app.queue.rows import backlog


def _ask(session: Session, id: str = "plan:1", **values):
    return enqueue(session, id=id, kind="test", **({"payload": {"n": 1}} | values))


def test_asking_makes_a_row_that_waits(session):
    row = _ask(session, priority=3)
    assert (row.state, row.payload, row.priority, row.fence) == ("queued", {"n": 1}, 3, 0)


def test_asking_twice_leaves_the_row_that_waits_as_it_is(session):
    _ask(session)
    again = _ask(session, payload={"n": 2})
    assert (again.payload, again.state) == ({"n": 1}, "queued")


def test_work_that_waits_takes_the_higher_priority_and_the_earlier_time(session):
    _ask(session, run_after=datetime.now(UTC) + timedelta(hours=1))
    _ask(session, priority=10)
    assert _ask(session, priority=5).priority == 10
    assert leases.due(session) == ["plan:1"]


def test_asking_for_running_work_does_not_disturb_it(session):
    _ask(session)
    claim = leases.claim(session, owner="me", lease_s=60)
    assert _ask(session, payload={"n": 2}).state == "running"
    assert leases.finish(session, "plan:1", fence=claim.fence)


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_finished_work_asked_for_again_waits_with_the_new_payload(session, end):
    _ask(session)
    claim = leases.claim(session, owner="me", lease_s=60)
    if end == "done":
        leases.finish(session, "plan:1", fence=claim.fence, result={"stops": 9})
    elif end == "failed":
        leases.fail(session, "plan:1", fence=claim.fence, error="No roads.", for_good=True)
    else:
        cancel(session, "plan:1")
    again = _ask(session, payload={"n": 2})
    session.refresh(again)
    assert (again.state, again.payload, again.attempts) == ("queued", {"n": 2}, 0)
    assert (again.result, again.error, again.progress) == ({}, "", 0.0)
    assert again.fence > claim.fence


def test_work_called_off_and_asked_for_again_is_not_finished_by_its_first_worker(session):
    _ask(session)
    first = leases.claim(session, owner="me", lease_s=60)
    cancel(session, "plan:1")
    _ask(session)
    assert not leases.finish(session, "plan:1", fence=first.fence)
    second = leases.claim(session, owner="you", lease_s=60)
    assert not leases.finish(session, "plan:1", fence=first.fence)
    assert leases.finish(session, "plan:1", fence=second.fence)


def test_an_asker_whose_clock_is_ahead_does_not_make_the_work_wait(session):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        _ask(session)
    assert leases.due(session) == ["plan:1"]


def test_work_for_later_waits_for_its_time(session):
    _ask(session, run_after=datetime.now(UTC) + timedelta(hours=1))
    assert leases.claim(session, owner="me", lease_s=60) is None


@pytest.mark.parametrize("id", ["", "x" * 161])
def test_an_id_that_cannot_be_kept_is_refused(session, id):
    with pytest.raises(InvalidInput, match="1 to 160"):
        _ask(session, id=id)


def test_calling_off_what_is_finished_or_unknown_changes_nothing(session):
    _ask(session)
    claim = leases.claim(session, owner="me", lease_s=60)
    leases.finish(session, "plan:1", fence=claim.fence)
    session.expire_all()
    assert cancel(session, "plan:1").state == "done"
    assert cancel(session, "nobody asked") is None
    assert job(session, "nobody asked") is None


def test_what_is_asked_for_in_a_transaction_that_fails_was_never_asked_for(session):
    _ask(session)
    session.rollback()
    assert job(session, "plan:1") is None


def test_the_backlog_counts_and_says_who_works(session):
    _ask(session, "a")
    _ask(session, "b", run_after=datetime.now(UTC) - timedelta(minutes=5))
    _ask(session, "c", priority=9)
    leases.claim(session, owner="desk", lease_s=60)
    now = backlog(session)
    assert now.counts == {"queued": 2, "running": 1}
    assert 299 < now.oldest_due_s < 400
    assert [(one.id, one.owner) for one in now.running] == [("c", "desk")]
    assert 50 < now.running[0].lease_s <= 60


def test_what_was_asked_for_last_comes_first(session):
    for number, id in enumerate(("a", "b", "c")):
        _ask(session, id).created_at = datetime.now(UTC) + timedelta(minutes=number)
    session.flush()
    kind = job(session, "a").kind
    assert [row.id for row in jobs_of(session, kind)] == ["c", "b", "a"]
    assert jobs_of(session, "another") == []


def test_what_is_still_to_be_done_comes_in_the_order_it_is_done(session):
    now = datetime.now(UTC)
    _ask(session, "later", run_after=now + timedelta(hours=1))
    _ask(session, "ended")
    _ask(session, "next")
    _ask(session, "running", priority=1)
    cancel(session, "ended")
    leases.claim(session, owner="w", lease_s=30, id="running")
    assert [row.id for row in unfinished_of(session, "test")] == ["running", "next", "later"]
    assert unfinished_of(session, "another") == []


def test_only_work_that_ended_can_be_forgotten(session):
    _ask(session)
    assert not forget(session, "plan:1")
    cancel(session, "plan:1")
    assert forget(session, "plan:1")
    assert job(session, "plan:1") is None
    assert not forget(session, "plan:1")

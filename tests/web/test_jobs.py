"""How far work is, over HTTP: for whoever asked, managers and admins."""

import pytest
from flask import render_template_string

from route_app.db import transaction
from route_app.queue import enqueue, leases
from tests.conftest import send_json

URL = "/api/v1/jobs/plan:2026-11-23/rep:1"


@pytest.fixture
def asked(engine, cast):
    """Work alice asked for, with a slash in its natural key."""
    with transaction(engine) as session:
        enqueue(
            session,
            id="plan:2026-11-23/rep:1",
            kind="planning.plan_day",
            payload={"note": "Aino Virtanen"},
            asked_by_id=cast["alice"],
        )


@pytest.mark.parametrize(
    ("who", "status"),
    [("alice", 200), ("bob", 200), ("erin", 404), ("dan", 200), ("carol", 404), (None, 401)],
)
def test_it_is_told_to_whoever_asked_their_manager_and_admins(client_for, asked, who, status):
    assert client_for(who).get(URL).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 200), ("bob", 200), ("carol", 404), ("erin", 404), (None, 401)]
)
def test_it_is_called_off_only_by_those_it_is_told_to(client_for, asked, who, status):
    answer = send_json(client_for(who), URL, method="DELETE")
    assert answer.status_code == status
    state = client_for("dan").get(URL).json["job"]["state"]
    assert state == ("cancelled" if status == 200 else "queued")


def test_work_the_product_asked_of_itself_is_not_a_reps_to_see(client_for, engine, cast):
    with transaction(engine) as session:
        enqueue(session, id="nightly", kind="test", payload={})
    assert client_for("alice").get("/api/v1/jobs/nightly").status_code == 404
    assert client_for("dan").get("/api/v1/jobs/nightly").status_code == 200


def test_a_rep_may_follow_the_plan_of_their_own_day_whoever_asked(client_for, engine, cast):
    payload = {"rep_id": cast["alice"]}
    with transaction(engine) as session:
        enqueue(session, id="p", kind="test", payload=payload, asked_by_id=cast["bob"])
    assert client_for("alice").get("/api/v1/jobs/p").status_code == 200
    assert client_for("carol").get("/api/v1/jobs/p").status_code == 404


def test_it_does_not_tell_what_was_typed(client_for, asked):
    answer = client_for("alice").get(URL)
    assert "Aino" not in answer.text
    assert answer.json["ok"] is True
    assert answer.json["job"]["state"] == "queued"


def test_it_answers_304_until_something_changes(client_for, engine, asked):
    client = client_for("alice")
    etag = client.get(URL).headers["ETag"]
    same = client.get(URL, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    with transaction(engine) as session:
        claim = leases.claim(session, owner="me", lease_s=30)
        leases.report(
            session, claim.id, fence=claim.fence, lease_s=30, fraction=0.5, text="Ordering stops"
        )
    changed = client.get(URL, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json["job"]["progress"] == 0.5
    assert changed.json["job"]["progress_text"] == "Ordering stops"


def test_calling_off_needs_our_own_header(client_for, asked):
    assert client_for("alice").delete(URL).status_code in (400, 403)
    assert client_for("alice").get(URL).json["job"]["state"] == "queued"


def test_unknown_work_is_not_found(client_for):
    answer = client_for("dan").get("/api/v1/jobs/never")
    assert answer.status_code == 404
    assert "no such work" in answer.json["error"]


def test_the_partial_follows_a_job_and_knows_where_to_go_next(app):
    with app.test_request_context():
        html = render_template_string(
            '{% from "jobs/_progress.html" import job_progress %}'
            "{{ job_progress('accounts.check:1', label='Checking', next='/accounts/') }}"
        )
    assert 'data-controller="job_progress"' in html
    assert 'data-url="/api/v1/jobs/accounts.check:1"' in html
    assert 'data-next="/accounts/"' in html
    assert 'aria-live="polite"' in html


def test_work_for_the_whole_company_is_seen_by_managers_and_called_off_by_admins(
    client_for, engine, cast
):
    with transaction(engine) as session:
        enqueue(session, id="g", kind="accounts.geocode", payload={}, asked_by_id=cast["dan"])
    url = "/api/v1/jobs/g"
    assert client_for("bob").get(url).status_code == 200
    assert client_for("alice").get(url).status_code == 404
    assert send_json(client_for("bob"), url, method="DELETE").status_code == 404
    assert send_json(client_for("dan"), url, method="DELETE").status_code == 200

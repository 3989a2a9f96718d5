"""Asking for plans over HTTP; who may is in the rights table."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from route_app.db import transaction
from route_app.models import Job
from tests.conftest import send_json

TOMORROW = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


def job_row(engine, answer):
    with transaction(engine, write=False) as session:
        return SimpleNamespace(**session.get_one(Job, answer.get_json()["job"]["id"]).model_dump())


def test_a_rep_asks_for_their_own_day(client_for, cast, engine):
    answer = send_json(client_for("alice"), "/api/v1/plans", {"date": TOMORROW})
    assert answer.status_code == 202
    row = job_row(engine, answer)
    assert (row.kind, row.payload["rep_id"]) == ("planning.plan_day", cast["alice"])
    assert row.asked_by_id == cast["alice"]


def test_asking_twice_is_one_job(client_for, engine):
    first, again = (
        send_json(client_for("alice"), "/api/v1/plans", {"date": TOMORROW}) for _ in range(2)
    )
    assert first.get_json() == again.get_json()


def test_a_manager_asks_for_one_rep_or_the_whole_team(client_for, cast, engine):
    bob = client_for("bob")
    one = send_json(bob, "/api/v1/plans", {"date": TOMORROW, "rep_id": cast["alice"]})
    assert job_row(engine, one).payload["rep_id"] == cast["alice"]
    team = send_json(bob, "/api/v1/plans", {"date": TOMORROW})
    assert job_row(engine, team).payload["rep_ids"] == [cast["alice"]]


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        (None, "alice", 401),
        ("alice", "carol", 404),
        ("carol", "alice", 404),
        ("erin", "alice", 404),
        ("bob", "carol", 404),
        ("bob", "bob", 404),
        ("dan", "carol", 202),
    ],
)
def test_it_plans_for_nobody_who_is_not_theirs(client_for, cast, who, whose, status):
    body = {"date": TOMORROW, "rep_id": cast[whose]}
    assert send_json(client_for(who), "/api/v1/plans", body).status_code == status


@pytest.mark.parametrize(
    "body", [{}, {"date": "soon"}, {"date": "2099-01-01"}, {"date": TOMORROW, "more": 1}]
)
def test_it_refuses_what_is_no_day(client_for, body):
    answer = send_json(client_for("alice"), "/api/v1/plans", body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]

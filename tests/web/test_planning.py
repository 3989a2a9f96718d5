"""Asking for plans over HTTP; who may is in the rights table."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from route_app.db import transaction
from route_app.models import Account, Job, Plan
from route_app.planning import service as planning
from route_app.planning.day import solve_day
from route_app.planning.plan import Budget
from route_app.roads.crowfly import CrowFlyEngine
from route_app.web import field_day
from tests.conftest import send_json
from tests.factories import make_appointment, make_check_in

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


def test_the_phone_keeps_the_day_s_done_stops_after_planning_again(
    client_for, cast, engine, monkeypatch
):
    """Bakery met, pharmacy tried in vain, lunch over: all three are still there, in order."""
    here, day = ZoneInfo("Europe/Helsinki"), date(2026, 11, 23)

    def at(hour):
        return datetime.combine(day, datetime.min.time(), here) + timedelta(hours=hour)

    def plan(session, now):
        facts = planning.problem_for(session, rep_id=cast["alice"], day=day, now=now)
        solved = solve_day(facts, CrowFlyEngine(), budget=Budget(20, 2_000, 20))
        return planning.store_plan(session, solved=solved, cause="asked")

    with transaction(engine) as session:
        make_appointment(session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=at(15))
        plan(session, None)
        for key, hour, outcome in (("bakery", 9, "order"), ("pharmacy", 10, "not_in")):
            make_check_in(
                session, account_id=cast[key], rep_id=cast["alice"], outcome=outcome,
                started_at=at(hour), ended_at=at(hour + 0.25),
            )  # fmt: skip
        session.get_one(Account, cast["bakery"]).last_visited_at = at(9)
        made = plan(session, at(13.25))
        session.get_one(Plan, made.plan_id).created_at = at(13.25).astimezone(UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return at(13.3).astimezone(tz)

    monkeypatch.setattr(field_day, "datetime", Clock)
    answer = client_for("alice").get("/api/v1/today", query_string={"date": day}).get_json()
    stops = answer["plan"]["stops"]
    told = [(stop["kind"], stop["status"], (stop["account"] or {}).get("name")) for stop in stops]
    assert told[:3] == [
        ("visit", "done", "Anchor Bakery"),
        ("visit", "done", "Birch Pharmacy"),
        ("break", "passed", None),
    ]
    assert told[3][:2] == ("visit", "next")
    assert {status for _, status, _ in told[4:]} == {"later"}
    assert all(stop["expected_s"] >= 13.25 * 3600 for stop in stops[3:])
    assert [stop["number"] for stop in stops if stop["kind"] == "visit"][:3] == [1, 2, 3]
    assert answer["unplanned_visits"] == []
    assert answer["plan"]["totals"]["done"] == 2
    assert stops[1]["check_in"]["reached"] is False

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from route_app.activity.outcomes import offered
from route_app.db import transaction
from route_app.lib.clock import clock_text
from route_app.models import Account, CurrentPlan, Plan, PlanLeftOut
from route_app.roads.calibrated import Band, Correction
from tests import factories

TODAY = datetime.now(ZoneInfo("Europe/Helsinki")).date()


@pytest.fixture
def plan(engine, cast):
    """Alice's plan of today: bakery and pharmacy; the florist stayed out."""
    with transaction(engine) as session:
        for name in ("bakery", "pharmacy", "florist", "hardware"):
            session.get(Account, cast[name]).updated_at = datetime(2026, 1, 1, tzinfo=UTC)
        plan = factories.make_plan(
            session,
            rep_id=cast["alice"],
            day=TODAY,
            account_ids=(cast["bakery"], cast["pharmacy"]),
            start_s=8 * 3_600,
            places={"start": {"lat": 62.0, "lon": 25.0, "label": "Main Street"}},
            notes=["The lunch break is short."],
            prize=80,
            certificate={"bound": 80, "optimal": True},
        )
        session.add(CurrentPlan(rep_id=cast["alice"], day=TODAY, plan_id=plan.id))
        session.add(
            PlanLeftOut(
                plan_id=plan.id,
                account_id=cast["florist"],
                visit_id=cast["florist"],
                reason="day_full",
                sentence="The day is full.",
            )
        )
        return plan.id


def _today(client, **query):
    return client.get("/api/v1/today", query_string=query)


def test_the_shell_holds_nothing_about_anybody(client_for):
    alice = client_for("alice").get("/app/")
    assert alice.status_code == 200
    assert alice.data == client_for("dan").get("/app/").data
    assert b"Alice" not in alice.data
    assert b"csrf" not in alice.data


def test_the_shell_sends_a_visitor_to_sign_in_and_back(client_for):
    answer = client_for(None).get("/app/")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/app/" or "next=%2Fapp%2F" in answer.location


@pytest.mark.parametrize("path", ["me", "today", "territory", "accounts/" + "a" * 32])
def test_everything_else_answers_a_visitor_with_401(client_for, path):
    answer = client_for(None).get(f"/api/v1/{path}")
    assert answer.status_code == 401
    assert answer.json["ok"] is False


def test_me_says_who_and_what_a_form_offers(client_for):
    me = client_for("alice").get("/api/v1/me").json["me"]
    assert (me["name"], me["role"], me["currency"]) == ("Alice North", "rep", "EUR")
    assert [one["code"] for one in me["outcomes"]] == [one.code for one in offered()]


def test_today_shows_the_plan_with_times_in_words_and_seconds(client_for, cast, plan):
    answer = _today(client_for("alice")).json
    assert answer["plan"]["id"] == plan
    first, second = answer["plan"]["stops"]
    assert (first["begin_s"], first["begin"]) == (32_400, "09:00")
    assert (first["number"], second["number"]) == (1, 2)
    assert first["account"]["name"] == "Anchor Bakery"
    assert first["account"]["address"] == "North Street 1, 40100 Smalltown"
    assert answer["plan"]["start"]["label"] == "Main Street"
    assert answer["plan"]["notes"] == ["The lunch break is short."]
    assert answer["plan"]["certificate"].startswith("Proven")
    assert answer["plan"]["totals"]["visits"] == 2


def test_today_says_who_was_left_out_and_why(client_for, plan):
    (left,) = _today(client_for("alice")).json["plan"]["left_out"]
    assert (left["account"]["name"], left["sentence"]) == ("Clover Florist", "The day is full.")


def test_today_joins_the_plan_with_what_happened(client_for, engine, cast, plan):
    at = datetime.now(UTC) - timedelta(seconds=30)
    with transaction(engine) as session:
        for account, outcome in (("bakery", "order"), ("hardware", "no_order")):
            factories.make_check_in(
                session,
                account_id=cast[account],
                rep_id=cast["alice"],
                started_at=at,
                ended_at=at,
                outcome=outcome,
            )
    answer = _today(client_for("alice"), date=at.astimezone(ZoneInfo("Europe/Helsinki")).date())
    stops = answer.json["plan"]["stops"]
    assert [stop["status"] for stop in stops] == ["done", "next"]
    assert stops[0]["check_in"]["outcome_label"] == "Order taken"
    assert [one["account_name"] for one in answer.json["unplanned_visits"]] == ["Dale Hardware"]
    assert answer.json["plan"]["totals"]["done"] == 1


def test_today_shows_the_visit_under_way(client_for, engine, cast, plan):
    with transaction(engine) as session:
        factories.make_check_in(
            session, account_id=cast["bakery"], rep_id=cast["alice"], started_at=datetime.now(UTC)
        )
    answer = _today(client_for("alice")).json
    assert answer["open_check_in"]["account_name"] == "Anchor Bakery"
    assert answer["plan"]["stops"][0]["status"] == "here"


def test_today_says_when_the_plan_is_stale(client_for, engine, cast, plan):
    assert _today(client_for("alice")).json["plan"]["stale"] == ""
    with transaction(engine) as session:
        later = datetime.now(UTC) + timedelta(minutes=1)
        session.get(Account, cast["florist"]).updated_at = later
    assert "1 account changed" in _today(client_for("alice")).json["plan"]["stale"]


def test_a_day_without_a_plan_says_what_to_do(client_for):
    answer = _today(client_for("alice"), date="2020-01-01").json
    assert answer["plan"] is None
    assert answer["no_plan"] == "Nothing was planned on this day."
    assert "Ask for a plan" in _today(client_for("alice")).json["no_plan"]


def test_a_date_that_is_none_is_refused(client_for):
    answer = _today(client_for("alice"), date="tomorrow")
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == "date"


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("bob", 200), ("dan", 200), ("carol", 404), ("erin", 404)]
)
@pytest.mark.parametrize("path", ["today", "territory"])
@pytest.mark.usefixtures("plan")
def test_a_rep_is_seen_by_their_manager_and_admins_only(client_for, cast, path, name, status):
    answer = client_for(name).get(f"/api/v1/{path}?rep={cast['alice']}")
    assert answer.status_code == status
    assert ("Anchor Bakery" in answer.text) is (status == 200)


def test_a_manager_must_say_whose_day(client_for):
    answer = _today(client_for("bob"))
    assert answer.status_code == 400
    assert "Open it from the list of your team" in answer.json["error"]


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("bob", 200), ("dan", 200), ("carol", 404), ("erin", 404)]
)
def test_an_account_is_seen_by_its_rep_their_manager_and_admins(client_for, cast, name, status):
    assert client_for(name).get(f"/api/v1/accounts/{cast['bakery']}").status_code == status


def test_an_account_tells_all_that_is_wanted_at_its_door(client_for, engine, cast, plan):
    with transaction(engine) as session:
        account = session.get(Account, cast["bakery"])
        account.opening_hours = "24/7"
        account.phone = "+358 40 1234567"
        account.last_visited_at = datetime.now(UTC) - timedelta(days=40)
        factories.make_check_in(
            session, account_id=account.id, rep_id=cast["alice"], outcome="order", note="Dark roast"
        )
        factories.make_appointment(
            session,
            account_id=account.id,
            rep_id=cast["alice"],
            begin_at=datetime.now(UTC) + timedelta(days=2),
            title="Tasting",
        )
    answer = client_for("alice").get(f"/api/v1/accounts/{cast['bakery']}").json
    assert answer["account"]["phone"] == "+358 40 1234567"
    assert answer["account"]["hours_today"].startswith("00:00")
    assert answer["due"]["state"] == "overdue"
    assert answer["due"]["sentence"] == "Last visit 40 days ago. 26 days overdue."
    assert answer["visits"][0]["note"] == "Dark roast"
    assert "Tasting" in answer["next_appointment"]["words"]
    assert answer["planned"]["begin"] == "09:00"
    parts = answer["priority"]["parts"]
    assert sum(part["points"] for part in parts) == answer["priority"]["total"]


def test_an_account_that_stayed_out_says_why(client_for, cast, plan):
    answer = client_for("alice").get(f"/api/v1/accounts/{cast['florist']}").json
    assert (answer["planned"], answer["left_out"]) == (None, "The day is full.")


def test_the_territory_holds_my_accounts_and_my_shapes_only(client_for, engine, cast, plan):
    square = {"type": "Polygon", "coordinates": [[[25, 62], [25.1, 62], [25.1, 62.1], [25, 62]]]}
    with transaction(engine) as session:
        from route_app.models import Territory

        for name in ("north", "south"):
            session.get(Territory, cast[name]).shape = square
    answer = client_for("alice").get("/api/v1/territory").json
    assert {one["name"] for one in answer["accounts"]} == {
        "Anchor Bakery", "Birch Pharmacy", "Clover Florist", "Dale Hardware",
    }  # fmt: skip
    assert [one["properties"]["name"] for one in answer["territories"]["features"]] == ["North"]
    planned = {one["name"] for one in answer["accounts"] if one["planned"]}
    assert planned == {"Anchor Bakery", "Birch Pharmacy"}
    assert {one["due"]["state"] for one in answer["accounts"]} == {"never"}


def test_somebody_not_met_before_the_plan_was_made_is_still_to_come(client_for, engine, cast, plan):
    with transaction(engine) as session:
        before = session.get(Plan, plan).created_at - timedelta(seconds=5)
        factories.make_check_in(
            session,
            account_id=cast["bakery"],
            rep_id=cast["alice"],
            started_at=before,
            ended_at=before,
            outcome="not_in",
        )
    answer = _today(client_for("alice")).json
    assert answer["plan"]["stops"][0]["status"] == "next"
    assert [one["account_name"] for one in answer["unplanned_visits"]] == ["Anchor Bakery"]


def test_a_day_ahead_has_no_next_stop(client_for, engine, cast):
    tomorrow = TODAY + timedelta(days=1)
    with transaction(engine) as session:
        made = factories.make_plan(
            session, rep_id=cast["alice"], day=tomorrow, account_ids=(cast["bakery"],)
        )
        session.add(CurrentPlan(rep_id=cast["alice"], day=tomorrow, plan_id=made.id))
    (stop,) = _today(client_for("alice"), date=tomorrow).json["plan"]["stops"]
    assert (stop["status"], stop["late"]) == ("later", False)


def test_each_stop_to_come_has_its_band_once_drives_were_learned(client_for, plan, engine):
    before = _today(client_for("alice")).json["plan"]["stops"]
    assert [(stop["band_s"], stop["band"]) for stop in before] == [(None, ""), (None, "")]
    learned = Correction({"off_peak": 1.2}, bands={"off_peak": Band()})
    with transaction(engine) as session:
        session.get_one(Plan, plan).calibration = learned.told()
    for stop in _today(client_for("alice")).json["plan"]["stops"]:
        if stop["expected_s"] is None:  # the day may be over while this runs
            assert stop["band_s"] is None
            continue
        low, high = stop["band_s"]
        assert low <= stop["expected_s"] <= high
        assert low % 300 == high % 300 == 0
        assert stop["band"] == f"{clock_text(low)}–{clock_text(high)}"

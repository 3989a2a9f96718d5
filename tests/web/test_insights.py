from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from route_app import worker
from route_app.db import transaction
from route_app.models import Account, CurrentPlan, PlanStop
from route_app.planning import queries as planning
from tests import factories
from tests.conftest import post_form
from tests.smalltown import JUNCTIONS, SHOPS, TIME_ZONE


@pytest.fixture
def today(engine, cast):
    """alice has two stops today; she has been at the bakery."""
    day = datetime.now(ZoneInfo(TIME_ZONE)).date()
    with transaction(engine) as writing:
        accounts = (cast["bakery"], cast["pharmacy"])
        plan = factories.make_plan(writing, rep_id=cast["alice"], day=day, account_ids=accounts)
        writing.add(CurrentPlan(rep_id=cast["alice"], day=day, plan_id=plan.id))
        stop = writing.get(PlanStop, (plan.id, 1))
        stop.path = [[25.0, 62.0], [25.1, 62.0]]
        factories.make_check_in(
            writing,
            account_id=cast["bakery"],
            rep_id=cast["alice"],
            outcome="order",
            started_at=datetime.now(UTC) - timedelta(seconds=1),
        )
    return day


@pytest.mark.parametrize(
    ("who", "seen"),
    [("bob", ["Alice North"]), ("erin", ["Carol South"]), ("dan", ["Alice North", "Carol South"])],
)
def test_a_manager_sees_their_own_team_today(client_for, today, who, seen):
    text = client_for(who).get("/team/").text

    assert [name for name in ("Alice North", "Carol South") if name in text] == seen


def test_the_team_page_says_how_far_each_rep_is(client_for, today):
    text = client_for("bob").get("/team/").text

    assert "1 of 2 visits done" in text
    assert "Birch Pharmacy, expected" in text
    assert "Anchor Bakery, " in text
    assert "15 minutes after its planned begin" in text


def test_a_rep_without_a_plan_is_said_to_have_none(client_for, today):
    assert "No plan today" in client_for("erin").get("/team/").text


@pytest.mark.parametrize("path", ["/team/", "/coverage/", "/team/{alice}/"])
@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("carol", 403), (None, 303)])
def test_reps_and_strangers_do_not_look_on(client_for, cast, path, who, status):
    assert client_for(who).get(path.format(**cast)).status_code == status


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("dan", 200), ("erin", 404)])
def test_only_her_own_manager_sees_a_reps_day(client_for, cast, today, who, status):
    for path in (f"/team/{cast['alice']}/", f"/api/v1/team/{cast['alice']}/day"):
        assert client_for(who).get(path).status_code == status


def test_a_manager_is_no_rep_to_look_at(client_for, cast):
    assert client_for("dan").get(f"/team/{cast['bob']}/").status_code == 404


def test_the_reps_day_lists_its_stops_with_what_came_of_them(client_for, cast, today):
    text = client_for("bob").get(f"/team/{cast['alice']}/").text

    assert text.index("Anchor Bakery") < text.index("Birch Pharmacy")
    assert "Order taken" in text
    assert "09:00–09:20" in text


def test_the_map_gets_the_stops_and_the_drives(client_for, cast, today):
    told = client_for("bob").get(f"/api/v1/team/{cast['alice']}/day").json

    assert [(one["number"], one["state"]) for one in told["stops"]] == [(1, "done"), (2, "next")]
    assert told["stops"][0]["lat"] == JUNCTIONS["A3"].lat
    assert told["route"]["coordinates"] == [[[25.0, 62.0], [25.1, 62.0]]]


def test_another_day_can_be_asked_for(client_for, cast, today):
    client = client_for("bob")

    other = client.get(f"/team/{cast['alice']}/?date={today - timedelta(days=7)}")
    assert "No plan for this day" in other.text
    assert client.get(f"/team/{cast['alice']}/?date=monday").status_code == 400
    assert client.get(f"/team/{cast['alice']}/?date=0001-01-01").status_code == 400


def test_coverage_is_shown_by_tier_and_rep_with_its_counts(client_for, cast, engine):
    with transaction(engine) as writing:
        writing.get(Account, cast["bakery"]).last_visited_at = datetime.now(UTC)

    text = client_for("bob").get("/coverage/").text

    assert "1 of 4" in text
    assert "1 of 1" in text
    assert "Alice North" in text
    assert "Carol South" not in text


def test_coverage_of_nothing_says_what_to_do(client_for, cast, engine):
    with transaction(engine) as writing:
        for shop in SHOPS:
            writing.get(Account, cast[shop.key]).active = False

    assert "No accounts to cover yet" in client_for("dan").get("/coverage/").text


def test_a_manager_has_the_team_planned_and_sees_how_far_it_is(client_for, app, engine, cast):
    client = client_for("bob")
    assert "Planning:" not in client.get("/team/").text
    assert post_form(client, "/team/plans").status_code == 303
    assert "Planning: 0 of 1 day ready" in client.get("/team/").text
    worker.work_off(engine, app.extensions["settings"])
    assert "Planning:" not in client.get("/team/").text
    with transaction(engine, write=False) as reading:
        day = datetime.now(ZoneInfo(TIME_ZONE)).date()
        assert planning.current_row(reading, cast["alice"], day)

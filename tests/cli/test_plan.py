from route_app.db import transaction
from route_app.models import Job, User
from route_app.planning import queries


def test_it_plans_and_prints_a_rep_s_day(app, cast):
    result = app.test_cli_runner().invoke(
        args=["plan", "day", "--whole", "--date", "2026-11-23", "--rep", "alice@smalltown.example"]
    )
    assert result.exit_code == 0, result.output
    assert "Alice North, 2026-11-23: 4 visits, 0 left out (version 1)" in result.output
    assert "Anchor Bakery" in result.output
    assert "tier A" in result.output
    assert "travel estimated" in result.output
    with transaction(app.extensions["engine"], write=False) as session:
        assert queries.current_plan(session, cast["alice"], _monday()) is not None


def test_it_plans_every_rep_when_none_is_named(app, cast):
    result = app.test_cli_runner().invoke(args=["plan", "day", "--date", "2026-11-22"])
    assert result.exit_code == 0, result.output
    assert result.output.count("leave this day off") == 2


def test_it_says_who_is_unknown_or_no_rep(app, cast):
    run = app.test_cli_runner().invoke
    nobody = run(args=["plan", "day", "--date", "2026-11-23", "--rep", "x@y.example"])
    assert nobody.exit_code == 1
    assert "Nobody signs in as x@y.example" in nobody.output
    boss = run(args=["plan", "day", "--date", "2026-11-23", "--rep", "bob@smalltown.example"])
    assert "Bob is not a rep" in boss.output
    assert run(args=["plan", "day", "--date", "someday"]).exit_code == 2


def test_it_can_leave_the_work_to_the_worker(app, cast):
    from datetime import UTC, datetime

    today = datetime.now(UTC).date().isoformat()
    result = app.test_cli_runner().invoke(args=["plan", "day", "--date", today, "--later"])
    assert result.exit_code == 0, result.output
    with transaction(app.extensions["engine"], write=False) as session:
        row = session.get_one(Job, f"plan:{cast['alice']}:{today}")
        assert (row.state, row.payload["cause"]) == ("queued", "asked")


def test_today_is_planned_from_now_on_unless_the_whole_of_it_is_wanted(app, cast):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    now = datetime.now(ZoneInfo("Europe/Helsinki"))
    with transaction(app.extensions["engine"]) as session:
        session.get_one(User, cast["alice"]).work_hours = "Mo-Su,PH 00:00-24:00"
    args = ["plan", "day", "--date", now.date().isoformat(), "--rep", "alice@smalltown.example"]

    def planned(*more):
        result = app.test_cli_runner().invoke(args=[*args, *more])
        assert result.exit_code == 0, result.output
        with transaction(app.extensions["engine"], write=False) as session:
            return queries.current_plan(session, cast["alice"], now.date())

    assert "rest" not in planned("--whole").places
    rest = planned()
    from_s = rest.places["rest"]["from_s"]
    assert from_s >= now.hour * 3600 + now.minute * 60
    assert all(stop.begin_s >= from_s for stop in rest.stops[rest.past :])


def _monday():
    from datetime import date

    return date(2026, 11, 23)

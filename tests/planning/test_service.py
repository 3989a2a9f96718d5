"""Planning a rep's day from rows to rows: service, queries and jobs, on real roads."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from route_app.db import transaction
from route_app.errors import Conflict, InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.models import Account, CurrentPlan, Job, Plan, User
from route_app.planning import queries, service
from route_app.planning.day import solve_day, travel_of
from route_app.planning.plan import Budget, StopKind
from route_app.roads.bundled import bundled_extract
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.store import RoadStore
from route_app.worker import work_off
from tests import factories, smalltown
from tests.conftest import make_settings

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
NINE = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 09:00 in Helsinki
QUICK = Budget(solutions=20, tries=3_000, seconds=20)
CROW = CrowFlyEngine()
RAILWAY_STATION = LatLon(60.1709, 24.9413)


@pytest.fixture(scope="session")
def helsinki(tmp_path_factory):
    """The real road network of central Helsinki, built once."""
    try:
        extract = bundled_extract()
    except Unavailable:
        pytest.skip("the Helsinki extract is not installed")
    store = RoadStore(tmp_path_factory.mktemp("roads"))
    store.build(extract, name="helsinki", country="FI")
    return store


def plan(session, cast, *, name="alice", day=MONDAY, travel=CROW, seed=0):
    facts = service.problem_for(session, rep_id=cast[name], day=day)
    solved = solve_day(facts, travel, seed=seed, budget=QUICK)
    return service.store_plan(session, solved=solved, cause="asked", asked_by_id=cast["bob"])


def day_of(session, cast, *, name="alice", day=MONDAY):
    found = queries.current_plan(session, cast[name], day)
    assert found is not None
    return found


def change(session, table, id, **values):
    row = session.get_one(table, id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def test_a_day_is_planned_and_kept(session, cast):
    made = plan(session, cast)
    day = day_of(session, cast)
    assert (made.visits, made.version, made.changed) == (4, 1, True)
    assert {stop.account_name for stop in day.visits} == {
        "Anchor Bakery", "Birch Pharmacy", "Clover Florist", "Dale Hardware",
    }  # fmt: skip
    assert day.stops[-1].kind == StopKind.END
    assert day.estimated
    assert day.time_zone == "Europe/Helsinki"
    assert day.start_s == 8 * 3600 + 1800
    assert day.prize == sum(stop.prize for stop in day.visits)
    for stop in day.visits:
        assert stop.prize == sum(reason["points"] for reason in stop.reasons)
    for one, two in zip(day.stops, day.stops[1:], strict=False):
        assert two.arrive_s == one.depart_s + two.drive_s
    assert day.places["start"]["lat"] == smalltown.JUNCTIONS["A2"].lat


def test_planning_again_with_nothing_changed_keeps_the_version(session, cast):
    first = plan(session, cast)
    again = plan(session, cast)
    assert (again.plan_id, again.changed) == (first.plan_id, False)
    assert len(session.exec(select(Plan)).all()) == 1


def test_a_change_makes_a_new_version_and_keeps_the_old_one(session, cast):
    first = plan(session, cast)
    change(session, Account, cast["bakery"], opening_hours="Mo 13:00-16:00")
    second = plan(session, cast)
    assert (second.version, second.changed) == (2, True)
    bakery = next(s for s in day_of(session, cast).visits if s.account_id == cast["bakery"])
    assert bakery.begin_s >= 13 * 3600
    assert queries.plan_by_id(session, first.plan_id) is not None
    assert session.get_one(CurrentPlan, (cast["alice"], MONDAY)).plan_id == second.plan_id


def test_the_same_facts_and_seed_give_the_same_plan(session, cast):
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    one = solve_day(facts, CROW, seed=5, budget=QUICK)
    two = solve_day(facts, CROW, seed=5, budget=QUICK)
    assert (one.plan, one.paths, one.input_hash) == (two.plan, two.paths, two.input_hash)
    assert solve_day(facts, CROW, seed=6, budget=QUICK).input_hash != one.input_hash


def test_an_unchanged_plan_that_went_away_meanwhile_is_a_conflict(session, cast):
    plan(session, cast)
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    solved = solve_day(facts, CROW, budget=QUICK)
    assert solved.plan is None
    session.delete(session.get_one(CurrentPlan, (cast["alice"], MONDAY)))
    session.flush()
    with pytest.raises(Conflict, match="Plan the day again"):
        service.store_plan(session, solved=solved, cause="asked")


def test_appointments_are_kept_at_their_time(session, cast):
    row = factories.make_appointment(
        session,
        account_id=cast["florist"],
        rep_id=cast["alice"],
        begin_at=NINE + timedelta(hours=2),
    )
    plan(session, cast)
    stop = next(s for s in day_of(session, cast).visits if s.appointment_id == row.id)
    assert 11 * 3600 <= stop.begin_s <= 11 * 3600 + 900
    assert stop.commitment == "timed"
    assert stop.depart_s - stop.begin_s == 1_800


def test_of_overlapping_appointments_the_later_one_is_named_and_the_rest_planned(session, cast):
    for key, minutes in (("florist", 0), ("bakery", 10)):
        factories.make_appointment(
            session, account_id=cast[key], rep_id=cast["alice"],
            begin_at=NINE + timedelta(minutes=minutes),
        )  # fmt: skip
    plan(session, cast)
    day = day_of(session, cast)
    assert len(day.visits) == 3
    (left,) = day.left_out
    assert (left.account_name, left.reason) == ("Anchor Bakery", "appointment_conflict")
    assert left.detail["against_name"] == "Clover Florist"
    assert any("Anchor Bakery is not in the plan" in note for note in day.notes)


def test_a_cancelled_or_kept_appointment_is_not_planned_again(session, cast):
    factories.make_appointment(
        session, account_id=cast["bakery"], rep_id=cast["alice"], begin_at=NINE, cancelled_at=NINE
    )
    factories.make_appointment(
        session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=NINE
    )
    change(session, Account, cast["florist"], last_visited_at=NINE + timedelta(minutes=5))
    plan(session, cast)
    assert all(stop.appointment_id is None for stop in day_of(session, cast).stops)


def test_an_account_with_an_appointment_soon_is_not_suggested_before_it(session, cast):
    for key, days in (("bakery", 3), ("florist", 30)):
        factories.make_appointment(
            session,
            account_id=cast[key],
            rep_id=cast["alice"],
            begin_at=NINE + timedelta(days=days),
        )
    plan(session, cast)
    names = {stop.account_name for stop in day_of(session, cast).visits}
    assert names == {"Birch Pharmacy", "Clover Florist", "Dale Hardware"}


def test_a_visit_promised_for_the_week_must_be_kept_on_its_last_working_day(session, cast):
    factories.make_appointment(
        session, account_id=cast["bakery"], rep_id=cast["alice"], begin_at=NINE,
        latest_begin_at=NINE + timedelta(days=6), commitment="flexible_week",
    )  # fmt: skip
    for day, last in ((MONDAY, False), (date(2026, 11, 26), False), (date(2026, 11, 27), True)):
        facts = service.problem_for(session, rep_id=cast["alice"], day=day)
        assert [promise.last_chance for promise in facts.promises] == [last]


def test_nothing_due_is_an_empty_plan_with_a_note(session, cast):
    for key in ("bakery", "pharmacy", "florist", "hardware"):
        change(session, Account, cast[key], last_visited_at=NINE - timedelta(days=1))
    made = plan(session, cast)
    assert (made.visits, made.left_out) == (0, 0)
    day = day_of(session, cast)
    assert "Nothing is due on this day" in day.notes[0]
    assert (day.start_s, day.stops) == (None, ())


def test_a_day_off_and_a_holiday_are_empty_with_a_note(session, cast):
    plan(session, cast, day=SUNDAY)
    assert "leave this day off" in day_of(session, cast, day=SUNDAY).notes[0]
    plan(session, cast, day=date(2026, 12, 25))
    assert "public holiday" in day_of(session, cast, day=date(2026, 12, 25)).notes[0]


def test_all_closed_says_so(session, cast):
    for key in ("bakery", "pharmacy", "florist", "hardware"):
        change(session, Account, cast[key], opening_hours="Tu 09:00-17:00")
    plan(session, cast)
    day = day_of(session, cast)
    assert day.stops == ()
    assert {one.reason for one in day.left_out} == {"closed_today"}
    assert "4 of 4 for the same reason (closed today)" in day.notes[0]


def test_a_rep_without_a_home_starts_at_the_first_visit(session, cast):
    change(session, User, cast["alice"], home_lat=None, home_lon=None)
    plan(session, cast)
    day = day_of(session, cast)
    assert len(day.visits) == 4
    assert (day.stops[0].drive_s, day.stops[-1].drive_s) == (0, 0)
    assert day.places == {}
    assert "No home is set" in day.notes[0]


def test_an_account_without_a_pin_and_one_too_long_are_left_out_with_reasons(session, cast):
    change(session, Account, cast["bakery"], lat=None, lon=None)
    change(session, Account, cast["florist"], service_s=10 * 3600)
    plan(session, cast)
    reasons = {one.account_name: one.reason for one in day_of(session, cast).left_out}
    assert reasons == {"Anchor Bakery": "no_pin", "Clover Florist": "service_too_long"}


def test_lunch_is_a_stop_of_its_own(session, cast):
    factories.make_appointment(
        session,
        account_id=cast["florist"],
        rep_id=cast["alice"],
        begin_at=NINE + timedelta(hours=6),
    )
    plan(session, cast)
    (lunch,) = [stop for stop in day_of(session, cast).stops if stop.kind == "break"]
    assert 41_400 <= lunch.begin_s <= lunch.depart_s - 1_800 <= 46_800
    assert lunch.reasons[0]["label"] == "Lunch"


def test_only_a_rep_has_a_day(session, cast):
    with pytest.raises(InvalidInput, match="not a rep"):
        service.problem_for(session, rep_id=cast["bob"], day=MONDAY)
    with pytest.raises(NotFound):
        service.problem_for(session, rep_id="0" * 32, day=MONDAY)


def test_it_knows_who_has_no_plan(session, cast):
    assert [name for _, name in service.reps_without_plan(session, day=MONDAY)] == [
        "Alice North", "Carol South",
    ]  # fmt: skip
    plan(session, cast)
    assert service.reps_without_plan(session, day=MONDAY) == [(cast["carol"], "Carol South")]


def test_within_one_session_it_plans_too(session, cast):
    made = service.plan_day(
        session, rep_id=cast["carol"], day=MONDAY, travel=CROW, cause="demo", budget_s=0.1
    )
    assert str(made) == "2 visits, 0 left out (version 1)"


def test_a_day_on_real_roads_follows_the_streets(session, cast, helsinki):
    home = RAILWAY_STATION
    change(session, User, cast["alice"], home_lat=home.lat, home_lon=home.lon)
    spots = [(60.1675, 24.9427), (60.1650, 24.9500), (60.1731, 24.9490), (60.1699, 24.9384)]
    for key, (lat, lon) in zip(("bakery", "pharmacy", "florist", "hardware"), spots, strict=True):
        change(session, Account, cast[key], lat=lat, lon=lon)
    factories.make_account(
        session, at=None, lat=10.0, lon=10.0, name="Far Away", owner_id=cast["alice"]
    )
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    travel = travel_of(helsinki, facts)
    plan(session, cast, travel=travel)
    day = day_of(session, cast)
    assert not day.estimated
    assert day.network == travel.network
    assert len(day.visits) == 4
    assert [(one.account_name, one.reason) for one in day.left_out] == [("Far Away", "no_road")]
    assert 1_000 < day.drive_m < 30_000
    for stop in day.stops:
        if stop.drive_s:
            assert len(stop.path) > 2
            assert all(24 < lon < 26 and 60 < lat < 61 for lon, lat in stop.path)


def test_without_built_roads_travel_is_estimated(session, cast, tmp_path):
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    assert isinstance(travel_of(RoadStore(tmp_path), facts), CrowFlyEngine)


def test_a_rep_is_planned_on_the_network_they_work_in(session, cast, roads, tmp_path):
    """Smalltown lies elsewhere than Helsinki, and Helsinki was built last."""
    both = RoadStore(tmp_path / "both")
    shutil.copytree(roads.root, both.root)
    both.build(bundled_extract(), name="helsinki", country="FI")
    assert both.in_use() == "helsinki"
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    assert travel_of(both, facts).network == roads.open().network


def test_a_broken_off_store_leaves_the_old_plan(engine, cast):
    with transaction(engine) as session:
        first = plan(session, cast)
    with transaction(engine, write=False) as session:
        facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY)
    solved = solve_day(facts, CROW, seed=9, budget=QUICK)
    broken = replace(solved, paths=solved.paths[:-1])  # one path too few
    with pytest.raises(ValueError, match="zip"), transaction(engine) as session:
        service.store_plan(session, solved=broken, cause="asked")
    with transaction(engine, write=False) as session:
        assert day_of(session, cast).id == first.plan_id


def test_the_worker_plans_a_day_that_was_asked_for(engine, cast, tmp_path):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with transaction(engine) as session:
        job = service.plan_day_later(
            session, rep_id=cast["alice"], day=tomorrow, cause="asked", asked_by_id=cast["alice"]
        )
        assert job == service.plan_day_later(
            session, rep_id=cast["alice"], day=tomorrow, cause="asked", asked_by_id=cast["alice"]
        )
    assert work_off(engine, make_settings(tmp_path, engine, plan_seconds=0.1)) == [job]
    with transaction(engine, write=False) as session:
        row = session.get_one(Job, job)
        assert (row.state, row.error) == ("done", "")
        day = day_of(session, cast, day=tomorrow)
        assert row.result["plan_id"] == day.id
        assert day.cause == "asked"


def test_the_worker_plans_a_team_one_job_a_rep(engine, cast, tmp_path):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with transaction(engine) as session:
        team = service.plan_team_later(
            session, rep_ids=frozenset({cast["alice"], cast["carol"]}), day=tomorrow,
            cause="nightly", asked_by_id=None,
        )  # fmt: skip
    done = work_off(engine, make_settings(tmp_path, engine, plan_seconds=0.1))
    assert done[0] == team
    assert len(done) == 3
    with transaction(engine, write=False) as session:
        assert service.reps_without_plan(session, day=tomorrow) == []


def test_a_day_too_far_away_is_refused(session, cast):
    with pytest.raises(InvalidInput, match="92 days ahead"):
        service.plan_day_later(
            session, rep_id=cast["alice"], day=date(2099, 1, 1), cause="asked", asked_by_id=None
        )

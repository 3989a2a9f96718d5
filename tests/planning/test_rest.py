"""Planning again during the day: only what is left of it, and nothing that was done is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from route_app.accounts.ranking import Facts
from route_app.lib.geo import LatLon
from route_app.models import Account, CheckIn, User
from route_app.planning import queries, service
from route_app.planning.day import DayProblem, solve_day
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.plan import Budget
from route_app.planning.rest import AGAIN_S, Call, SoFar, rest_of
from route_app.planning.rows import stop_rows
from route_app.planning.stored import PlannedStop
from route_app.planning.workday import workday
from route_app.roads.crowfly import CrowFlyEngine
from tests import factories, smalltown
from tests.planning.worlds import H, M

MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 22, 22, tzinfo=UTC)  # in Helsinki
QUICK = Budget(solutions=20, tries=2_000, seconds=20)
CROW = CrowFlyEngine()
WORK = workday(MONDAY, work_hours="Mo-Fr 08:30-17:00", country="FI", lunch=(41_400, 48_600, 30 * M))


def at(hour: float) -> datetime:
    """An instant of the Monday by its local hour."""
    return MIDNIGHT + timedelta(seconds=round(hour * H))


def plan(session, cast, *, hour=None, day=MONDAY):
    """Plan alice's day: from an hour of it on, or the whole day."""
    now = None if hour is None else at(hour)
    facts = service.problem_for(session, rep_id=cast["alice"], day=day, now=now)
    solved = solve_day(facts, CROW, budget=QUICK)
    made = service.store_plan(session, solved=solved, cause="asked" if now else "nightly")
    found = queries.current_plan(session, cast["alice"], day)
    assert found is not None
    return made, found


def visited(session, cast, key, begin, end=None, *, reached=True):
    """Alice checks in at an account, and out again if `end` says when."""
    factories.make_check_in(
        session, account_id=cast[key], rep_id=cast["alice"], started_at=at(begin),
        ended_at=None if end is None else at(end), outcome=end and "order",
    )  # fmt: skip
    if reached and end is not None:
        session.get_one(Account, cast[key]).last_visited_at = at(begin)
        session.flush()


def names(stops):
    return [stop.account_name for stop in stops if stop.kind == "visit"]


def test_before_the_working_hours_the_whole_day_is_planned(session, cast):
    _, whole = plan(session, cast)
    made, again = plan(session, cast, hour=7.5)
    assert (made.changed, again.id) == (False, whole.id)
    assert whole.past == 0


def test_a_late_start_begins_now_at_home(session, cast):
    plan(session, cast)
    _, day = plan(session, cast, hour=10.253)
    assert day.version == 2
    assert day.start_s >= 10 * H + 16 * M
    assert len(day.visits) == 4
    assert day.places["start"]["lat"] == smalltown.JUNCTIONS["A2"].lat
    assert day.places["rest"] == {"from_s": 10 * H + 16 * M, "stops": 0}


def test_what_was_done_is_kept_with_its_true_times_and_not_planned_again(session, cast):
    _, morning = plan(session, cast)
    first = morning.visits[0]
    key = next(key for key in ("bakery", "pharmacy", "florist", "hardware")
               if cast[key] == first.account_id)  # fmt: skip
    visited(session, cast, key, 9.0, 9.75)
    _, day = plan(session, cast, hour=10)
    assert day.past == 1
    kept = day.stops[0]
    assert (kept.account_id, kept.begin_s, kept.depart_s) == (cast[key], 9 * H, 9 * H + 45 * M)
    assert (kept.reasons, kept.prize, kept.path) == (first.reasons, first.prize, first.path)
    assert sorted(names(day.stops)) == sorted(names(morning.stops))
    assert all(stop.arrive_s - stop.drive_s >= 10 * H for stop in day.stops[1:])
    assert (day.start_s, day.places["start"]) == (morning.start_s, morning.places["start"])
    assert day.prize == morning.prize == sum(stop.prize for stop in day.visits)
    assert day.drive_s == sum(stop.drive_s for stop in day.stops)


def test_the_rest_begins_where_the_rep_is(session, cast):
    plan(session, cast)
    visited(session, cast, "florist", 9, 9.5)  # at D3, three blocks from anything else
    _, day = plan(session, cast, hour=9.75)
    following = day.stops[day.past]
    ends = [smalltown.JUNCTIONS["D3"], LatLon(following.lat, following.lon)]
    assert following.drive_s == CROW.matrix(ends).seconds[0, 1] > 0
    assert following.path[0] == (round(ends[0].lon, 6), round(ends[0].lat, 6))
    assert day.stops[-1].kind == "end"


def test_planning_again_at_once_changes_nothing(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9, 9.5)
    first, _ = plan(session, cast, hour=9.751)
    again, day = plan(session, cast, hour=9.755)
    assert (again.changed, again.plan_id) == (False, first.plan_id)
    later, _ = plan(session, cast, hour=9.8)
    assert later.changed
    assert day.past == 1


def test_in_the_middle_of_a_visit_the_rest_begins_at_its_end(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9)
    _, day = plan(session, cast, hour=9.1)
    kept, following = day.stops[0], day.stops[1]
    assert (kept.account_name, kept.begin_s, kept.depart_s) == (
        "Anchor Bakery", 9 * H, 9 * H + 30 * M,
    )  # fmt: skip
    assert following.arrive_s - following.drive_s >= 9 * H + 30 * M
    assert names(day.stops).count("Anchor Bakery") == 1


def test_a_visit_that_lasts_longer_than_planned_ends_now(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9)
    _, day = plan(session, cast, hour=11)
    assert day.stops[0].depart_s == 11 * H
    assert day.places["rest"]["from_s"] == 11 * H


def test_a_visit_off_the_plan_stays_off_it_and_is_where_the_rest_begins(session, cast):
    session.get_one(Account, cast["florist"]).last_visited_at = at(-24)
    session.flush()
    plan(session, cast)
    visited(session, cast, "florist", 9, 9.5)
    _, day = plan(session, cast, hour=9.75)
    assert "Clover Florist" not in names(day.stops)
    assert day.past == 0
    assert day.places["start"] == {
        "lat": smalltown.JUNCTIONS["D3"].lat, "lon": smalltown.JUNCTIONS["D3"].lon,
        "label": "Clover Florist",
    }  # fmt: skip
    assert day.places["end"]["lat"] == smalltown.JUNCTIONS["A2"].lat


def test_somebody_not_met_is_tried_again_but_not_at_once(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9, 9.1, reached=False)
    _, day = plan(session, cast, hour=9.25)
    assert names(day.stops).count("Anchor Bakery") == 2
    again = [stop for stop in day.stops if stop.account_name == "Anchor Bakery"][1]
    assert again.begin_s >= 9.1 * H + AGAIN_S
    assert again.reasons[0]["label"] == "not met earlier today"
    visited(session, cast, "bakery", 16.1, 16.2, reached=False)
    _, evening = plan(session, cast, hour=16.25)
    (left,) = [one for one in evening.left_out if one.account_name == "Anchor Bakery"]
    assert "no time is left for another try" in left.sentence
    assert (evening.past, names(evening.stops).count("Anchor Bakery")) == (2, 2)


def test_after_lunch_there_is_no_second_one(session, cast):
    factories.make_appointment(
        session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=at(15)
    )
    _, morning = plan(session, cast)
    (lunch,) = [stop for stop in morning.stops if stop.kind == "break"]
    _, day = plan(session, cast, hour=lunch.depart_s / H + 0.25)
    assert [stop.begin_s for stop in day.stops if stop.kind == "break"] == [lunch.begin_s]
    assert day.stops[0].kind == "break"
    assert day.past == 1
    _, later = plan(session, cast, hour=14)
    assert [stop.begin_s for stop in later.stops if stop.kind == "break"] == [lunch.begin_s]


def test_after_hours_nothing_more_is_planned_and_it_says_so(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9, 9.5)
    factories.make_appointment(
        session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=at(16)
    )
    _, day = plan(session, cast, hour=18)
    assert names(day.stops) == ["Anchor Bakery"]
    assert "The working day ended at 17:00" in day.notes[0]
    assert any("appointment with Clover Florist is not in the plan" in note for note in day.notes)
    reasons = {one.account_name: one.sentence for one in day.left_out}
    assert reasons["Clover Florist"] == "The working day is over."
    assert "It stays due" in reasons["Birch Pharmacy"]
    assert (day.start_s is not None, day.end_s) == (True, day.stops[0].depart_s)


def test_another_day_is_not_cut_short(session, cast):
    visited(session, cast, "bakery", 9, 9.5)
    tuesday = MONDAY + timedelta(days=1)
    facts = service.problem_for(session, rep_id=cast["alice"], day=tuesday, now=at(14))
    assert facts.so_far is None
    _, day = plan(session, cast, hour=14, day=tuesday)
    assert day.start_s <= 9 * H


def test_today_is_the_rep_s_own_today(session, cast):
    """At half past midnight in Helsinki it is still yesterday in London."""
    session.get_one(User, cast["alice"]).time_zone = "Europe/London"
    session.flush()
    facts = service.problem_for(session, rep_id=cast["alice"], day=MONDAY, now=at(0.5))
    assert facts.so_far is None


def test_only_who_asks_during_the_day_plans_from_now_on():
    assert service.moment("asked") is not None
    assert service.moment("changed") is not None
    assert (service.moment("nightly"), service.moment("demo")) == (None, None)


def test_an_appointment_under_way_is_not_planned_again(session, cast):
    factories.make_appointment(
        session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=at(10)
    )
    plan(session, cast)
    visited(session, cast, "florist", 9.9)
    _, day = plan(session, cast, hour=10)
    assert names(day.stops).count("Clover Florist") == 1
    assert day.stops[0].appointment_id is not None
    assert not day.notes


def test_an_appointment_missed_meanwhile_is_named(session, cast):
    factories.make_appointment(
        session, account_id=cast["florist"], rep_id=cast["alice"], begin_at=at(10)
    )
    plan(session, cast)
    _, day = plan(session, cast, hour=11)
    assert any("appointment with Clover Florist is not in the plan" in note for note in day.notes)


def test_the_limit_of_visits_counts_those_made(session, cast):
    session.get_one(User, cast["alice"]).max_visits = 2
    session.flush()
    _, morning = plan(session, cast)
    key = next(
        k for k in ("bakery", "pharmacy", "hardware") if cast[k] == morning.visits[0].account_id
    )
    visited(session, cast, key, 9, 9.5)
    _, day = plan(session, cast, hour=9.75)
    assert len(day.visits) == 2


def test_a_check_in_taken_back_is_planned_again(session, cast):
    plan(session, cast)
    visited(session, cast, "bakery", 9)
    plan(session, cast, hour=9.1)
    session.delete(session.exec(select(CheckIn)).one())
    session.flush()
    _, day = plan(session, cast, hour=9.2)
    assert names(day.stops).count("Anchor Bakery") == 1
    assert day.past == 0


# The same as values, without a database.


def _call(name="a", begun=9.0, ended=9.5, *, reached=True, place=None):
    return Call(
        name, name, place, round(begun * H), None if ended is None else round(ended * H),
        reached, 30 * M,
    )  # fmt: skip


def _lunch_stop(begin=12.0, position=1):
    second = round(begin * H)
    return PlannedStop(
        position=position, kind="break", account_id=None, account_name="", lat=None, lon=None,
        appointment_id=None, commitment="", arrive_s=second, begin_s=second,
        depart_s=second + 30 * M, drive_s=0, drive_m=0, wait_s=0, slack_s=0, prize=0,
        reasons=({"code": "break", "label": "Lunch", "points": 0},), path=(),
    )  # fmt: skip


def _rest(hour, *calls, stops=(), **values):
    found = rest_of(SoFar(round(hour * H), calls, stops, **values), WORK)
    assert found is not None
    return found


def _owes_lunch(rest):
    return bool(rest.of(WORK).breaks)


def test_a_visit_that_ran_into_lunch_leaves_it_owed():
    late = _call(begun=11.5, ended=12.4)
    assert _owes_lunch(_rest(12.45, late, stops=(_lunch_stop(12.0),)))


def test_in_the_middle_of_lunch_the_rest_begins_after_it():
    rest = _rest(12.2, _call(begun=11, ended=11.5), stops=(_lunch_stop(12.0),))
    assert (rest.from_s, _owes_lunch(rest)) == (12 * H + 30 * M, False)


def test_a_gap_between_visits_long_enough_was_lunch_and_one_of_driving_was_not():
    here, far = LatLon(60, 25), LatLon(60.2, 25)  # 22 km: about 46 minutes of driving
    calls = (_call("a", 11, 11.5, place=here), _call("b", 12.25, 12.5, place=here))
    assert not _owes_lunch(_rest(12.6, *calls))
    calls = (_call("a", 11, 11.5, place=here), _call("b", 12.25, 12.5, place=far))
    assert _owes_lunch(_rest(12.6, *calls))


def test_past_its_window_lunch_is_not_planned():
    assert not _owes_lunch(_rest(13.5, _call(begun=11, ended=13.4)))


def test_a_forgotten_check_out_ends_with_the_next_visit():
    rest = _rest(11, _call("a", 9, None), _call("b", 10, 10.25))
    assert rest.from_s == 11 * H
    assert [call.ended for call in rest.calls] == [9.5 * H, 10.25 * H]


def test_a_phone_s_clock_ahead_of_ours_does_not_move_the_rest():
    assert _rest(10, _call(begun=9.75, ended=14)).from_s == 10 * H


def test_without_check_ins_before_the_hours_there_is_no_rest():
    assert rest_of(SoFar(8 * H), WORK) is None
    early = rest_of(SoFar(8 * H, (_call(begun=7.5, ended=7.9),)), WORK)
    assert early is not None
    assert early.from_s == 8.5 * H


@pytest.mark.parametrize("hour", [17.0, 20.0, 23.99])
def test_at_the_end_of_the_hours_the_day_is_over(hour):
    rest = _rest(hour)
    assert rest.over
    assert rest.of(WORK).hours is None


_HOME = LatLon(62.0, 25.0)
_REP = RepDay("rep", "Alice", MONDAY, "Europe/Helsinki", "FI", "Mo-Fr 08:30-17:00", _HOME)


def _card(number: int) -> Card:
    place = LatLon(62.0 + number % 5 / 100, 25.0 + number / 200)
    facts = Facts(f"c{number}", "ABCD"[number % 4], at(-9_000), last_visited_at=at(-24 * 70))
    hours = ("", "Mo 08:00-12:00", "Mo 10:00-12:00,13:00-18:00")[number % 3]
    return Card(f"c{number}", f"Shop {number}", place, 20 * M, hours, "FI", facts)


@settings(max_examples=25, deadline=None)
@given(
    now=st.integers(6 * H, 24 * H - 1),
    calls=st.lists(
        st.tuples(st.integers(0, 9), st.integers(7 * H, 18 * H), st.integers(0, H) | st.none(),
                  st.booleans()), max_size=4),
    promised=st.integers(8 * H, 17 * H),
)  # fmt: skip
def test_it_never_plans_a_visit_before_now_nor_one_that_was_made(now, calls, promised):
    made = tuple(
        Call(f"c{n}", f"Shop {n}", _card(n).place, begun, None if lasts is None else begun + lasts,
             reached, 20 * M)
        for n, begun, lasts, reached in calls if begun <= now
    )  # fmt: skip
    promise = Promise("p", _card(3), "timed", promised, promised + 900, 1_800)
    facts = DayProblem(_REP, tuple(map(_card, range(10))), (promise,), so_far=SoFar(now, made))
    solved = solve_day(facts, CROW, budget=QUICK)
    assert solve_day(facts, CROW, budget=QUICK).plan == solved.plan
    rest = solved.rest
    if rest is None:
        assert not made
        assert now <= WORK.hours.start
        return
    done = {call.account_id for call in rest.calls if call.reached or call.ended is None}
    for row in stop_rows(solved)[len(rest.kept) :]:
        assert row["arrive_s"] - row["drive_s"] >= rest.from_s >= now
        if row["account_id"] in done:
            assert row["appointment_id"]
        assert row["depart_s"] <= WORK.hours.end

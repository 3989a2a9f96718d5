"""Days nobody wishes for: each must end in a sound plan that says what is wrong."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from route_app.accounts.cadence import effective_service_s, effective_target_days
from route_app.accounts.ranking import Facts
from route_app.lib.geo import LatLon
from route_app.models import Account
from route_app.planning.day import DayProblem, solve_day
from route_app.planning.facts import Card, Promise, RepDay
from route_app.planning.plan import Budget
from route_app.planning.planner import make_plan
from route_app.planning.rows import left_rows, stop_rows
from route_app.planning.timing import end_of
from route_app.planning.verify import violations
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import UNREACHABLE, TravelMatrix
from tests.planning.worlds import QUICK, H, M, random_problem

MONDAY = date(2026, 11, 23)
HOME = LatLon(62.0, 25.0)
REP = RepDay("rep", "Alice", MONDAY, "Europe/Helsinki", "FI", "Mo-Fr 08:30-17:00", HOME)
CROW = CrowFlyEngine()


def card(name, *, km=1.0, hours="", service_s=30 * M, place=True, **facts):
    spot = LatLon(62.0 + km / 111.2, 25.0) if place else None
    told = {"tier": "B", "created_at": datetime(2025, 1, 1, tzinfo=UTC)} | facts
    return Card(name, name.title(), spot, service_s, hours, "FI", Facts(name, **told))


def promise(of, begin, end=None, *, commitment="timed", service_s=30 * M, **values):
    latest = begin + 0.25 if end is None else end
    return Promise(
        f"p-{of.id}", of, commitment, round(begin * H), round(latest * H), service_s, **values
    )


def solved(*cards, promises=(), rep=REP, travel=CROW):
    found = solve_day(DayProblem(rep, cards, tuple(promises)), travel, budget=QUICK)
    assert found.plan is not None
    assert violations(found.problem, found.plan) == ()
    return found


def planned(found):
    return {row["account_id"] for row in stop_rows(found) if row["account_id"]}


def left(found):
    return {row["account_id"]: row["reason"] for row in left_rows(found)}


def test_two_appointments_at_once_keep_the_first_and_name_the_other():
    found = solved(promises=[promise(card("a"), 10), promise(card("b"), 10)])
    assert (len(planned(found)), list(left(found).values())) == (1, ["appointment_conflict"])
    assert len([note for note in found.notes if "is not in the plan" in note]) == 1


def test_two_appointments_with_too_long_a_drive_between_them():
    found = solved(promises=[promise(card("a"), 10), promise(card("b", km=60), 10.75)])
    assert left(found) == {"b": "appointment_conflict"}


@pytest.mark.parametrize("hour", [6, 20])
def test_an_appointment_outside_the_hours_says_so(hour):
    found = solved(card("c"), promises=[promise(card("a"), hour)])
    assert (planned(found), left(found)) == ({"c"}, {"a": "window_too_tight"})
    assert "The appointment with A is not in the plan." in found.notes[-1]


def test_an_appointment_that_cannot_be_reached_in_time():
    found = solved(promises=[promise(card("a", km=120), 8.5)])
    assert left(found) == {"a": "window_too_tight"}


def test_an_appointment_too_far_for_any_day():
    assert left(solved(promises=[promise(card("a", km=900), 10)])) == {"a": "too_far_for_day"}


def test_an_appointment_longer_than_the_day():
    found = solved(promises=[promise(card("a"), 9, service_s=10 * H)])
    assert left(found) == {"a": "service_too_long"}


def test_an_appointment_while_the_account_is_closed_holds_with_a_note():
    closed = card("a", hours="Mo 13:00-17:00")
    found = solved(promises=[promise(closed, 10)])
    assert planned(found) == {"a"}
    assert found.notes == (
        "A is closed at the time of its appointment (10:00). It is planned all the same: "
        "ask there whether it still holds.",
    )
    assert solved(promises=[promise(closed, 14)]).notes == ()
    assert "A is closed" in solved(promises=[promise(closed, 16.75)]).notes[0]  # closes meanwhile


def test_a_visit_promised_for_the_day_while_it_is_closed_all_day_has_the_note_too():
    shut = card("a", hours="Tu 09:00-17:00")
    found = solved(promises=[promise(shut, 0, 24, commitment="flexible_day")])
    assert planned(found) == {"a"}
    assert "A is closed" in found.notes[0]


def test_a_promise_of_several_days_around_this_one():
    found = solved(promises=[promise(card("a"), -48, 120, commitment="all_day")])
    assert planned(found) == {"a"}


def test_a_place_open_past_midnight_and_a_rep_who_works_by_night():
    bar = card("bar", hours="Mo 20:00-03:00")
    night = RepDay("rep", "Alice", MONDAY, "Europe/Helsinki", "FI", "Mo 21:00-02:00", HOME)
    found = solved(bar, card("late", hours="Mo 23:30-02:00"), rep=night)
    assert planned(found) == {"bar", "late"}
    assert left(solved(bar)) == {"bar": "window_too_tight"}


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_the_days_the_clocks_change_the_wall_clock_counts(day):
    rep = RepDay("rep", "Alice", day, "Europe/Helsinki", "FI", "Mo-Su 08:30-17:00", HOME)
    found = solved(card("a"), promises=[promise(card("b"), 10)], rep=rep)
    assert planned(found) == {"a", "b"}
    (row,) = [row for row in stop_rows(found) if row["account_id"] == "b"]
    assert 10 * H <= row["begin_s"] <= 10.25 * H


def test_nobody_to_visit_and_five_thousand_to_visit():
    assert "no accounts yet" in solved().notes[0]
    many = [card(f"c{n}", km=n / 100) for n in range(5_000)]
    assert len(planned(solved(*many))) >= 10


def test_negative_and_missing_priorities_still_make_a_day():
    pushed_down = card("a", tier="D", boost=-20, last_visited_at=datetime(2026, 8, 30, tzinfo=UTC))
    odd = card("b", tier="")
    found = solved(pushed_down, odd)
    assert planned(found) == {"a", "b"}
    assert all(row["prize"] >= 0 for row in stop_rows(found))


def test_a_negative_cadence_or_length_in_a_row_counts_as_none():
    row = Account(name="A", tier="B", target_days=-3, service_s=-60)
    assert (effective_target_days(row), effective_service_s(row)) == (28, 1_500)


def test_a_visit_without_length_is_planned():
    assert planned(solved(card("a", service_s=0))) == {"a"}


def test_a_service_longer_than_the_day_is_named():
    assert left(solved(card("a", service_s=9 * H))) == {"a": "service_too_long"}


class OneWayIsland(CrowFlyEngine):
    """Nobody comes back from the second place that is asked for."""

    def matrix(self, places, *, slot="off_peak"):
        found = super().matrix(places, slot=slot)
        seconds = np.array(found.seconds)
        if len(places) > 1:
            seconds[1, :] = UNREACHABLE
            seconds[1, 1] = 0
        return TravelMatrix(seconds, found.metres, found.network, slot, found.estimated)


def test_a_pair_no_road_joins_is_left_out_and_the_rest_planned():
    found = solved(card("a", tier="A"), card("b", km=2), travel=OneWayIsland())
    assert (planned(found), left(found)) == ({"b"}, {"a": "no_road"})


def test_on_a_day_off_an_appointment_is_named():
    off = RepDay("rep", "Alice", MONDAY, "Europe/Helsinki", "FI", "Tu-Fr 08:30-17:00", HOME)
    found = solved(card("c"), promises=[promise(card("a"), 10)], rep=off)
    assert (planned(found), left(found)) == (set(), {"a": "no_shift"})
    assert any("leave this day off" in note for note in found.notes)
    assert any("You do not work on this day" in note for note in found.notes)


@pytest.mark.parametrize(("opens", "closes", "lasts"), [(12, 12.25, 30), (11, 17, 600)])
def test_a_lunch_that_does_not_fit_its_own_time_is_dropped_with_a_note(opens, closes, lasts):
    rep = RepDay(
        "rep", "Alice", MONDAY, "Europe/Helsinki", "FI", REP.work_hours, HOME,
        lunch_from_s=round(opens * H), lunch_to_s=round(closes * H), lunch_s=lasts * M,
    )  # fmt: skip
    found = solved(card("a"), rep=rep)
    assert planned(found) == {"a"}
    assert "so none is planned. Ask your admin to correct it." in found.notes[0]


def test_a_lunch_as_long_as_the_rest_of_the_day_leaves_the_morning():
    rep = RepDay(
        "rep", "Alice", MONDAY, "Europe/Helsinki", "FI", REP.work_hours, HOME,
        lunch_from_s=12 * H, lunch_to_s=17 * H, lunch_s=5 * H,
    )  # fmt: skip
    found = solved(card("a"), card("b", hours="Mo 13:00-17:00"), rep=rep)
    assert planned(found) == {"a"}


def test_what_would_fit_instead_really_would():
    """Of all visits left out of 40 random days; the one named would make room by going."""
    told = 0
    for seed in range(40):
        problem = random_problem(seed, visits=14)
        plan = make_plan(problem, budget=Budget(solutions=20, tries=2_000, seconds=20))
        shift, order = problem.shifts[0], plan.routes[0].visit_ids
        for one in plan.unplanned:
            other = one.detail.get("instead_of")
            assert ("instead of" in one.sentence) == (other is not None)
            if other is None:
                continue
            kept = [name for name in order if name != other]
            trials = [[*kept[:n], one.visit_id, *kept[n:]] for n in range(len(kept) + 1)]
            assert any(end_of(problem, shift, trial) is not None for trial in trials)
            worth = problem.visit_of[one.visit_id].prize, problem.visit_of[other].prize
            if "worth more" in one.sentence:
                assert f"({worth[1]} points against {worth[0]})" in one.sentence
                assert worth[1] > worth[0]
            told += 1
    assert told > 20


def test_days_since_are_told_by_the_rep_s_own_calendar():
    """23:30 in Helsinki is the same day there, though UTC is two hours behind."""
    seen = datetime(2026, 11, 22, 22, 30, tzinfo=UTC) - timedelta(days=28)
    (row,) = [row for row in stop_rows(solved(card("a", last_visited_at=seen))) if row["reasons"]]
    assert any("last visit 28 days ago" in str(reason["label"]) for reason in row["reasons"])

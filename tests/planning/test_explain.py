"""explain.py: why a visit stayed out, with a world for each reason."""

import pytest

from route_app.planning.plan import Reason
from route_app.planning.planner import make_plan
from route_app.planning.problem import HoursMode
from tests.planning.worlds import QUICK, H, M, promise, shift, smalltown_problem, visit, window

JUNCTIONS = ["A2", "A3", "B3", "D3"]
NAMES = {"a": "Anchor Bakery", "b": "Birch Pharmacy", "c": "Clover Florist"}


def left_out(visits, **values):
    problem = smalltown_problem(visits, junctions=JUNCTIONS, **values)
    plan = make_plan(problem, budget=QUICK, names=NAMES)
    (one,) = plan.unplanned
    return one


def test_too_far_for_the_day():
    one = left_out([visit("a", 1), visit("c", 3)], shifts=(shift(hours=window(9, 9.45)),))
    assert (one.visit_id, one.reason) == ("c", Reason.TOO_FAR)
    assert one.detail == {"needs_s": 180, "drive_s": 600}
    assert "10 min of driving" in one.sentence


def test_longer_than_the_day_or_than_it_is_open():
    one = left_out([visit("a", 1, service_s=9 * H)])
    assert one.reason is Reason.SERVICE_TOO_LONG
    assert one.sentence == "The visit takes 9 h, but there are only 8 h."
    one = left_out([visit("a", 1, window(10, 10.25), mode=HoursMode.WHOLE)])
    assert one.reason is Reason.SERVICE_TOO_LONG


def test_open_only_outside_the_working_hours():
    one = left_out([visit("a", 1, window(18, 22))])
    assert one.reason is Reason.WINDOW_TOO_TIGHT
    assert "18:00 to 22:00" in one.sentence
    assert "from 09:02" in one.sentence


def test_a_skill_is_missing():
    one = left_out([visit("a", 1, skills=frozenset({"wine"}))])
    assert one.reason is Reason.SKILL_MISSING
    assert "wine" in one.sentence


def test_the_limit_of_visits_is_reached():
    one = left_out([visit("a", 1), visit("b", 2, prize=20)], shifts=(shift(max_visits=1),))
    assert (one.visit_id, one.reason) == ("a", Reason.MAX_VISITS)
    assert "limit of visits for this day is 1" in one.sentence
    assert left_out([visit("a", 1)], shifts=(shift(max_visits=0),)).reason is Reason.MAX_VISITS


def test_the_day_is_full_by_so_many_minutes():
    # The bakery takes 24 minutes of 30; the pharmacy would make it 2 + 20 + 1 + 20 + 3 = 46.
    day = shift(hours=window(9, 9.5))
    one = left_out([visit("a", 1, prize=20), visit("b", 2)], shifts=(day,))
    assert (one.visit_id, one.reason) == ("b", Reason.DAY_FULL)
    assert one.detail == {"needs_s": 16 * M, "instead_of": "a"}
    assert "need 16 min more" in one.sentence
    assert "instead of Anchor Bakery" in one.sentence


def test_an_appointment_is_in_the_way():
    one = left_out([promise("a", 1, 10), visit("b", 2, window(10, 10.25))])
    assert (one.visit_id, one.reason) == ("b", Reason.APPOINTMENT_CONFLICT)


def test_open_only_while_the_route_is_elsewhere():
    rivals = [visit("a", 1, window(10, 10.1), prize=30), visit("b", 2, window(10, 10.1))]
    one = left_out(rivals)
    assert (one.visit_id, one.reason) == ("b", Reason.WINDOW_TOO_TIGHT)
    assert "10:00-10:06" in one.sentence
    assert "instead of Anchor Bakery" in one.sentence


@pytest.mark.parametrize("reason", list(Reason))
def test_reasons_fit_their_column(reason):
    assert len(reason.value) <= 32

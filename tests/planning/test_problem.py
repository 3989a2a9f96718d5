import numpy as np
import pytest

from route_app.lib.timewindow import TimeWindow
from route_app.planning.problem import Break, Commitment, HoursMode, Lock, Spacing
from tests.planning.worlds import DAY, promise, shift, smalltown_problem, visit, window

JUNCTIONS = ["A2", "A3", "B3"]


def problem(**values):
    visits = values.pop("visits", [visit("a", 1), visit("b", 2)])
    return smalltown_problem(visits, junctions=JUNCTIONS, **values)


def test_the_ladder_of_commitment_is_in_order():
    assert [one.rank for one in Commitment] == [0, 1, 2, 3, 4, 5]
    assert Commitment.TIMED.rank < Commitment.RESERVATION.rank < Commitment.SUGGESTION.rank


def test_a_whole_visit_must_end_in_its_window():
    whole = visit("a", 1, window(9, 10), window(12, 12.25), mode=HoursMode.WHOLE)
    assert whole.begins(DAY) == (TimeWindow(32_400, 34_800),)
    assert visit("a", 1, window(9, 10)).begins(DAY) == (window(9, 10),)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: visit("a", 1, service_s=-1), "cannot be negative"),
        (lambda: visit("a", 1, window(9, 12), window(11, 13)), "overlap"),
        (lambda: Break(window(12, 13), 0), "at least a second"),
        (lambda: shift(reserve_s=-1), "cannot be negative"),
        (
            lambda: shift(breaks=(Break(window(12, 13), 60), Break(window(9, 9), 60))),
            "in the order of the day",
        ),
        (lambda: problem(visits=[visit("a", 1), visit("a", 2)]), "two entries for visit a"),
        (lambda: problem(visits=[visit("a", 3)]), "place 3, which is not there"),
        (lambda: problem(shifts=(shift(end_place=9),)), "place 9, which is not there"),
        (lambda: problem(shifts=(shift(), shift())), "two entries for shift s1"),
        (lambda: problem(locks=(Lock("s1", ("x",)),)), "no visit x"),
        (lambda: problem(locks=(Lock("s2", ("a",)),)), "no shift s2"),
        (lambda: problem(spacings=(Spacing(("a", "y"), 7),)), "no visit y"),
        (lambda: problem().replace(seconds=np.zeros((2, 3))), "square"),
        (lambda: problem().replace(seconds=np.full((3, 3), -1)), "negative"),
        (lambda: problem().replace(metres=np.zeros((2, 2))), "same places"),
    ],
)
def test_it_refuses_what_does_not_fit_together(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_its_matrices_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        problem().seconds[0, 1] = 5


def test_the_same_problem_has_the_same_digest_and_another_has_another():
    first = problem()
    assert first.digest == problem().digest
    changed = [
        first.replace(visits=(visit("a", 1, prize=11), visit("b", 2))),
        first.replace(visits=(visit("a", 1), promise("b", 2, 10))),
        first.replace(shifts=(shift(hours=window(9, 17.5)),)),
        first.replace(seconds=first.seconds + 1 - np.eye(3, dtype=int)),
        first.replace(network="newer"),
        first.replace(locks=(Lock("s1", ("a", "b")),)),
    ]
    assert len({first.digest, *(one.digest for one in changed)}) == len(changed) + 1


def test_a_visit_may_begin_only_where_hours_skills_and_shifts_allow():
    day = shift(skills=frozenset({"wine"}))
    whole = problem(shifts=(day,))
    assert whole.begins(visit("a", 1), day) == (window(9, 17),)
    assert whole.begins(visit("a", 1, skills=frozenset({"wine"})), day)
    assert whole.begins(visit("a", 1, skills=frozenset({"beer"})), day) == ()
    assert whole.begins(visit("a", 1, shifts=frozenset({"s2"})), day) == ()
    assert whole.prize(visit("a", 1, shift_bonus={"s1": 5}), day) == 15


def test_anywhere_is_no_drive():
    whole = problem()
    assert whole.travel(None, 2) == 0
    assert whole.travel(0, 1) == 120
    assert whole.distance(0, 2) == 2_000

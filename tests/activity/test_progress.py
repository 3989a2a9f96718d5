from dataclasses import dataclass

from route_app.activity.progress import StopStatus, positions, progress

NINE = 9 * 3_600


@dataclass(frozen=True)
class Planned:
    kind: str
    account_id: str | None
    arrive_s: int
    begin_s: int
    depart_s: int
    drive_s: int = 600
    slack_s: int = 900


@dataclass(frozen=True)
class Done:
    id: str
    account_id: str
    outcome: str | None


def _visit(account, begin, *, minutes=20, **values):
    return Planned("visit", account, begin, begin, begin + minutes * 60, **values)


DAY = (
    _visit("bakery", NINE),
    _visit("cafe", NINE + 1_800),
    Planned("break", None, NINE + 3_000, NINE + 3_000, NINE + 4_800, drive_s=0),
    _visit("florist", NINE + 5_400),
    Planned("end", None, NINE + 7_200, NINE + 7_200, NINE + 7_200),
)


def _statuses(visits=(), now_s=NINE - 900):
    return [stop.status.value for stop in progress(DAY, visits, now_s=now_s).stops]


def test_before_the_day_the_first_visit_is_next():
    assert _statuses() == ["next", "later", "later", "later", "later"]


def test_a_visit_with_an_outcome_is_done_and_one_without_is_here():
    visits = [Done("1", "bakery", "order"), Done("2", "cafe", None)]
    assert _statuses(visits) == ["done", "here", "later", "next", "later"]


def test_a_visit_out_of_turn_does_not_skip_the_ones_before_it():
    assert _statuses([Done("1", "florist", "no_order")]) == [
        "next", "later", "passed", "done", "later",
    ]  # fmt: skip


def test_a_day_that_is_over_says_what_was_missed():
    found = progress(DAY, [Done("1", "bakery", "order")], now_s=100_000)
    assert [stop.status for stop in found.stops] == [
        StopStatus.DONE, StopStatus.MISSED, StopStatus.PASSED, StopStatus.MISSED, StopStatus.PASSED,
    ]  # fmt: skip
    assert found.over
    assert (found.visits, found.done) == (3, 1)


def test_on_time_everything_is_expected_as_planned():
    found = progress(DAY, [], now_s=NINE - 900)
    assert [stop.expected_s for stop in found.stops] == [stop.begin_s for stop in DAY]
    assert not found.late
    assert found.home_s == DAY[-1].begin_s


def test_a_late_start_moves_what_comes_after_until_a_gap_takes_it_up():
    # 20 minutes after the time to leave: within the slack of 15 it is not, later it is
    found = progress(DAY, [], now_s=NINE - 600 + 1_200)
    assert found.stops[0].expected_s == NINE + 1_200
    assert found.stops[0].late
    assert found.stops[1].expected_s == NINE + 1_800 + 1_200
    assert found.stops[4].expected_s == found.home_s


def test_slack_says_when_to_leave_at_the_latest():
    first = progress(DAY, [], now_s=NINE - 900).stops[0]
    assert first.leave_by_s == NINE + 900 - 600


def test_a_visit_that_runs_over_delays_the_next():
    found = progress(DAY[:2], [Done("1", "bakery", None)], now_s=NINE + 3_600)
    assert found.stops[1].expected_s == NINE + 3_600 + 600
    assert found.stops[1].late


def test_without_a_clock_the_plan_is_shown_as_it_was_made():
    found = progress(DAY, [], now_s=None)
    assert [stop.expected_s for stop in found.stops] == [stop.begin_s for stop in DAY]
    assert found.next_position is None
    assert {stop.status for stop in found.stops} == {StopStatus.LATER}


def test_two_stops_at_one_account_take_one_check_in_each():
    day = (_visit("bakery", NINE), _visit("bakery", NINE + 7_200))
    visits = [Done("1", "bakery", "not_in"), Done("2", "bakery", "order")]
    assert [stop.check_in_id for stop in progress(day, visits, now_s=NINE).stops] == ["1", "2"]


def test_a_second_try_at_one_stop_is_the_one_shown():
    visits = [Done("1", "bakery", "not_in"), Done("2", "bakery", "order")]
    assert progress(DAY[:1], visits, now_s=NINE).stops[0].check_in_id == "2"


def test_visits_are_numbered_and_breaks_are_not():
    assert positions(DAY) == {0: 1, 1: 2, 3: 3}


def test_an_empty_day_is_over():
    found = progress((), [], now_s=NINE)
    assert found.over
    assert found.home_s is None

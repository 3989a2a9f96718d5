import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.lib.timewindow import LATEST_S, TimeWindow, clipped, first_in, last_in, merged

WINDOWS = st.builds(
    lambda start, length: TimeWindow(start, min(LATEST_S, start + length)),
    st.integers(0, 2_000),
    st.integers(0, 300),
)


def test_both_ends_belong_to_it():
    window = TimeWindow(10, 20)
    assert [second in window for second in (9, 10, 20, 21)] == [False, True, True, False]


@pytest.mark.parametrize(("start", "end"), [(20, 10), (-1, 5), (0, LATEST_S + 1)])
def test_it_refuses_what_runs_backwards_or_leaves_the_day(start, end):
    with pytest.raises(ValueError, match="time window"):
        TimeWindow(start, end)


def test_what_two_windows_share():
    assert TimeWindow(10, 20).clip(TimeWindow(20, 30)) == TimeWindow(20, 20)
    assert TimeWindow(10, 20).clip(TimeWindow(21, 30)) is None
    assert clipped([TimeWindow(0, 5), TimeWindow(8, 20)], TimeWindow(6, 10)) == (TimeWindow(8, 10),)


def test_windows_that_touch_become_one():
    assert merged([TimeWindow(11, 20), TimeWindow(0, 10), TimeWindow(22, 25)]) == (
        TimeWindow(0, 20),
        TimeWindow(22, 25),
    )


@given(st.lists(WINDOWS, max_size=6), st.integers(0, 2_500))
def test_first_and_last_are_the_nearest_seconds_inside(windows, at):
    windows = merged(windows)
    inside = [second for second in range(2_600) if any(second in window for window in windows)]
    assert first_in(windows, at) == next((second for second in inside if second >= at), None)
    assert last_in(windows, at) == next((second for second in inside[::-1] if second <= at), None)

from datetime import datetime

import pytest

from route_app.errors import InvalidInput
from route_app.roads.slots import DEFAULT_HOURS, SLOTS, check_hours, quarters_of, slot_at

TUESDAY, SUNDAY = "2026-11-24", "2026-11-22"


@pytest.mark.parametrize(
    ("day", "clock", "slot"),
    [
        (TUESDAY, "08:00", "peak"),
        (TUESDAY, "09:30", "shoulder"),
        (TUESDAY, "12:00", "off_peak"),
        (TUESDAY, "23:00", "free_flow"),
        (TUESDAY, "04:00", "free_flow"),  # the night began on Monday
        (SUNDAY, "08:00", "off_peak"),
    ],
)
def test_the_slot_follows_weekday_and_clock(day, clock, slot):
    assert slot_at(datetime.fromisoformat(f"{day}T{clock}")) == slot


def test_the_heavier_slot_wins_where_hours_overlap():
    hours = {"peak": "Mo-Fr 08:00-10:00", "shoulder": "Mo-Fr 07:00-11:00"}
    at = {clock: slot_at(datetime.fromisoformat(f"{TUESDAY}T{clock}"), hours)
          for clock in ("07:30", "09:00", "10:30")}  # fmt: skip
    assert at == {"07:30": "shoulder", "09:00": "peak", "10:30": "shoulder"}


def test_the_slots_share_the_week_out():
    assert sum(len(quarters_of(slot)) for slot in SLOTS) == 7 * 24 * 4
    assert len(quarters_of("peak")) == 5 * (8 + 10)


def test_hours_nobody_can_read_are_refused():
    check_hours(DEFAULT_HOURS)
    with pytest.raises(InvalidInput, match="peak"):
        check_hours({"peak": "whenever"})
    with pytest.raises(InvalidInput, match="rush"):
        check_hours({"rush": "Mo-Fr 08:00-09:00"})

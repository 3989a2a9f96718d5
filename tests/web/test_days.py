"""The day an address asks for."""

from datetime import date

import pytest

from route_app.errors import InvalidInput
from route_app.web.days import asked_day


def test_a_day_is_read_and_nothing_is_no_day():
    assert asked_day(" 2026-03-31 ") == date(2026, 3, 31)
    assert asked_day("  ") is None


@pytest.mark.parametrize("word", ["soon", "31.3.2026", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_refused_by_its_field(word):
    with pytest.raises(InvalidInput) as refused:
        asked_day(word, field="from")
    assert refused.value.field == "from"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/today?date=9999-12-31", "/activity/?to=9999-12-31", "/activity/?from=0001-01-01"],
)
def test_a_day_at_the_end_of_time_is_no_failure(client_for, path):
    assert client_for("alice").get(path).status_code == 400

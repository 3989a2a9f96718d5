import pytest

from route_app.errors import InvalidInput
from route_app.users.workday import checked_day


def test_it_takes_a_sensible_day():
    day = {"work_hours": "Mo-Th 08:00-17:00; Fr 08:00-14:00", "home_lat": 62.0, "home_lon": 25.0}
    assert checked_day(day) == day


@pytest.mark.parametrize(
    ("day", "field", "says"),
    [
        ({"work_hours": "whenever"}, "work_hours", "Mo-Fr 08:30-17:00"),
        ({"work_hours": " "}, "work_hours", "cannot be read"),
        ({"time_zone": "Mars/Base"}, "time_zone", "not a time zone"),
        ({"units": "furlong"}, "units", "km or mi"),
        ({"home_lat": 62.0, "home_lon": None}, "home_lat", "both"),
        ({"home_lat": 91.0, "home_lon": 0.0}, "home_lat", "between -90 and 90"),
        ({"lunch_from_s": 50_000, "lunch_to_s": 40_000, "lunch_s": 0}, "lunch_to_s", "after"),
        ({"lunch_from_s": 40_000, "lunch_to_s": 41_000, "lunch_s": 1_800}, "lunch_s", "longer"),
        ({"shoe_size": 43}, None, "shoe_size"),
    ],
)
def test_it_says_what_cannot_be(day, field, says):
    with pytest.raises(InvalidInput, match=says) as caught:
        checked_day(day)
    assert caught.value.field == field

import pytest

from route_app.errors import InvalidInput
from route_app.roads.driving_side import drives_left
from route_app.roads.rawroads import RawRoads


@pytest.mark.parametrize(("country", "left"), [("GB", True), ("mt", True), ("FI", False)])
def test_the_country_decides(country, left):
    assert drives_left(country, RawRoads(roundabouts_left=50))[0] is left


@pytest.mark.parametrize("country", ["Finland", "F", "12", "I "])
def test_it_refuses_what_is_no_country_code(country):
    with pytest.raises(InvalidInput, match="two letters"):
        drives_left(country, RawRoads())


def test_roundabouts_tell_where_no_country_is_named():
    assert drives_left(None, RawRoads(roundabouts_left=9, roundabouts_right=1))[0]
    assert not drives_left(None, RawRoads(roundabouts_left=1, roundabouts_right=9))[0]


def test_two_roundabouts_prove_nothing():
    left, known_by = drives_left(None, RawRoads(roundabouts_left=2))
    assert not left
    assert "name the country" in known_by

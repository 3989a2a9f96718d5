from math import isnan

import pytest

from route_app.roads import tags


@pytest.mark.parametrize(
    ("value", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("FI:urban", 50), ("walk", 6), ("none", 140), ("50;30", 50),
     ("DE:zone:30", 30), ("10 knots", 18.52)],
)  # fmt: skip
def test_it_reads_speed_limits(value, kmh):
    assert tags.parse_speed_kmh(value) == pytest.approx(kmh, abs=0.01)


@pytest.mark.parametrize("value", [None, "", "signals", "0", "fast", "variable"])
def test_it_knows_when_a_limit_says_nothing(value):
    assert isnan(tags.parse_speed_kmh(value))


def test_a_limit_for_one_direction_counts_there():
    both = tags.speed_limits_kmh({"maxspeed": "50", "maxspeed:backward": "30"})
    assert both == (50, 30)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"access": "private"}, "restricted"),
        ({"access": "private", "motor_vehicle": "yes"}, "open"),
        ({"access": "yes", "motorcar": "no"}, "closed"),
        ({"vehicle": "destination"}, "restricted"),
        ({"access": "customers;delivery"}, "restricted"),
        ({"motor_vehicle": "agricultural;forestry"}, "closed"),
        ({"highway": "service", "service": "parking_aisle"}, "restricted"),
        ({"highway": "service", "service": "emergency_access"}, "closed"),
        ({"oneway": "reversible"}, "closed"),
        ({}, "open"),
    ],
)
def test_it_reads_who_may_drive(said, expected):
    assert tags.access(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"oneway": "yes", "oneway:motorcar": "no"}, (True, True)),
        ({}, (True, True)),
    ],
)
def test_it_reads_directions(said, expected):
    assert tags.directions(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"highway": "residential"}, "residential"),
        ({"highway": "footway"}, None),
        ({"highway": "service", "area": "yes"}, None),
        ({"route": "ferry"}, "ferry"),
        ({"route": "ferry", "motor_vehicle": "no"}, None),
        ({"route": "bus"}, None),
    ],
)
def test_it_tells_roads_from_the_rest(said, expected):
    assert tags.road_class(said) == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("25", 1500),
        ("00:25", 1500),
        ("1:05:30", 3930),
        ("PT1H5M", 3900),
        ("75:00", 270000),
        ("PT90.25S", 90.25),
    ],
)
def test_it_reads_how_long_a_ferry_takes(value, seconds):
    assert tags.duration_s(value) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "P", "0"])
def test_it_knows_when_a_duration_says_nothing(value):
    assert isnan(tags.duration_s(value))


def test_barriers_stop_cars_unless_they_say_otherwise():
    assert tags.blocks_cars({"barrier": "bollard"})
    assert tags.blocks_cars({"barrier": "gate", "motor_vehicle": "no"})
    assert not tags.blocks_cars({"barrier": "gate"})
    assert not tags.blocks_cars({"barrier": "bollard", "motor_vehicle": "yes"})
    assert not tags.blocks_cars({})

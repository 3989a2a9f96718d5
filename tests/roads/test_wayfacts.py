from math import isnan

import pytest

from route_app.roads.profile import CLASSES
from route_app.roads.wayfacts import facts_of, facts_of_pairs


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"highway": "footway"},
        {"highway": "residential", "area": "yes"},
        {"highway": "residential", "access": "no"},
        {"highway": "service", "service": "bus"},
        {"route": "ferry", "motor_vehicle": "no"},
    ],
)
def test_no_car_may_use_it(tags):
    assert facts_of(tags) is None


def test_a_plain_street():
    facts = facts_of({"highway": "residential", "maxspeed": "30", "maxspeed:backward": "20"})
    assert CLASSES[facts.road_class] == "residential"
    assert (facts.forward, facts.backward) == (True, True)
    assert (facts.limit_forward, facts.limit_backward) == (30, 20)
    assert (facts.restricted, facts.snappable, facts.roundabout) == (False, True, False)


@pytest.mark.parametrize(
    ("tags", "snappable"),
    [
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "primary", "tunnel": "yes"}, False),
        ({"highway": "service", "tunnel": "building_passage"}, True),
        ({"route": "ferry"}, False),
        ({"highway": "trunk"}, True),
    ],
)
def test_where_nobody_stops(tags, snappable):
    assert facts_of(tags).snappable == snappable


def test_a_ferry_for_those_who_pay_is_open_and_keeps_its_duration():
    facts = facts_of({"route": "ferry", "access": "customers", "duration": "00:20"})
    assert (facts.restricted, facts.duration_s) == (False, 1200)
    assert isnan(facts_of({"highway": "residential", "duration": "00:20"}).duration_s)


def test_pairs_give_the_same_facts():
    tags = {"highway": "primary", "oneway": "-1", "junction": "roundabout", "maxspeed": "50"}
    assert facts_of_pairs(tuple(tags.items())) == facts_of(tags)
    assert facts_of(tags).roundabout
    assert (facts_of(tags).forward, facts_of(tags).backward) == (False, True)

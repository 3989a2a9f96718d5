from math import isnan

import pytest

from route_app.roads.speedlimits import STATUTORY, zone_limit_kmh
from route_app.roads.tags import speed_limits_kmh


@pytest.mark.parametrize(
    ("said", "kmh"),
    [
        ("RO:urban", 50),
        ("DE:rural", 100),
        ("FR:rural", 80),
        ("de:motorway", 130),
        ("GB:nsl_single", 96.6),
        ("GB:nsl_dual", 112.7),
        ("US:urban", 40.2),
        ("XX:rural", 90),
        ("IS:motorway", 120),
        ("DE:zone:30", 30),
        ("DE:zone30", 30),
        ("zone20", 20),
        ("DE:30", 30),
        ("BE:living_street", 10),
        ("none", 140),
        ("walk", 6),
    ],
)
def test_a_kind_of_place_has_a_limit(said, kmh):
    assert zone_limit_kmh(said) == pytest.approx(kmh, abs=0.05)


@pytest.mark.parametrize("said", ["sign", "signals", "", "DE:", "30", "RO:moon", "zone:999"])
def test_what_names_no_place_has_none(said):
    assert isnan(zone_limit_kmh(said))


@pytest.mark.parametrize("key", ["maxspeed:type", "source:maxspeed", "zone:traffic"])
def test_the_place_counts_where_no_limit_is_tagged(key):
    assert speed_limits_kmh({key: "IT:urban"}) == (50, 50)
    assert speed_limits_kmh({key: "IT:urban", "maxspeed": "30"}) == (30, 30)
    assert all(isnan(limit) for limit in speed_limits_kmh({key: "sign"}))


def test_every_country_goes_faster_outside_its_towns():
    assert len(STATUTORY) > 35
    for code, law in STATUTORY.items():
        assert len(code) == 2
        assert 20 <= law.urban <= law.rural <= 140, code
        assert isnan(law.motorway) or law.motorway >= law.rural, code

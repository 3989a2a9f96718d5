from dataclasses import replace

import numpy as np
import pytest

from route_app.roads.cch_engine import CchEngine
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.profile import Profile, SlotFactors
from route_app.roads.report import describe
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.speeds import arc_seconds, arc_speeds_kmh, is_ferry
from route_app.roads.turns import build_turns
from tests.roads.towns import Town, at, two_islands


def _speed(folder, **tags):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(11, [1, 2], **({"maxspeed": ""} | tags))
    return arc_speeds_kmh(town.network(folder), Profile()).tolist()


def _untagged(folder, country, **tags):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(11, [1, 2], **({"maxspeed": ""} | tags))
    raw = read_extract(town.write(folder))
    network = build_network(raw, country=country)
    profiles = Profile(), Profile(country_limits=True)
    return [round(float(arc_speeds_kmh(network, one)[0]), 1) for one in profiles]


@pytest.mark.parametrize(
    ("country", "highway", "kmh"),
    [
        ("US", "residential", [25, 32.2]),
        ("DE", "residential", [25, 40]),
        ("pt", "motorway", [90, 96]),
        ("GB", "trunk", [85, 77.2]),
        ("DE", "primary", [65, 65]),
        ("XX", "residential", [25, 25]),
        ("IS", "motorway", [90, 90]),
    ],
)
def test_untagged_roads_may_follow_the_law_of_the_country(tmp_path, country, highway, kmh):
    assert _untagged(tmp_path, country, highway=highway) == kmh


def test_a_slot_may_slow_one_kind_of_road_more_than_another(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        town.node(number, x, 0)
    town.way(11, [1, 2], highway="primary")
    town.way(12, [2, 3], highway="service")
    slots = {**Profile().slots, "peak": SlotFactors({"primary": 2, "minor": 1.5})}
    seconds = arc_seconds(town.network(tmp_path), Profile(slots=slots), slot="peak")
    assert sorted(seconds.tolist()) == pytest.approx([15, 15, 20, 20], abs=0.1)


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"maxspeed": "50"}, 40),
        ({"highway": "primary"}, 65),
        ({"highway": "service", "service": "driveway"}, 10),
        ({"highway": "service"}, 15),
        ({"maxspeed": "80", "surface": "cobblestone"}, 30),
        ({"maxspeed": "250"}, 140),
    ],
)
def test_a_street_has_its_speed_both_ways(tmp_path, tags, kmh):
    assert _speed(tmp_path, **tags) == pytest.approx([kmh, kmh])


def test_each_direction_may_have_its_own_limit(tmp_path):
    assert _speed(tmp_path, maxspeed="50", **{"maxspeed:backward": "30"}) == pytest.approx([40, 24])


def test_a_ferry_takes_as_long_as_its_tag_says(tmp_path):
    network = two_islands(ferry=True).network(tmp_path)
    ferry = is_ferry(network)
    assert ferry.sum() == 2
    assert arc_seconds(network, Profile(), slot="peak")[ferry] == pytest.approx([1800, 1800])
    others = arc_seconds(network, Profile(), slot="peak")[~ferry]
    assert others == pytest.approx(np.full(16, 13), abs=0.01)


@pytest.mark.parametrize("engine", [ScipyEngine, CchEngine])
@pytest.mark.parametrize("duration", ["47:00", "72:00", "P3D", "soon"])
def test_a_ferry_with_a_duration_nobody_believes_goes_by_its_length(tmp_path, engine, duration):
    town = two_islands(ferry=False)
    town.ferry(300, [3, 55], duration)
    raw = read_extract(town.write(tmp_path))
    assert raw.durations_ignored == 1
    table = engine(build_network(raw)).matrix([at(50, 0), at(4950, 0)])
    sailing_s = (4800 * 3.6) / Profile().speeds_kmh["ferry"]
    assert sailing_s < table.seconds[0, 1] < sailing_s + 60
    network = build_network(raw)
    found = describe(raw, network, build_turns(network, Profile()))
    assert found["durations_ignored"] == 1


def test_a_ferry_of_almost_a_day_is_believed(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 400_000, 0)
    town.ferry(11, [1, 2], "23:59")
    seconds = arc_seconds(town.network(tmp_path), Profile(), slot="peak")
    assert seconds == pytest.approx([86_340] * 2)


def test_nothing_takes_longer_than_a_day(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 900_000, 0)
    town.ferry(11, [1, 2], "")
    network = town.network(tmp_path)
    assert arc_seconds(network, Profile(), slot="peak").tolist() == [86_400, 86_400]
    stored = replace(network, way_duration_s=np.array([47 * 3600.0]))  # by an older release
    assert arc_seconds(stored, Profile(), slot="peak").tolist() == [86_400, 86_400]

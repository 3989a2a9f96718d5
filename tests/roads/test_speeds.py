import numpy as np
import pytest

from route_app.roads.profile import Profile
from route_app.roads.speeds import arc_seconds, arc_speeds_kmh, is_ferry
from tests.roads.towns import Town, two_islands


def _speed(folder, **tags):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 100, 0)
    town.way(11, [1, 2], **({"maxspeed": ""} | tags))
    return arc_speeds_kmh(town.network(folder), Profile()).tolist()


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"maxspeed": "50"}, 40),
        ({"highway": "primary"}, 65),
        ({"highway": "service", "service": "driveway"}, 5),
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

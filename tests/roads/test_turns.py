"""What turns cost, where it can be counted."""

import numpy as np
import pytest

from route_app.roads.profile import Profile
from route_app.roads.turns import build_turns
from tests.roads.towns import Town, crossing


def _turn(network, start, onto):
    graph = build_turns(network, Profile())
    arcs = network.arcs
    way = network.way_osm[network.piece_way[arcs.piece]]
    row = np.flatnonzero(
        (way[graph.vertex_arc[graph.turn_from]] == start)
        & (way[graph.vertex_arc[graph.turn_to]] == onto)
    )
    assert len(row) == 1
    return float(graph.turn_s[row[0]]), float(graph.turn_oncoming[row[0]])


def test_a_sharper_turn_across_meets_more_of_the_oncoming_traffic(tmp_path):
    town = crossing()
    town.node(6, -100, 100)
    town.way(15, [1, 6])
    network = town.network(tmp_path)
    slight, square = _turn(network, 11, 15)[1], _turn(network, 11, 14)[1]
    assert 0 < slight < square < 1
    assert _turn(network, 11, 12)[1] == 0  # away from it
    assert _turn(network, 11, 13)[1] < 0.05


def test_on_the_left_it_is_the_right_turn_that_crosses(tmp_path):
    network = crossing().network(tmp_path, drives_left=True)
    assert _turn(network, 11, 12)[1] > 0.5
    assert _turn(network, 11, 14)[1] == 0


@pytest.mark.parametrize("oneway", ["no", "-1"])
def test_a_street_that_only_comes_in_makes_it_a_junction_too(tmp_path, oneway):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (-100, 0), (0, 100), (100, 0)], start=1):
        town.node(number, x, y)
    town.way(11, [2, 1])
    town.way(12, [1, 3])
    assert _turn(town.network(tmp_path), 11, 12)[0] == 0  # the road only bends
    town.way(13, [1, 4], oneway=oneway)
    assert _turn(town.network(tmp_path), 11, 12)[0] > 2

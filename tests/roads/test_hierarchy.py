from dataclasses import replace

import numpy as np
import pytest

from route_app.errors import Unavailable
from route_app.roads import hierarchy_loops as loops
from route_app.roads.bundled import bundled_extract
from route_app.roads.cch_engine import CchEngine
from route_app.roads.hierarchy import build_hierarchy, customized, load_hierarchy, save_hierarchy
from route_app.roads.hierarchy_search import HierarchySearch, Scratch
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.order import contraction_order, junction_ranks
from route_app.roads.packed import find_ends, make_search_graph, metres_of
from route_app.roads.profile import Profile
from route_app.roads.search import DijkstraSearch
from route_app.roads.snapping import Snapper
from route_app.roads.turns import build_turns, weigh
from tests.roads.pieces import street_places
from tests.roads.towns import at, crossing

PLACES = [at(0, -50), at(-50, 0)]


@pytest.fixture(scope="module")
def helsinki():
    network = build_network(read_extract(bundled_extract()))
    return network, build_turns(network, Profile())


def test_the_order_names_every_vertex_once_and_dead_ends_first(helsinki):
    network, graph = helsinki
    order = contraction_order(network, graph)
    assert sorted(order.tolist()) == list(range(len(graph.vertex_arc)))
    ranks = junction_ranks(network)
    assert sorted(ranks.tolist()) == list(range(len(network.node_osm)))
    streets = np.bincount(
        np.concatenate([network.piece_tail, network.piece_head]), minlength=len(ranks)
    )
    assert ranks[streets == 1].mean() < ranks[streets >= 3].mean()


def test_contraction_joins_the_neighbours_of_what_it_takes_away():
    # 0 lies between 1 and 2, and 3 hangs on 2.
    parent, begin, higher = loops.eliminate(
        np.array([0, 2, 2, 3, 3]), np.array([1, 2, 3], np.int32)
    )
    rows = [sorted(higher[begin[v] : begin[v + 1]].tolist()) for v in range(4)]
    assert rows == [[1, 2], [2], [3], []]
    assert parent.tolist() == [1, 2, 3, -1]


def test_contraction_finds_room_for_many_new_arcs():
    # A star: the middle goes first and leaves all its neighbours joined.
    count = 60
    begin = np.array([0] + [count - 1] * count)
    parent, rows, _ = loops.eliminate(begin, np.arange(1, count, dtype=np.int32))
    assert rows[-1] == count * (count - 1) // 2
    assert parent.tolist() == [*range(1, count), -1]


def test_customizing_again_gives_the_costs_of_the_new_weights(helsinki):
    network, graph = helsinki
    hierarchy = build_hierarchy(network, graph)
    weights = weigh(network, graph, Profile(), slot="off_peak")
    open_turns = make_search_graph(network, graph, weights)
    metric = customized(hierarchy, open_turns.turn_row, open_turns.cost)
    doubled = customized(hierarchy, open_turns.turn_row, open_turns.cost * 2)
    assert (doubled.up.cost == metric.up.cost * 2).all()
    assert (doubled.down.cost == metric.down.cost * 2).all()
    assert np.isfinite(metric.up.cost).all()  # every arc kept can carry a way
    assert np.isfinite(metric.down.cost).all()


def test_a_closed_turn_is_not_driven(tmp_path):
    network = crossing().network(tmp_path)
    graph = build_turns(network, Profile())
    weights = weigh(network, graph, Profile(), slot="off_peak")
    ends = find_ends(network, graph, weights, Snapper(network, graph).locate(PLACES)[0])
    way = network.way_osm[network.piece_way[network.arcs.piece]]
    left = (way[graph.vertex_arc[graph.turn_from]] == 11) & (
        way[graph.vertex_arc[graph.turn_to]] == 14
    )
    hierarchy = build_hierarchy(network, graph)
    costs = []
    for closed in (np.zeros_like(left), left):
        search_graph = make_search_graph(network, graph, replace(weights, turn_open=~closed))
        search = HierarchySearch(hierarchy, search_graph, Scratch(hierarchy.size))
        costs.append(int(search.shortest(ends, 2)[0, 1]))
        assert costs[-1] == DijkstraSearch(search_graph).shortest(ends, 2)[0, 1]
    assert metres_of(np.array(costs)).tolist() == [100, 300]  # round by the end of the street


def test_it_is_kept_on_disk_and_knows_its_graph(helsinki, tmp_path):
    network, graph = helsinki
    hierarchy = build_hierarchy(network, graph)
    save_hierarchy(hierarchy, tmp_path / "hierarchy.npz")
    again = load_hierarchy(tmp_path / "hierarchy.npz", graph)
    assert again.fingerprint == hierarchy.fingerprint
    for name in ("vertex", "parent", "up_head", "down_head", "turn_row"):
        assert (getattr(again, name) == getattr(hierarchy, name)).all()
    other = build_turns(crossing().network(tmp_path), Profile())
    with pytest.raises(Unavailable, match="other turns"):
        load_hierarchy(tmp_path / "hierarchy.npz", other)
    (tmp_path / "hierarchy.npz").write_bytes(b"PK not really")
    with pytest.raises(Unavailable):
        load_hierarchy(tmp_path / "hierarchy.npz", graph)


def test_searching_leaves_no_trace_for_the_next_search(helsinki):
    network, graph = helsinki
    weights = weigh(network, graph, Profile(), slot="off_peak")
    search = HierarchySearch(
        hierarchy := build_hierarchy(network, graph),
        make_search_graph(network, graph, weights),
        Scratch(hierarchy.size),
    )
    engine = CchEngine(network, graph=graph)
    places = street_places(network, np.random.default_rng(3), 10)
    ends = find_ends(network, graph, weights, engine._snapper.locate(places)[0])
    for start, goal in [(0, 1), (1, 2), (2, 3), (3, 0)]:
        search.chain(ends, start, goal)
        assert all(np.isinf(room.best).all() for room in search._scratch.pair())

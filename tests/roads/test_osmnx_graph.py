import random
from itertools import pairwise

import networkx as nx
import numpy as np
import osmnx
import pytest

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.osmnx_graph import from_osmnx, read_graphml, to_osmnx
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.store import RoadStore
from tests.roads.towns import at, crossing, one_way_block

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")


@pytest.fixture(scope="module")
def helsinki():
    return build_network(read_extract(bundled_extract()))


@pytest.fixture(scope="module")
def graph(helsinki):
    return to_osmnx(helsinki)


def test_osmnx_accepts_the_graph(graph, helsinki):
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert (len(nodes), len(edges)) == (len(helsinki.node_osm), helsinki.arcs.count)
    stats = osmnx.basic_stats(graph)
    assert stats["n"] == len(nodes)
    assert stats["edge_length_total"] == pytest.approx(
        float(helsinki.piece_m[helsinki.arcs.piece].sum())
    )
    assert stats["streets_per_node_avg"] > 1
    back = osmnx.graph_from_gdfs(nodes, edges)
    assert back.number_of_edges() == graph.number_of_edges()


def test_osmnx_routes_agree_but_for_turns_and_lights(graph, helsinki):
    engine = ScipyEngine(helsinki)
    rng = random.Random(3)
    nodes = rng.sample(sorted(max(nx.strongly_connected_components(graph), key=len)), 24)
    ratios = []
    for origin, goal in zip(nodes[::2], nodes[1::2], strict=True):
        path = osmnx.shortest_path(graph, origin, goal, weight="travel_time")
        theirs = sum(
            min(edge["travel_time"] for edge in graph[a][b].values()) for a, b in pairwise(path)
        )
        places = [LatLon(graph.nodes[n]["y"], graph.nodes[n]["x"]) for n in (origin, goal)]
        ours = engine.matrix(places, slot="free_flow").seconds[0, 1]
        ratios.append(ours / theirs)
    assert 1.0 <= np.median(ratios) < 1.8


def test_a_graph_survives_the_way_out_and_in(tmp_path):
    network = one_way_block().network(tmp_path)
    again = build_network(from_osmnx(to_osmnx(network)))
    places = [at(50, 0), at(0, 50), at(100, 30)]
    assert (
        ScipyEngine(again).matrix(places).seconds.tolist()
        == ScipyEngine(network).matrix(places).seconds.tolist()
    )


def test_helsinki_survives_graphml(graph, helsinki, tmp_path):
    path = tmp_path / "helsinki.graphml"
    osmnx.save_graphml(graph, path)
    again = build_network(read_graphml(path))
    assert again.arcs.count == helsinki.arcs.count
    assert again.piece_m.sum() == pytest.approx(helsinki.piece_m.sum(), rel=1e-6)
    assert int(again.way_restricted.sum()) > 0


def test_a_graphml_file_is_built_into_a_network(tmp_path):
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(to_osmnx(crossing().network(tmp_path)), path)
    store = RoadStore(tmp_path / "roads")
    assert store.build(path, name="town").arcs == 8
    assert store.open().matrix([at(0, -50), at(0, 50)]).metres[0, 1] == 100


def test_an_unsimplified_graph_of_osmnx_itself_is_read(tmp_path):
    graph = osmnx.graph_from_xml(one_way_block().write(tmp_path), simplify=False, retain_all=True)
    places = [at(50, 0), at(0, 50)]
    engine = ScipyEngine(build_network(from_osmnx(graph)))
    assert engine.matrix(places).seconds.tolist() == [[0, 30], [10, 0]]


def test_two_way_streets_of_a_simplified_graph_are_one_street(tmp_path):
    graph = osmnx.graph_from_xml(crossing().write(tmp_path), retain_all=True)
    network = build_network(from_osmnx(graph))
    assert network.arcs.count == graph.number_of_edges()
    assert len(network.piece_way) * 2 == network.arcs.count


@pytest.mark.parametrize("text", ["", "<graphml>", "no graph at all", "<graphml></graphml>"])
def test_it_refuses_what_is_no_graphml(tmp_path, text):
    path = tmp_path / "x.graphml"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        read_graphml(path)


def test_it_refuses_a_projected_graph(graph):
    projected = graph.copy()
    projected.graph["crs"] = "epsg:32635"
    with pytest.raises(InvalidInput, match="projected"):
        from_osmnx(projected)


def test_it_refuses_a_graph_without_places():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_edge(1, 2, osmid=3, highway="residential")
    with pytest.raises(InvalidInput, match="cannot be used"):
        from_osmnx(graph)

import random
from itertools import pairwise

import geopandas
import networkx as nx
import numpy as np
import osmnx
import pytest

from route_app.errors import InvalidInput
from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.osmnx_graph import from_osmnx, read_graphml, to_osmnx, write_graphml
from route_app.roads.profile import CLASSES
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.snapping import point_along
from route_app.roads.store import RoadStore
from tests.roads.towns import at, crossing, one_way_block, two_islands

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


def test_osmnx_finds_the_nearest_node_and_edge(graph, helsinki):
    projected = osmnx.project_graph(graph)
    crs = projected.graph["crs"]
    points = geopandas.points_from_xy([24.9415, 24.9480], [60.1699, 60.1710], crs="epsg:4326")
    xs, ys = points.to_crs(crs).x, points.to_crs(crs).y
    nodes = osmnx.nearest_nodes(projected, xs, ys)
    edges = osmnx.nearest_edges(projected, xs, ys)
    places = [LatLon(60.1699, 24.9415), LatLon(60.1710, 24.9480)]
    for place, node, edge in zip(places, nodes, edges, strict=True):
        assert node in graph
        ours = ScipyEngine(helsinki).snap([place])[0]
        assert graph.has_edge(*edge)
        if graph.edges[tuple(edge)].get("name"):
            assert graph.edges[tuple(edge)]["name"] == ours.street


def test_osmnx_merges_and_simplifies_the_graph(graph):
    merged = osmnx.consolidate_intersections(osmnx.project_graph(graph), tolerance=8)
    assert 0 < merged.number_of_nodes() < graph.number_of_nodes()
    with pytest.raises(osmnx._errors.GraphSimplificationError):
        osmnx.simplify_graph(graph)  # it already is, and says so
    rough = graph.copy()
    del rough.graph["simplified"]
    assert osmnx.simplify_graph(rough).number_of_nodes() < graph.number_of_nodes()


def test_osmnx_adds_speeds_and_the_largest_part_by_itself(graph):
    part = osmnx.truncate.largest_component(graph, strongly=True)
    timed = osmnx.add_edge_travel_times(osmnx.add_edge_speeds(part.copy()))
    assert all(edge["travel_time"] >= 0 for _, _, edge in timed.edges(data=True))


_WHOLE = ("node_osm", "node_signal", "node_blocked", "node_gated", "restriction_kinds")


def test_our_own_export_comes_back_as_the_same_network(graph, helsinki, tmp_path):
    path = tmp_path / "helsinki.graphml"
    write_graphml(helsinki, path)
    again = build_network(read_graphml(path))
    for name in _WHOLE:
        assert np.array_equal(np.sort(getattr(again, name)), np.sort(getattr(helsinki, name))), name
    assert sorted(again.piece_m.round(2)) == sorted(helsinki.piece_m.round(2))
    assert {*again.restrictions} == {*helsinki.restrictions}
    pair = ScipyEngine(again), ScipyEngine(helsinki)
    turns = [engine.graph for engine in pair]
    assert len(turns[0].turn_from) == len(turns[1].turn_from)
    assert sorted(turns[0].arc_waits) == sorted(turns[1].arc_waits)
    rng = np.random.default_rng(2)
    rows = rng.choice(np.flatnonzero(helsinki.way_snappable[helsinki.piece_way]), 60)
    # not at junctions, where several streets are equally near
    places = [point_along(helsinki, row, 0.4 * float(helsinki.piece_m[row])) for row in rows]
    ours, theirs = (engine.matrix(places, slot="peak").seconds for engine in pair)
    assert np.array_equal(ours, theirs)


def test_rules_that_hold_at_some_hours_survive_the_way_out_and_in(tmp_path):
    town = crossing()
    rush = "Mo-Fr 07:00-09:00,16:00-18:30"
    town.restriction("", 11, 14, node=1, **{"restriction:conditional": f"no_left_turn @ ({rush})"})
    town.node(9, 0, -300, highway="traffic_signals", **{"traffic_signals:direction": "forward"})
    town.node(10, 0, -400)
    town.way(20, [2, 9, 10], maxspeed="90", **{"maxspeed:conditional": f"30 @ ({rush})"})
    network = town.network(tmp_path)
    write_graphml(network, tmp_path / "town.graphml")
    again = build_network(read_graphml(tmp_path / "town.graphml"))
    places = [at(0, -50), at(-50, 0), at(0, -390)]
    for slot in ("peak", "off_peak"):
        one, other = (ScipyEngine(net).matrix(places, slot=slot) for net in (network, again))
        assert one.seconds.tolist() == other.seconds.tolist()
        assert one.metres.tolist() == other.metres.tolist()


def _ferry_in_two_pieces():
    """Two islands with a ferry of half an hour that calls at an islet one fifth of the way."""
    town = two_islands(ferry=False)
    town.node(200, 1080, 0)
    town.node(201, 1080, 200)
    town.ferry(300, [3, 200, 55])
    town.way(301, [200, 201])
    return town


def test_ferries_survive_the_way_out_and_in(tmp_path):
    network = _ferry_in_two_pieces().network(tmp_path)
    write_graphml(network, tmp_path / "town.graphml")
    again = build_network(read_graphml(tmp_path / "town.graphml"))
    places = [at(50, 0), at(1080, 150), at(5000, 50)]
    one, other = (ScipyEngine(net).matrix(places) for net in (network, again))
    assert 1800 < one.seconds[0, 2] < 1900
    assert 360 < one.seconds[0, 1] < 460
    assert one.seconds.tolist() == other.seconds.tolist()
    assert one.metres.tolist() == other.metres.tolist()


@pytest.mark.parametrize("highway", [{}, {"highway": float("nan")}, {"highway": "ferry"}])
def test_a_ferry_of_osmnx_itself_is_a_ferry(tmp_path, highway):
    graph = to_osmnx(crossing().network(tmp_path))
    for _, _, edge in graph.edges(data=True):
        if edge["osmid"] == 12:
            del edge["highway"]
            edge |= {"route": "ferry", "duration": "00:10", **highway}
    classes = build_network(from_osmnx(graph)).way_class.tolist()
    assert classes.count(CLASSES.index("ferry")) == 1
    assert len(classes) == 4


def test_nodes_without_an_id_of_the_map_get_one_that_is_free():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, lon in ((0, 0.0), (1, 0.001), (2, 0.002), ("x", 0.003)):
        graph.add_node(node, x=lon, y=0.0)
    for way, (u, v) in enumerate([(0, 1), (1, 2), (2, "x")], start=1):
        graph.add_edge(u, v, osmid=way, highway="residential")
        graph.add_edge(v, u, osmid=way, highway="residential")
    network = build_network(from_osmnx(graph))
    assert network.node_osm.tolist() == [1, 2, 3, 4]
    assert network.piece_m.tolist() == pytest.approx([111.2] * 3, abs=0.1)


@pytest.mark.parametrize(
    ("name", "message"),
    [("town.gpkg", "ending .graphml, such as town.graphml"), ("no/town.graphml", "no folder")],
)
def test_it_refuses_to_write_where_it_cannot(tmp_path, name, message):
    with pytest.raises(InvalidInput, match=message):
        write_graphml(crossing().network(tmp_path), tmp_path / name)


@pytest.mark.parametrize("simplify", [True, False])
def test_a_file_of_an_older_osmnx_is_read(tmp_path, simplify):
    """The 1.x series wrote booleans and lists as text, and named its version otherwise."""
    graph = osmnx.graph_from_xml(crossing().write(tmp_path), simplify=simplify, retain_all=True)
    graph.graph |= {"created_with": "OSMnx 1.9.4"}
    for _, _, edge in graph.edges(data=True):
        edge["oneway"] = str(edge["oneway"])
        edge["reversed"] = str(edge["reversed"])
        edge["osmid"] = str([edge["osmid"], 99])
        edge["name"] = "['Street 11', 'Street 12']"
    path = tmp_path / "old.graphml"
    osmnx.save_graphml(graph, path)
    network = build_network(read_graphml(path))
    assert network.arcs.count == 8
    assert ScipyEngine(network).matrix([at(0, -50), at(50, 0)]).metres[0, 1] == 100


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

"""What people hand the importer when something went wrong, and what it says of it."""

import gzip
from pathlib import Path

import pytest

from route_app.errors import InvalidInput
from route_app.roads.bundled import bundled_extract
from route_app.roads.importer import read_extract, share_read
from route_app.roads.network import build_network
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.store import RoadStore
from tests.roads.towns import Town, at, crossing

BIG = 2**53 + 1


def _refused(path):
    with pytest.raises(InvalidInput) as error:
        read_extract(path)
    return error.value.message


def _written(folder, body, name="town.osm"):
    path = folder / name
    path.write_text(f'<osm version="0.6">{body}</osm>', encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["town.osm.pbf", "town.osm"])
@pytest.mark.parametrize("begin", ["<!DOCTYPE html>\n<html>", "\n <html lang='en'>"])
def test_a_web_page_that_was_saved_as_an_extract(tmp_path, name, begin):
    path = tmp_path / name
    path.write_text(f"{begin}<title>404</title></html>")
    assert _refused(path) == (
        f"{name} is a web page, not an extract: the download went wrong. Fetch the extract again."
    )


def test_an_extract_cut_off_inside_its_header(tmp_path):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(bundled_extract().read_bytes()[:40])
    assert "cut.osm.pbf is damaged or is not an OpenStreetMap extract" in _refused(path)


def test_a_compressed_extract_cut_short(tmp_path):
    path = tmp_path / "town.osm.gz"
    whole = gzip.compress(crossing().write(tmp_path).read_bytes())
    path.write_bytes(whole[:-30])
    assert "is damaged" in _refused(path)
    path.write_bytes(whole)
    assert len(read_extract(path).way_osm) == 4


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<bounds minlat="1" minlon="1" maxlat="2" maxlon="2"/>',
        '<node id="1" lat="1" lon="1" version="1"/>',
        '<way id="1" version="1"><tag k="highway" v="residential"/></way>',
        '<way id="1" version="1"><nd ref="7"/><nd ref="8"/><tag k="highway" v="primary"/></way>',
        '<node id="1" lat="1" lon="1" version="1"/>'
        '<way id="1" version="1"><nd ref="1"/><nd ref="1"/><tag k="highway" v="primary"/></way>',
    ],
)
def test_an_extract_without_a_single_road(tmp_path, body):
    assert _refused(_written(tmp_path, body)) == (
        "town.osm has no roads a car can use. Choose an extract of a place with streets."
    )


def test_a_file_of_the_maps_history(tmp_path):
    town = crossing()
    town.way(11, [1, 3], name="As it was later")
    assert _refused(town.write(tmp_path)) == (
        "town.osm holds some roads more than once, as files of the map's history do. "
        "Choose a plain extract, of one point in time."
    )


def test_roads_that_were_deleted_are_left_out(tmp_path):
    town = crossing()
    town.ways[0] = town.ways[0].replace('version="1"', 'version="2" visible="false"', 1)
    assert list(read_extract(town.write(tmp_path)).way_osm) == [12, 13, 14]


def test_a_single_street_can_be_driven_both_ways(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 300, 0)
    town.way(11, [1, 2])
    RoadStore(tmp_path / "roads").build(town.write(tmp_path), name="lane")
    metres = RoadStore(tmp_path / "roads").open().matrix([at(100, 0), at(200, 0)]).metres
    assert metres.tolist() == [[0, 100], [100, 0]]


def test_roads_without_a_junction_do_not_join(tmp_path):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (300, 0), (0, 100), (300, 100)], start=1):
        town.node(number, x, y)
    town.way(11, [1, 2])
    town.way(12, [3, 4])
    report = RoadStore(tmp_path / "roads").build(town.write(tmp_path), name="lanes")
    assert len(report.parts) == 2
    assert "2 parts that no road or ferry joins" in "\n".join(report.lines())


def test_a_single_one_way_street_is_refused_by_the_build(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 300, 0)
    town.way(11, [1, 2], oneway="yes")
    store = RoadStore(tmp_path / "roads")
    with pytest.raises(InvalidInput) as error:
        store.build(town.write(tmp_path), name="lane")
    assert error.value.message == (
        "town.osm has roads, but none that can be driven both to and from. Choose a larger extract."
    )
    assert store.names() == ()


def test_a_node_given_twice_counts_once(tmp_path):
    town = crossing()
    town.node(1, 0, 0)
    network = town.network(tmp_path)
    assert len(network.node_osm) == 5


def test_a_way_that_names_a_node_again_and_again(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        town.node(number, x, 0)
    town.way(11, [1, 1, 2, 2, 2, 3, 3])
    network = town.network(tmp_path)
    assert network.piece_m.tolist() == pytest.approx([200], abs=0.1)


def test_a_way_through_one_junction_twice_is_cut_there(tmp_path):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (100, 0), (200, 0), (200, 100), (100, 100)], start=1):
        town.node(number, x, y)
    town.way(11, [1, 2, 3, 4, 5, 2])
    engine = town.engine(tmp_path)
    assert sorted(engine.roads.piece_m.tolist()) == pytest.approx([100, 400], abs=0.5)
    assert engine.matrix([at(50, 0), at(110, 100)]).metres[0, 1] == 160


def test_two_nodes_in_one_place_give_a_segment_without_length(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 100), (4, 200)):
        town.node(number, x, 0)
    town.way(11, [1, 2])
    town.way(12, [2, 3])
    town.way(13, [3, 4])
    engine = town.engine(tmp_path)
    matrix = engine.matrix([at(50, 0), at(150, 0)])
    assert matrix.metres[0, 1] == 100
    assert matrix.seconds[0, 1] == 10
    assert engine.legs([at(50, 0), at(150, 0)])[0].metres == 100


def test_numbers_beyond_what_a_float_can_tell_apart(tmp_path):
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (0, -100), (100, 0), (0, 100), (-100, 0)]):
        town.node(BIG + number, x, y)
    for arm in (1, 2, 3, 4):
        town.way(BIG + 10 + arm, [BIG, BIG + arm])
    town.restriction("no_left_turn", BIG + 11, BIG + 14, node=BIG)
    network = town.network(tmp_path)
    assert network.node_osm.tolist() == [BIG + n for n in range(5)]
    engine = ScipyEngine(network)
    metres = engine.matrix([at(0, -50), at(50, 0), at(-50, 0)]).metres[0].tolist()
    assert metres == [0, 100, 300]


def test_numbers_below_zero_as_editors_give_them(tmp_path):
    town = Town()
    town.node(-1, 0, 0)
    town.node(-2, 100, 0)
    town.way(-11, [-1, -2])
    assert _refused(town.write(tmp_path)) == (
        "town.osm was saved in an editor before its changes were uploaded: its points "
        "have negative numbers, which cannot be read. Choose a plain extract."
    )


def test_a_way_over_the_date_line_is_cut_there(tmp_path):
    nodes = "".join(
        f'<node id="{number}" lat="-16.8" lon="{lon}" version="1"/>'
        for number, lon in enumerate((179.97, 179.98, 179.99, -179.99, -179.98), start=1)
    )
    refs = "".join(f'<nd ref="{number}"/>' for number in range(1, 6))
    body = f'{nodes}<way id="9" version="1">{refs}<tag k="highway" v="primary"/></way>'
    raw = read_extract(_written(tmp_path, body))
    network = build_network(raw)
    assert raw.ways_split == 1
    assert list(raw.way_osm) == [9, 9]
    assert network.piece_m.tolist() == pytest.approx([3193, 2129], abs=3)
    assert len(network.node_osm) == 3  # the two parts share the junction at the line


def test_it_tells_how_much_of_the_file_is_read(monkeypatch):
    monkeypatch.setattr("route_app.roads.importer._TELL_EVERY", 100)
    told = []
    read_extract(bundled_extract(), told.append)
    assert 0 <= told[0] <= told[-1] <= 1
    assert told == sorted(set(told))


def test_it_knows_how_far_an_open_file_is_read(tmp_path):
    path = tmp_path / "town.osm"
    path.write_bytes(bytes(1000))
    with path.open("rb", buffering=0) as reader:
        reader.read(250)
        assert share_read(path) == (0.25 if Path("/proc/self/fdinfo").is_dir() else 0.0)

import pytest

from route_app.errors import InvalidInput
from route_app.roads.bundled import bundled_extract
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from tests.roads.towns import Town, at, crossing, one_way_block


def test_it_reads_ways_with_their_nodes(tmp_path):
    raw = read_extract(crossing().write(tmp_path))
    assert list(raw.way_osm) == [11, 12, 13, 14]
    assert list(raw.way_nodes) == [2, 2, 2, 2]
    assert raw.way_name == ["Street 11", "Street 12", "Street 13", "Street 14"]


def test_it_refuses_a_missing_file(tmp_path):
    with pytest.raises(InvalidInput, match=r"no file town\.osm"):
        read_extract(tmp_path / "town.osm")


def test_it_refuses_an_empty_file(tmp_path):
    path = tmp_path / "town.osm.pbf"
    path.touch()
    with pytest.raises(InvalidInput, match="is empty"):
        read_extract(path)


def test_it_refuses_an_unknown_kind_of_file(tmp_path):
    path = tmp_path / "roads.shp"
    path.write_bytes(b"1234")
    with pytest.raises(InvalidInput, match=r"\.osm\.pbf or \.osm extract"):
        read_extract(path)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.999])
def test_it_refuses_a_truncated_extract(tmp_path, share):
    whole = bundled_extract().read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InvalidInput, match="is damaged"):
        read_extract(path)


def test_it_refuses_noise(tmp_path):
    path = tmp_path / "noise.osm.pbf"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InvalidInput, match="is damaged"):
        read_extract(path)


def test_it_refuses_half_an_xml_file(tmp_path):
    path = crossing().write(tmp_path)
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InvalidInput, match="is damaged"):
        read_extract(path)


def test_it_refuses_an_extract_without_roads(tmp_path):
    town = Town()
    town.node(1, 0, 0)
    town.node(2, 10, 0)
    town.way(11, [1, 2], highway="footway")
    with pytest.raises(InvalidInput, match="no roads a car can use"):
        read_extract(town.write(tmp_path))


def test_it_mends_and_counts_clipped_ways(tmp_path):
    town = crossing()
    town.way(20, [2, 77, 78])
    town.way(21, [3, 79, 4])
    town.way(22, [80, 81])
    raw = read_extract(town.write(tmp_path))
    assert (raw.missing_refs, raw.ways_cut, raw.ways_dropped) == (5, 1, 2)
    assert list(raw.way_osm) == [11, 12, 13, 14, 21]
    metres = build_network(raw).piece_m.tolist()
    assert metres == pytest.approx([100, 100, 100, 100, 141.4], abs=0.1)


def test_a_bollard_stops_cars(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        blocked = {"barrier": "bollard"} if number == 2 else {}
        town.node(number, x, 0, **blocked)
    town.way(11, [1, 2, 3])
    engine = town.engine(tmp_path)
    assert engine.matrix([at(50, 0), at(150, 0)]).seconds[0, 1] > 10**9


def test_a_gate_lets_cars_through(tmp_path):
    town = Town()
    for number, x in ((1, 0), (2, 100), (3, 200)):
        town.node(number, x, 0, **({"barrier": "gate"} if number == 2 else {}))
    town.way(11, [1, 2, 3])
    assert town.engine(tmp_path).matrix([at(50, 0), at(150, 0)]).seconds[0, 1] == 10


def test_roundabouts_show_the_side_of_the_road(tmp_path):
    town = one_way_block()
    town.way(50, [1, 2, 3, 4, 1], junction="roundabout")
    town.way(51, [1, 4, 3, 2, 1], junction="roundabout")
    town.way(52, [1, 2, 3, 4, 1], junction="roundabout", oneway="-1")
    raw = read_extract(town.write(tmp_path))
    assert (raw.roundabouts_right, raw.roundabouts_left) == (1, 2)


def test_the_bundled_extract_has_what_it_is_known_to_have():
    raw = read_extract(bundled_extract())
    assert len(raw.way_osm) == 893
    assert raw.missing_refs > 100
    assert len(raw.restrictions) == 45

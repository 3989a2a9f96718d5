"""Roads over the date line are cut there, and driven over as if it were not there."""

from itertools import count

import numpy as np
import pytest

from route_app.lib.geo import LatLon
from route_app.roads.cch_engine import CchEngine
from route_app.roads.dateline import parts_of, shares_of
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.osmnx_graph import from_osmnx, to_osmnx
from route_app.roads.profile import Profile
from route_app.roads.rawroads import Line
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.turns import build_turns

LAT = -16.8
# Streets as on an island that 180 degrees runs through: a way over the line, an arm on each side.
PLACES = {1: 179.98, 2: 179.995, 3: -179.995, 4: -179.98}
ROAD = '<tag k="highway" v="residential"/><tag k="maxspeed" v="45"/>'
FERRY = '<tag k="route" v="ferry"/><tag k="duration" v="00:40"/>'


def _network(folder, *, over=ROAD, shift=0.0):
    """Return the network, moved east by so many degrees."""
    lons = {number: (lon + shift + 180) % 360 - 180 for number, lon in PLACES.items()}
    points = {
        **{number: (LAT + 0.001 * number, lon) for number, lon in lons.items()},
        5: (LAT + 0.02, lons[1]),
        6: (LAT + 0.02, lons[4]),
    }
    nodes = "".join(
        f'<node id="{number}" lat="{lat:.7f}" lon="{lon:.7f}" version="1"/>'
        for number, (lat, lon) in points.items()
    )
    ways = "".join(
        f'<way id="{way}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + f"{tags}</way>"
        for way, refs, tags in (
            (11, (1, 2, 3, 4), over), (12, (5, 1), ROAD), (13, (4, 6), ROAD),
        )
    )  # fmt: skip
    folder.mkdir(exist_ok=True)
    path = folder / "island.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return build_network(read_extract(path))


def _places(shift=0.0):
    return [
        LatLon(lat, (lon + shift + 180) % 360 - 180)
        for lat, lon in (
            (LAT + 0.01, 179.98), (LAT + 0.0015, 179.985), (LAT + 0.0035, -179.985),
            (LAT + 0.01, -179.98),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("engine", [ScipyEngine, CchEngine])
@pytest.mark.parametrize("over", [ROAD, FERRY])
def test_a_drive_over_the_line_is_like_one_elsewhere(tmp_path, engine, over):
    there = engine(_network(tmp_path / "there", over=over)).matrix(_places())
    west = engine(_network(tmp_path / "elsewhere", over=over, shift=-1)).matrix(_places(-1))
    assert there.metres[0, 3] > 4_000
    assert np.abs(there.metres - west.metres).max() <= 1
    assert np.abs(there.seconds - west.seconds).max() <= 1


def test_the_path_stays_on_its_side_until_it_crosses(tmp_path):
    (leg,) = ScipyEngine(_network(tmp_path)).legs([_places()[0], _places()[3]])
    sides = [place.lon > 0 for place in leg.path]
    assert sides == sorted(sides, reverse=True)
    assert {180.0, -180.0} <= {place.lon for place in leg.path}
    crossing = [place.lat for place in leg.path if abs(place.lon) == 180]
    assert crossing == pytest.approx([LAT + 0.0025] * 2)
    snaps = ScipyEngine(_network(tmp_path)).snap(_places())
    assert {snap.part for snap in snaps} == {0}


def test_nobody_turns_at_the_line(tmp_path):
    network = _network(tmp_path)
    graph = build_turns(network, Profile())
    middle = np.flatnonzero(network.node_osm < 0)
    assert len(middle) == 1
    through = network.arcs.head[graph.turn_from] == middle[0]
    assert through.sum() == 2
    assert graph.turn_s[through].tolist() == [0, 0]


def test_it_survives_the_way_to_osmnx_and_back(tmp_path):
    network = _network(tmp_path)
    again = build_network(from_osmnx(to_osmnx(network)))
    one, other = (ScipyEngine(net).matrix(_places()) for net in (network, again))
    assert one.seconds.tolist() == other.seconds.tolist()
    assert one.metres.tolist() == other.metres.tolist()


@pytest.mark.parametrize(
    ("lons", "parts"),
    [
        ((10, 20, 30), [((1, 10), (2, 20), (3, 30))]),
        ((179, -179), [((1, 179), (-1, 180)), ((-1, -180), (2, -179))]),
        ((-179, 179), [((1, -179), (-1, -180)), ((-1, 180), (2, 179))]),
        ((179, 180, -179), [((1, 179), (2, 180)), ((2, -180), (3, -179))]),
        ((179, -180, -179), [((1, 179), (2, 180)), ((2, -180), (3, -179))]),
        ((180, -179), [((1, -180), (2, -179))]),
        ((179, -180), [((1, 179), (2, 180))]),
        ((179, -180, 179), [((1, 179), (2, 180)), ((2, 180), (3, 179))]),
        ((179, -179, 179),
         [((1, 179), (-1, 180)), ((-1, -180), (2, -179), (-2, -180)), ((-2, 180), (3, 179))]),
    ],
)  # fmt: skip
def test_the_parts_share_their_ends(lons, parts):
    line = Line(list(range(1, len(lons) + 1)), list(map(float, lons)), [0.0] * len(lons))
    cut = parts_of(line, count(-1, -1))
    assert [tuple(zip(part.refs, part.lons, strict=True)) for part in cut] == parts
    assert sum(shares_of(cut)) == pytest.approx(1)

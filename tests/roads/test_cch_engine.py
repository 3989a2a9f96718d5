"""The contraction hierarchy answers exactly what plain searches answer, only sooner."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.cch_engine import CchEngine
from route_app.roads.engine import UNREACHABLE
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.profile import Profile
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.slots import SLOTS
from tests.roads.brute import brute_force
from tests.roads.pieces import cut, plain_dijkstra, street_places
from tests.roads.test_scipy_engine import _random_town
from tests.roads.towns import Town, at, crossing, one_way_block, two_islands

_SHARED = Path(
    os.environ.get("ROUTE_APP_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")
)


@pytest.fixture(scope="module")
def helsinki():
    """Return the roads of Helsinki, with limits at some hours on some: the map has none there."""
    raw = read_extract(bundled_extract())
    raw.timed_limits += [(way, 20.0, "Mo-Fr 07:00-19:00") for way in range(0, len(raw.way_osm), 5)]
    return raw


def test_a_piece_keeps_what_the_map_says_of_its_roads(helsinki):
    whole = build_network(cut(helsinki, np.random.default_rng(0), metres=50_000))
    network = build_network(helsinki)
    assert whole.node_gated.sum() == network.node_gated.sum() > 0
    assert whole.node_blocked.sum() == network.node_blocked.sum()
    assert whole.restrictions == network.restrictions
    assert np.array_equal(whole.timed_way, network.timed_way)
    assert whole.conditions == network.conditions
    part = build_network(cut(helsinki, np.random.default_rng(2), metres=300))
    limited = {int(network.way_osm[way]) for way in network.timed_way}
    assert 0 < len(part.timed_way) < len(network.timed_way)
    assert {int(part.way_osm[way]) for way in part.timed_way} <= limited


def _same(engine, places, slot="off_peak"):
    table = engine.matrix(places, slot=slot)
    seconds, metres = plain_dijkstra(engine, places, slot)
    assert table.seconds.tolist() == seconds
    assert table.metres.tolist() == metres
    slower = ScipyEngine(engine.roads, engine.profile, graph=engine.graph).matrix(places, slot=slot)
    assert (slower.seconds == table.seconds).all()
    assert (slower.metres == table.metres).all()


@pytest.mark.parametrize("seed", range(12))
def test_it_equals_brute_force_on_random_towns(tmp_path, seed):
    town, rng = _random_town(seed)
    engine = CchEngine(town.network(tmp_path))
    places = [at(rng.uniform(-20, 380), rng.uniform(-20, 380)) for _ in range(14)]
    table = engine.matrix(places)
    assert (table.seconds.tolist(), table.metres.tolist()) == brute_force(engine, places)
    _same(engine, places)


@pytest.mark.parametrize("seed", range(8))
def test_it_equals_plain_searches_on_random_pieces_of_helsinki(helsinki, seed):
    rng = np.random.default_rng(seed)
    network = build_network(cut(helsinki, rng, metres=rng.integers(150, 900)))
    engine = CchEngine(network)
    _same(engine, street_places(network, rng, 16), slot=SLOTS[seed % len(SLOTS)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["porto", "vancouver", "malta", "sf-downtown", "liechtenstein"])
def test_it_equals_plain_searches_on_random_pieces_of_every_extract(name):
    path = _SHARED / "osm" / f"{name}.osm.pbf"
    if not path.is_file():
        pytest.skip(f"the extract of {name} is not here")
    raw = read_extract(path)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        network = build_network(cut(raw, rng, metres=rng.integers(500, 6_000)))
        engine = CchEngine(network)
        _same(engine, street_places(network, rng, 20), slot=SLOTS[seed % len(SLOTS)])
    network = build_network(raw)
    engine = CchEngine(network)
    rng = np.random.default_rng(99)
    _same(engine, street_places(network, rng, 24))
    # Places near each other, where the slower engine searches a part only.
    for _ in range(4):
        middle = street_places(network, rng, 1)[0]
        near = [LatLon(middle.lat + n, middle.lon + e) for n, e in rng.normal(0, 0.004, (16, 2))]
        _same(engine, near)


def test_drives_are_those_of_the_matrix_and_lead_along_the_roads(helsinki):
    network = build_network(helsinki)
    engine, other = CchEngine(network), ScipyEngine(network)
    rng = np.random.default_rng(7)
    places = [p for p in street_places(network, rng, 40) if engine.snap([p])[0].part == 0]
    table = engine.matrix(places)
    same_path = 0
    for leg, theirs, row in zip(engine.legs(places), other.legs(places), range(99), strict=False):
        assert leg.seconds == theirs.seconds == table.seconds[row, row + 1]
        assert leg.metres == theirs.metres == table.metres[row, row + 1]
        same_path += leg.path == theirs.path
    assert same_path >= 0.9 * (len(places) - 1)  # the rest are ties


@pytest.mark.parametrize("town", [crossing(), one_way_block(), two_islands(ferry=True)])
def test_it_equals_the_plain_engine_on_small_towns(tmp_path, town):
    network = town.network(tmp_path)
    rng = random.Random(4)
    places = [at(rng.uniform(-150, 150), rng.uniform(-150, 150)) for _ in range(20)]
    places += [at(5000 + rng.uniform(-90, 90), 0) for _ in range(4)]
    _same(CchEngine(network), places)


def test_stops_on_one_street_go_round_the_block_when_they_must(tmp_path):
    engine = CchEngine(one_way_block().network(tmp_path))
    table = engine.matrix([at(20, 0), at(80, 0)])
    assert table.metres.tolist() == [[0, 60], [340, 0]]
    there, back = engine.legs([at(20, 0), at(80, 0), at(20, 0)])
    assert (there.metres, back.metres) == (60, 340)


def test_islands_stay_apart(tmp_path):
    engine = CchEngine(two_islands(ferry=False).network(tmp_path))
    places = [at(50, 0), at(5050, 0)]
    assert engine.matrix(places).seconds[0, 1] == UNREACHABLE
    assert [snap.part for snap in engine.snap(places)] in ([0, 1], [1, 0])


def test_slots_share_one_hierarchy(helsinki):
    network = build_network(helsinki)
    engine = CchEngine(network)
    places = street_places(network, np.random.default_rng(1), 12)
    for slot in SLOTS:
        _same(engine, places, slot)
    searches = [engine._slotted(slot).search for slot in SLOTS]
    assert len({id(search._tree) for search in searches}) == 1
    peak, off_peak = (engine.matrix(places, slot=slot).seconds for slot in ("peak", "off_peak"))
    assert (peak >= off_peak).all()
    assert (peak > off_peak).any()


def test_eight_threads_work_on_one_engine(helsinki):
    network = build_network(helsinki)
    places = street_places(network, np.random.default_rng(2), 70)
    alone = CchEngine(network).matrix(places)
    engine = CchEngine(network)
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _: engine.matrix(places), range(80)))
    assert all((table.seconds == alone.seconds).all() for table in tables)
    assert all((table.metres == alone.metres).all() for table in tables)


def test_no_place_and_one_place(tmp_path):
    engine = CchEngine(crossing().network(tmp_path), Profile())
    assert engine.matrix([]).seconds.shape == (0, 0)
    assert engine.matrix([at(50, 0)]).seconds.tolist() == [[0]]
    far = engine.matrix([at(50, 0), at(0, 9000)])
    assert far.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert engine.health().engine == "contraction hierarchy"


@pytest.mark.parametrize("kind", [CchEngine, ScipyEngine])
def test_a_very_long_drive_is_told_in_full(tmp_path, kind):
    town = Town()
    for number in range(5):
        town.node(1 + number, 500_000 * number, 0)
    for number in (1, 2, 3, 4):  # no street alone is believed to take more than a day
        town.way(10 + number, [number, number + 1], maxspeed="100")
    engine = kind(town.network(tmp_path))
    places = [at(1_000, 0), at(1_999_000, 0)]
    table = engine.matrix(places)
    assert table.metres[0, 1] == pytest.approx(1_998_000, abs=5)
    assert table.seconds[0, 1] == pytest.approx(1_998_000 / (80 / 3.6), rel=1e-4)
    assert engine.legs(places)[0].metres == table.metres[0, 1]

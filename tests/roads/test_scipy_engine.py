import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from route_app.errors import InvalidInput, NotFound
from route_app.roads.bundled import bundled_extract
from route_app.roads.engine import UNREACHABLE
from route_app.roads.importer import read_extract
from route_app.roads.network import build_network
from route_app.roads.scipy_engine import ScipyEngine
from tests.roads.brute import brute_force
from tests.roads.towns import Town, at, crossing, one_way_block, two_islands


def _table(engine, places):
    found = engine.matrix(places)
    return found.seconds.tolist(), found.metres.tolist()


def test_it_obeys_one_way_streets(tmp_path):
    seconds, metres = _table(one_way_block().engine(tmp_path), [at(50, 0), at(0, 50)])
    assert metres == [[0, 300], [100, 0]]
    assert seconds == [[0, 30], [10, 0]]


def test_it_drives_round_the_block_to_a_place_just_behind(tmp_path):
    seconds, metres = _table(one_way_block().engine(tmp_path), [at(70, 0), at(30, 0)])
    assert metres == [[0, 360], [40, 0]]
    assert seconds == [[0, 36], [4, 0]]


def test_it_turns_either_way_out_of_a_parking_place_on_a_two_way_street(tmp_path):
    seconds, metres = _table(crossing().engine(tmp_path), [at(30, 0), at(80, 0)])
    assert metres == [[0, 50], [50, 0]]
    assert seconds == [[0, 5], [5, 0]]


def test_two_places_at_one_door_are_no_drive_apart(tmp_path):
    seconds, metres = _table(one_way_block().engine(tmp_path), [at(50, 0), at(50, 0)])
    assert seconds == metres == [[0, 0], [0, 0]]


def test_it_charges_turns_by_their_angle_and_the_oncoming_traffic(tmp_path):
    places = [at(0, -50), at(50, 0), at(0, 50), at(-50, 0)]
    seconds = crossing().engine(tmp_path).matrix(places).seconds[0].tolist()
    # right 10 + 2.1, straight 10, left 10 + 5.4 + 2
    assert seconds == [0, 12, 10, 17]


def test_it_charges_the_other_side_where_traffic_keeps_left(tmp_path):
    places = [at(0, -50), at(50, 0), at(0, 50), at(-50, 0)]
    seconds = crossing().engine(tmp_path, drives_left=True).matrix(places).seconds[0].tolist()
    assert seconds == [0, 17, 10, 12]


def test_time_slots_stretch_driving_but_not_turns(tmp_path):
    engine = crossing().engine(tmp_path)
    places = [at(0, -50), at(50, 0)]
    assert engine.matrix(places, slot="peak").seconds[0, 1] == 15  # 13 + 2.1
    assert engine.matrix(places, slot="shoulder").seconds[0, 1] == 14  # 11.5 + 2.1
    assert engine.matrix(places, slot="peak").slot == "peak"


def test_it_refuses_an_unknown_time_slot(tmp_path):
    with pytest.raises(InvalidInput, match="no time slot named midnight"):
        crossing().engine(tmp_path).matrix([at(0, 0)], slot="midnight")


def test_islands_are_both_kept_and_told_of(tmp_path):
    engine = two_islands(ferry=False).engine(tmp_path)
    places = [at(50, 0), at(0, 50), at(5050, 0), at(5000, 50)]
    reached = engine.matrix(places).seconds < UNREACHABLE
    assert reached.tolist() == [[i // 2 == j // 2 for j in range(4)] for i in range(4)]
    assert "2 parts" in engine.health().warnings[0]
    with pytest.raises(NotFound, match="place 2 to place 3"):
        engine.legs(places)


def test_a_ferry_joins_islands_but_nobody_lives_on_it(tmp_path):
    engine = two_islands(ferry=True).engine(tmp_path)
    table = engine.matrix([at(50, 0), at(4950, 0)])
    assert 1800 < table.seconds[0, 1] < 1820
    assert 4890 < table.metres[0, 1] < 4910
    at_sea = engine.snap([at(1000, 0)])[0]
    assert at_sea.street != "Ferry"
    assert engine.health().warnings == ()


def _with_private_shortcut():
    town = Town()
    spots = {1: (-100, 0), 2: (0, 0), 3: (0, 200), 4: (200, 200), 5: (200, 0), 6: (300, 0)}
    for number, (x, y) in spots.items():
        town.node(number, x, y)
    for number in (1, 2, 3, 4, 5):
        town.way(10 + number, [number, number + 1])
    return town


def test_it_does_not_pass_through_private_land(tmp_path):
    town = _with_private_shortcut()
    town.way(20, [2, 5], access="private")
    places = [at(-50, 0), at(250, 0), at(100, 0)]
    seconds, metres = _table(town.engine(tmp_path), places)
    assert metres[0] == [0, 700, 150]  # round the land, but onto it for who visits there
    assert metres[2] == [150, 150, 0]
    assert seconds[0][2] == 15  # no made-up time for the gate


def test_it_passes_through_land_that_is_open_to_all(tmp_path):
    town = _with_private_shortcut()
    town.way(20, [2, 5])
    assert town.engine(tmp_path).matrix([at(-50, 0), at(250, 0)]).metres[0, 1] == 300


def test_it_reaches_a_public_street_that_lies_behind_a_private_one(tmp_path):
    town = Town()
    for number in range(1, 5):
        town.node(number, 100 * number, 0)
    town.way(11, [1, 2])
    town.way(12, [2, 3], access="private")
    town.way(13, [3, 4])
    seconds, metres = _table(town.engine(tmp_path), [at(150, 0), at(350, 0)])
    assert metres == [[0, 200], [200, 0]]
    assert seconds == [[0, 20], [20, 0]]


def test_a_two_way_ring_without_dead_ends_still_lets_everyone_meet(tmp_path):
    town = one_way_block()
    town.ways = [way.replace('v="yes"', 'v="no"') for way in town.ways]
    places = [at(50, 0), at(100, 50), at(50, 100), at(0, 50)]
    assert (town.engine(tmp_path).matrix(places).seconds < UNREACHABLE).all()


def test_a_leg_follows_the_road_and_names_its_streets(tmp_path):
    leg = one_way_block().engine(tmp_path).legs([at(50, 5), at(0, 50)])[0]
    assert (leg.seconds, leg.metres) == (30, 300)
    assert leg.streets == ("Street 11", "Street 12", "Street 13", "Street 14")
    corners = [at(50, 0), at(100, 0), at(100, 100), at(0, 100), at(0, 50)]
    for point, corner in zip(leg.path, corners, strict=True):
        assert point.lat == pytest.approx(corner.lat, abs=1e-7)
        assert point.lon == pytest.approx(corner.lon, abs=1e-7)


def test_a_leg_between_one_door_and_itself_is_a_line_all_the_same(tmp_path):
    leg = crossing().engine(tmp_path).legs([at(50, 0), at(50, 0)])[0]
    assert (leg.seconds, leg.metres, len(leg.path)) == (0, 0, 2)


def test_one_place_and_no_place_have_no_legs(tmp_path):
    engine = crossing().engine(tmp_path)
    assert engine.legs([]) == ()
    assert engine.legs([at(50, 0)]) == ()
    assert engine.matrix([]).seconds.shape == (0, 0)


def test_a_place_without_a_road_is_unreachable_and_named(tmp_path):
    engine = crossing().engine(tmp_path)
    places = [at(50, 0), at(0, 9000)]
    assert engine.matrix(places).seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    with pytest.raises(NotFound, match="Place 2"):
        engine.legs(places)


def test_the_reachable_ring_holds_what_is_near_and_not_what_is_far(tmp_path):
    shapely = pytest.importorskip("shapely")
    ring = crossing().engine(tmp_path).reachable(at(50, 0), within_s=8)
    assert ring[0] == ring[-1]
    area = shapely.Polygon([point.lonlat for point in ring])
    assert area.contains(shapely.Point(at(100, 0).lonlat))
    assert area.contains(shapely.Point(at(-20, 0).lonlat))
    assert not area.contains(shapely.Point(at(-60, 0).lonlat))
    with pytest.raises(InvalidInput):
        crossing().engine(tmp_path).reachable(at(50, 0), within_s=0)


def _random_town(seed):
    """A grid with random gaps, one-way streets, speeds, private streets, lights and bans."""
    rng = random.Random(seed)
    town, size = Town(), 5
    for i in range(size):
        for j in range(size):
            lit = {"highway": "traffic_signals"} if rng.random() < 0.2 else {}
            town.node(1 + i * size + j, 90 * i + rng.uniform(-20, 20), 90 * j, **lit)
    number = 100
    for i in range(size):
        for j in range(size):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < size and j + dj < size and rng.random() < 0.9:
                    number += 1
                    tags = {"maxspeed": str(rng.choice([20, 30, 45, 60]))}
                    if rng.random() < 0.3:
                        tags["oneway"] = rng.choice(["yes", "-1"])
                    if rng.random() < 0.1:
                        tags["access"] = "private"
                    pair = [1 + i * size + j, 1 + (i + di) * size + j + dj]
                    town.way(number, pair, **tags)
    for _ in range(12):
        start, via, goal = (rng.randrange(101, number + 1) for _ in range(3))
        kind = rng.choice(["no_left_turn", "no_straight_on", "only_right_turn"])
        if rng.random() < 0.5:
            town.restriction(kind, start, goal, node=rng.randrange(1, size * size + 1))
        else:
            town.restriction(kind, start, goal, way=via)
    return town, rng


@pytest.mark.parametrize("seed", range(12))
def test_it_equals_brute_force_on_random_towns(tmp_path, seed):
    town, rng = _random_town(seed)
    engine = town.engine(tmp_path)
    places = [at(rng.uniform(-20, 380), rng.uniform(-20, 380)) for _ in range(14)]
    _same_as_brute_force(engine, places)


def test_it_equals_brute_force_on_real_streets():
    engine = ScipyEngine(build_network(read_extract(bundled_extract())))
    _same_as_brute_force(engine, _street_places(engine, 12, seed=5))


def _same_as_brute_force(engine, places):
    seconds, metres = brute_force(engine, places)
    table = engine.matrix(places)
    assert table.seconds.tolist() == seconds
    assert table.metres.tolist() == metres
    snaps = engine.snap(places)
    parts = _parts(engine, places)
    for i, a in enumerate(snaps):
        for j, b in enumerate(snaps):
            if a.usable and b.usable and parts[i] == parts[j]:
                assert table.seconds[i, j] < UNREACHABLE
            if a.usable and b.usable and i != j and table.seconds[i, j] < UNREACHABLE:
                leg = engine.legs([places[i], places[j]])[0]
                assert (leg.seconds, leg.metres) == (seconds[i][j], metres[i][j])


def _parts(engine, places):
    located, _ = engine._snapper.locate(places)
    arcs = np.maximum(engine.roads.arc_ahead, engine.roads.arc_back)[located.piece]
    return engine.graph.component[arcs].tolist()


def _street_places(engine, count, *, seed):
    roads = engine.roads
    rows = random.Random(seed).sample(range(len(roads.point_lat)), count)
    return [
        at(0, 0).__class__(float(roads.point_lat[row]) + 1e-5, float(roads.point_lon[row]))
        for row in rows
    ]


def test_threads_share_an_engine():
    engine = ScipyEngine(build_network(read_extract(bundled_extract())))
    places = _street_places(engine, 20, seed=2)
    alone = ScipyEngine(engine.roads).matrix(places)
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _: engine.matrix(places), range(24)))
    assert all((table.seconds == alone.seconds).all() for table in tables)

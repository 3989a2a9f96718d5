import pytest

from route_app.roads.network import metres_between
from route_app.roads.snapping import FAR_M, NO_ROAD_M
from tests.roads.towns import Town, at, crossing, two_islands


def test_it_snaps_to_the_middle_of_a_street(tmp_path):
    snap = crossing().engine(tmp_path).snap([at(40, 30)])[0]
    assert snap.status == "on_road"
    assert snap.distance_m == pytest.approx(30, abs=0.1)
    assert snap.street == "Street 12"
    assert snap.on_road is not None
    assert snap.on_road.lon == pytest.approx(at(40, 0).lon, abs=1e-7)


def test_it_warns_of_far_roads_and_gives_up_on_farther_ones(tmp_path):
    engine = crossing().engine(tmp_path)
    snaps = engine.snap([at(100 + FAR_M + 5, 0), at(100 + NO_ROAD_M + 5, 0)])
    assert [snap.status for snap in snaps] == ["far", "no_road"]
    assert snaps[0].usable
    assert not snaps[1].usable
    assert snaps[1].on_road is None


def test_a_street_nothing_joins_is_an_island(tmp_path):
    town = crossing()
    town.node(50, 1000, 0)
    town.node(51, 1100, 0)
    town.way(60, [50, 51], oneway="yes")
    assert town.engine(tmp_path).snap([at(1050, 10)])[0].status == "island"


def test_a_one_way_stub_is_passed_over_for_the_street_beside_it(tmp_path):
    town = crossing()
    town.node(50, 60, 20)
    town.node(51, 90, 20)
    town.way(60, [50, 51], oneway="yes")
    snap = town.engine(tmp_path).snap([at(70, 20)])[0]
    assert (snap.status, snap.street) == ("on_road", "Street 12")


@pytest.mark.parametrize(
    "tags",
    [{"highway": "motorway", "oneway": "no"}, {"tunnel": "yes"}],
)
def test_nobody_stops_on_a_motorway_or_in_a_tunnel(tmp_path, tags):
    town = crossing()
    town.node(50, -100, 30)
    town.way(60, [5, 50])
    town.node(51, 100, 30)
    town.way(61, [50, 51], **tags)
    town.way(62, [51, 3])
    assert town.engine(tmp_path).snap([at(40, 25)])[0].street == "Street 12"


def test_the_nearest_street_is_nearest_in_metres_far_north(tmp_path):
    # At 60 degrees a degree of longitude is half as long as one of latitude.
    town = Town()
    lat, lon = 60.0, 10.0
    for number, (dlat, dlon) in enumerate(
        [(0.0012, -0.01), (0.0012, 0.01), (-0.01, 0.002), (0.0012, 0.002)], start=1
    ):
        town.nodes.append(
            f'<node id="{number}" lat="{lat + dlat}" lon="{lon + dlon}" version="1"/>'
        )
    town.way(11, [1, 4, 2])
    town.way(12, [3, 4])
    place = at(0, 0).__class__(lat, lon)
    snap = town.engine(tmp_path).snap([place])[0]
    assert snap.street == "Street 12"  # 111 m to the east, not 133 m to the north
    assert snap.distance_m == pytest.approx(
        float(metres_between(lat, lon, lat, lon + 0.002)), abs=0.5
    )


def test_places_on_both_islands_are_usable(tmp_path):
    engine = two_islands(ferry=False).engine(tmp_path)
    assert all(snap.usable for snap in engine.snap([at(50, 0), at(5050, 0)]))


def test_no_places_have_no_snaps(tmp_path):
    assert crossing().engine(tmp_path).snap([]) == ()


def test_a_place_in_another_country_is_told_quickly_and_disturbs_no_other(tmp_path):
    engine = crossing().engine(tmp_path)
    lost, here, beyond = engine.snap([at(900_000, 0), at(40, 30), at(0, -50_000)])
    assert [snap.status for snap in (lost, here, beyond)] == ["no_road", "on_road", "no_road"]
    assert here.street == "Street 12"
    assert (here.part, lost.part) == (0, None)
    assert lost.distance_m == pytest.approx(899_900, rel=0.01)
    assert [snap.status for snap in engine.snap([at(900_000, 0)])] == ["no_road"]

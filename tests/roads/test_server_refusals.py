"""osrm_engine and valhalla_engine against servers that answer what they should not."""

import json

import numpy as np
import pytest

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.engine import UNREACHABLE
from route_app.roads.profile import Profile
from route_app.roads.road_server import RoadServer
from route_app.roads.valhalla_engine import typical_departure
from tests.roads.recorded import serving

PLACES = [LatLon(60.17 + 0.001 * row, 24.94) for row in range(5)]


def engine(server, kind="osrm", **more):
    return RoadServer(server.url, kind=kind, retries=0, **more).engine(Profile(), probe=PLACES[0])


def osrm_table(seconds, *, away=None):
    rows, columns = len(seconds), len(seconds[0])
    points = [{"location": [24.94, 60.17], "distance": far, "name": ""}
              for far in (away or [1.0] * max(rows, columns))]  # fmt: skip
    return json.dumps({"code": "Ok", "durations": seconds, "distances": seconds,
                       "sources": points[:rows], "destinations": points[:columns]})  # fmt: skip


def test_a_null_is_unreachable():
    with serving(lambda *_: (200, osrm_table([[0, None], [4.5, 0]]))) as server:
        table = engine(server).matrix(PLACES[:2])
    assert table.seconds.tolist() == [[0, UNREACHABLE], [4, 0]]
    assert table.seconds.dtype == table.metres.dtype == np.int32


def test_a_place_that_osrm_moves_far_is_not_reached():
    told = osrm_table([[0, 5], [5, 0]], away=[1.0, 90_000.0])
    with serving(lambda *_: (200, told)) as server:
        table = engine(server).matrix(PLACES[:2])
    assert table.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "Ok"},
        {"code": "Ok", "durations": [[0]], "distances": [[0]], "sources": [], "destinations": []},
        {"code": "Ok", "durations": "none", "distances": [], "sources": [], "destinations": []},
    ],
)
def test_a_table_of_another_shape_is_refused(body):
    with (
        serving(lambda *_: (200, json.dumps(body))) as server,
        pytest.raises(Unavailable, match="The OSRM server answers in a way that is not understood"),
    ):
        engine(server).matrix(PLACES)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
@pytest.mark.parametrize(
    "body", ["{}", "[]", "[[]]", '{"trip": 3}', '{"routes": [], "waypoints": []}']
)
def test_no_question_survives_nonsense(kind, body):
    with serving(lambda *_: (200, body)) as server:
        asking = engine(server, kind)
        for ask in (
            lambda: asking.snap(PLACES),
            lambda: asking.matrix(PLACES),
            lambda: asking.legs(PLACES),
            lambda: asking.reachable(PLACES[0], within_s=60),
        ):
            with pytest.raises(Unavailable, match="not understood"):
                ask()


def test_the_size_that_osrm_allows_is_found_out():
    largest = 4

    def answer(method, path, body):
        count = path.partition("?")[0].count(";") + 1
        if count > 2 * largest or ("sources" not in path and count > largest):
            return 400, json.dumps({"code": "TooBig", "message": "Too many table coordinates"})
        size = count if "sources" not in path else count // 2
        return 200, osrm_table([[6.0] * size] * size)

    with serving(answer) as server:
        asking = engine(server, table_size=64)
        table = asking.matrix([LatLon(60 + row / 1000, 24.9) for row in range(8)])
    assert (table.seconds[~np.eye(8, dtype=bool)] == 6).all()


def test_a_long_request_that_is_hung_up_on_is_cut():
    def answer(method, path, body):
        if len(path) > 2500:
            return 414, "<html>too long</html>"
        count = path.partition("?")[0].count(";") + 1
        return 200, osrm_table([[6.0] * count])

    with serving(answer) as server:
        assert len(engine(server).snap([LatLon(60 + row / 9999, 25) for row in range(300)])) == 300


def test_valhalla_tells_its_limit():
    def answer(method, path, body):
        asked = json.loads(body) if body else {}
        if path == "/locate":
            edge = {"correlated_lat": 60.17, "correlated_lon": 24.94}
            return 200, json.dumps([{"edges": [edge]}] * len(asked["locations"]))
        rows, columns = len(asked["sources"]), len(asked["targets"])
        if rows * columns > 9:
            return 400, json.dumps({"error_code": 150, "error": "Exceeded max locations: 9.000"})
        told = {"durations": [[5] * columns] * rows, "distances": [[0.05] * columns] * rows}
        return 200, json.dumps({"sources_to_targets": told})

    with serving(answer) as server:
        asking = engine(server, "valhalla")
        table = asking.matrix(PLACES)
        assert (table.seconds[~np.eye(5, dtype=bool)] == 5).all()
        assert (table.metres[~np.eye(5, dtype=bool)] == 50).all()
        refused = len(server.asked)
        asking.matrix(PLACES)
        assert len(server.asked) - refused == 1 + 4  # the snaps, and four blocks of 3 x 3


def test_valhalla_departs_at_a_typical_hour_where_it_knows_traffic():
    asked = []

    def answer(method, path, body):
        asked.append(json.loads(body))
        if path == "/locate":
            edge = {"correlated_lat": 60.17, "correlated_lon": 24.94}
            return 200, json.dumps([{"edges": [edge]}] * 2)
        told = {"durations": [[0, 100], [100, 0]], "distances": [[0, 1], [1, 0]]}
        return 200, json.dumps({"sources_to_targets": told})

    with serving(answer) as server:
        hourly = engine(server, "valhalla", traffic=True).matrix(PLACES[:2], slot="peak")
        assert asked[-1]["date_time"] == {"type": 1, "value": "2024-01-03T16:15"}
        scaled = engine(server, "valhalla").matrix(PLACES[:2], slot="peak")
        assert "date_time" not in asked[-1]
    assert hourly.seconds[0, 1] == 100
    assert scaled.seconds[0, 1] == 130


def test_a_typical_departure_lies_in_its_slot():
    assert typical_departure("peak").strftime("%a %H:%M") == "Wed 16:15"
    assert typical_departure("off_peak").strftime("%a %H:%M") == "Wed 13:00"
    assert typical_departure("free_flow").hour >= 22 or typical_departure("free_flow").hour < 6


def test_a_typical_departure_follows_the_hours_that_are_set():
    hours = {"peak": "Sa 10:00-12:00"}
    assert typical_departure("peak", hours).strftime("%a %H:%M") == "Sat 11:00"
    with pytest.raises(InvalidInput, match="has no hours"):
        typical_departure("shoulder", hours)


def test_a_drive_too_long_for_valhalla_is_said():
    def answer(method, path, body):
        if path == "/locate":
            edge = {"correlated_lat": 60.17, "correlated_lon": 24.94}
            return 200, json.dumps([{"edges": [edge]}] * 2)
        return 400, json.dumps({"error_code": 154, "error": "Path distance exceeds the max"})

    with (
        serving(answer) as server,
        pytest.raises(Unavailable, match=r"refuses drives this long\. Raise max_distance"),
    ):
        engine(server, "valhalla").matrix(PLACES[:2])


def test_one_drive_of_many_without_a_way_is_named():
    def answer(method, path, body):
        places = path.partition("?")[0].rpartition("/")[2].split(";")
        if "/route/" in path and any(place.endswith("60.173000") for place in places):
            return 400, '{"code": "NoRoute"}'
        if "/nearest/" in path:
            point = {"location": [24.94, 60.173], "distance": 2.0, "name": ""}
            return 200, json.dumps({"code": "Ok", "waypoints": [point]})
        step = {"maneuver": {"type": "depart"}, "distance": 5, "name": "",
                "geometry": {"coordinates": [[24.94, 60.17], [24.94, 60.171]]}}  # fmt: skip
        leg = {"duration": 3, "distance": 5, "steps": [step]}
        return 200, json.dumps({"code": "Ok", "waypoints": [{"distance": 1}] * len(places),
                                "routes": [{"legs": [leg] * (len(places) - 1)}]})  # fmt: skip

    with serving(answer) as server:
        assert len(engine(server).legs(PLACES[:3])) == 2
        with pytest.raises(NotFound, match="No road leads from place 3 to place 4"):
            engine(server).legs(PLACES)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_a_server_that_is_away_is_not_well(kind):
    with serving(lambda *_: (500, "down")) as server:
        health = engine(server, kind).health()
        assert not health.ok
        assert "fails (it answered 500)" in health.detail
        assert len(server.asked) == 1, "a health check does not insist"


def test_a_server_of_another_country_is_warned_of():
    def osrm(method, path, body):
        point = {"location": [0, 0], "distance": 4_000_000, "name": ""}
        return 200, json.dumps({"code": "Ok", "waypoints": [point]})

    def valhalla(method, path, body):
        if path == "/status":
            return 200, '{"version": "3.9.1"}'
        return 200, '[{"edges": []}]'

    for kind, answer in (("osrm", osrm), ("valhalla", valhalla)):
        with serving(answer) as server:
            health = engine(server, kind).health()
        assert health.ok
        assert "has no roads near this network" in health.warnings[0]


@pytest.mark.parametrize(
    "waypoints", ["[null]", '"x"', '[{"distance": "far"}]', "[]", "{}", "7", '[{"distance": null}]']
)
def test_a_health_check_survives_nonsense_from_osrm(waypoints):
    with serving(lambda *_: (200, f'{{"code": "Ok", "waypoints": {waypoints}}}')) as server:
        health = engine(server).health()
    assert not health.ok
    assert "not understood" in health.detail


@pytest.mark.parametrize("located", ["[]", "[null]", '"x"', "{}", "7", '["edges"]'])
def test_a_health_check_survives_nonsense_from_valhalla(located):
    def answer(method, path, body):
        return 200, '{"version": "3.9.1"}' if path == "/status" else located

    with serving(answer) as server:
        health = engine(server, "valhalla").health()
    assert not health.ok
    assert "not understood" in health.detail or "something else" in health.detail


def test_osrm_without_a_road_for_it_is_well_and_warned_of():
    with serving(lambda *_: (400, '{"code": "NoSegment"}')) as server:
        health = engine(server).health()
    assert health.ok
    assert "has no roads near this network" in health.warnings[0]

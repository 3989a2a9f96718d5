"""What every travel engine must do, whatever it is made of; each engine's tests inherit it.

All on the bundled extract of central Helsinki, where the places below were looked up by hand.
"""

from concurrent.futures import ThreadPoolExecutor
from math import cos, radians
from typing import get_args

import numpy as np
import pytest
import shapely

from route_app.errors import InvalidInput, NotFound
from route_app.lib.geo import LatLon, haversine_m
from route_app.roads.engine import UNREACHABLE, TravelEngine, TurnKind

TOWN = (
    LatLon(60.16862, 24.94585),  # Aleksanterinkatu
    LatLon(60.17210, 24.94827),  # Kaisaniemenkatu
    LatLon(60.16583, 24.95049),  # Pohjoinen Makasiinikatu
    LatLon(60.17196, 24.94375),  # Vilhonkatu
    LatLon(60.16886, 24.94044),  # Mannerheimintie
    LatLon(60.17704, 24.94864),  # Pitkänsillanranta
    LatLon(60.16598, 24.93848),  # Annankatu
)
# West of the railway; the extract holds no street from there to the town.
CUT_OFF = LatLon(60.17454, 24.93911)
# A hundred kilometres north of the extract.
ELSEWHERE = LatLon(61.0, 25.0)


class EngineContract:
    """Tests of one engine, which the class inheriting this gives as the fixture `engine`.

    `slack_s` and `slack_m` say by how much a leg may differ from its cell of the matrix,
    `on_roads` whether there are roads at all, `tells_turns` whether legs say what to do.
    """

    slack_s = 0
    slack_m = 1
    on_roads = True
    tells_turns = True

    def test_a_matrix_is_square_whole_and_zero_along_the_diagonal(self, engine: TravelEngine):
        table = engine.matrix(TOWN)
        for figures in (table.seconds, table.metres):
            assert figures.shape == (7, 7)
            assert figures.dtype == np.int32
            assert not figures.diagonal().any()
            assert (figures[~np.eye(7, dtype=bool)] > 0).all()
            assert (figures < UNREACHABLE).all()
        assert table.slot == "off_peak"
        assert table.network == engine.network
        assert table.estimated is not self.on_roads
        assert table.stand_in == ""

    def test_its_speeds_are_those_of_a_town(self, engine: TravelEngine):
        table = engine.matrix(TOWN)
        off = ~np.eye(7, dtype=bool)
        kmh = table.metres[off] / table.seconds[off] * 3.6
        assert 10 < np.median(kmh) < 40
        straight = np.array([[haversine_m(a, b) for b in TOWN] for a in TOWN])
        assert (table.metres[off] > 0.85 * straight[off]).all()

    def test_there_and_back_differ(self, engine: TravelEngine):
        seconds = engine.matrix(TOWN).seconds
        assert bool((seconds != seconds.T).any()) is self.on_roads

    def test_every_place_meets_its_street(self, engine: TravelEngine):
        snaps = engine.snap(TOWN)
        assert [snap.place for snap in snaps] == list(TOWN)
        assert {snap.status for snap in snaps} == {"on_road"}
        for snap in snaps:
            assert snap.on_road is not None
            assert snap.distance_m < 60
            assert haversine_m(snap.place, snap.on_road) == pytest.approx(snap.distance_m, abs=1)
        if self.on_roads:
            assert snaps[0].street == "Aleksanterinkatu"
            assert snaps[4].street == "Mannerheimintie"

    def test_legs_are_the_cells_of_the_matrix(self, engine: TravelEngine):
        table, legs = engine.matrix(TOWN), engine.legs(TOWN)
        assert len(legs) == 6
        for row, leg in enumerate(legs):
            assert leg.seconds == pytest.approx(table.seconds[row, row + 1], abs=self.slack_s)
            assert leg.metres == pytest.approx(table.metres[row, row + 1], abs=self.slack_m)
            assert leg.network == table.network

    def test_a_leg_runs_from_place_to_place(self, engine: TravelEngine):
        snaps = engine.snap(TOWN)
        for row, leg in enumerate(engine.legs(TOWN)):
            begin, end = snaps[row].on_road, snaps[row + 1].on_road
            assert begin is not None
            assert end is not None
            assert haversine_m(leg.path[0], begin) < 30
            assert haversine_m(leg.path[-1], end) < 30
            if self.on_roads:
                driven = sum(map(haversine_m, leg.path, leg.path[1:]))
                assert driven == pytest.approx(leg.metres, rel=0.03, abs=5)
                assert leg.streets

    def test_turns_lead_from_departure_to_arrival_and_add_up(self, engine: TravelEngine):
        for leg in engine.legs(TOWN):
            if not self.tells_turns:
                assert leg.turns == ()
                continue
            assert leg.turns[0].kind == "depart"
            assert leg.turns[-1].kind == "arrive"
            assert leg.turns[-1].metres == 0
            assert {turn.kind for turn in leg.turns} <= set(get_args(TurnKind))
            assert sum(turn.metres for turn in leg.turns) == pytest.approx(leg.metres, abs=2)
            for turn in leg.turns:
                assert min(haversine_m(turn.place, point) for point in leg.path) < 15

    def test_what_is_near_can_be_reached_and_what_is_far_cannot(self, engine: TravelEngine):
        within_s = 150
        ring = engine.reachable(TOWN[0], within_s=within_s)
        assert ring[0] == ring[-1]
        assert len(ring) > 3
        squeeze = cos(radians(TOWN[0].lat))
        area = shapely.Polygon([(point.lon * squeeze, point.lat) for point in ring])
        seconds = engine.matrix(TOWN).seconds[0]
        around = [
            shapely.Point(snap.on_road.lon * squeeze, snap.on_road.lat)
            for snap in engine.snap(TOWN)
            if snap.on_road
        ]
        near = [
            point for point, drive in zip(around, seconds, strict=True) if drive < 0.6 * within_s
        ]
        far = [point for point, drive in zip(around, seconds, strict=True) if drive > 2 * within_s]
        assert len(near) >= 1
        # A ring may cut a corner: 0.0004 degrees are 45 metres.
        assert all(area.distance(point) < 0.0004 for point in near)
        assert not any(area.contains(point) for point in far)

    @pytest.mark.parametrize("within_s", [0, -60])
    def test_no_time_reaches_nothing(self, engine: TravelEngine, within_s):
        with pytest.raises(InvalidInput, match="more than 0 seconds"):
            engine.reachable(TOWN[0], within_s=within_s)

    def test_the_busy_hours_are_slower(self, engine: TravelEngine):
        calm = engine.matrix(TOWN[:4])
        busy = engine.matrix(TOWN[:4], slot="peak")
        assert busy.slot == "peak"
        off = ~np.eye(4, dtype=bool)
        ratio = busy.seconds[off] / calm.seconds[off]
        assert (ratio > 1.1).all()
        assert (ratio < 1.35).all()
        leg = engine.legs(TOWN[:2], slot="peak")[0]
        assert leg.seconds == pytest.approx(busy.seconds[0, 1], abs=self.slack_s)

    def test_an_unknown_slot_is_refused(self, engine: TravelEngine):
        for ask in (
            lambda: engine.matrix(TOWN[:2], slot="midnight"),  # type: ignore[arg-type]
            lambda: engine.legs(TOWN[:2], slot="midnight"),  # type: ignore[arg-type]
            lambda: engine.reachable(TOWN[0], within_s=60, slot="midnight"),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidInput, match="no time slot named midnight"):
                ask()

    def test_nothing_asked_is_nothing_answered(self, engine: TravelEngine):
        assert engine.snap([]) == ()
        assert engine.legs([]) == ()
        assert engine.legs(TOWN[:1]) == ()
        for count in (0, 1):
            table = engine.matrix(TOWN[:count])
            assert table.seconds.shape == table.metres.shape == (count, count)
            assert table.seconds.dtype == np.int32
            assert not table.seconds.any()

    def test_a_place_twice_is_no_drive(self, engine: TravelEngine):
        table = engine.matrix([TOWN[0], TOWN[1], TOWN[0]])
        assert table.seconds[0, 2] == table.metres[0, 2] == 0
        leg = engine.legs([TOWN[0], TOWN[0]])[0]
        assert leg.seconds == leg.metres == 0
        assert len(leg.path) >= 2

    def test_it_says_how_it_is(self, engine: TravelEngine):
        health = engine.health()
        assert health.ok
        assert health.engine
        assert health.detail
        assert health.network == engine.network

    def test_many_may_ask_at_once(self, engine: TravelEngine):
        def ask(number):
            return (
                engine.matrix(TOWN, slot="peak" if number % 2 else "off_peak").seconds,
                engine.legs(TOWN[:3]),
                engine.snap(TOWN),
            )

        alone = [ask(0), ask(1)]
        with ThreadPoolExecutor(8) as pool:
            for number, answer in enumerate(pool.map(ask, range(24))):
                assert np.array_equal(answer[0], alone[number % 2][0])
                assert answer[1:] == alone[number % 2][1:]


class RoadContract(EngineContract):
    """The contract of engines that know roads, and so where there are none."""

    def test_a_place_elsewhere_has_no_road_and_spoils_nothing(self, engine: TravelEngine):
        places = [*TOWN[:2], ELSEWHERE, TOWN[2]]
        assert [snap.status for snap in engine.snap(places)][2] == "no_road"
        assert not engine.snap(places)[2].usable
        table = engine.matrix(places)
        for figures in (table.seconds, table.metres):
            assert (figures[2, [0, 1, 3]] == UNREACHABLE).all()
            assert (figures[[0, 1, 3], 2] == UNREACHABLE).all()
            assert figures[2, 2] == 0
        near = [0, 1, 3]
        alone = engine.matrix([places[row] for row in near])
        assert np.array_equal(table.seconds[np.ix_(near, near)], alone.seconds)
        with pytest.raises(NotFound, match=r"Place 2 .* has no road near it"):
            engine.legs([TOWN[0], ELSEWHERE])

    def test_where_no_road_leads_it_says_so(self, engine: TravelEngine):
        table = engine.matrix([TOWN[0], CUT_OFF, TOWN[1]])
        assert table.seconds[1, 0] == table.metres[1, 0] == UNREACHABLE
        assert table.seconds[0, 2] < UNREACHABLE
        with pytest.raises(NotFound, match="No road leads from place 1 to place 2"):
            engine.legs([CUT_OFF, TOWN[0]])

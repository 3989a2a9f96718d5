"""predict labels each drive with what answered, also when a road server dies while it is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from route_app.calibration import predict as module
from route_app.calibration.drives import Call, Lunch
from route_app.calibration.predict import Known, RepLog, predict
from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.fallback_engine import Breaker, FallbackEngine
from route_app.roads.profile import Profile

BEGIN = datetime(2026, 11, 23, 8, tzinfo=UTC)
PLACES = [LatLon(60.17 + 0.01 * row, 24.94) for row in range(6)]
CROW = CrowFlyEngine()


class Server(CrowFlyEngine):
    """Twice as slow as straight lines; goes away when it has answered `answers` questions."""

    network = "OSRM at roads.example"

    def __init__(self, answers):
        super().__init__()
        self.answers, self.asked = answers, 0

    def matrix(self, places, *, slot="off_peak"):
        if self.asked >= self.answers:
            raise Unavailable("The OSRM server cannot be reached.")
        self.asked += 1
        told = super().matrix(places, slot=slot)
        return replace(told, seconds=2 * told.seconds, network=self.network, estimated=False)


class Roads:
    def __init__(self, server):
        self.engine = FallbackEngine(server, lambda: CROW, breaker=Breaker(rest_s=0))

    def profile(self):
        return Profile()

    def open_for(self, places):
        return self.engine


@pytest.fixture
def log():
    calls, at = [], BEGIN
    for row, place in enumerate(PLACES):
        calls.append(Call(f"call{row}", place, "north", at, at + timedelta(minutes=10)))
        at += timedelta(minutes=22)
    return RepLog(ZoneInfo("UTC"), Lunch(), tuple(calls), {one.id: BEGIN for one in calls})


def run(log, server, known=()):
    found = predict([log], Roads(server), dict(known), progress=lambda *_: None)
    return [one for one in found if one.drive.asks]


def remembered(found):
    return {
        one.drive.id: Known(
            one.drive.from_id, one.drive.slot, one.network, one.drive.predicted_s,
            BEGIN + timedelta(days=1),
        )
        for one in found
    }  # fmt: skip


def expected(one):
    origin, target = one.drive.asks
    return int(CROW.matrix([origin, target], slot=one.drive.slot).seconds[0, 1])


def test_what_stands_in_is_labelled_as_such_and_asked_again(log):
    found = run(log, Server(answers=0))
    assert len(found) == 5
    assert {(one.network.rpartition("/")[0], one.basis) for one in found} == {
        ("straight lines", "estimate")
    }
    assert [one.drive.predicted_s for one in found] == [expected(one) for one in found]
    again = run(log, Server(answers=99), remembered(found))
    assert all(one.is_new for one in again)
    assert {one.basis for one in again} == {"roads"}
    assert [one.drive.predicted_s for one in again] == [2 * expected(one) for one in again]


def test_a_server_that_dies_between_two_questions_is_credited_with_its_own(log, monkeypatch):
    monkeypatch.setattr(module, "MOST_PLACES", 3)
    found = run(log, Server(answers=1))
    assert {one.basis for one in found} == {"roads", "estimate"}
    for one in found:
        times = 2 if one.network.startswith(Server.network) else 1
        assert one.basis == ("roads" if times == 2 else "estimate")
        assert one.drive.predicted_s == times * expected(one)


def test_what_the_server_told_stays_while_it_is_away(log):
    first = run(log, Server(answers=99))
    roads = Roads(Server(answers=0))
    assert roads.engine.matrix(PLACES).estimated
    assert roads.engine.network == CROW.network, "the server is known to be away"
    found = predict([log], roads, remembered(first), progress=lambda *_: None)
    asked = [one for one in found if one.drive.asks]
    assert not any(one.is_new for one in asked)
    assert {one.basis for one in asked} == {"roads"}
    assert [one.drive.predicted_s for one in asked] == [2 * expected(one) for one in asked]

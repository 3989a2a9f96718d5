"""Several geocoders as one: who is asked, whose answer counts, and what is said of the others."""

from collections.abc import Mapping

import pytest
from geopy.exc import (
    GeocoderParseError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)
from geopy.location import Location

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.geocode_store import DailyLimitReached
from route_app.roads.geocoder_chain import HOLD_S, GeocoderChain, Hold


class Knows:
    """Answers everything with one quality, or with an error."""

    def __init__(self, name: str, quality: str = "", wrong: GeopyError | None = None) -> None:
        self.name, self._quality, self._wrong = name, quality, wrong
        self.asked = 0

    def geocode(self, query: str | Mapping[str, str]) -> Location | None:
        self.asked += 1
        if self._wrong:
            raise self._wrong
        raw = {"quality": self._quality, "reason": "So.", "source": self.name}
        return Location("x", (1, 2), raw) if self._quality else None

    def reverse(self, place: LatLon) -> Location | None:
        return self.geocode("")


def test_a_sure_answer_ends_the_asking() -> None:
    later = Knows("b", "exact")
    found = GeocoderChain([Knows("a", "nearest"), later]).geocode("q")
    assert found is not None
    assert (found.raw["source"], later.asked) == ("a", 0)


def test_a_coarse_answer_is_kept_until_a_better_one_comes() -> None:
    chain = GeocoderChain([Knows("a", "town"), Knows("b", "street"), Knows("c", "place")])
    found = chain.geocode("q")
    assert found is not None
    assert found.raw["source"] == "c"


def test_the_order_decides_between_equals() -> None:
    found = GeocoderChain([Knows("a", "street"), Knows("b", "street")]).geocode("q")
    assert found is not None
    assert found.raw["source"] == "a"


def test_who_could_not_be_asked_is_noted_beside_the_answer() -> None:
    chain = GeocoderChain([Knows("a", wrong=GeocoderTimedOut()), Knows("b", "exact")])
    found = chain.geocode("q")
    assert found is not None
    assert found.raw["notes"] == ["a could not be asked: it took too long."]


def test_a_service_that_asks_for_a_pause_is_left_out_and_the_others_are_asked() -> None:
    busy = Knows("a", wrong=GeocoderRateLimited("x", retry_after=90))
    chain = GeocoderChain([busy, Knows("b", "street")], clock=lambda: 1_000.0)
    assert chain.holds == {}
    for said in ("could not be asked", "was left out"):
        found = chain.geocode("q")
        assert found is not None
        assert found.raw["notes"] == [f"a {said}: it is asked too often now."]
    assert chain.holds == {"a": Hold(1_090.0, "it is asked too often now")}
    assert (busy.asked, dict(chain.asked)) == (1, {"a": 1, "b": 2})


def test_a_budget_that_is_used_up_is_told_with_when_it_is_full_again() -> None:
    chain = GeocoderChain(
        [
            Knows("a", wrong=DailyLimitReached("x", retry_after=600)),
            Knows("b", wrong=GeocoderQuotaExceeded("x")),
        ],
        clock=lambda: 0.0,
    )
    with pytest.raises(Unavailable, match="its requests of today are used up"):
        chain.geocode("q")
    assert {name: hold.until for name, hold in chain.holds.items()} == {"a": 600, "b": HOLD_S}


@pytest.mark.parametrize("kind", [GeocoderTimedOut, GeocoderUnavailable])
def test_a_service_that_is_silent_three_times_in_a_row_is_left_out(kind: type[GeopyError]) -> None:
    silent = Knows("a", wrong=kind())
    chain = GeocoderChain([silent, Knows("b", "exact")])
    found = [chain.geocode("q") for _ in range(5)]
    assert silent.asked == 3
    assert found[-1] is not None
    assert found[-1].raw["notes"][0].startswith("a was left out: it ")
    assert "3 times in a row" in found[-1].raw["notes"][0]
    assert chain.holds == {}


@pytest.mark.parametrize("wrong", [None, GeocoderParseError()])
def test_an_answer_of_any_kind_ends_the_row(wrong: GeopyError | None) -> None:
    service = Knows("a", wrong=GeocoderTimedOut())
    chain = GeocoderChain([service, Knows("b", "exact")])
    for n in range(9):
        service._wrong = GeocoderTimedOut() if n % 3 < 2 else wrong
        chain.geocode("q")
    assert service.asked == 9


def test_nothing_found_and_nobody_asked_are_told_apart() -> None:
    assert GeocoderChain([Knows("a"), Knows("b")]).geocode("q") is None
    assert GeocoderChain([Knows("a")]).reverse(LatLon(0, 0)) is None
    with pytest.raises(Unavailable, match=r"b could not be asked: .*Set the pin on the map"):
        GeocoderChain([Knows("a"), Knows("b", wrong=GeopyError())]).geocode("q")

"""Several geocoders as one: who is asked, whose answer counts, and what is said of the others."""

from collections.abc import Mapping

import pytest
from geopy.exc import GeocoderTimedOut, GeopyError
from geopy.location import Location

from route_app.errors import Unavailable
from route_app.lib.geo import LatLon
from route_app.roads.geocoder_chain import GeocoderChain


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


def test_nothing_found_and_nobody_asked_are_told_apart() -> None:
    assert GeocoderChain([Knows("a"), Knows("b")]).geocode("q") is None
    assert GeocoderChain([Knows("a")]).reverse(LatLon(0, 0)) is None
    with pytest.raises(Unavailable, match=r"b could not be asked: .*Set the pin on the map"):
        GeocoderChain([Knows("a"), Knows("b", wrong=GeopyError())]).geocode("q")

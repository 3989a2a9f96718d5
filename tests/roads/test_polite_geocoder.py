"""Services asked in turn and never twice, against a real server that may misbehave."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from geopy.exc import (
    GeocoderParseError,
    GeocoderQuotaExceeded,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)

from route_app.lib.geo import LatLon
from route_app.roads.backends import GeocoderSettings, backends
from route_app.roads.geocode_store import GeocodeStore
from route_app.roads.polite_geocoder import PoliteGeocoder, one_line
from tests.roads.geocoding_server import LAT, LON, GeocodingServer, running

Ask = Callable[..., PoliteGeocoder]


@pytest.fixture
def server() -> Iterator[GeocodingServer]:
    with running() as found:
        yield found


@pytest.fixture
def ask(server: GeocodingServer, tmp_path: Path) -> Ask:
    """Return a service of that kind on the server, in the store of this test."""

    def opened(
        service: str = "nominatim", *, patience_s: float = 10, **more: object
    ) -> PoliteGeocoder:
        options = {"url": server.url, "min_seconds": 0, "timeout": 1} | more
        told = GeocoderSettings(order=service, options=json.dumps({service: options}))
        (one,) = backends(told)
        assert one is not None
        return one.open(GeocodeStore(tmp_path), patience_s=patience_s)

    return opened


@pytest.mark.parametrize("service", ["nominatim", "photon", "pelias"])
def test_an_address_is_found_with_quality_and_reason(ask: Ask, service: str) -> None:
    found = ask(service).geocode("10 Far Road")
    assert found is not None
    assert (found.latitude, found.longitude) == (LAT, LON)
    assert found.raw == {
        "quality": "exact", "reason": f"{service} found the house.", "source": service,
    }  # fmt: skip


@pytest.mark.parametrize("service", ["nominatim", "photon", "pelias"])
def test_a_place_has_an_address(ask: Ask, service: str) -> None:
    found = ask(service).reverse(LatLon(LAT, LON))
    assert found is not None
    assert "Far Road" in found.address


@pytest.mark.parametrize("service", ["nominatim", "photon", "pelias"])
def test_the_same_is_not_asked_twice(ask: Ask, server: GeocodingServer, service: str) -> None:
    first = ask(service).geocode("10 Far Road")
    again = ask(service).geocode("  10 FAR road ")
    assert first is not None
    assert again is not None
    assert (first.raw, first.point) == (again.raw, again.point)
    assert ask(service).geocode("1 Missing Lane") is None
    assert ask(service).geocode("1 Missing Lane") is None
    assert len(server.asked) == 2


def test_another_kind_of_question_is_another_question(ask: Ask, server: GeocodingServer) -> None:
    fields = {"street": "10 Far Road", "city": "Fartown"}
    for _ in range(2):
        ask().geocode(fields)
        ask().geocode(one_line(fields))
        ask(ask={"country_codes": "gb"}).geocode(fields)
    assert ["street=" in path for path in server.asked] == [True, False, True]
    assert ["countrycodes=gb" in path for path in server.asked] == [False, False, True]


def test_fields_go_to_those_who_take_them_and_a_line_to_the_others(
    ask: Ask, server: GeocodingServer
) -> None:
    fields = {"street": "10 Far Road", "city": "Fartown", "postalcode": "1000", "country": "GB"}
    ask("nominatim").geocode(fields)
    ask("photon").geocode(fields)
    structured, line = server.asked
    assert "street=10+Far+Road" in structured
    assert "city=Fartown" in structured
    assert "q=10+Far+Road%2C+1000+Fartown%2C+GB" in line
    assert one_line({}) == ""


@pytest.mark.parametrize("service", ["nominatim", "photon", "pelias"])
@pytest.mark.parametrize(
    ("street", "kind"),
    [
        ("1 Busy Road", GeocoderRateLimited),
        ("1 Slow Road", GeocoderTimedOut),
        ("1 Broken Road", GeocoderTimedOut),
        ("1 Garbage Road", GeopyError),
        ("1 Strange Road", GeocoderParseError),
    ],
)
def test_misbehaviour_is_an_error_and_no_answer(
    ask: Ask, server: GeocodingServer, service: str, street: str, kind: type[Exception]
) -> None:
    asked = ask(service, timeout=0.2)
    asked._sleep = lambda _: None
    with pytest.raises(kind):
        asked.geocode(street)
    count = len(server.asked)
    assert count == (2 if kind is GeocoderTimedOut else 1)
    if kind is not GeocoderRateLimited:
        with pytest.raises(kind):
            asked.geocode(street)
        assert len(server.asked) > count  # an error is not kept


@pytest.mark.filterwarnings("ignore:Latitude normalization")
def test_a_place_off_the_globe_is_an_error(ask: Ask) -> None:
    with pytest.raises(GeopyError):
        ask().geocode("Nowhere 1")


def test_after_too_many_requests_everybody_holds_back(ask: Ask, server: GeocodingServer) -> None:
    with pytest.raises(GeocoderRateLimited):
        ask().geocode("1 Busy Road")
    with pytest.raises(GeocoderRateLimited):
        ask(patience_s=0.5).geocode("10 Far Road")
    assert len(server.asked) == 1
    assert ask(patience_s=5).geocode("10 Far Road") is not None
    assert server.gaps_s[0] >= 1.8  # it had asked for two seconds


def test_the_budget_of_a_day_is_kept_and_what_is_known_costs_nothing(ask: Ask) -> None:
    assert ask(daily_limit=1).geocode("10 Far Road") is not None
    assert ask(daily_limit=1).geocode("10 Far Road") is not None
    with pytest.raises(GeocoderQuotaExceeded):
        ask(daily_limit=1).geocode("11 Far Road")


def test_threads_ask_one_after_the_other(ask: Ask, server: GeocodingServer) -> None:
    polite = ask(min_seconds=0.2)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(polite.geocode, [f"{n} Far Road" for n in range(5)]))
    assert time.monotonic() - began >= 0.8
    assert min(server.gaps_s) > 0.1


def test_a_server_that_is_gone_is_an_error(ask: Ask) -> None:
    gone = ask(url="http://127.0.0.1:9")
    gone._sleep = lambda _: None
    with pytest.raises(GeocoderUnavailable):
        gone.geocode("10 Far Road")


def test_nothing_is_asked_for_nothing(ask: Ask, server: GeocodingServer) -> None:
    assert ask().geocode("") is None
    assert ask().geocode({}) is None
    assert server.asked == []

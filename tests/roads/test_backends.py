"""Which geocoders are asked: settings read, nonsense refused in a sentence."""

import json

import pytest
from geopy.geocoders import Nominatim, Pelias, Photon

from route_app.errors import InvalidInput
from route_app.roads.backends import GeocoderSettings, backends


def told(order: str = "", url: str = "", **options: object) -> GeocoderSettings:
    return GeocoderSettings(order=order, url=url, options=json.dumps(options) if options else "")


def test_without_settings_only_the_address_books_are_asked() -> None:
    assert backends(told()) == [None]


def test_the_older_setting_puts_a_nominatim_server_behind_them() -> None:
    local, server = backends(told(url="https://geo.example.org/nominatim/"))
    assert local is None
    assert server is not None
    assert (server.name, server.service) == ("nominatim", Nominatim)
    assert server.arguments["domain"] == "geo.example.org/nominatim"
    assert server.arguments["user_agent"] == "fieldbeat"
    assert server.manners.every_s == 1


def test_the_order_is_as_set_and_each_has_its_options() -> None:
    found = backends(
        told(
            "photon, local, pelias, spare",
            photon={"url": "http://photon.example.org:2322", "min_seconds": 0, "timeout": 2},
            pelias={"domain": "pelias.example.org", "api_key": "k", "daily_limit": 500},
            spare={"service": "photon", "url": "https://other.example.org", "keep_days": 30},
        )
    )
    assert [one and one.name for one in found] == ["photon", None, "pelias", "spare"]
    photon, _, pelias, spare = found
    assert photon
    assert pelias
    assert spare
    assert (photon.service, pelias.service, spare.service) == (Photon, Pelias, Photon)
    assert photon.arguments == {
        "domain": "photon.example.org:2322", "scheme": "http", "timeout": 2,
        "user_agent": "fieldbeat",
    }  # fmt: skip
    assert (photon.manners.every_s, pelias.manners.daily_limit) == (0, 500)
    assert spare.manners.keep_days == 30


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (told("local, nominatum"), "names “nominatum”, which geopy does not know"),
        (told("local, local"), "names one geocoder twice"),
        (told("local", photon={}), "does not name"),
        (GeocoderSettings(options="{photon"), "is no JSON"),
        (GeocoderSettings(options="[1]"), "must hold an object"),
        (told("photon", photon={"colour": 1}), "does not take the option “colour”"),
        (told("pelias"), "needs the option “domain”"),
        (told("photon", photon={"url": "photon.example.org"}), "must begin with http"),
        (told("baidu", baidu={"api_key": "k", "url": "https://x.org"}), "one address only"),
        (told("photon", photon={"timeout": 0}), "must be seconds above 0"),
        (told("photon", photon={"timeout": "5"}), "must be seconds above 0"),
        (told("photon", photon={"min_seconds": -1}), "must be 0 or more"),
        (told("photon", photon={"daily_limit": 0}), "must be 1 or more"),
        (told("photon", photon={"ask": {"colour": 1}}), "cannot be asked with “colour”"),
        (told("photon", photon={"ask": 5}), "cannot be asked with"),
        (told("photon", photon={"min_seconds": 0.2}), "allows one request in 1 seconds"),
        (told("nominatim", nominatim={"user_agent": "my-application"}), "cannot be used as set"),
        (told(url="ftp://geo.example.org"), "must begin with http"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(settings: GeocoderSettings, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        backends(settings)
    assert refused.value.message.endswith(".")


def test_more_arguments_of_a_question_can_be_set() -> None:
    (one,) = backends(told("nominatim", nominatim={"ask": {"country_codes": "fi"}}))
    assert one is not None
    assert one.manners.ask == {"country_codes": "fi"}

"""Addresses over HTTP: suggestions, whole addresses, and the address of a place."""

import json

import pytest

from route_app.roads.backends import GeocoderSettings
from tests import smalltown
from tests.roads.geocoding_server import running

B2 = smalltown.JUNCTIONS["B2"]


@pytest.fixture
def bob(app, client_for, roads):
    app.extensions["roads"] = roads
    return client_for("bob")


def test_it_offers_lines_with_what_they_fill_in(bob):
    told = bob.get("/api/v1/addresses?q=main").json
    assert told["attribution"] == "© OpenStreetMap contributors"
    first = told["items"][0]
    assert first["label"].startswith("Main Street")
    assert set(first) == {
        "label", "kind", "lat", "lon", "street", "number", "city", "postcode", "country",
    }  # fmt: skip


def test_it_takes_a_place_to_look_near(bob):
    assert bob.get(f"/api/v1/addresses?q=main&near={B2.lat},{B2.lon}").json["items"]
    answer = bob.get("/api/v1/addresses?q=main&near=91,0")
    assert answer.status_code == 400
    assert "like 60.17,24.94" in answer.json["error"]


@pytest.mark.parametrize("text", ["", "m", "%00", "x" * 5000, '"*'])
def test_it_offers_nothing_for_nothing(bob, text):
    answer = bob.get("/api/v1/addresses", query_string={"q": text})
    assert (answer.status_code, answer.json["items"]) == (200, [])


def test_it_tells_where_a_whole_address_is(bob):
    found = bob.get("/api/v1/addresses/place?q=Main+Street+15,+Smalltown").json
    assert found["quality"] == "exact"
    assert found["reason"]
    assert found["lat"] == pytest.approx(B2.lat, abs=1e-3)
    parts = {name: found[name] for name in ("street", "number", "postcode", "city")}
    assert parts == {
        "street": "Main Street", "number": "15", "postcode": "40100", "city": "Smalltown",
    }  # fmt: skip


def test_a_pin_beside_a_door_keeps_the_number_that_was_typed(bob):
    found = bob.get("/api/v1/addresses/place?q=Main+Street+17,+Smalltown").json
    assert (found["quality"], found["street"], found["number"]) == ("nearest", "Main Street", "17")


def test_a_business_brings_its_street_and_number(bob):
    found = bob.get("/api/v1/addresses/place?q=Anchor+Bakery").json
    assert (found["quality"], found["street"], found["number"]) == ("place", "North Street", "1")


@pytest.mark.parametrize("text", ["Qwertz 6, Smalltown", "Smalltown", "40100"])
def test_a_whole_town_is_told_to_be_no_pin(bob, text):
    found = bob.get("/api/v1/addresses/place", query_string={"q": text}).json
    assert found["quality"] == "town"
    assert found["reason"] == "Only the town was found. Check the street, or press the map."


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("Qwertz Boulevard 99", 404, "not on the map"),
        ("PO Box 12", 400, "post-office box"),
        ("PO Box 12, Smalltown", 400, "post-office box"),
        ("99999", 404, "A postcode alone is not enough"),
        ("", 400, "Type the address first"),
    ],
)
def test_it_says_what_to_do_when_there_is_none(bob, text, status, words):
    answer = bob.get("/api/v1/addresses/place", query_string={"q": text})
    assert answer.status_code == status
    assert words in answer.json["error"]


def test_it_tells_the_address_of_a_place(bob):
    found = bob.get(f"/api/v1/addresses/at?place={B2.lat},{B2.lon}").json
    assert found["street"]
    assert found["label"]
    assert bob.get("/api/v1/addresses/at?place=0,0").status_code == 404
    assert bob.get("/api/v1/addresses/at").status_code == 400


def test_typing_asks_nobody_outside_and_a_whole_address_does(app, bob):
    with running() as server:
        app.extensions["geocoder_settings"] = GeocoderSettings(
            order="local, photon", options=json.dumps({"photon": {"url": server.url}})
        )
        assert bob.get("/api/v1/addresses?q=10+Far+Road").json["items"] == []
        assert server.asked == []
        found = bob.get("/api/v1/addresses/place?q=10+Far+Road").json
        assert (found["quality"], found["reason"]) == ("exact", "photon found the house.")
        assert len(server.asked) == 1

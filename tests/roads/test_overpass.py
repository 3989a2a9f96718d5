import json
import socket

import pytest
import requests

from route_app.errors import InvalidInput, NotFound, Unavailable
from route_app.roads import overpass
from route_app.roads.store import RoadStore
from tests.roads.towns import at

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")


class _Wire:
    """Answers as the two servers of OpenStreetMap would, where the network begins."""

    def __init__(self, places, elements):
        self.places, self.elements, self.asked = places, elements, []

    def send(self, request):
        self.asked.append(request.url)
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, request.url
        if "nominatim" in request.url:
            answer._content = json.dumps(self.places).encode()
        elif "status" in request.url:
            answer._content = b"Connected as: 1\nCurrent time: x\nRate limit: 0\n1 slots available"
        else:
            answer._content = json.dumps({"elements": self.elements}).encode()
        return answer


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(socket, "gethostbyname", lambda _: "192.0.2.1")
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)


def _plug_in(monkeypatch, wire):
    monkeypatch.setattr(requests.Session, "send", lambda session, request, **_: wire.send(request))


def _block():
    corners = [at(0, 0), at(100, 0), at(100, 100), at(0, 100)]
    nodes = [
        {"type": "node", "id": i, "lat": place.lat, "lon": place.lon}
        for i, place in enumerate(corners, start=1)
    ]
    tags = {"highway": "residential", "maxspeed": "45", "oneway": "yes", "name": "Ring"}
    ring = {"type": "way", "id": 11, "nodes": [1, 2, 3, 4, 1], "tags": tags}
    spur = {"type": "way", "id": 12, "nodes": [1, 3], "tags": tags | {"oneway": "no"}}
    return [*nodes, ring, spur]


def _area():
    corners = [at(-500, -500), at(500, -500), at(500, 500), at(-500, 500), at(-500, -500)]
    return {
        "osm_type": "relation", "osm_id": 1, "display_name": "Blocktown", "importance": 1,
        "boundingbox": ["-0.005", "0.005", "-0.005", "0.005"], "lat": "0", "lon": "0",
        "geojson": {"type": "Polygon", "coordinates": [[c.lonlat for c in corners]]},
    }  # fmt: skip


def test_a_place_is_fetched_and_built(monkeypatch, tmp_path):
    wire = _Wire([_area()], _block())
    _plug_in(monkeypatch, wire)
    source = overpass.fetch_place("Blocktown", tmp_path)
    store = RoadStore(tmp_path / "roads")
    report = store.build(source, name="blocktown")
    assert (report.arcs, report.ways) == (4, 3)
    assert store.open().matrix([at(50, 0), at(0, 50)]).metres.tolist() == [[0, 300], [100, 0]]
    assert any("nominatim" in url for url in wire.asked)


def test_a_box_is_fetched(monkeypatch, tmp_path):
    _plug_in(monkeypatch, _Wire([], _block()))
    source = overpass.fetch_box(-0.005, -0.005, 0.005, 0.005, folder=tmp_path)
    assert RoadStore(tmp_path / "roads").build(source, name="box").arcs == 4


def test_it_leaves_the_settings_of_osmnx_as_they_were(monkeypatch, tmp_path):
    import osmnx

    before = (osmnx.settings.useful_tags_way, osmnx.settings.use_cache)
    _plug_in(monkeypatch, _Wire([_area()], _block()))
    overpass.fetch_place("Blocktown", tmp_path)
    assert (osmnx.settings.useful_tags_way, osmnx.settings.use_cache) == before


def test_it_says_when_openstreetmap_does_not_know_the_place(monkeypatch, tmp_path):
    _plug_in(monkeypatch, _Wire([], []))
    with pytest.raises(NotFound, match="finds no roads for Atlantis"):
        overpass.fetch_place("Atlantis", tmp_path)


def test_it_says_when_a_place_is_only_a_point(monkeypatch, tmp_path):
    point = _area() | {"geojson": {"type": "Point", "coordinates": [0, 0]}}
    _plug_in(monkeypatch, _Wire([point], []))
    with pytest.raises(NotFound):
        overpass.fetch_place("A tree", tmp_path)


def test_it_says_when_the_machine_is_offline(monkeypatch, tmp_path):
    def fail(*_, **__):
        raise requests.exceptions.ConnectionError("no route to host")

    monkeypatch.setattr(requests.Session, "send", fail)
    with pytest.raises(Unavailable, match="flask roads build FILE"):
        overpass.fetch_place("Piedmont, California", tmp_path)
    with pytest.raises(Unavailable, match="cannot be reached"):
        overpass.fetch_box(24.93, 60.16, 24.95, 60.17, folder=tmp_path)


@pytest.mark.parametrize("box", [(1, 0, 0, 1), (0, 0, 400, 1), (0, 0, 5, 5)])
def test_it_refuses_boxes_that_make_no_sense(tmp_path, box):
    with pytest.raises(InvalidInput, match=r"[Bb]ox"):
        overpass.fetch_box(*box, folder=tmp_path)


def test_it_refuses_a_place_without_a_name(tmp_path):
    with pytest.raises(InvalidInput):
        overpass.fetch_place("  ", tmp_path)

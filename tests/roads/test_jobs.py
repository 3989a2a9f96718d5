import json

import pytest

from route_app.errors import InvalidInput, NotFound
from route_app.roads import uploads
from route_app.roads.jobs import BuildRequest, build, name_from, read_box, read_request
from route_app.roads.store import RoadStore
from tests.roads.towns import crossing


@pytest.fixture
def store(tmp_path):
    return RoadStore(tmp_path / "roads")


def _keep(store, tmp_path):
    with crossing().write(tmp_path).open("rb") as content:
        return uploads.keep(store.root, content, network="town", file_name="town.osm", limit_mb=1)


@pytest.mark.parametrize(
    "given", [{"upload": "a/b/c.osm"}, {"place": "Oslo"}, {"box": (1.0, 2.0, 1.5, 2.5)}]
)
def test_a_request_comes_back_from_json_as_it_was(given):
    request = BuildRequest(name="town", country="FI", use=False, **given)
    assert read_request(json.loads(json.dumps(request.payload()))) == request


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "file"),
        ({"place": "Oslo", "upload": "a/b/c"}, "file"),
        ({"place": "Oslo", "name": "a b"}, "name"),
        ({"place": "Oslo", "country": "XX"}, "country"),
        ({"place": "O" * 201}, "place"),
        ({"box": (2.0, 2.0, 1.0, 3.0)}, "box"),
        ({"box": (0.0, 0.0, 3.0, 3.0)}, "box"),
    ],
)
def test_what_cannot_be_built_is_refused_at_its_field(given, field):
    with pytest.raises(InvalidInput) as refused:
        BuildRequest(**{"name": "town", **given})
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "1,2,3,inf"])
def test_a_box_must_be_four_numbers_in_order(text):
    with pytest.raises(InvalidInput, match="west,south,east,north"):
        read_box(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Helsinki.osm.pbf", "helsinki"),
        ("Piedmont, California, USA", "piedmont-california-usa"),
        ("地図", "roads"),
        ("a" * 63 + "-b", "a" * 63),
    ],
)
def test_a_name_is_made_from_a_file_or_a_place(text, name):
    assert name_from(text) == name


def test_it_builds_from_an_upload_and_keeps_only_that(store, tmp_path):
    old, new = _keep(store, tmp_path), _keep(store, tmp_path)
    told = []
    report = build(
        store,
        BuildRequest(name="town", upload=new, country="MT"),
        progress=lambda share, text: told.append((share, text)),
    )
    assert (report.name, report.source) == ("town", "town.osm")
    assert report.driving_side.startswith("left")
    assert told[-1][0] == 1.0
    assert uploads.find(store.root, new)
    with pytest.raises(NotFound):
        uploads.find(store.root, old)


def test_an_upload_that_is_gone_is_asked_for_again(store):
    with pytest.raises(NotFound, match="Upload it again"):
        build(store, BuildRequest(name="town", upload="town/x/y.osm"), progress=lambda *_: None)


def test_a_network_does_not_hide_behind_a_page():
    assert name_from("Traffic.osm.pbf") == "traffic-roads"
    with pytest.raises(InvalidInput, match="A page is named traffic") as error:
        BuildRequest(name="traffic", place="Porto, Portugal")
    assert error.value.field == "name"

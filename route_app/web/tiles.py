"""The base map for the browser: where it is, and its tiles."""

import gzip
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, request

from route_app.errors import NotFound
from route_app.lib.geo import place_at
from route_app.roads.basemap import ATTRIBUTION, FILE_NAME
from route_app.roads.store import RoadStore
from route_app.roads.tiles import TileArchive
from route_app.users import queries as users
from route_app.users.person import SignedIn
from route_app.web import guards
from route_app.web.transaction import session

blueprint = Blueprint("tiles", __name__)

DEEPEST_ZOOM = 24  # no browser asks for more
FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/api/v1/map")
def describe() -> Response:
    """Answer where the tiles of the current network are and what they cover."""
    user = guards.anyone()
    name = network_named(request.args.get("network") or _nearby(user))
    folder = version_folder(name)
    archive = archive_in(folder)
    centre = archive.centre
    root = request.script_root
    return jsonify(
        network=name,
        version=folder.name,
        tiles=f"{root}/tiles/{name}/{folder.name}/{{z}}/{{x}}/{{y}}.mvt",
        bounds=archive.bounds,
        centre=centre.lonlat,
        min_zoom=archive.min_zoom,
        max_zoom=archive.max_zoom,
        attribution=archive.attribution or ATTRIBUTION,
    )


@blueprint.get("/tiles/<name>/<version>/<int:z>/<int:x>/<int:y>.mvt")
def tile(name: str, version: str, z: int, x: int, y: int) -> Response:
    """Answer one vector tile; it never changes under its version."""
    if z > DEEPEST_ZOOM or max(x, y) >= 1 << z:
        raise NotFound("There is no such tile.")
    data = archive_in(version_folder(network_named(name), version=version)).tile(z, x, y)
    if data is None:
        empty = make_response(b"", 204)
        empty.headers["Cache-Control"] = FOREVER
        return empty
    packed = bool(request.accept_encodings["gzip"])
    response = make_response(data if packed else gzip.decompress(data))
    response.headers["Content-Type"] = "application/vnd.mapbox-vector-tile"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOREVER
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{zlib.crc32(data):08x}-{len(data):x}{'' if packed else '-plain'}")
    response.make_conditional(request)
    return response


def _nearby(user: SignedIn) -> str | None:
    """Return the network where the people this user sees start their day, if any is built."""
    roads: RoadStore = current_app.extensions["roads"]
    reps = users.reps(session(), user)
    homes = [home for rep in reps if (home := place_at(rep.home_lat, rep.home_lon))]
    return roads.covering(homes) if roads.names() and homes else None


def network_named(name: str | None) -> str:
    """Return the network asked for, or the one in use; NotFound where there is none."""
    roads: RoadStore = current_app.extensions["roads"]
    names = roads.names()
    if not names:
        raise NotFound("No roads have been built yet, so there is no map.")
    if name is not None and name not in names:
        raise NotFound("There is no road network of that name.")
    return name or roads.in_use()


def version_folder(name: str, *, version: str | None = None) -> Path:
    """Return the folder of the current version, or of an older one a phone still shows."""
    current: Path = current_app.extensions["roads"].version_folder(name)
    if version is None or version == current.name:
        return current
    for sibling in current.parent.iterdir():
        # Compared by name, never joined: what was asked for cannot lead out of the folder.
        if sibling.name == version and (sibling / FILE_NAME).is_file():
            return sibling
    raise NotFound("This version of the map is gone. Reload the page.")


def archive_in(folder: Path) -> TileArchive:
    """Return the open base map of a version; a rebuilt file is opened anew."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise NotFound("This network has no base map. Build its roads again.")
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened(path: Path, changed_ns: int) -> TileArchive:
    return TileArchive(path)

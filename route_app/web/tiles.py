"""The base map for the browser: where it is, and its tiles."""

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

FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/api/v1/map")
def describe() -> Response:
    """Answer where the tiles of the current network are and what they cover."""
    name = _network(request.args.get("network") or _nearby(guards.anyone()))
    folder = _version_folder(name)
    archive = _archive(folder)
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
    data = _archive(_version_folder(_network(name), version=version)).tile(z, x, y)
    response = make_response(data or b"", 200 if data else 204)
    if data:
        response.headers["Content-Type"] = "application/vnd.mapbox-vector-tile"
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOREVER
    return response


def _nearby(user: SignedIn) -> str | None:
    """Return the network where the people this user sees start their day, if any is built."""
    roads: RoadStore = current_app.extensions["roads"]
    reps = users.reps(session(), user)
    homes = [home for rep in reps if (home := place_at(rep.home_lat, rep.home_lon))]
    return roads.covering(homes) if roads.names() and homes else None


def _network(name: str | None) -> str:
    """Return the network asked for, or the one in use."""
    roads: RoadStore = current_app.extensions["roads"]
    names = roads.names()
    if not names:
        raise NotFound("No roads have been built yet, so there is no map.")
    if name is not None and name not in names:
        raise NotFound("There is no road network of that name.")
    return name or roads.in_use()


def _version_folder(name: str, *, version: str | None = None) -> Path:
    """Return the folder of the current version, or of an older one a phone still shows."""
    current: Path = current_app.extensions["roads"].version_folder(name)
    if version is None or version == current.name:
        return current
    for sibling in current.parent.iterdir():
        # Compared by name, never joined: what was asked for cannot lead out of the folder.
        if sibling.name == version and (sibling / FILE_NAME).is_file():
            return sibling
    raise NotFound("This version of the map is gone. Reload the page.")


def _archive(folder: Path) -> TileArchive:
    """Return the open archive of a version; a rebuilt file is opened anew."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise NotFound("This network has no base map. Build its roads again.")
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened(path: Path, changed_ns: int) -> TileArchive:
    return TileArchive(path)

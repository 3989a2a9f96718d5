"""The part of the base map a rep keeps on the phone: how large it is, and the file."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, request, send_file, url_for

from route_app.errors import InvalidInput, NotFound
from route_app.roads.basemap import FILE_NAME
from route_app.roads.map_slice import choose_tiles
from route_app.roads.slice_files import find_slice, keep_slice
from route_app.roads.slice_memory import Facts, SliceMemory, facts_of, ground_key
from route_app.roads.tiles import TileArchive
from route_app.territory import queries as territories
from route_app.territory.queries import Ground
from route_app.users.person import Role
from route_app.web import guards
from route_app.web.tiles import archive_in, network_named, version_folder
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import User
    from route_app.roads.store import RoadStore

blueprint = Blueprint("map_slices", __name__, url_prefix="/api/v1/map")

FOREVER = "private, max-age=31536000, immutable"
KIND = "application/vnd.pmtiles"
_GONE = "This part of the map is gone. Ask for the map of your territory again."
_memory = SliceMemory()


@blueprint.get("/slice")
def describe() -> Response:
    """Answer what a rep would keep of the map, and how many bytes, before it is fetched.

    With ?network= of that network, else of the one that covers most of the rep's places.
    """
    rep = _rep(request.args.get("rep"))
    ground = territories.ground(session(), rep.id)
    folder = version_folder(network_named(request.args.get("network") or _covering(ground)))
    archive = archive_in(folder)
    facts, file = _kept(archive, ground, folder, owner=rep.id)
    return jsonify(
        network=folder.parent.name,
        version=folder.name,
        key=facts.key,
        url=url_for(
            ".file", rep_id=rep.id, name=folder.parent.name, version=folder.name, key=facts.key
        ),
        bytes=file.stat().st_size,
        tiles=facts.tiles,
        left_out=facts.left_out,
        bounds=facts.bounds,
        min_zoom=0,
        max_zoom=facts.max_zoom,
        attribution=archive.attribution,
    )


@blueprint.get("/slices/<rep_id>/<name>/<version>/<key>.pmtiles")
def file(rep_id: str, name: str, version: str, key: str) -> Response:
    """Answer the file of a slice, or a range of it; it never changes under its key."""
    rep = _rep(rep_id)
    folder = version_folder(network_named(name), version=version)
    path = find_slice(folder, owner=rep.id, key=key) or _made_again(rep, folder, key)
    answer = send_file(
        path,
        mimetype=KIND,
        etag=key,
        download_name=f"map-{name}-{key[:8]}.pmtiles",
        conditional=True,
    )
    answer.headers["Cache-Control"] = FOREVER
    answer.headers["Accept-Ranges"] = "bytes"
    return answer


def _rep(asked: str | None) -> "User":
    """Return whose part of the map is asked for: a rep's own, or one of a manager's team."""
    user = guards.anyone()
    rep_id = asked or (user.id if user.role is Role.REP else "")
    if not rep_id:
        raise InvalidInput("Say whose part of the map you want, with ?rep=.", field="rep")
    return guards.rep_for(user, rep_id)


def _covering(ground: Ground) -> str | None:
    roads: RoadStore = current_app.extensions["roads"]
    return roads.covering(ground.places) if roads.names() and ground.places else None


def _map_version(folder: Path) -> str:
    # the folder names what the tiles were made from; a map made again under it has another time
    return f"{folder.name}/{(folder / FILE_NAME).stat().st_mtime_ns}"


def _kept(
    archive: TileArchive, ground: Ground, folder: Path, *, owner: str, wanted: str | None = None
) -> tuple[Facts, Path]:
    """Return what a ground comes to and its file; both are made only where they are not known.

    Raises NotFound where it is not the wanted one.
    """
    version = _map_version(folder)
    asked = ground_key(f"{folder.parent.name}/{version}", ground.areas, ground.places)
    facts = _memory.get(asked)
    file = find_slice(folder, owner=owner, key=facts.key) if facts else None
    if facts and wanted not in (None, facts.key):
        raise NotFound(_GONE)
    if facts and file:
        return facts, file
    choice = choose_tiles(archive, version=version, areas=ground.areas, places=ground.places)
    _memory.keep(asked, facts_of(choice))
    if wanted not in (None, choice.key):
        raise NotFound(_GONE)
    return facts_of(choice), keep_slice(folder, archive, choice, owner=owner)


def _made_again(rep: "User", folder: Path, key: str) -> Path:
    """Return a file that had to make room, if nothing has changed since."""
    ground = territories.ground(session(), rep.id)
    return _kept(archive_in(folder), ground, folder, owner=rep.id, wanted=key)[1]

"""Make a stored network anew from the file it was built from, where that is still there.

A disk error or another version of the product leaves a network that cannot be read. Its extract
is often kept; then nobody has to do anything.
"""

import json
import secrets
from pathlib import Path

from route_app.errors import RouteAppError
from route_app.roads.driving_side import drives_left
from route_app.roads.filelock import locked
from route_app.roads.network import Network, build_network, load_network, save_network
from route_app.roads.sources import read_roads

_NOTE = "built-from.json"
_LARGEST_MB = 64  # as much as is read in some seconds: whoever opens the network waits for it


def note_source(folder: Path, source: Path, *, country: str | None) -> None:
    """Remember in a version's folder what it is built from."""
    status = source.stat()
    said = {
        "path": str(source.resolve()),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "country": country,
    }
    (folder / _NOTE).write_text(json.dumps(said) + "\n", encoding="utf-8")


def load_or_mend(folder: Path) -> Network:
    """Return the network in a version's folder, made anew if it is damaged and that is quick.

    Raises Unavailable when it is damaged and its source is gone, changed or large.
    """
    file = folder / "network.npz"
    try:
        return load_network(file)
    except RouteAppError as damage:
        with locked(folder.parent / ".lock"):
            try:
                return load_network(file)  # another process may have been at it
            except RouteAppError:
                network = _made_anew(folder)
            if network is None:
                raise damage from None
            new = folder / f".network-{secrets.token_hex(4)}"
            save_network(network, new)
            new.replace(file)
            return network


def _made_anew(folder: Path) -> Network | None:
    try:
        said = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        source, country = Path(said["path"]), said["country"]
        status = source.stat()
        if (status.st_size, status.st_mtime_ns) != (said["size"], said["mtime_ns"]):
            return None
        if status.st_size > _LARGEST_MB << 20:
            return None
        raw = read_roads(source)
        left, _ = drives_left(country, raw)
        return build_network(raw, drives_left=left, country=country or "")
    except (OSError, ValueError, KeyError, TypeError, RouteAppError):
        return None

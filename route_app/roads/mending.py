"""Make a stored network anew from the file it was built from, where that is still there.

A disk error or another version of the product leaves a network that cannot be read. Its extract
is often kept; then nobody has to do anything.
"""

import json
import secrets
from pathlib import Path

from route_app.errors import RouteAppError
from route_app.roads import uploads
from route_app.roads.driving_side import drives_left
from route_app.roads.filelock import locked
from route_app.roads.network import Network, build_network, load_network, save_network
from route_app.roads.report import read_report
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
    found = _noted_source(folder) or _kept_upload(folder)
    if found is None or found[0].stat().st_size > _LARGEST_MB << 20:
        return None
    source, country = found
    try:
        raw = read_roads(source)
        left, _ = drives_left(country, raw)
        return build_network(raw, drives_left=left, country=country or "")
    except (OSError, RouteAppError):
        return None


def _noted_source(folder: Path) -> tuple[Path, str | None] | None:
    """Return the file a version was built from, unless it has changed, and the country named."""
    try:
        said = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        source = Path(said["path"])
        status = source.stat()
        same = (status.st_size, status.st_mtime_ns) == (said["size"], said["mtime_ns"])
        return (source, said["country"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _kept_upload(folder: Path) -> tuple[Path, str | None] | None:
    """Return what was uploaded for the network, when no note says what it was built from."""
    if (folder / _NOTE).exists():
        return None
    try:
        report = read_report(folder / "report.json")
    except RouteAppError:
        return None
    kept = uploads.latest(folder.parent.parent, network=folder.parent.name, file=report.source)
    return (kept, report.country) if kept else None

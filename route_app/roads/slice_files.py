"""Slices of the base map on disk, beside the version they are cut from, and never too many.

<version>/slices/<owner>-<key>.pmtiles
"""

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from route_app.errors import Unavailable
from route_app.roads.filelock import locked
from route_app.roads.map_slice import Choice, write_slice
from route_app.roads.tiles import TileArchive

FOLDER = "slices"
KEPT_OF_ONE = 2  # the newest, and the one a phone may still be fetching
KEPT_BYTES = 500_000_000

_OWNER = re.compile(r"[0-9A-Za-z]{1,64}$")
_KEY = re.compile(r"[0-9a-f]{32}$")


def keep_slice(
    version: Path, archive: TileArchive, choice: Choice, *, owner: str, kept_bytes: int = KEPT_BYTES
) -> Path:
    """Return the file of a choice, made now if it is not there; older ones make room for it.

    Raises Unavailable when it cannot be written.
    """
    folder = version / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with locked(folder / ".lock"):
            path = _path(folder, owner, choice.key)
            if not path.is_file():
                _write(folder, archive, choice, path)
            os.utime(path)
            _make_room(folder, path, owner=owner, kept_bytes=kept_bytes)
        return path
    except OSError as wrong:
        raise Unavailable(
            f"This part of the map could not be put together: {wrong.strerror}. "
            "See that the disk has room, and try again."
        ) from wrong


def find_slice(version: Path, *, owner: str, key: str) -> Path | None:
    """Return the file kept under a key, or None where it is gone. It counts as used now."""
    if not _OWNER.match(owner) or not _KEY.match(key):
        return None
    path = _path(version / FOLDER, owner, key)
    try:
        os.utime(path)
    except FileNotFoundError:
        return None
    except OSError:  # a disk that is read only, or a file of somebody else: still good to read
        return path if path.is_file() else None
    return path


def _path(folder: Path, owner: str, key: str) -> Path:
    return folder / f"{owner}-{key}.pmtiles"


def _write(folder: Path, archive: TileArchive, choice: Choice, path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=".making-", dir=folder)
    os.close(handle)
    made = Path(name)
    try:
        write_slice(archive, choice, made, name="territory")
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _make_room(folder: Path, newest: Path, *, owner: str, kept_bytes: int) -> None:
    """Remove what was used least lately: of this owner, and of all beyond the bytes kept."""
    for left_over in folder.glob(".making-*"):  # of a process that was killed; we hold the lock
        _remove(left_over)
    files = sorted(folder.glob("*.pmtiles"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    files.sort(key=lambda path: path != newest)
    own, size = 0, 0
    for path in files:
        own += path.name.startswith(f"{owner}-")
        size += path.stat().st_size
        too_old = path.name.startswith(f"{owner}-") and own > KEPT_OF_ONE
        if path != newest and (too_old or size > kept_bytes):
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows keeps a file that is being sent; the next one takes it
        path.unlink()

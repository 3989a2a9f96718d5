"""Extracts kept in the data folder: for a network to be built from, and built from again.

<root>/.uploads/<network>/<token>/<file>   what somebody uploaded, or named on the command line
"""

import re
import secrets
import shutil
from pathlib import Path
from typing import IO

from route_app.errors import InvalidInput, NotFound
from route_app.roads.importer import EXTRACT_SUFFIXES

_FOLDER = ".uploads"
_BLOCK = 1 << 20
MB = 1 << 20


def keep(root: Path, content: IO[bytes], *, network: str, file_name: str, limit_mb: int) -> str:
    """Write an extract to disk as it comes, and return the name it is kept under.

    Raises InvalidInput for a file of another kind, an empty one, or one that is too large.
    """
    plain = _plain(file_name)
    name = f"{network}/{secrets.token_hex(8)}/{plain}"
    file = _path(root, name)
    file.parent.mkdir(parents=True)
    try:
        with file.open("xb") as kept:
            _copy(content, kept, file_name=plain, limit_mb=limit_mb)
    except BaseException:
        drop(root, name)
        raise
    return name


def find(root: Path, name: str) -> Path:
    """Return the file kept under a name; NotFound when it is gone."""
    file = _path(root, name)
    if not file.is_file():
        raise NotFound("The uploaded file is not there any more. Upload it again.")
    return file


def latest(root: Path, *, network: str, file: str) -> Path | None:
    """Return the file of this name that was kept last for a network, None when there is none."""
    found = [one for one in (root / _FOLDER / network).glob("*/*") if one.name == file]
    return max(found, key=lambda one: one.stat().st_mtime_ns, default=None)


def drop(root: Path, name: str) -> None:
    """Remove the file kept under a name, if it is there."""
    shutil.rmtree(_path(root, name).parent, ignore_errors=True)


def keep_only(root: Path, *, network: str, name: str | None) -> None:
    """Remove what was uploaded for a network earlier than the file of this name."""
    for folder in (root / _FOLDER / network).glob("*"):
        if name is None or folder != _path(root, name).parent:
            shutil.rmtree(folder, ignore_errors=True)


def _copy(content: IO[bytes], kept: IO[bytes], *, file_name: str, limit_mb: int) -> None:
    size = 0
    while block := content.read(_BLOCK):
        if not size:
            _check_begin(block, file_name)
        size += len(block)
        if size > limit_mb * MB:
            raise InvalidInput(too_large(limit_mb), field="file")
        kept.write(block)
    if not size:
        raise InvalidInput(f"{file_name} is empty. Fetch the extract again.", field="file")


def too_large(limit_mb: int) -> str:
    """Return what to say about an extract over the limit."""
    return (
        f"The file is larger than {limit_mb:,} MB. Choose the extract of a smaller area, or build "
        "it on the server: flask roads build FILE"
    )


def _check_begin(block: bytes, file_name: str) -> None:
    """Refuse at once what cannot be an extract; what is wrong further in, the build will find."""
    lower = file_name.lower()
    is_pbf, is_xml = lower.endswith(".pbf"), lower.endswith((".osm", ".xml"))
    if (is_pbf and b"OSMHeader" not in block[:64]) or (is_xml and b"<osm" not in block[:4096]):
        raise InvalidInput(
            f"{file_name} is not an OpenStreetMap extract, whatever its name says. "
            "Fetch the file again.",
            field="file",
        )


def _plain(file_name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", file_name.replace("\\", "/").rpartition("/")[2])
    plain = plain.lstrip(".-")[-100:]
    if not plain.lower().endswith(EXTRACT_SUFFIXES):
        raise InvalidInput(
            "Choose an OpenStreetMap extract: a file that ends in .osm.pbf or .osm.", field="file"
        )
    return plain


def _path(root: Path, name: str) -> Path:
    parts = name.split("/")
    if len(parts) != 3 or any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise NotFound("The uploaded file is not there any more. Upload it again.")
    return root.joinpath(_FOLDER, *parts)

"""What an engine needs beside its network, worked out once and kept in the network's folder.

turns-<digest>.npz   the turn-aware graph for one profile
hierarchy.npz        the contraction hierarchy for the streets, whatever the profile

Both are only a cache: what is missing, damaged or made for something else is made again.
"""

import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from route_app.errors import Unavailable
from route_app.roads.embedded_engine import EmbeddedEngine
from route_app.roads.network import DAMAGE, Network
from route_app.roads.profile import Profile
from route_app.roads.scipy_engine import ScipyEngine
from route_app.roads.turns import TurnGraph, build_turns

FORMAT_VERSION = 2
_KEPT_PROFILES = 3
_ABANDONED_S = 3600  # so long no process writes one file


def open_engine(
    folder: Path, network: Network, profile: Profile, *, name: str, graph: TurnGraph | None = None
) -> EmbeddedEngine:
    """Return the best engine this machine can run over a network, from the cache where it can.

    Where nothing compiles the loops, or no order can be found, it is the slower one, which gives
    the same answers.
    """
    graph = graph or _turns(folder, network, profile)
    if not can_compile():
        return ScipyEngine(network, profile, name=name, graph=graph)
    # Importing the compiler takes a quarter of a second: only those who travel need it.
    from route_app.lib.compiled import COMPILES  # noqa: PLC0415
    from route_app.roads.cch_engine import CchEngine  # noqa: PLC0415
    from route_app.roads.hierarchy import (  # noqa: PLC0415
        build_hierarchy,
        load_hierarchy,
        save_hierarchy,
    )

    if not COMPILES:  # a compiler that is there and does not load
        return ScipyEngine(network, profile, name=name, graph=graph)
    kept = folder / "hierarchy.npz"
    try:
        hierarchy = load_hierarchy(kept, graph)
    except Unavailable:
        try:
            hierarchy = build_hierarchy(network, graph)
        except Unavailable:
            return ScipyEngine(network, profile, name=name, graph=graph)
        _keep(kept, lambda path: save_hierarchy(hierarchy, path))
    return CchEngine(network, profile, name=name, graph=graph, hierarchy=hierarchy)


def can_compile() -> bool:
    """Return whether this machine has what the quick engine needs."""
    return all(find_spec(name) for name in ("numba", "routingkit_cch"))


def keep_turns(folder: Path, network: Network, graph: TurnGraph, profile: Profile) -> None:
    """Write the turns of a profile into a network's folder, and forget those of older ones."""
    _keep(_turns_file(folder, profile), lambda path: _save_turns(network, graph, path))
    with suppress(OSError):  # another process may clear away as well
        kept = sorted(folder.glob("turns-*.npz"), key=lambda file: file.stat().st_mtime_ns)
        for old in kept[:-_KEPT_PROFILES]:
            old.unlink(missing_ok=True)


def _turns(folder: Path, network: Network, profile: Profile) -> TurnGraph:
    try:
        return _load_turns(_turns_file(folder, profile), network)
    except DAMAGE:
        graph = build_turns(network, profile)
        keep_turns(folder, network, graph, profile)
        return graph


def _turns_file(folder: Path, profile: Profile) -> Path:
    return folder / f"turns-{profile.digest}.npz"


def _save_turns(network: Network, graph: TurnGraph, path: Path) -> None:
    columns: dict[str, Any] = {"network": _digest(network)}
    for entry in fields(TurnGraph):
        value = getattr(graph, entry.name)
        if entry.name == "skipped":
            value = np.frombuffer(json.dumps(value).encode(), np.uint8)
        columns[entry.name] = np.asarray(value)
    with path.open("wb") as out:
        np.savez(out, format_version=np.array([FORMAT_VERSION]), **columns)


def _load_turns(path: Path, network: Network) -> TurnGraph:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        if int(stored["format_version"][0]) != FORMAT_VERSION:
            raise ValueError("it was written by another version")
        if stored["network"].tobytes() != _digest(network).tobytes():
            raise ValueError("it was made for another network")
        columns: dict[str, Any] = {entry.name: stored[entry.name] for entry in fields(TurnGraph)}
    columns["skipped"] = Counter(json.loads(columns["skipped"].tobytes()))
    columns["applied"] = int(columns["applied"])
    graph = TurnGraph(**columns)
    size = len(graph.vertex_arc)
    fits = size >= network.arcs.count == len(graph.component) == len(graph.arc_waits)
    for turns in (graph.turn_from, graph.turn_to):
        fits = fits and len(turns) == len(graph.turn_s) and int(turns.max(initial=0)) < size
    if not fits or int(graph.vertex_arc.max(initial=0)) >= network.arcs.count:
        raise ValueError("its parts do not fit together")
    return graph


def _digest(network: Network) -> NDArray[np.uint8]:
    """Return what tells a network from any other."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in fields(Network):
        digest.update(np.ascontiguousarray(getattr(network, entry.name)).data)
    return np.frombuffer(digest.digest(), np.uint8)


def _keep(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under another name first, so that nobody reads half of it.

    A cache that cannot be kept (a full disk, a folder one may not write to) costs time, no more.
    """
    try:
        for left_over in path.parent.glob(".new-*"):
            if left_over.stat().st_mtime < time.time() - _ABANDONED_S:
                left_over.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as new:
            fresh = Path(new.name)
        try:
            write(fresh)
            fresh.chmod(0o644)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError:
        return

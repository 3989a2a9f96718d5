"""A customizable contraction hierarchy over the turn-aware graph.

What depends on the streets alone (the order, and which arcs contraction adds) is worked out once
and kept on disk; the costs of a time slot are poured into it in a fraction of a second
(Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies, JEA 2016). Arcs that can never
carry a way in their direction are left out, which for turns is more than half.
"""

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from route_app.errors import Unavailable
from route_app.roads.hierarchy_loops import Below, Rows, customize, eliminate
from route_app.roads.network import Floats, Ints, Longs, Network
from route_app.roads.order import contraction_order
from route_app.roads.turns import TurnGraph

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Hierarchy:
    """The topology: vertices by rank, rows of arcs upwards and of arcs that come down to them.

    `vertex` is the vertex of the graph at each rank, `parent` the elimination tree by rank.
    `turn_row` is for each turn the arc it may be all of: a row of `up_*`, or -1 - row of `down_*`.
    `fingerprint` says which graph it was made for.
    """

    vertex: Ints
    parent: Ints
    up_begin: Longs
    up_head: Ints
    down_begin: Longs
    down_head: Ints
    turn_row: Longs
    below_up: Below
    below_down: Below
    fingerprint: str

    @property
    def size(self) -> int:
        """Return how many vertices it has."""
        return len(self.vertex)


@dataclass(frozen=True)
class Metric:
    """A hierarchy with the costs of one slot."""

    up: Rows
    down: Rows


def build_hierarchy(network: Network, graph: TurnGraph) -> Hierarchy:
    """Return the hierarchy of a graph. Raises Unavailable when no order can be found."""
    size = len(graph.vertex_arc)
    vertex = contraction_order(network, graph)
    rank = np.empty(size, np.int32)
    rank[vertex] = np.arange(size, dtype=np.int32)
    start, onto = rank[graph.turn_from], rank[graph.turn_to]
    parent, tails, heads = _contract(start, onto, size)
    rises, falls = _used(start, onto, tails, heads)
    up_begin, up_head = _rows(tails[rises], size), heads[rises]
    down_begin, down_head = _rows(tails[falls], size), heads[falls]
    return Hierarchy(
        vertex=vertex,
        parent=parent,
        up_begin=up_begin,
        up_head=up_head,
        down_begin=down_begin,
        down_head=down_head,
        turn_row=_turn_rows(start, onto, (tails[rises], up_head), (tails[falls], down_head)),
        below_up=_below(tails[rises], up_head, size),
        below_down=_below(tails[falls], down_head, size),
        fingerprint=fingerprint(graph),
    )


def customized(hierarchy: Hierarchy, turn_cost: Floats) -> Metric:
    """Return the hierarchy's costs for those of all turns, infinite for a turn that is closed."""
    up = np.full(len(hierarchy.up_head), np.inf)
    down = np.full(len(hierarchy.down_head), np.inf)
    rising = hierarchy.turn_row >= 0
    np.minimum.at(up, hierarchy.turn_row[rising], turn_cost[rising])
    falling = hierarchy.turn_row < 0
    rows = -1 - hierarchy.turn_row[falling]
    # A turn from a vertex onto itself shortens no way between two places.
    own = rows >= len(down)
    np.minimum.at(down, rows[~own], turn_cost[falling][~own])
    metric = Metric(
        Rows(hierarchy.up_begin, hierarchy.up_head, up),
        Rows(hierarchy.down_begin, hierarchy.down_head, down),
    )
    customize(metric.up, metric.down, hierarchy.below_up, hierarchy.below_down)
    return metric


def fingerprint(graph: TurnGraph) -> str:
    """Return a digest of the turns a hierarchy was made for."""
    digest = hashlib.sha256()
    for column in (graph.vertex_arc, graph.turn_from, graph.turn_to):
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()


def save_hierarchy(hierarchy: Hierarchy, path: Path) -> None:
    """Write a hierarchy to one file."""
    columns: dict[str, Any] = {"format_version": np.array([FORMAT_VERSION])}
    for entry in fields(Hierarchy):
        value = getattr(hierarchy, entry.name)
        if isinstance(value, Below):
            for part, column in value._asdict().items():
                columns[f"{entry.name}.{part}"] = column
        elif isinstance(value, str):
            columns[entry.name] = np.frombuffer(value.encode(), np.uint8)
        else:
            columns[entry.name] = value
    with path.open("wb") as out:
        np.savez(out, **columns)


def load_hierarchy(path: Path, graph: TurnGraph) -> Hierarchy:
    """Return a hierarchy written for this graph; Unavailable when it is damaged or another's."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if int(stored["format_version"][0]) != FORMAT_VERSION:
                raise ValueError("it was written by another version")
            columns: dict[str, Any] = {}
            for entry in fields(Hierarchy):
                if entry.name.startswith("below"):
                    parts = (stored[f"{entry.name}.{part}"] for part in Below._fields)
                    columns[entry.name] = Below(*parts)
                else:
                    columns[entry.name] = stored[entry.name]
            columns["fingerprint"] = columns["fingerprint"].tobytes().decode()
            found = Hierarchy(**columns)
        if found.fingerprint != fingerprint(graph):
            raise ValueError("it was made for other turns")
    except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
        raise Unavailable(f"The stored hierarchy cannot be used ({error}).") from error
    return found


def _contract(start: Ints, onto: Ints, size: int) -> tuple[Ints, Ints, Ints]:
    """Return the elimination tree and all arcs after contraction, by lower and higher end."""
    low, high = np.minimum(start, onto), np.maximum(start, onto)
    keys = np.unique((low.astype(np.int64) * size + high)[low != high])
    low, high = np.divmod(keys, size)
    begin = np.searchsorted(low, np.arange(size + 1)).astype(np.int64)
    parent, rows, heads = eliminate(begin, high.astype(np.int32))
    tails = np.repeat(np.arange(size, dtype=np.int32), np.diff(rows))
    order = np.lexsort((heads, tails))
    return parent, tails, heads[order]


def _used(start: Ints, onto: Ints, tails: Ints, heads: Ints) -> tuple[Longs, Longs]:
    """Return which arcs some way may lead up over, and which one may lead down over.

    That is what customization leaves finite when every turn costs nothing.
    """
    size = int(heads.max(initial=0)) + 1
    size = max(size, int(tails.max(initial=0)) + 1)
    keys = tails.astype(np.int64) * size + heads
    up, down = np.full(len(keys), np.inf), np.full(len(keys), np.inf)
    rises, falls = start < onto, start > onto
    up[np.searchsorted(keys, start[rises].astype(np.int64) * size + onto[rises])] = 0.0
    down[np.searchsorted(keys, onto[falls].astype(np.int64) * size + start[falls])] = 0.0
    begin = _rows(tails, size)
    below = _below(tails, heads, size)
    customize(Rows(begin, heads, up), Rows(begin, heads, down), below, below)
    return np.flatnonzero(np.isfinite(up)), np.flatnonzero(np.isfinite(down))


def _turn_rows(start: Ints, onto: Ints, up: tuple[Ints, Ints], down: tuple[Ints, Ints], /) -> Longs:
    """Return the arc of each turn; a turn onto itself gets a row behind all `down` rows."""
    size = max(int(start.max(initial=0)), int(onto.max(initial=0))) + 1
    rows = np.full(len(start), -1 - len(down[0]), np.int64)
    rises, falls = start < onto, start > onto
    for mask, lower, higher, (tails, heads) in (
        (rises, start, onto, up),
        (falls, onto, start, down),
    ):
        keys = tails.astype(np.int64) * size + heads
        rows[mask] = np.searchsorted(keys, lower[mask].astype(np.int64) * size + higher[mask])
    rows[falls] = -1 - rows[falls]
    return rows


def _rows(tails: Ints, size: int) -> Longs:
    """Return where the arcs of each vertex begin."""
    return np.searchsorted(tails, np.arange(size + 1)).astype(np.int64)


def _below(tails: Ints, heads: Ints, size: int) -> Below:
    """Return by higher end the lower ends and the arcs, lower ends rising."""
    order = np.argsort(heads, kind="stable")
    begin = np.searchsorted(heads[order], np.arange(size + 1)).astype(np.int64)
    return Below(begin, tails[order].astype(np.int32), order.astype(np.int32))

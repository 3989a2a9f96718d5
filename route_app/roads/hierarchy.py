"""A customizable contraction hierarchy over the turn-aware graph.

What depends on the streets alone (the order, and which arcs contraction adds) is worked out once
and kept on disk; the costs of a time slot are poured into it in a fraction of a second
(Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies, JEA 2016). Arcs that can never
carry a way in their direction are left out, which for turns is more than half.
"""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from route_app.errors import Unavailable
from route_app.lib.memory import give_back
from route_app.roads.hierarchy_loops import (
    Below,
    Rows,
    by_head,
    customize,
    eliminate,
    poured,
    rows_between,
    turned_over,
)
from route_app.roads.network import DAMAGE, Bools, Floats, Ints, Longs, Network
from route_app.roads.order import contraction_order
from route_app.roads.turns import TurnGraph

FORMAT_VERSION = 2


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
    fingerprint: str

    @cached_property
    def below_up(self) -> Below:
        """Return the arcs upwards by their higher end."""
        return by_head(self.up_begin, self.up_head)

    @cached_property
    def below_down(self) -> Below:
        """Return the arcs that come down by their higher end."""
        return by_head(self.down_begin, self.down_head)

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
    vertex = contraction_order(network, graph)
    give_back()
    rank = np.empty(len(vertex), np.int32)
    rank[vertex] = np.arange(len(vertex), dtype=np.int32)
    start, onto = rank[graph.turn_from], rank[graph.turn_to]
    parent, begin, head = _contract(start, onto, len(vertex))
    give_back()
    (up_begin, up_head), (down_begin, down_head) = _used(start, onto, begin, head)
    del begin, head
    give_back()
    return Hierarchy(
        vertex=vertex,
        parent=parent,
        up_begin=up_begin,
        up_head=up_head,
        down_begin=down_begin,
        down_head=down_head,
        turn_row=_turn_rows(start, onto, (up_begin, up_head), (down_begin, down_head)),
        fingerprint=fingerprint(graph),
    )


def customized(hierarchy: Hierarchy, turns: Longs, costs: Floats) -> Metric:
    """Return the hierarchy's costs for those of the turns that are open; `turns` are their rows."""
    # A turn from a vertex onto itself shortens no way between two places; it has no arc.
    up, down = poured(
        hierarchy.turn_row, turns, costs, len(hierarchy.up_head), len(hierarchy.down_head)
    )
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
        is_text = isinstance(value, str)
        columns[entry.name] = np.frombuffer(value.encode(), np.uint8) if is_text else value
    with path.open("wb") as out:
        np.savez(out, **columns)


def load_hierarchy(path: Path, graph: TurnGraph) -> Hierarchy:
    """Return a hierarchy written for this graph; Unavailable when it is damaged or another's."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if int(stored["format_version"][0]) != FORMAT_VERSION:
                raise ValueError("it was written by another version")
            columns: dict[str, Any] = {
                entry.name: stored[entry.name] for entry in fields(Hierarchy)
            }
            columns["fingerprint"] = columns["fingerprint"].tobytes().decode()
            found = Hierarchy(**columns)
        if found.fingerprint != fingerprint(graph):
            raise ValueError("it was made for other turns")
    except DAMAGE as error:
        raise Unavailable(f"The stored hierarchy cannot be used ({error}).") from error
    return found


def _contract(start: Ints, onto: Ints, size: int) -> tuple[Ints, Longs, Ints]:
    """Return the elimination tree and the rows of all arcs after contraction, by lower end."""
    low, high = np.minimum(start, onto), np.maximum(start, onto)
    keys = np.unique((low.astype(np.int64) * size + high)[low != high])
    begin = np.searchsorted(keys, np.arange(size + 1) * size)
    higher = (keys % size).astype(np.int32)
    del low, high, keys
    parent, rows, head = eliminate(begin, higher)
    give_back()
    # Turned over twice, every row is in rising order.
    once = turned_over(rows, head)
    del head
    return parent, *turned_over(*once)


def _used(
    start: Ints, onto: Ints, begin: Longs, head: Ints, /
) -> tuple[tuple[Longs, Ints], tuple[Longs, Ints]]:
    """Return the rows of arcs some way may lead up over, and of those one may lead down over.

    That is what customization leaves at 0 when every turn costs nothing, and the rest costs 1.
    """
    up, down = np.ones(len(head), np.uint8), np.ones(len(head), np.uint8)
    rises, falls = start < onto, start > onto
    up[_find(begin, head, start[rises], onto[rises])] = 0
    down[_find(begin, head, onto[falls], start[falls])] = 0
    below = by_head(begin, head)
    customize(Rows(begin, head, up), Rows(begin, head, down), below, below)
    del below
    return _kept(begin, head, up == 0), _kept(begin, head, down == 0)


def _kept(begin: Longs, head: Ints, kept: Bools) -> tuple[Longs, Ints]:
    """Return the rows without the arcs that are not kept."""
    before = np.zeros(len(kept) + 1, np.int32)
    np.cumsum(kept, out=before[1:])
    return before[begin].astype(np.int64), head[kept]


def _turn_rows(
    start: Ints, onto: Ints, up: tuple[Longs, Ints], down: tuple[Longs, Ints], /
) -> Longs:
    """Return the arc of each turn; a turn onto itself gets a row behind all `down` rows."""
    rows = np.full(len(start), -1 - len(down[1]), np.int64)
    rises, falls = start < onto, start > onto
    rows[rises] = _find(*up, start[rises], onto[rises])
    rows[falls] = -1 - _find(*down, onto[falls], start[falls])
    return rows


def _find(begin: Longs, head: Ints, low: Ints, high: Ints, /) -> Longs:
    """Return the rows of arcs by their ends."""
    rows: Longs = rows_between(Rows(begin, head, np.empty(0)), low, high)
    return rows

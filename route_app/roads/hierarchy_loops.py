"""The compiled loops of the contraction hierarchy. Plain functions over arrays, no state.

Vertices are numbered in the order of contraction, so a higher number is more important. Costs are
the packed ones of `packed`, infinite where there is no way.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from route_app.lib.compiled import compiled
from route_app.roads.network import Floats, Ints, Longs

Bytes = NDArray[np.uint8]


class Rows(NamedTuple):
    """Arcs by their lower end v: rows `begin[v]` to `begin[v + 1]`, higher ends rising."""

    begin: Longs
    head: Ints
    cost: Floats | Bytes


class Below(NamedTuple):
    """The same arcs by their higher end: the lower ends, rising, and the rows the arcs lie in."""

    begin: Longs
    low: Ints
    arc: Ints


class Reached(NamedTuple):
    """Vertices with costs, in rows by place."""

    begin: Longs
    vertex: Ints
    cost: Floats


class Climb(NamedTuple):
    """What a search upwards writes: by vertex the cost and the last arc; and those visited.

    An arc of -1 - n stands for the n-th start.
    """

    best: Floats
    came_by: Longs
    visited: Ints


@compiled
def eliminate(begin: Longs, higher: Ints) -> tuple[Ints, Longs, Ints]:
    """Return each vertex's parent, and the rows of higher neighbours that contraction leaves.

    `higher` are the higher neighbours in the graph, by vertex. A contracted vertex hands its
    neighbours on to the lowest of them, which is its parent in the elimination tree.
    """
    count = len(begin) - 1
    parent = np.full(count, -1, np.int32)
    child = np.full(count, -1, np.int32)
    sibling = np.full(count, -1, np.int32)
    seen = np.full(count, -1, np.int32)
    rows = np.zeros(count + 1, np.int64)
    found = np.empty(4 * len(higher) + 16, np.int32)
    size = 0
    for vertex in range(count):
        lowest = count
        giver = vertex
        while giver != -1:
            own = giver == vertex
            low = begin[vertex] if own else rows[giver]
            high = begin[vertex + 1] if own else rows[giver + 1]
            if size + high - low > len(found):
                larger = np.empty(2 * len(found) + high - low, np.int32)
                larger[:size] = found[:size]
                found = larger
            table = higher if own else found
            for row in range(low, high):
                other = table[row]
                if other != vertex and seen[other] != vertex:
                    seen[other] = vertex
                    found[size] = other
                    size += 1
                    lowest = min(lowest, other)
            giver = child[vertex] if own else sibling[giver]
        rows[vertex + 1] = size
        if lowest < count:
            parent[vertex] = lowest
            sibling[vertex] = child[lowest]
            child[lowest] = vertex
    return parent, rows, found[:size].copy()


@compiled
def row_begins(vertex: Ints, count: int) -> Longs:
    """Return where the row of each of so many vertices begins once arcs are sorted by a vertex."""
    rows = np.zeros(count + 1, np.int64)
    for number in range(len(vertex)):
        rows[vertex[number] + 1] += 1
    for number in range(count):
        rows[number + 1] += rows[number]
    return rows


@compiled
def turned_over(begin: Longs, head: Ints) -> tuple[Longs, Ints]:
    """Return rows by the other end, each in rising order, in the time it takes to read them."""
    rows = row_begins(head, len(begin) - 1)
    place = rows[:-1].copy()
    low = np.empty(len(head), np.int32)
    for vertex in range(len(begin) - 1):
        for row in range(begin[vertex], begin[vertex + 1]):
            low[place[head[row]]] = vertex
            place[head[row]] += 1
    return rows, low


@compiled
def by_head(begin: Longs, head: Ints) -> Below:
    """Return the same arcs by their higher end."""
    rows, low = turned_over(begin, head)
    place = rows[:-1].copy()
    arc = np.empty(len(head), np.int32)
    for row in range(len(head)):
        arc[place[head[row]]] = row
        place[head[row]] += 1
    return Below(rows, low, arc)


@compiled
def poured(rows: Longs, turns: Longs, costs: Floats, up: int, down: int) -> tuple[Floats, Floats]:
    """Return the costs of so many arcs up and down that are whole turns, infinite for the rest.

    `rows` are the arcs of all turns (-1 - row for one down, a row behind all for none), `turns`
    those that are open, `costs` theirs.
    """
    up_cost = np.full(up, np.inf)
    down_cost = np.full(down, np.inf)
    for number in range(len(turns)):
        row = rows[turns[number]]
        if row >= 0:
            up_cost[row] = costs[number]
        elif -1 - row < down:
            down_cost[-1 - row] = costs[number]
    return up_cost, down_cost


@compiled
def customize(up: Rows, down: Rows, below_up: Below, below_down: Below) -> None:
    """Lower all costs to those of the cheapest way over lower vertices, in place.

    `up` holds arcs that lead upwards, `down` arcs that lead down to their row's vertex. Every
    lower triangle is looked at once.
    """
    count = len(up.begin) - 1
    up_row = np.zeros(count, np.int64)
    down_row = np.zeros(count, np.int64)
    for vertex in range(count):
        for row in range(up.begin[vertex], up.begin[vertex + 1]):
            up_row[up.head[row]] = row
        for row in range(down.begin[vertex], down.begin[vertex + 1]):
            down_row[down.head[row]] = row
        for at in range(below_down.begin[vertex], below_down.begin[vertex + 1]):
            relax(below_down.low[at], down.cost[below_down.arc[at]], vertex, up, up_row)
        for at in range(below_up.begin[vertex], below_up.begin[vertex + 1]):
            relax(below_up.low[at], up.cost[below_up.arc[at]], vertex, down, down_row)


@compiled
def relax(low: int, begun: float, vertex: int, rows: Rows, row_of: Longs) -> None:
    """Lower the costs of a vertex's arcs to those over one lower vertex, in place.

    `begun` is the cost between the two, `row_of` where the vertex's own arcs lie.
    """
    row = rows.begin[low + 1] - 1
    while row >= rows.begin[low] and rows.head[row] > vertex:
        goal = row_of[rows.head[row]]
        rows.cost[goal] = min(rows.cost[goal], begun + rows.cost[row])
        row -= 1


@compiled
def climb(starts: Ints, costs: Floats, parent: Ints, rows: Rows, found: Climb) -> int:
    """Search upwards from some vertices with costs to begin with; return how many were visited.

    Visits all ancestors in the elimination tree, lowest first. `found.best` must be infinite
    everywhere. All ways lead up, so a vertex is final when it is visited.
    """
    none = len(parent)
    heads = starts.copy()
    for number in range(len(starts)):
        if costs[number] < found.best[starts[number]]:
            found.best[starts[number]] = costs[number]
            found.came_by[starts[number]] = -1 - number
    count = 0
    while True:
        vertex = none
        for number in range(len(heads)):
            if heads[number] != -1 and heads[number] < vertex:
                vertex = heads[number]
        if vertex == none:
            return count
        for number in range(len(heads)):
            if heads[number] == vertex:
                heads[number] = parent[vertex]
        found.visited[count] = vertex
        count += 1
        here = found.best[vertex]
        if here == np.inf:
            continue
        for row in range(rows.begin[vertex], rows.begin[vertex + 1]):
            there = here + rows.cost[row]
            if there < found.best[rows.head[row]]:
                found.best[rows.head[row]] = there
                found.came_by[rows.head[row]] = row


@compiled
def labels(starts: Reached, parent: Ints, rows: Rows) -> Reached:
    """Search upwards from the vertices of each place; return what each place reaches."""
    places = len(starts.begin) - 1
    size = len(parent)
    found = Climb(np.full(size, np.inf), np.empty(size, np.int64), np.empty(size, np.int32))
    begin = np.zeros(places + 1, np.int64)
    vertices = np.empty(1024 * (places + 1), np.int32)
    costs = np.empty(1024 * (places + 1))
    filled = 0
    for place in range(places):
        first, last = starts.begin[place], starts.begin[place + 1]
        count = climb(starts.vertex[first:last], starts.cost[first:last], parent, rows, found)
        if filled + count > len(vertices):
            more = 2 * len(vertices) + count
            larger, dearer = np.empty(more, np.int32), np.empty(more)
            larger[:filled], dearer[:filled] = vertices[:filled], costs[:filled]
            vertices, costs = larger, dearer
        for number in range(count):
            vertex = found.visited[number]
            if found.best[vertex] < np.inf:
                vertices[filled] = vertex
                costs[filled] = found.best[vertex]
                filled += 1
                found.best[vertex] = np.inf
        begin[place + 1] = filled
    return Reached(begin, vertices[:filled].copy(), costs[:filled].copy())


@compiled
def meet(out: Reached, back: Reached, between: tuple[int, int], size: int, table: Floats) -> None:
    """Fill some rows of a table (first, and one after the last) with costs from place to place.

    `out` is what the starts reach upwards, `back` what reaches the goals; the cheapest way goes
    over a vertex that is in both. `size` is the number of vertices there are.
    """
    best = np.full(size, np.inf)
    for start in range(between[0], between[1]):
        for row in range(out.begin[start], out.begin[start + 1]):
            best[out.vertex[row]] = out.cost[row]
        for goal in range(len(back.begin) - 1):
            cheapest = np.inf
            for row in range(back.begin[goal], back.begin[goal + 1]):
                cheapest = min(cheapest, best[back.vertex[row]] + back.cost[row])
            table[start, goal] = cheapest
        for row in range(out.begin[start], out.begin[start + 1]):
            best[out.vertex[row]] = np.inf


@compiled
def summit(out: Climb, back: Climb, visited: int) -> int:
    """Return the vertex over which two searches meet at the least cost, -1 if they do not.

    Of `out` the first so many visited vertices are looked at.
    """
    top = -1
    cheapest = np.inf
    for number in range(visited):
        vertex = out.visited[number]
        if out.best[vertex] + back.best[vertex] < cheapest:
            cheapest = out.best[vertex] + back.best[vertex]
            top = vertex
    return top


@compiled
def row_between(rows: Rows, low: int, high: int) -> int:
    """Return the row of the arc between two vertices, -1 where there is none."""
    first, last = rows.begin[low], rows.begin[low + 1]
    row = first + np.searchsorted(rows.head[first:last], high)
    return row if row < last and rows.head[row] == high else -1


@compiled
def rows_between(rows: Rows, low: Ints, high: Ints) -> Longs:
    """Return the rows of the arcs between pairs of vertices."""
    found = np.empty(len(low), np.int64)
    for number in range(len(low)):
        found[number] = row_between(rows, low[number], high[number])
    return found


@compiled
def over(
    arc: tuple[int, int, int], up: Rows, down: Rows, below_up: Below, below_down: Below
) -> tuple[int, int, int]:
    """Return the lower vertex an arc leads over and the two arcs' rows; -1s if over none.

    An arc is its tail, its head and its row. Of the vertices the tail leads down to and of those
    that lead up to the head, the shorter list is gone through.
    """
    tail, head, row = arc
    cost = up.cost[row] if tail < head else down.cost[row]
    last_at, end_at = below_down.begin[tail + 1], below_up.begin[head + 1]
    if last_at - below_down.begin[tail] <= end_at - below_up.begin[head]:
        for at in range(below_down.begin[tail], last_at):
            low, first = below_down.low[at], below_down.arc[at]
            then = row_between(up, low, head)
            if then >= 0 and down.cost[first] + up.cost[then] == cost:
                return low, first, then
        return -1, -1, -1
    for at in range(below_up.begin[head], end_at):
        low, then = below_up.low[at], below_up.arc[at]
        first = row_between(down, low, tail)
        if first >= 0 and down.cost[first] + up.cost[then] == cost:
            return low, first, then
    return -1, -1, -1


@compiled
def unpack(
    arc: tuple[int, int, int], up: Rows, down: Rows, below_up: Below, below_down: Below
) -> list[int]:
    """Return the vertices after an arc's tail, up to its head, that the arc stands for.

    What leads over no lower vertex is a turn of the graph itself.
    """
    path = [0 for _ in range(0)]
    todo = [arc]
    while todo:
        tail, head, row = todo.pop()
        low, first, then = over((tail, head, row), up, down, below_up, below_down)
        if low < 0:
            path.append(head)
        else:
            todo.append((low, head, then))
            todo.append((tail, low, first))
    return path

"""A made-up country as a road network: towns, country roads and motorways, the same every time.

What counts is that it is shaped as real ones are. Towns of very different size have bent grids
with missing streets, culs-de-sac and a centre of one-way streets; country roads lead from town to
town past farms; motorways have two carriageways and slip roads. Some crossings have lights, some
forbid a turn. Distances are metres on a plane until the very end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from benchmarks.generated_plan import Numbers, Plan, Rows, as_network
from route_app.roads.network import Network
from route_app.roads.profile import CLASSES
from route_app.roads.rawroads import RawRestriction

_BLOCK_M = 95.0
_MAIN_EVERY = 4  # each fourth line of a town's grid is a through street, each eighth a bigger one
_TOWN_SHARE = 0.97
_BUILT_UP = 0.11  # share of the country that is town


def generate(junctions: int = 1_000_000, *, seed: int = 7) -> Network:
    """Return a network of about so many junctions; the same numbers give the same network."""
    plan = Plan(np.random.default_rng(seed))
    sizes = _town_sizes(junctions)
    centres = _town_centres(sizes, plan.rng)
    towns = [_lay_town(plan, at, int(size)) for at, size in zip(centres, sizes, strict=True)]
    _lay_country_roads(plan, centres, sizes, towns)
    _lay_motorways(plan, centres, sizes)
    return as_network(plan)


def _town_sizes(junctions: int) -> Numbers:
    """Return how many junctions each town has: few big ones, many small ones (Zipf)."""
    rank = np.arange(1, max(4, junctions // 1_500) + 1, dtype=float)
    share = rank**-0.8
    return np.maximum(junctions * _TOWN_SHARE * share / share.sum(), 40)


def _town_centres(sizes: Numbers, rng: np.random.Generator) -> Numbers:
    """Return where towns lie: the biggest first, none on top of another."""
    radius = _BLOCK_M * np.sqrt(sizes / np.pi) * 1.4
    side = np.sqrt((sizes.sum() * _BLOCK_M**2) / _BUILT_UP)
    placed = np.empty((len(sizes), 2))
    for row, own in enumerate(radius):
        while True:
            at = rng.uniform(0, side, 2)
            gap = np.hypot(*(placed[:row] - at).T) - radius[:row] - own
            if not row or gap.min() > 500:
                break
            side *= 1.002
        placed[row] = at
    return placed


@dataclass
class _Grid:
    """The lattice of one town: which points are in it, and its streets east and north."""

    east: Rows
    north: Rows
    number: Rows
    reach: float
    ends: Rows
    line: Rows
    away: Numbers


def _lay_town(plan: Plan, centre: Numbers, size: int) -> Rows:
    """Lay out one town and return its junctions on through streets."""
    grid = _grid(plan.rng, size)
    own = plan.junctions(_bent(plan.rng, grid, centre))
    main = grid.line % _MAIN_EVERY == 0
    inner = (grid.away < 0.2 * grid.reach) & (grid.reach > 12)
    kept = _kept_streets(plan.rng, grid, main=main, inner=inner)
    ends, line, main, inner = grid.ends[kept], grid.line[kept], main[kept], inner[kept]
    # Streets of the centre are one-way in turn, but not those that lead through it.
    oneway = inner & ~main
    turned = oneway & (line % 2 == 1)
    ends = np.where(turned[:, None], ends[:, ::-1], ends)
    degree = np.bincount(ends.ravel(), minlength=len(own))
    dead_end = (degree[ends] == 1).any(axis=1) & ~main
    kind = _town_classes(plan.rng, line, main=main, dead_end=dead_end, size=size)
    first = plan.lay(own[ends], kind, oneway=oneway, bow=0.07)
    crossing = (grid.east % _MAIN_EVERY == 0) & (grid.north % _MAIN_EVERY == 0)
    wide = (grid.east % (2 * _MAIN_EVERY) == 0) & (grid.north % (2 * _MAIN_EVERY) == 0)
    if size > 500:
        plan.lights.append(own[wide & (plan.rng.random(len(own)) < 0.7)])
    street = np.full(len(kept), -1)
    street[kept] = first + np.arange(len(ends))
    _forbid_turns(plan, grid, street, own, np.flatnonzero(crossing))
    on_through = np.unique(ends[main]) if main.any() else np.arange(len(own))
    plan.through.append(own[on_through])
    return own[on_through]


def _grid(rng: np.random.Generator, size: int) -> _Grid:
    """Return a round, wavy piece of lattice of about `size` points."""
    reach = float(np.sqrt(size / np.pi))
    half = int(reach * 1.4) + 2
    east, north = np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1))
    angle, phase = np.arctan2(north, east), rng.uniform(0, 2 * np.pi, 2)
    edge = reach * (1 + 0.14 * np.sin(2 * angle + phase[0]) + 0.1 * np.sin(5 * angle + phase[1]))
    inside = np.hypot(east, north) <= edge
    number = np.full(inside.shape, -1)
    number[inside] = np.arange(inside.sum())
    pairs, lines = [], []
    for first, second, line in (
        (number[:, :-1], number[:, 1:], north[:, :-1]),
        (number[:-1], number[1:], east[:-1]),
    ):
        both = (first >= 0) & (second >= 0)
        pairs.append(np.column_stack([first[both], second[both]]))
        lines.append(line[both])
    ends = np.concatenate(pairs)
    away = np.hypot(east[inside], north[inside])
    return _Grid(
        east=east[inside],
        north=north[inside],
        number=number,
        reach=reach,
        ends=ends,
        line=np.concatenate(lines),
        away=away[ends].max(axis=1),
    )


def _bent(rng: np.random.Generator, grid: _Grid, centre: Numbers) -> Numbers:
    """Return where the points of a lattice lie: shaken, swung and turned, as towns grow."""
    at = np.column_stack([grid.east, grid.north]) * _BLOCK_M
    at = at + rng.normal(0, 11, at.shape)
    phase = rng.uniform(0, 2 * np.pi, 4)
    swing = np.column_stack(
        [
            np.sin(at[:, 1] / 700 + phase[0]) + 0.5 * np.sin(at[:, 0] / 410 + phase[1]),
            np.sin(at[:, 0] / 620 + phase[2]) + 0.5 * np.sin(at[:, 1] / 450 + phase[3]),
        ]
    )
    turn = rng.uniform(0, np.pi / 2)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return (at + 0.8 * _BLOCK_M * swing) @ spin.T + centre


def _kept_streets(
    rng: np.random.Generator,
    grid: _Grid,
    *,
    main: NDArray[np.bool_],
    inner: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which streets of the lattice exist: enough to join all, fewer towards the edge."""
    size = int(grid.number.max()) + 1
    weight = rng.uniform(1, 2, len(grid.ends)) - 0.9 * (main | inner)
    tree = minimum_spanning_tree(csr_matrix((weight, grid.ends.T), shape=(size, size))).tocoo()
    keys = grid.ends[:, 0] * size + grid.ends[:, 1]
    needed = np.isin(keys, tree.row.astype(np.int64) * size + tree.col)
    luck = rng.random(len(grid.ends))
    return needed | (main & (luck < 0.93)) | inner | (luck < 0.31 - 0.17 * grid.away / grid.reach)


def _town_classes(
    rng: np.random.Generator,
    line: Rows,
    *,
    main: NDArray[np.bool_],
    dead_end: NDArray[np.bool_],
    size: int,
) -> Rows:
    luck = rng.random(len(line))
    quiet = np.where(
        dead_end & (luck < 0.3),
        CLASSES.index("service"),
        np.where(luck > 0.96, CLASSES.index("living_street"), CLASSES.index("residential")),
    )
    bigger = "secondary" if size > 2_000 else "tertiary"
    kind = np.where(line % (2 * _MAIN_EVERY) == 0, CLASSES.index(bigger), CLASSES.index("tertiary"))
    if size > 20_000:
        kind = np.where(line % (6 * _MAIN_EVERY) == 0, CLASSES.index("primary"), kind)
    return np.where(main, kind, quiet)


def _forbid_turns(plan: Plan, grid: _Grid, street: Rows, own: Rows, crossings: Rows) -> None:
    """Forbid a left turn at some crossings, and at a few to turn round over the next corner."""
    size = int(grid.number.max()) + 1
    keys = grid.ends[:, 0] * size + grid.ends[:, 1]
    order = np.argsort(keys)
    half = grid.number.shape[0] // 2

    def between(first: int, second: int) -> int:
        if min(first, second) < 0:
            return -1
        place = int(
            np.searchsorted(keys, min(first, second) * size + max(first, second), sorter=order)
        )
        found = order[place] if place < len(order) else -1
        matches = found >= 0 and keys[found] == min(first, second) * size + max(first, second)
        return int(street[found]) if matches else -1

    for point in crossings[plan.rng.random(len(crossings)) < 0.08].tolist():
        column, row = int(grid.east[point]) + half, int(grid.north[point]) + half
        west, north = int(grid.number[row, column - 1]), int(grid.number[row + 1, column])
        corner = int(grid.number[row + 1, column - 1])
        coming, leaving = between(west, point), between(point, north)
        back = between(corner, north)
        if min(coming, leaving) < 0:
            continue
        over = back >= 0 and point % 5 == 0
        plan.restrictions.append(
            RawRestriction(
                kind="no_u_turn" if over else "no_left_turn",
                from_ways=(coming + 1,),
                via_node=None if over else int(own[point]) + 1,
                via_ways=(leaving + 1,) if over else (),
                to_ways=(back + 1,) if over else (leaving + 1,),
            )
        )


def _neighbours(at: Numbers) -> Rows:
    """Return pairs of places with no third between them (a Gabriel graph)."""
    if len(at) < 4:
        return np.array([(a, b) for a in range(len(at)) for b in range(a)])
    corners = Delaunay(at).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    middle = at[pairs].mean(axis=1)
    nearest, _ = cKDTree(at).query(middle)
    return pairs[nearest >= np.hypot(*(at[pairs[:, 0]] - middle).T) * (1 - 1e-9)]


def _winding(rng: np.random.Generator, start: Numbers, goal: Numbers, steps: int) -> Numbers:
    """Return the points between two ends of a road that swings to both sides."""
    share = np.linspace(0, 1, steps + 1)[1:-1, None]
    along = goal - start
    aside = np.array([-along[1], along[0]])
    swing = sum(rng.normal(0, 0.06 / n) * np.sin(n * np.pi * share) for n in (1, 2, 3, 5))
    return start + share * along + swing * aside


def _lay_country_roads(plan: Plan, centres: Numbers, sizes: Numbers, towns: list[Rows]) -> None:
    where = np.concatenate(plan.at)
    small, big = np.quantile(sizes, [0.3, 0.7])
    for a, b in _neighbours(centres).tolist():
        start = _towards(where, towns[a], centres[b])
        goal = _towards(where, towns[b], where[start])
        length = float(np.hypot(*(where[goal] - where[start])))
        steps = max(2, round(length / 450))
        road = plan.junctions(_winding(plan.rng, where[start], where[goal], steps))
        chain = np.concatenate([[start], road, [goal]])
        smaller = min(sizes[a], sizes[b])
        kind = "primary" if smaller >= big else "secondary" if smaller >= small else "tertiary"
        plan.lay(np.column_stack([chain[:-1], chain[1:]]), kind)
        plan.through.append(road)
        _lay_farm_roads(plan, road, where[goal] - where[start])


def _towards(where: Numbers, own: Rows, goal: Numbers) -> int:
    return int(own[np.argmin(np.hypot(*(where[own] - goal).T))])


def _lay_farm_roads(plan: Plan, road: Rows, along: Numbers) -> None:
    """Add short roads that end at farms to both sides of a country road."""
    at = plan.at[-1]
    aside = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1.0)
    begin = np.flatnonzero(plan.rng.random(len(road)) < 0.7)
    side = plan.rng.choice([-1.0, 1.0], len(begin))
    before, place = road[begin], at[begin]
    for _ in range(3):
        if not len(begin):
            return
        step = plan.rng.uniform(120, 260, len(begin)) * side
        place = place + step[:, None] * aside + plan.rng.normal(0, 40, place.shape)
        after = plan.junctions(place)
        plan.lay(np.column_stack([before, after]), "unclassified", bow=0.1)
        on = plan.rng.random(len(begin)) < 0.5
        begin, side, before, place = begin[on], side[on], after[on], place[on]


def _lay_motorways(plan: Plan, centres: Numbers, sizes: Numbers) -> None:
    """Join the biggest towns by two carriageways each, with slip roads where a road is near."""
    biggest = np.arange(max(2, int(np.sqrt(len(sizes)))))
    through = np.concatenate(plan.through)
    where = np.concatenate(plan.at)
    near = cKDTree(where[through])
    for a, b in _neighbours(centres[biggest]).tolist():
        along = centres[b] - centres[a]
        length = float(np.hypot(*along))
        if length < 6_000:
            continue
        aside = np.array([-along[1], along[0]]) / length
        line = _winding(plan.rng, centres[a], centres[b], max(8, round(length / 800)))
        right = plan.junctions(line - 12 * aside)
        left = plan.junctions(line + 12 * aside)[::-1]
        for way in (right, left):
            plan.lay(np.column_stack([way[:-1], way[1:]]), "motorway", oneway=True, bow=0.01)
        slips = []
        last = len(line) - 1
        for row in sorted({0, *range(6, last - 5, 6), last}):
            away_m, found = near.query(line[row])
            if away_m <= 4_000 or row in (0, last):
                access = int(through[found])
                slips += _slip_roads(right, row, access) + _slip_roads(left, last - row, access)
        plan.lay(np.array(slips), "motorway_link", oneway=True, bow=0.15)


def _slip_roads(way: Rows, row: int, access: int) -> list[tuple[int, int]]:
    """Return the way off a carriageway and, one step on, the way back onto it."""
    last = len(way) - 1
    off = [(int(way[row]), access)] if row else []
    return off + ([(access, int(way[row + 1 if row else 0]))] if row < last else [])

"""Which pieces of road and which doors are one street."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import ceil, cos, radians

import shapely
from shapely.geometry import LineString, Point

from route_app.roads.place_reading import Address, Found, NumberLine, Way
from route_app.roads.spelling import normal

POINT_DEG = 0.001  # about 100 m: how close the points lie that stand for a street
CELL_DEG = 0.004  # about 450 m: pieces of one name further apart than that are two streets
BESIDE_STREET_DEG = 0.0006  # about 65 m: how far a number without a street may lie from one

Cell = tuple[int, int]


@dataclass
class Street:
    """One street: its pieces and its doors lie together."""

    names: Counter[str] = field(default_factory=Counter)
    others: set[str] = field(default_factory=set)
    points: list[tuple[float, float]] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    lines: list[NumberLine] = field(default_factory=list)
    refs: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Return the name most of its pieces and doors bear."""
        return self.names.most_common(1)[0][0]

    def take_way(self, way: Way) -> None:
        """Add a piece; what stands on the road counts more than what stands in an address."""
        self.names[way.name] += 10
        self.others.update(way.others)
        self.points.extend(_along(way.line, POINT_DEG)[1:-1] or [way.line[len(way.line) // 2]])
        self.refs.update(way.refs)

    def take_address(self, address: Address) -> None:
        """Add the doors of an address."""
        self.names[address.street] += 1
        self.addresses.append(address)


def give_streets(found: Found) -> None:
    """Give each number without a street the street it stands beside."""
    lost = [address for address in found.addresses if not address.street]
    ways = [way for way in found.ways if len(way.line) > 1]
    if lost and ways:
        tree = shapely.STRtree([LineString(way.line) for way in ways])
        points = [Point(a.place.lonlat) for a in lost]
        pairs = tree.query_nearest(points, max_distance=BESIDE_STREET_DEG, all_matches=False)
        for which, way in zip(*pairs.tolist(), strict=True):
            lost[which].street = ways[way].name
    for address in lost:  # villages without street names number their houses through
        address.street = address.street or address.city
    found.addresses = [address for address in found.addresses if address.street]


def streets(found: Found) -> Iterator[Street]:
    """Yield the streets: same name and no wide gap between their pieces and doors."""
    ways: dict[str, list[Way]] = defaultdict(list)
    addresses: dict[str, list[Address]] = defaultdict(list)
    for way in found.ways:
        ways[normal(way.name)].append(way)
    for address in found.addresses:
        addresses[normal(address.street)].append(address)
    lines: dict[str, list[NumberLine]] = defaultdict(list)
    for line in found.lines:
        lines[normal(line.street)].append(line)
    width = _cell_width(found)
    for words in sorted({*ways, *addresses} - {""}):
        cells: dict[Cell, Street] = {}
        laid = [(way, _along(way.line, CELL_DEG)) for way in ways[words]]
        spots = {_cell(*spot, width) for _, line in laid for spot in line}
        spots |= {_cell(*address.place.lonlat, width) for address in addresses[words]}
        groups = [(Street(), group) for group in _neighbours(spots)]
        for street, group in groups:
            cells.update(dict.fromkeys(group, street))
        for way, _ in laid:
            cells[_cell(*way.line[0], width)].take_way(way)
        for address in addresses[words]:
            cells[_cell(*address.place.lonlat, width)].take_address(address)
        for numbers in lines[words]:
            home = cells.get(_cell(*numbers.line[0], width))
            if home is not None:
                home.lines.append(numbers)
        yield from (street for street, _ in groups)


def crossings(found: Found, all_streets: list[Street]) -> Iterator[tuple[int, int, float, float]]:
    """Yield where two streets share a junction: their places in the list, longitude, latitude."""
    spots = {ref: spot for way in found.ways for ref, spot in zip(way.refs, way.line, strict=True)}
    meet: dict[int, list[int]] = defaultdict(list)
    for index, street in enumerate(all_streets):
        for ref in street.refs:
            meet[ref].append(index)
    for ref, indices in meet.items():
        for one, other in combinations(sorted(indices), 2):
            yield one, other, *spots[ref]


def _along(line: list[tuple[float, float]], step_deg: float) -> list[tuple[float, float]]:
    """Return a line with a point at least every so many degrees."""
    points = line[:1]
    for (lon, lat), (next_lon, next_lat) in pairwise(line):
        steps = max(1, ceil(max(abs(next_lon - lon), abs(next_lat - lat)) / step_deg))
        for n in range(1, steps + 1):
            part = n / steps
            points.append((lon + (next_lon - lon) * part, lat + (next_lat - lat) * part))
    return points


def _cell(lon: float, lat: float, width: float) -> Cell:
    """Return the square of the grid a point lies in."""
    return (int(lon // width), int(lat // CELL_DEG))


def _cell_width(found: Found) -> float:
    """Return how many degrees of longitude make a cell as wide as it is high, in this extract."""
    lats = [way.line[0][1] for way in found.ways[:1]] + [a.place.lat for a in found.addresses[:1]]
    return CELL_DEG / max(0.1, cos(radians(lats[0]))) if lats else CELL_DEG


def _neighbours(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Yield the groups of cells that touch, corners included."""
    left = set(cells)
    while left:
        group, edge = set(), [left.pop()]
        while edge:
            x, y = cell = edge.pop()
            group.add(cell)
            near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        yield group

"""Smalltown: a town small enough to count its minutes by hand.

Twelve junctions in a grid of one kilometre a block. Columns A to D from west to east, rows 1 to 3
from south to north::

    A3 ----- B3 ----- C3 ----- D3     North Street   60 km/h: 1 minute a block
    |        |        ^        |
    A2 ----- B2 ----- C2 ----- D2     Main Street    60 km/h: 1 minute a block
    |        |        ^        |
    A1 ----- B1 ----- C1 ----- D1     South Street   60 km/h: 1 minute a block

    First, Second, Third and Fourth Avenue run north, 30 km/h: 2 minutes a block.
    Third Avenue is one-way, northbound, so the way back is not the way there.

The minutes are those of free flow, without any allowance for traffic or turning.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, degrees, radians
from pathlib import Path

import numpy as np

from route_app.lib.geo import EARTH_RADIUS_M, LatLon
from route_app.roads.engine import TravelMatrix

OSM_FILE = Path(__file__).parent / "data" / "smalltown.osm"
TIME_ZONE = "Europe/Helsinki"
COUNTRY = "FI"
BLOCK_M = 1_000
COLUMNS, ROWS = "ABCD", "123"
STREETS = {"1": "South Street", "2": "Main Street", "3": "North Street"}
AVENUES = {"A": "First Avenue", "B": "Second Avenue", "C": "Third Avenue", "D": "Fourth Avenue"}
ONE_WAY = "C"
_MIDDLE_LAT, _WEST_LON = 62.0, 25.0


def _place(junction: str) -> LatLon:
    column, row = COLUMNS.index(junction[0]), ROWS.index(junction[1]) - 1
    north = degrees(BLOCK_M / EARTH_RADIUS_M)
    lat = round(_MIDDLE_LAT + row * north, 7)
    # each row has its own width of a degree, so that every block is one kilometre
    east = north / cos(radians(lat))
    return LatLon(lat, round(_WEST_LON + column * east, 7))


JUNCTIONS: dict[str, LatLon] = {f"{c}{r}": _place(f"{c}{r}") for r in ROWS for c in COLUMNS}


@dataclass(frozen=True)
class Shop:
    """One of the six accounts: what it is, where, whose, and how much it matters."""

    key: str
    name: str
    junction: str
    owner: str
    tier: str
    house_no: str
    tag: tuple[str, str]

    @property
    def place(self) -> LatLon:
        return JUNCTIONS[self.junction]

    @property
    def street(self) -> str:
        return STREETS[self.junction[1]]


SHOPS: tuple[Shop, ...] = (
    Shop("bakery", "Anchor Bakery", "A3", "alice", "A", "1", ("shop", "bakery")),
    Shop("pharmacy", "Birch Pharmacy", "B3", "alice", "B", "12", ("amenity", "pharmacy")),
    Shop("florist", "Clover Florist", "D3", "alice", "C", "34", ("shop", "florist")),
    Shop("hardware", "Dale Hardware", "B2", "alice", "B", "15", ("shop", "hardware")),
    Shop("cafe", "Elm Café", "A1", "carol", "A", "3", ("amenity", "cafe")),
    Shop("bookshop", "Fern Books", "D1", "carol", "D", "40", ("shop", "books")),
)
HOMES = {"alice": "A2", "carol": "D2"}
# From A2, hand-counted: first the avenue (2 a block), then the street (1 a block).
MINUTES_FROM_ALICES_HOME = {
    "bakery": 2, "pharmacy": 3, "florist": 5, "hardware": 1, "cafe": 2, "bookshop": 5,
}  # fmt: skip


def roads() -> list[tuple[str, str, int]]:
    """Every directed block: from, to, minutes."""
    found: list[tuple[str, str, int]] = []
    for row in ROWS:
        for a, b in pairwise(COLUMNS):
            found += [(a + row, b + row, 1), (b + row, a + row, 1)]
    for column in COLUMNS:
        for south, north in pairwise(ROWS):
            found.append((column + south, column + north, 2))
            if column != ONE_WAY:
                found.append((column + north, column + south, 2))
    return found


def travel(start: str) -> dict[str, tuple[int, int]]:
    """Minutes and blocks of the quickest way from a junction to every junction."""
    out: dict[str, list[tuple[str, int]]] = {}
    for a, b, minutes in roads():
        out.setdefault(a, []).append((b, minutes))
    best: dict[str, tuple[int, int]] = {}
    waiting = [(0, 0, start)]
    while waiting:
        minutes, blocks, at = heapq.heappop(waiting)
        if at in best:
            continue
        best[at] = (minutes, blocks)
        for there, more in out[at]:
            heapq.heappush(waiting, (minutes + more, blocks + 1, there))
    return best


def minutes(start: str, end: str) -> int:
    """Free-flow minutes between two junctions."""
    return travel(start)[end][0]


def matrix(junctions: Sequence[str]) -> TravelMatrix:
    """Travel between junctions, for rules that need figures but no road network."""
    ways = [travel(a) for a in junctions]
    seconds = [[way[b][0] * 60 for b in junctions] for way in ways]
    metres = [[way[b][1] * BLOCK_M for b in junctions] for way in ways]
    return TravelMatrix(
        seconds=np.array(seconds, dtype=np.int32),
        metres=np.array(metres, dtype=np.int32),
        network="smalltown",
        slot="free_flow",
    )


def osm_xml() -> str:
    """The town as OpenStreetMap XML: its streets, shops with addresses, and its name."""
    ids = {junction: number for number, junction in enumerate(JUNCTIONS, start=1)}
    meta = 'version="1" timestamp="2026-01-01T00:00:00Z"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="smalltown">']
    south, east = JUNCTIONS["A1"], JUNCTIONS["D1"]
    north = JUNCTIONS["A3"]
    lines.append(
        f'  <bounds minlat="{south.lat - 0.005:.7f}" minlon="{south.lon - 0.01:.7f}"'
        f' maxlat="{north.lat + 0.005:.7f}" maxlon="{east.lon + 0.01:.7f}"/>'
    )
    for junction, place in JUNCTIONS.items():
        lines.append(
            f'  <node id="{ids[junction]}" {meta} lat="{place.lat:.7f}" lon="{place.lon:.7f}"/>'
        )
    for number, shop in enumerate(SHOPS, start=101):
        tags = {
            shop.tag[0]: shop.tag[1],
            "name": shop.name,
            "addr:street": shop.street,
            "addr:housenumber": shop.house_no,
            "addr:postcode": "40100",
            "addr:city": "Smalltown",
        }
        lines += _node(number, meta, shop.place, tags)
    lines += _node(201, meta, JUNCTIONS["B2"], {"place": "town", "name": "Smalltown"})
    ways = [(STREETS[r], "secondary", "60", [f"{c}{r}" for c in COLUMNS], {}) for r in ROWS] + [
        (
            AVENUES[c],
            "residential",
            "30",
            [f"{c}{r}" for r in ROWS],
            {"oneway": "yes"} if c == ONE_WAY else {},
        )
        for c in COLUMNS
    ]
    for number, (name, highway, speed, through, more) in enumerate(ways, start=301):
        lines.append(f'  <way id="{number}" {meta}>')
        lines += [f'    <nd ref="{ids[junction]}"/>' for junction in through]
        tags = {"highway": highway, "name": name, "maxspeed": speed, **more}
        lines += [f'    <tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("  </way>")
    return "\n".join([*lines, "</osm>", ""])


def _node(number: int, meta: str, place: LatLon, tags: dict[str, str]) -> list[str]:
    return [
        f'  <node id="{number}" {meta} lat="{place.lat:.7f}" lon="{place.lon:.7f}">',
        *(f'    <tag k="{key}" v="{value}"/>' for key, value in tags.items()),
        "  </node>",
    ]

"""Hand-written towns in metres around 0, 0, where every expected number can be counted.

A street without other tags has a limit of 45 km/h, driven at 36: ten metres a second.
"""

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from route_app.lib.geo import EARTH_RADIUS_M, LatLon
from route_app.roads.embedded_engine import EmbeddedEngine
from route_app.roads.importer import read_extract
from route_app.roads.network import Network, build_network
from route_app.roads.scipy_engine import ScipyEngine

# The fixture `both_engines` puts the other one here.
ENGINE: type[EmbeddedEngine] = ScipyEngine
METRES_PER_DEGREE = EARTH_RADIUS_M * 3.141592653589793 / 180


def at(x: float, y: float) -> LatLon:
    """Return the place so many metres east and north of 0, 0."""
    return LatLon(y / METRES_PER_DEGREE, x / METRES_PER_DEGREE)


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


@dataclass
class Town:
    """An OpenStreetMap file in the making."""

    nodes: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)

    def node(self, number: int, x: float, y: float, **tags: str) -> None:
        place = at(x, y)
        self.nodes.append(
            f'<node id="{number}" lat="{place.lat:.9f}" lon="{place.lon:.9f}" version="1">'
            f"{_tags(tags)}</node>"
        )

    def way(self, number: int, nodes: list[int], **tags: str) -> None:
        said = {"highway": "residential", "maxspeed": "45", "name": f"Street {number}"} | tags
        refs = "".join(f'<nd ref="{ref}"/>' for ref in nodes)
        self.ways.append(f'<way id="{number}" version="1">{refs}{_tags(said)}</way>')

    def ferry(self, number: int, nodes: list[int], duration: str = "00:30") -> None:
        said = {"route": "ferry", "duration": duration, "name": "Ferry"}
        self.way(number, nodes, highway="", maxspeed="", **said)
        self.ways[-1] = self.ways[-1].replace('<tag k="highway" v=""/>', "")

    def restriction(
        self, kind: str, start: int, goal: int, *, node: int = 0, way: int = 0, **tags: str
    ) -> None:
        via = ("node", node) if node else ("way", way)
        said = {"type": "restriction"} | ({"restriction": kind} if kind else {}) | tags
        self.relations.append(
            f'<relation id="{900 + len(self.relations)}" version="1">'
            f'<member type="way" ref="{start}" role="from"/>'
            f'<member type="{via[0]}" ref="{via[1]}" role="via"/>'
            f'<member type="way" ref="{goal}" role="to"/>{_tags(said)}</relation>'
        )

    def write(self, folder: Path, name: str = "town.osm") -> Path:
        path = folder / name
        body = "".join([*self.nodes, *self.ways, *self.relations])
        path.write_text(f'<osm version="0.6">{body}</osm>', encoding="utf-8")
        return path

    def network(self, folder: Path, *, drives_left: bool = False) -> Network:
        return build_network(read_extract(self.write(folder)), drives_left=drives_left)

    def engine(self, folder: Path, *, drives_left: bool = False) -> EmbeddedEngine:
        return ENGINE(self.network(folder, drives_left=drives_left))


def one_way_block() -> Town:
    """A block of 100 m sides that is driven one way round: east, north, west, south."""
    town = Town()
    for number, (x, y) in enumerate([(0, 0), (100, 0), (100, 100), (0, 100)], start=1):
        town.node(number, x, y)
    for number in (1, 2, 3, 4):
        town.way(10 + number, [number, number % 4 + 1], oneway="yes")
    return town


def crossing(**centre: str) -> Town:
    """Four streets of 100 m that meet at 0, 0: 11 south, 12 east, 13 north, 14 west."""
    town = Town()
    town.node(1, 0, 0, **centre)
    for number, (x, y) in enumerate([(0, -100), (100, 0), (0, 100), (-100, 0)], start=1):
        town.node(1 + number, x, y)
        town.way(10 + number, [1, 1 + number])
    return town


def two_islands(*, ferry: bool) -> Town:
    """Two crossings 5 km apart, and maybe a ferry of half an hour between them."""
    town = Town()
    for first, east in ((1, 0), (51, 5000)):
        town.node(first, east, 0)
        for arm, (x, y) in enumerate([(0, -100), (100, 0), (0, 100), (-100, 0)], start=1):
            town.node(first + arm, east + x, y)
            town.way(first + 100 + arm, [first, first + arm])
    if ferry:
        town.ferry(300, [3, 55])
    return town

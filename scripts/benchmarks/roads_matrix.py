"""Networks and travel times: how long a build, a start, a slot and a matrix take, and how exact."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx
import numpy as np

from benchmarks.extracts import porto_or_helsinki
from benchmarks.generated_country import generate
from benchmarks.rows import Row
from route_app.lib.geo import LatLon
from route_app.roads.cch_engine import CchEngine
from route_app.roads.network import Network
from route_app.roads.packed import find_ends
from route_app.roads.search import search_from, straight_on
from route_app.roads.store import RoadStore

T = TypeVar("T")

_SCRIPTS = str(Path(__file__).parents[1])
_BUILD = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from benchmarks.peak import peak_mb
from route_app.roads.store import RoadStore
begun = time.process_time()
RoadStore(Path(sys.argv[1])).build(Path(sys.argv[2]), name="measured")
print(json.dumps([time.process_time() - begun, peak_mb()]))
"""


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the figures on a city, then those on a whole country."""
    source = porto_or_helsinki()
    with tempfile.TemporaryDirectory(prefix="fieldbeat-roads-") as name:
        folder = Path(name)
        city = source.name.partition(".")[0]
        yield from _build(folder, source, city)
        store = RoadStore(folder)
        engine: Any = store.open()
        places = _joined(engine, 400)
        engine.matrix(places[:2])  # what is compiled is loaded once a process
        yield from _opening(folder, city)
        whole = city == "porto"  # the goals are for a city, not for the square everybody has
        yield from _matrices(engine, places, city, searched=3 if quick else 12, held=whole)
        yield from _threads(engine, places, each=100 if quick else 1_000)
    yield from _country(100_000 if quick else 1_000_000)


def _build(folder: Path, source: Path, city: str) -> Iterator[Row]:
    command = [sys.executable, "-c", _BUILD]
    with tempfile.TemporaryDirectory(prefix="fieldbeat-roads-") as first:
        # The very first build of an installation compiles the loops.
        subprocess.run([*command, first, str(source), _SCRIPTS], check=True, capture_output=True)
    done = subprocess.run(
        [*command, str(folder), str(source), _SCRIPTS], check=True, capture_output=True, text=True
    )
    cpu, most = json.loads(done.stdout.splitlines()[-1])
    yield Row(f"{city}: extract to ready network", cpu, "CPU s", at_most=3)
    yield Row(f"{city}: most memory of that process", most, "MB", at_most=250)


def _opening(folder: Path, city: str) -> Iterator[Row]:
    engine, opened = _timed(lambda: RoadStore(folder).open())
    yield Row(f"{city}: ready from cache", opened, "CPU s", at_most=0.2)
    rest: Any = engine
    rest.matrix(_places(rest.roads, 2))
    _, slot = _timed(lambda: rest.matrix(_places(rest.roads, 2), slot="peak"))
    yield Row(f"{city}: a new traffic slot", slot, "CPU s", at_most=0.1)
    points = _places(rest.roads, 5_000)
    _, snapping = _timed(lambda: rest._snapper.locate(points))
    yield Row(f"{city}: snapping a point", snapping / len(points) * 1e6, "µs", at_most=50)


def _matrices(
    engine: CchEngine, places: list[LatLon], city: str, *, searched: int, held: bool
) -> Iterator[Row]:
    small, hundred = min(_timed(lambda: engine.matrix(places[:100]))[1] for _ in range(3)), 100
    large = min(_timed(lambda: engine.matrix(places))[1] for _ in range(3))
    scipy_s, wrong = _with_scipy(engine, places[:100], searched)
    networkx_s = _with_networkx(engine, places[:100], searched)
    yield Row(
        f"{city}: 100 x 100, turn-aware",
        small,
        "CPU s",
        at_most=0.15,
        against=f"scipy {scipy_s * hundred:.1f} s, networkx {networkx_s * hundred:.0f} s",
    )
    yield Row(f"{city}: 400 x 400, turn-aware", large, "CPU s", at_most=1)
    for other, spent, goal in (("networkx", networkx_s, 100), ("scipy", scipy_s, 4)):
        ratio = spent * hundred / small
        yield Row(f"times faster than {other} (100 x 100)", ratio, "x", goal if held else None)
    yield Row("pairs that differ from scipy", wrong, "", at_most=0, against=f"of {searched * 100}")
    legs = places[:41]
    engine.legs(legs)
    _, drives = _timed(lambda: engine.legs(legs))
    yield Row("one drive with its line and turns", drives / 40 * 1e3, "CPU ms")


def _with_scipy(engine: CchEngine, places: list[LatLon], searched: int) -> tuple[float, int]:
    """Return the seconds a place takes in plain searches of the whole graph, and how many differ.

    The same turns and the same costs, one search from each place.
    """
    slotted = engine._slotted("off_peak")
    located, _ = engine._snapper.locate(places)
    ends = find_ends(engine.roads, engine.graph, slotted.weights, located)
    sources = np.unique(ends.place)[:searched]
    groups = np.flatnonzero(np.r_[True, np.diff(ends.place) > 0])
    found, spent = _timed(lambda: list(search_from(slotted.graph, ends, sources)))
    costs = np.concatenate([cost for _, cost in found])
    best = np.minimum.reduceat(costs[:, ends.vertex] - ends.rest, groups, axis=1)
    best = np.minimum(best, straight_on(ends, sources))
    ours = slotted.search.shortest(ends, len(places))[sources][:, np.unique(ends.place)]
    theirs = np.where(np.isfinite(best), best, -1)
    theirs[np.arange(len(sources)), np.arange(len(sources))] = 0
    return spent / len(sources), int((ours != theirs).sum())


def _with_networkx(engine: CchEngine, places: list[LatLon], searched: int) -> float:
    """Return the seconds a place takes with networkx on the same turns and costs."""
    graph = engine._slotted("off_peak").graph
    net: Any = nx.DiGraph()
    start = np.repeat(np.arange(graph.size), np.diff(graph.begin))
    net.add_weighted_edges_from(
        zip(start.tolist(), graph.onto.tolist(), graph.cost.tolist(), strict=True)
    )
    located, _ = engine._snapper.locate(places)
    weights = engine._slotted("off_peak").weights
    ends = find_ends(engine.roads, engine.graph, weights, located)
    from_each = [ends.vertex[ends.place == place].tolist() for place in range(searched)]
    begun = time.process_time()
    for vertices in from_each:
        nx.multi_source_dijkstra_path_length(net, set(vertices))
    return (time.process_time() - begun) / searched


def _threads(engine: CchEngine, places: list[LatLon], *, each: int) -> Iterator[Row]:
    parts = [places[40 * n : 40 * n + 40] for n in range(8)]
    alone = [engine.matrix(part).seconds for part in parts]

    def differ(part: int) -> int:
        tables = (engine.matrix(parts[part]).seconds for _ in range(each))
        return sum(int((table != alone[part]).any()) for table in tables)

    with ThreadPoolExecutor(8) as pool:
        wrong = sum(pool.map(differ, range(8)))
    yield Row(f"8 threads x {each:,} matrices that differ", wrong, "", at_most=0)


def _country(junctions: int) -> Iterator[Row]:
    network = generate(junctions)
    engine, prepared = _timed(lambda: CchEngine(network))
    places = _places(network, 400)
    name = f"{len(network.node_osm):,} junctions"
    yield Row(f"{name}: turns and hierarchy", prepared, "CPU s")
    _, slot = _timed(lambda: engine.matrix(places[:2]))
    yield Row(f"{name}: a traffic slot, with the street index", slot, "CPU s")
    table = min(_timed(lambda: engine.matrix(places))[1] for _ in range(3))
    scipy_s, wrong = _with_scipy(engine, places, 2)
    yield Row(
        f"{name}: 400 x 400, turn-aware",
        table,
        "CPU s",
        at_most=1,
        against=f"scipy {scipy_s * 400:.0f} s",
    )
    yield Row(f"{name}: pairs that differ from scipy", wrong, "", at_most=0, against="of 800")


def _places(network: Network, count: int) -> list[LatLon]:
    """Return places beside streets that one can drive to, the same every time."""
    rng = np.random.default_rng(7)
    streets = np.flatnonzero(network.way_snappable[network.piece_way])
    rows = network.piece_from[rng.choice(streets, count)]
    off = rng.normal(0, 1e-4, (count, 2))
    return [
        LatLon(float(network.point_lat[row] + north), float(network.point_lon[row] + east))
        for row, (north, east) in zip(rows, off, strict=True)
    ]


def _joined(engine: CchEngine, count: int) -> list[LatLon]:
    """Return places that all reach each other."""
    places = _places(engine.roads, 2 * count)
    snaps = engine.snap(places)
    return [place for place, snap in zip(places, snaps, strict=True) if snap.part == 0][:count]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun

"""Our travel times against a real OSRM server's, on the same extract and the same cars."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import osmium

from benchmarks import extracts, routing_servers
from benchmarks.routing_servers import NotHere, Running
from benchmarks.rows import Row
from route_app.lib.geo import LatLon
from route_app.roads.bundled import bundled_extract
from route_app.roads.engine import UNREACHABLE, TravelEngine, TravelMatrix
from route_app.roads.profile import Profile
from route_app.roads.road_server import RoadServer
from route_app.roads.store import RoadStore

# Goals hold for the city; the bundled square is so small that its drives end in a minute or two.
CITY, COUNTRY = "vancouver", "CA"
PLACES = 300
SHORTEST_S = 60
# OSRM's own lights take two seconds, as in our slot without traffic.
SLOT = "free_flow"
_KEYS = ("shop", "office", "amenity")


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield how well we agree with OSRM, and what a matrix costs both; one fact if it is absent."""
    with tempfile.TemporaryDirectory(prefix="fieldbeat-bench-") as name:
        folder = Path(name)
        try:
            wheel = routing_servers.programs("osrm", fetch_into=folder)
            extract, is_city = _extract()
            yield from _compared(wheel, extract, folder, is_city=is_city, quick=quick)
        except NotHere as why:
            yield Row("agreement with OSRM", float("nan"), "", against=f"not measured: {why}")


def _compared(
    wheel: Path, extract: Path, folder: Path, *, is_city: bool, quick: bool
) -> Iterator[Row]:
    store = RoadStore(folder / "roads")
    store.build(extract, name="measured", country=COUNTRY if is_city else "FI")
    ours = store.open()
    places = businesses(extract, PLACES)
    options = ("--max-table-size", "1000")
    with routing_servers.osrm(wheel, extract, folder / "osrm", options=options) as server:
        theirs = _engine(server)
        yield from agreement(ours, theirs, places, held=is_city)
        mld = _costs(theirs, extract, server)
    algorithms = {"MLD": mld}
    if not quick:
        contracted = routing_servers.osrm(
            wheel, extract, folder / "osrm", algorithm="CH", options=options
        )
        with contracted as server:
            algorithms["CH"] = _costs(_engine(server), extract, server)
    yield from _matrix_rows(_costs(ours, extract, None), algorithms)


def agreement(
    ours: TravelEngine, theirs: TravelEngine, places: list[LatLon], *, held: bool
) -> Iterator[Row]:
    """Yield how our seconds compare with theirs, over pairs that take them more than a minute."""
    mine, yours = ours.matrix(places, slot=SLOT), theirs.matrix(places, slot=SLOT)
    ratio = _ratios(mine, yours)
    away = np.abs(ratio - 1)
    low, high = np.quantile(ratio, [0.05, 0.95])
    spread = f"{len(ratio):,} pairs, 5 to 95 of 100: {low:.3f} to {high:.3f}"
    median = float(np.median(ratio))
    goal_5, goal_10 = (93.0, 97.0) if held else (None, None)
    yield Row("median of ours / OSRM", median, "", against=spread)
    yield Row("median off OSRM", 100 * abs(median - 1), "%", at_most=2.0 if held else None)
    yield Row("pairs within 5 % of OSRM", 100 * float((away <= 0.05).mean()), "%", at_least=goal_5)
    yield Row("pairs within 10 % of OSRM", 100 * float((away <= 0.1).mean()), "%", at_least=goal_10)
    metres = _metres(mine, yours)
    yield Row("pairs within 5 % of OSRM's metres", 100 * float((metres <= 0.05).mean()), "%")


def businesses(extract: Path, count: int, *, seed: int = 7) -> list[LatLon]:
    """Return so many real shops, offices and amenities of an extract, chosen by a seed."""
    found: list[LatLon] = []
    for node in osmium.FileProcessor(str(extract), osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter(*_KEYS)
    ):
        found.append(LatLon(node.location.lat, node.location.lon))
    chosen = np.random.default_rng(seed).permutation(len(found))[:count]
    return [found[row] for row in sorted(chosen.tolist())]


def _ratios(mine: TravelMatrix, yours: TravelMatrix) -> np.ndarray:
    used = _used(mine, yours)
    return mine.seconds[used] / yours.seconds[used]


def _metres(mine: TravelMatrix, yours: TravelMatrix) -> np.ndarray:
    used = _used(mine, yours)
    return np.abs(mine.metres[used] / yours.metres[used] - 1)


def _used(mine: TravelMatrix, yours: TravelMatrix) -> np.ndarray:
    both = (mine.seconds < UNREACHABLE) & (yours.seconds < UNREACHABLE)
    return both & (yours.seconds > SHORTEST_S)


def _engine(server: Running) -> TravelEngine:
    return RoadServer(server.url, table_size=1000, timeout_s=120).engine(Profile())


def _costs(engine: TravelEngine, extract: Path, server: Running | None) -> dict[int, float]:
    """Return the processor seconds of a matrix of so many places: the server's own, or ours."""
    spent: Callable[[], float] = time.process_time if server is None else lambda: server.cpu_s
    found = {}
    for count in (100, 400):
        places = businesses(extract, count, seed=11)
        engine.matrix(places[:3], slot=SLOT)  # what is prepared once is not a matrix's cost
        begun = spent()
        engine.matrix(places, slot=SLOT)
        found[count] = spent() - begun
    return found


def _matrix_rows(ours: dict[int, float], theirs: dict[str, dict[int, float]]) -> Iterator[Row]:
    for count, cpu_s in ours.items():
        told = ", ".join(f"OSRM {name} {costs[count]:.2f} s" for name, costs in theirs.items())
        yield Row(f"matrix of {count} x {count}", cpu_s, "CPU s", against=told)


def _extract() -> tuple[Path, bool]:
    """Return the extract to compare on, and whether it is the city that the goals are held to."""
    city = extracts.extract(CITY)
    return (city, True) if city else (bundled_extract(), False)

"""Roads: networks, travel times, geocoder, base map and clock, each beside an alternative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module

from benchmarks.rows import Row

# Each is a module here, named roads_<part>, with rows(quick=…).
PARTS = ("matrix", "osrm", "geocoder", "basemap", "clock")


def measure(*, quick: bool, parts: Sequence[str] = PARTS) -> Iterator[Row]:
    """Measure the parts asked for, all if none is named."""
    for part in parts:
        yield from import_module(f"benchmarks.roads_{part}").rows(quick=quick)

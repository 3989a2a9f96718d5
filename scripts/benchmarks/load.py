"""Call something again and again from several threads for a while, and keep how long each took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil


class Refused(Exception):
    """An answer that was not a success."""


@dataclass
class Load:
    """The successful calls of one measurement, in milliseconds each, and what went wrong."""

    ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_s(self) -> float:
        """Return successful calls a second."""
        return len(self.ms) / self.seconds if self.seconds else 0.0


def hammer(calls: Sequence[Callable[[], None]], *, seconds: float) -> Load:
    """Call each in a thread of its own, over and over, and return what that took together."""
    found = Load()
    guard = threading.Lock()
    began = time.perf_counter()

    def keep_calling(call: Callable[[], None]) -> None:
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            try:
                call()
            except (Refused, OSError) as error:
                with guard:
                    found.refused.append(str(error))
                time.sleep(0.05)
            else:
                with guard:
                    found.ms.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=keep_calling, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - began
    return found


def percentile(values: Sequence[float], part: int) -> float:
    """Return the value that `part` per cent do not exceed; infinite where there are no values."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * part / 100) - 1)]

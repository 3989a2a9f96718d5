"""One measured figure, the goal it is held against, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Row:
    """A figure. `at_least` or `at_most` is its goal; neither makes it a plain fact.

    `against` says in a few words what the alternative reached in the same run.
    """

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    against: str = ""

    @property
    def goal(self) -> str:
        """Return the goal as people read it."""
        if self.at_least is not None:
            return f"≥ {_short(self.at_least)}"
        return "" if self.at_most is None else f"≤ {_short(self.at_most)}"

    @property
    def holds(self) -> bool | None:
        """Return whether the goal is reached; None where there is none. A non-number misses it."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most

    @property
    def shown(self) -> str:
        """Return the value as people read it."""
        return _short(self.value)

    def plain(self) -> dict[str, object]:
        """Return the row for a file."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal,
            "holds": self.holds,
            "against": self.against,
        }


def _short(value: float) -> str:
    if not isfinite(value):
        return "–"
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.3g}"

"""A stored plan as values: what the phone, the office and the next planning of the day read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One stop of a stored plan. Times are seconds after local midnight; `path` is [lon, lat].

    `kind` is visit, break or end; `account_*`, `lat` and `lon` are set for visits (the end has
    its place in the plan's `places`).
    """

    position: int
    kind: str
    account_id: str | None
    account_name: str
    lat: float | None
    lon: float | None
    appointment_id: str | None
    commitment: str
    arrive_s: int
    begin_s: int
    depart_s: int
    drive_s: int
    drive_m: int
    wait_s: int
    slack_s: int
    prize: int
    reasons: tuple[Mapping[str, Any], ...]
    path: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A visit that is not in the plan, and why."""

    visit_id: str
    account_id: str
    account_name: str
    appointment_id: str | None
    reason: str
    sentence: str
    prize: int
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The plan of a rep's day as it is to be driven, with its totals. `notes` are sentences.

    `places` has "start" and "end", each {"lat", "lon", "label"}, where the day has such a place,
    and "rest" ({"from_s", "stops"}) when the plan was made during the day.
    `calibration` is what was learned of the drives and applied, empty if nothing was.
    """

    id: str
    rep_id: str
    day: date
    version: int
    time_zone: str
    seed: int
    input_hash: str
    network: str
    estimated: bool
    cause: str
    start_s: int | None
    end_s: int | None
    drive_s: int
    drive_m: int
    wait_s: int
    service_s: int
    prize: int
    certificate: Mapping[str, Any]
    places: Mapping[str, Any]
    notes: tuple[str, ...]
    created_at: datetime
    stops: tuple[PlannedStop, ...]
    left_out: tuple[LeftOut, ...]
    calibration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def visits(self) -> tuple[PlannedStop, ...]:
        """Return only the stops at customers."""
        return tuple(stop for stop in self.stops if stop.kind == "visit")

    @property
    def past(self) -> int:
        """Return how many of its first stops lay behind the rep when it was made; 0 in the morning.

        They are kept as they were: visits with the times they really had, and the lunch taken.
        """
        return int(self.places.get("rest", {}).get("stops", 0))

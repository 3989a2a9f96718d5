"""Predict what was driven on the network the plan would use, in few questions to it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from route_app.calibration.drives import Call, Lunch, Observed, judge, observe
from route_app.lib.geo import LatLon
from route_app.roads.calibrated import Basis, basis_of
from route_app.roads.engine import UNREACHABLE, Slot, TravelEngine
from route_app.roads.fallback_engine import FallbackEngine
from route_app.roads.store import RoadStore

MOST_PLACES = 48  # in one question: the answer grows with their square
Progress = Callable[[float, str], None]
_Answer = tuple[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class RepLog:
    """One rep's check-ins, and what must be known to read them as drives.

    `moved_at` tells for each check-in when its account was last changed: its pin may be another.
    """

    zone: ZoneInfo
    lunch: Lunch
    calls: tuple[Call, ...]
    moved_at: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """What was predicted of a drive earlier, and by which network."""

    from_id: str | None
    slot: str
    network: str
    predicted_s: int | None
    observed_at: datetime
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Predicted:
    """An observed drive as judged, and what predicted it."""

    drive: Observed
    network: str
    basis: Basis
    is_new: bool


def predict(
    logs: Sequence[RepLog], roads: RoadStore, known: Mapping[str, Known], *, progress: Progress
) -> list[Predicted]:
    """Return every drive of these logs, judged. What is known of the same network is not asked.

    Each drive has the name of the network that answered for it. What stood in for a road server
    is asked again another time, and does not take the place of what the server told before.
    """
    told: list[Predicted] = []
    hours, car = roads.profile().hours, _car(roads)
    for number, log in enumerate(logs):
        progress(number / len(logs), "Driving the check-ins of the team again")
        travel = roads.open_for([call.place for call in log.calls if call.place is not None])
        usual = _usual(travel)
        drives = observe(log.calls, zone=log.zone, lunch=log.lunch, hours=hours)
        fresh = [
            one for one in drives if one.asks and not _is_known(one, log, known, f"{usual}/{car}")
        ]
        asked = dict(_ask(travel, fresh))
        for one in drives:
            network, seconds = asked.get(one.id, (usual, _again(known.get(one.id))))
            judged = judge(one, seconds) if one.asks else one
            told.append(Predicted(judged, f"{network}/{car}", basis_of(network), one.id in asked))
    return told


def _usual(travel: TravelEngine) -> str:
    """Return the network that answers as a rule, whatever stands in for it now."""
    return travel.server.network if isinstance(travel, FallbackEngine) else travel.network


def _again(known: Known | None) -> int:
    return UNREACHABLE if known is None or known.predicted_s is None else known.predicted_s


def _is_known(drive: Observed, log: RepLog, known: Mapping[str, Known], network: str) -> bool:
    before = known.get(drive.id)
    if before is None or (before.from_id, before.slot, before.network) != (
        drive.from_id,
        drive.slot,
        network,
    ):
        return False
    moved = max(log.moved_at[one] for one in (drive.id, drive.from_id) if one is not None)
    return moved < before.observed_at and (before.predicted_s is not None or before.unreachable)


def _car(roads: RoadStore) -> str:
    """Return the fingerprint of the profile: other speeds predict other seconds."""
    told = json.dumps(asdict(roads.profile()), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _ask(travel: TravelEngine, drives: Sequence[Observed]) -> Iterator[_Answer]:
    """Yield for each drive, asked in its slot, which network answered and the seconds, by id."""
    for slot in sorted({one.slot for one in drives}):
        for part in _parts([one for one in drives if one.slot == slot]):
            yield from _answer(travel, part, slot)


def _parts(drives: Sequence[Observed]) -> Iterator[list[Observed]]:
    part: list[Observed] = []
    places: set[LatLon] = set()
    for drive in drives:
        part.append(drive)
        places.update(drive.asks or ())
        if len(places) >= MOST_PLACES:
            yield part
            part, places = [], set()
    if part:
        yield part


def _answer(travel: TravelEngine, drives: Sequence[Observed], slot: Slot) -> Iterator[_Answer]:
    number: dict[LatLon, int] = {}
    for drive in drives:
        for place in drive.asks or ():
            number.setdefault(place, len(number))
    table = travel.matrix(list(number), slot=slot)
    for drive in drives:
        if drive.asks:
            origin, target = drive.asks
            yield drive.id, (table.network, int(table.seconds[number[origin], number[target]]))

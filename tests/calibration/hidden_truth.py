"""A team whose real drives are known: a hidden truth to be found again from its log alone.

Times come from the truth (a factor for each territory and slot, seconds at the door, noise), the
log from what reps do: lunches, errands, forgotten check-outs, wrong clocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from random import Random
from zoneinfo import ZoneInfo

from route_app.calibration.drives import Call
from route_app.lib.geo import LatLon
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.engine import Slot
from route_app.roads.slots import slot_at

ZONE = ZoneInfo("Europe/Helsinki")
MONDAY = date(2026, 8, 3)
CROW = CrowFlyEngine()


@dataclass(frozen=True)
class Truth:
    """What nobody tells the product. `noise` is the standard deviation of the log of a drive."""

    factors: Mapping[tuple[str, Slot], float]
    door_s: int = 150
    noise: float = 0.18
    outliers: float = 0.12


TRUTH = Truth(
    factors={
        ("north", "off_peak"): 1.15, ("north", "shoulder"): 1.25, ("north", "peak"): 1.45,
        ("south", "off_peak"): 0.95, ("south", "shoulder"): 1.0, ("south", "peak"): 1.15,
        ("west", "off_peak"): 1.3, ("west", "shoulder"): 1.35, ("west", "peak"): 1.6,
    }
)  # fmt: skip


@dataclass
class Log:
    """One rep's log: days of calls, oldest first."""

    territory: str
    days: list[list[Call]] = field(default_factory=list)


def predicted_s(origin: LatLon, target: LatLon, slot: Slot) -> int:
    """What the product predicts: the same crow-fly figure that the truth is a multiple of."""
    return int(CROW.matrix([origin, target], slot=slot).seconds[0, 1])


def team(truth: Truth = TRUTH, *, weeks: int = 12, reps: int = 2, seed: int = 1) -> list[Log]:
    """Return the logs of a team with so many reps in each territory."""
    chance = Random(seed)
    territories = sorted({territory for territory, _ in truth.factors})
    return [
        _log(chance, truth, territory, weeks=weeks, name=f"{territory}{number}")
        for territory in territories
        for number in range(reps)
    ]


def _log(chance: Random, truth: Truth, territory: str, *, weeks: int, name: str) -> Log:
    middle = LatLon(60.2 + 0.3 * len(name) / 10, 24.9)
    places = [
        LatLon(middle.lat + chance.gauss(0, 0.05), middle.lon + chance.gauss(0, 0.1))
        for _ in range(60)
    ]
    log = Log(territory)
    for offset in range(weeks * 7):
        day = MONDAY + timedelta(days=offset)
        if day.weekday() < 5:
            log.days.append(_day(chance, truth, territory, day, places, name=name))
    return log


def _day(
    chance: Random, truth: Truth, territory: str, day: date, places: Sequence[LatLon], *, name: str
) -> list[Call]:
    at = datetime(day.year, day.month, day.day, 7, 30, tzinfo=ZONE) + timedelta(
        minutes=chance.randrange(45)
    )
    calls: list[Call] = []
    had_lunch, here = False, chance.choice(places)
    for number in range(chance.randrange(8, 13)):
        there = chance.choice(places)
        slot = slot_at(at)
        told = predicted_s(here, there, slot)
        factor = truth.factors.get((territory, slot), 1.0)
        real = factor * told + truth.door_s
        at += timedelta(seconds=real * chance.lognormvariate(0, truth.noise))
        if at.hour >= 18 or at.date() != day:
            break
        if not had_lunch and at.hour >= 12:
            at, had_lunch = at + timedelta(minutes=chance.randrange(25, 50)), True
        if chance.random() < truth.outliers / 2:
            at += timedelta(minutes=chance.randrange(15, 90))  # an errand
        ended = at + timedelta(minutes=chance.randrange(10, 40))
        calls.append(Call(f"{name}-{day}-{number}", there, territory, _utc(at), _utc(ended)))
        at, here = ended, there
    return _mistakes(chance, truth, calls)


def _mistakes(chance: Random, truth: Truth, calls: list[Call]) -> list[Call]:
    """Forget a check-out, make one at the next door, or set a clock wrong, now and then."""
    told = []
    for call, after in zip_longest(calls, calls[1:]):
        ended, started = call.ended_at, call.started_at
        luck = chance.random()
        if luck < truth.outliers / 6:
            ended = None
        elif luck < truth.outliers / 3 and after is not None:
            ended = after.started_at - timedelta(seconds=20)
        elif luck < truth.outliers / 2:
            started += timedelta(hours=chance.choice((-1, 1)))
        told.append(Call(call.id, call.place, call.territory, started, ended))
    return told


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)

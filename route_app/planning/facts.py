"""What planning must know of accounts, promises and a rep's day, as it was read."""

from dataclasses import dataclass
from datetime import date

from route_app.accounts.ranking import Facts
from route_app.lib.geo import LatLon


@dataclass(frozen=True, slots=True)
class Card:
    """What planning must know of an account. `promised_on`: its next appointment after the day."""

    id: str
    name: str
    place: LatLon | None
    service_s: int
    opening_hours: str
    country: str
    facts: Facts
    promised_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An appointment: service may begin from `earliest` to `latest`, seconds of the day planned.

    Both may lie on other days (negative, or past midnight). `last_chance`: this is its last day.
    """

    id: str
    card: Card
    commitment: str
    earliest: int
    latest: int
    service_s: int
    title: str = ""
    last_chance: bool = True


@dataclass(frozen=True, slots=True)
class RepDay:
    """A rep's day as it was entered. `here`: where the rep is, when the day is under way."""

    rep_id: str
    name: str
    day: date
    time_zone: str
    country: str
    work_hours: str
    home: LatLon | None
    home_label: str = ""
    lunch_from_s: int = 41_400
    lunch_to_s: int = 48_600
    lunch_s: int = 1_800
    max_visits: int | None = None
    reserve_s: int = 0
    here: LatLon | None = None

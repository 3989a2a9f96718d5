"""Write the demo company: people, accounts, twelve weeks of history, appointments."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from route_app.activity.outcomes import OUTCOMES
from route_app.demo.extract import Business, businesses, homes
from route_app.demo.trade import DriveSeconds, Worth, history, worths
from route_app.lib.geo import LatLon
from route_app.lib.weekhours import read_hours
from route_app.models import (
    Account,
    Appointment,
    Assignment,
    CheckIn,
    Company,
    Order,
    Territory,
    User,
    new_id,
)
from route_app.roads.engine import UNREACHABLE, Slot, TravelEngine
from route_app.roads.slots import slot_at
from route_app.users.passwords import make_hash

SEED = 20_260_101
ZONE = ZoneInfo("Europe/Helsinki")
MOST_ACCOUNTS = 420
# Demo reps work every day, so that there is a planned day to see whenever this is tried.
_WORK_HOURS = "Mo-Su,PH 08:30-17:00"
_BUSY = {"West": 1.0, "East": 1.15}
# The hidden truth of the demo's drives: what its reps meet on the way and our roads do not know.
_REALLY: Mapping[str, Mapping[Slot, float]] = {
    "West": {"free_flow": 1.0, "off_peak": 1.2, "shoulder": 1.25, "peak": 1.4},
    "East": {"free_flow": 1.0, "off_peak": 1.05, "shoulder": 1.1, "peak": 1.2},
}
_DOOR_S = 130
_NOISE = 0.2
_NO_ROAD_S = 1_200


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in to the demo."""

    name: str
    email: str
    role: str


ADMIN = DemoPerson("Sami Demo", "admin@demo.example", "admin")
MANAGER = DemoPerson("Leena Demo", "manager@demo.example", "manager")
REPS = {
    "West": DemoPerson("Aino Demo", "rep@demo.example", "rep"),
    "East": DemoPerson("Mikko Demo", "rep2@demo.example", "rep"),
}
PEOPLE = (*REPS.values(), MANAGER, ADMIN)


def new_password() -> str:
    """Return a password that can be read aloud and typed on a phone."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))


def is_empty(session: Session) -> bool:
    """Return whether nobody has been added to this installation yet."""
    return session.exec(select(User).limit(1)).first() is None


def load(
    session: Session,
    *,
    extract: Path,
    travel: TravelEngine,
    today: date,
    password: str,
    say: Callable[[str], None],
) -> int:
    """Write the whole demo company and return how many accounts it has.

    The trade is made from a fixed seed; everything generated is marked `is_demo`.
    """
    session.add(
        Company(
            name="Demo Coffee Company", country="FI", time_zone=ZONE.key, currency="EUR",
            is_demo=True,
        )
    )  # fmt: skip
    reps = _people(session, homes(extract), password)
    chosen = _choose(_on_one_island(businesses(extract), travel))
    say(f"{len(chosen)} real businesses of central Helsinki, from OpenStreetMap")
    worth = worths(len(chosen), seed=SEED)
    middle = sorted(one.place.lon for one in chosen)[len(chosen) // 2]
    for number, (side, rep) in enumerate(reps.items()):
        mine = [
            pair
            for pair in zip(chosen, worth, strict=True)
            if (pair[0].place.lon < middle) == (side == "West")
        ]
        territory = _territory(session, side, rep, rank=number)
        accounts = [_account(*pair, rep=rep, territory=territory) for pair in mine]
        session.add_all(accounts)
        session.flush()
        drive_s = _driving(travel, [pair[0].place for pair in mine], side)
        calls = _history(
            session, accounts, [pair[1] for pair in mine], rep, side, today=today, drive_s=drive_s
        )
        say(f"{side}: {len(accounts)} accounts, {calls} past visits")
        _appointments(session, accounts, rep, today=today, seed=SEED + number)
    session.flush()
    return len(chosen)


def _people(session: Session, places: list[tuple[LatLon, str]], password: str) -> dict[str, User]:
    hashed = make_hash(password)
    westmost = min(places, key=lambda one: one[0].lon)
    eastmost = max(places, key=lambda one: one[0].lon)
    manager = User(email=MANAGER.email, name=MANAGER.name, role=MANAGER.role, password_hash=hashed)
    session.add(manager)
    session.add(User(email=ADMIN.email, name=ADMIN.name, role=ADMIN.role, password_hash=hashed))
    session.flush()
    made = {}
    for colour, (side, person) in enumerate(REPS.items()):
        place, address = westmost if side == "West" else eastmost
        made[side] = User(
            email=person.email, name=person.name, role=person.role, password_hash=hashed,
            manager_id=manager.id, colour=colour, work_hours=_WORK_HOURS, home_address=address,
            home_lat=place.lat, home_lon=place.lon,
        )  # fmt: skip
        session.add(made[side])
    session.flush()
    return made


def _on_one_island(found: list[Business], travel: TravelEngine) -> list[Business]:
    """Leave out what no road joins to the rest: the extract's edge cuts off a few streets."""
    places = [one.place for one in found]
    usable = [snap.usable for snap in travel.snap(places)]
    seconds = travel.matrix(places).seconds
    joined = (seconds < UNREACHABLE) & (seconds.T < UNREACHABLE)
    hub = int(joined.sum(axis=0).argmax())
    return [one for number, one in enumerate(found) if usable[number] and joined[hub, number]]


def _choose(found: list[Business]) -> list[Business]:
    """Prefer businesses that say when they are open, and offices among the rest."""
    with_hours = [one for one in found if one.opening_hours]
    offices = [one for one in found if not one.opening_hours and one.industry == "Office"]
    return sorted([*with_hours, *offices][:MOST_ACCOUNTS], key=lambda one: one.osm_id)


def _territory(session: Session, side: str, rep: User, *, rank: int) -> Territory:
    territory = Territory(name=f"Helsinki {side}", colour=rank, rank=rank + 1)
    session.add(territory)
    session.flush()
    session.add(Assignment(territory_id=territory.id, rep_id=rep.id))
    return territory


def _account(business: Business, worth: Worth, *, rep: User, territory: Territory) -> Account:
    return Account(
        external_id=business.osm_id, name=business.name[:200], industry=business.industry,
        street=business.street, house_no=business.house_no[:32], postcode=business.postcode,
        city=business.city or "Helsinki", country="FI", lat=business.place.lat,
        lon=business.place.lon, pin_source="given", phone=business.phone,
        website=business.website, opening_hours=business.opening_hours[:1000], tier=worth.tier,
        potential=worth.potential, target_days=worth.target_days, service_s=worth.service_s,
        owner_id=rep.id, owner_source="territory", territory_id=territory.id, is_demo=True,
    )  # fmt: skip


def _driving(travel: TravelEngine, places: list[LatLon], side: str) -> DriveSeconds:
    """Return how long a demo rep's drives really take: our own seconds, and the hidden truth."""
    seconds = {slot: travel.matrix(places, slot=slot).seconds for slot in _REALLY[side]}

    def drive_s(chance: Random, origin: int, target: int, at: datetime) -> float:
        slot = slot_at(at)
        told = int(seconds[slot][origin, target])
        if told >= UNREACHABLE:
            return _NO_ROAD_S
        real = _REALLY[side][slot] * told + _DOOR_S
        return real * chance.lognormvariate(0, _NOISE)

    return drive_s


def _history(
    session: Session, accounts: list[Account], worth: list[Worth], rep: User, side: str, *,
    today: date, drive_s: DriveSeconds,
) -> int:  # fmt: skip
    seed = SEED + list(REPS).index(side)
    chance = Random(seed)  # noqa: S311  # repeatable on purpose
    past = history(worth, until=today, zone=ZONE, seed=seed, busy=_BUSY[side], drive_s=drive_s)
    for account, seen in zip(accounts, past.seen_before, strict=True):
        # Never seen means new: added some weeks ago. The rest have been customers for a year.
        days = chance.randrange(5, 40) if seen is None else 365
        account.created_at = _at(today - timedelta(days=days), time(9))
        account.last_visited_at = None if seen is None else _at(seen, time(11))
    with_order = [one.code for one in OUTCOMES if one.asks == "order" and not one.retired]
    met = [one.code for one in OUTCOMES if one.reached and one.asks != "order" and not one.retired]
    missed = [one.code for one in OUTCOMES if not one.reached and not one.retired]
    orders = []
    for call in past.calls:
        account = accounts[call.account]
        codes = with_order if call.order_value else met if call.reached else missed
        check_in = CheckIn(
            id=new_id(), account_id=account.id, rep_id=rep.id,
            started_at=call.started_at.astimezone(UTC), ended_at=call.ended_at.astimezone(UTC),
            outcome=chance.choice(codes), note=call.note, lat=account.lat, lon=account.lon,
            accuracy_m=15, distance_m=0, verification="verified",
            received_at=call.ended_at.astimezone(UTC), is_demo=True,
        )  # fmt: skip
        session.add(check_in)
        if call.reached:
            account.last_visited_at = check_in.started_at
        if call.order_value:
            orders.append(
                Order(
                    account_id=account.id, rep_id=rep.id, check_in_id=check_in.id,
                    ordered_at=call.ended_at.astimezone(UTC), value=call.order_value, is_demo=True,
                )
            )  # fmt: skip
    session.flush()
    session.add_all(orders)
    return len(past.calls)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def _appointments(
    session: Session, accounts: list[Account], rep: User, *, today: date, seed: int
) -> None:
    """Promise one visit on each of the next five days, between 10:00 and 15:00."""
    chance = Random(seed)  # noqa: S311  # repeatable on purpose
    important = [one for one in accounts if one.tier in "AB"]
    chance.shuffle(important)
    for offset in range(5):
        day, clock = today + timedelta(days=offset), time(chance.randrange(10, 15), 30)
        account = next((one for one in important if _is_open(one, day, clock)), important[0])
        important.remove(account)
        begin = _at(day, clock)
        session.add(
            Appointment(
                account_id=account.id, rep_id=rep.id, earliest_begin_at=begin,
                latest_begin_at=begin + timedelta(minutes=15), service_s=1_800,
                title="Quarterly review (demo)",
            )
        )  # fmt: skip


def _is_open(account: Account, day: date, clock: time) -> bool:
    second = clock.hour * 3600 + clock.minute * 60
    hours = read_hours(account.opening_hours, account.country).on(day)
    return any(window.start <= second <= window.end - 1_800 for window in hours.windows)

"""Learning from rows to rows, on real roads: queries, predict, learning, service and jobs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import func, select

from route_app.activity import service as activity
from route_app.calibration import queries, service
from route_app.calibration.drives import Dropped
from route_app.db import transaction
from route_app.errors import Conflict, Unavailable
from route_app.lib.geo import LatLon
from route_app.models import (
    Account,
    CalibrationReset,
    CheckIn,
    Job,
    ObservedDrive,
    TravelFactor,
    VisitLength,
    new_id,
)
from route_app.planning import queries as planning
from route_app.planning.day import solve_day
from route_app.planning.plan import Budget
from route_app.planning.service import problem_for, store_plan
from route_app.roads.bundled import bundled_extract
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.slots import slot_at
from route_app.roads.store import RoadStore
from route_app.worker import work_off
from tests import factories
from tests.conftest import make_settings

ZONE = ZoneInfo("Europe/Helsinki")
TRUTH = {"off_peak": 1.3, "shoulder": 1.4, "peak": 1.6}
DOOR_S, VISIT_S = 120, 30 * 60
NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
CROW = CrowFlyEngine()
SPOTS = (
    (60.1655, 24.9365), (60.1780, 24.9510), (60.1660, 24.9500), (60.1725, 24.9480),
    (60.1700, 24.9440), (60.1655, 24.9420), (60.1690, 24.9510), (60.1715, 24.9375),
)  # fmt: skip


@pytest.fixture(scope="session")
def helsinki(tmp_path_factory):
    """The real road network of central Helsinki, built once."""
    try:
        extract = bundled_extract()
    except Unavailable:
        pytest.skip("the Helsinki extract is not installed")
    store = RoadStore(tmp_path_factory.mktemp("roads"))
    store.build(extract, name="helsinki", country="FI")
    return store


@pytest.fixture
def nowhere(tmp_path):
    """No roads at all."""
    return RoadStore(tmp_path / "none")


@pytest.fixture
def town(session):
    """Smalltown's cast, alice with eight more accounts on Helsinki's streets."""
    ids = factories.make_smalltown(session)
    for row in session.exec(select(Account)):
        row.active = False
    for number, (lat, lon) in enumerate(SPOTS):
        ids[f"spot{number}"] = factories.make_account(
            session, at=None, lat=lat, lon=lon, owner_id=ids["alice"], tier="C",
            territory_id=ids["north"], industry="Café", updated_at=NOW - timedelta(days=200),
        ).id  # fmt: skip
    session.flush()
    return ids


def drive_weeks(session, town, travel, *, weeks=6, now=NOW, noise=0.1, seed=1):
    """Write alice's check-ins: the truth is the engine's own seconds, made slower."""
    chance = Random(seed)
    spots = [LatLon(*spot) for spot in SPOTS]
    seconds = {slot: travel.matrix(spots, slot=slot).seconds for slot in TRUTH}
    for offset in range(1, 7 * weeks + 1):
        day = now.astimezone(ZONE).date() - timedelta(days=offset)
        if day.weekday() >= 5:
            continue
        at, here = datetime(day.year, day.month, day.day, 8, 10, tzinfo=ZONE), None
        for there in chance.sample(range(len(spots)), len(spots)):
            if here is not None:
                slot = slot_at(at)
                real = TRUTH[slot] * int(seconds[slot][here, there]) + DOOR_S
                at += timedelta(seconds=round(real * chance.lognormvariate(0, noise)))
            ended = at + timedelta(seconds=round(VISIT_S * chance.lognormvariate(0, 0.15)))
            factories.make_check_in(
                session, account_id=town[f"spot{there}"], rep_id=town["alice"],
                started_at=at.astimezone(UTC), ended_at=ended.astimezone(UTC),
                outcome="no_order", verification="verified",
            )  # fmt: skip
            at, here = ended, there
    session.flush()


def learn(session, roads, *, now=NOW):
    observation = service.look(service.gather(session, now=now), roads, progress=lambda *_: None)
    return service.store(session, observation)


def factors(session, town, *, basis="roads"):
    rows = session.exec(select(TravelFactor).where(TravelFactor.basis == basis)).all()
    return {row.slot: row for row in rows if row.territory_id == town["north"]}


def count(session, table):
    return session.exec(select(func.count()).select_from(table)).one()


def test_the_hidden_truth_is_found_on_real_roads(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), weeks=10)
    lesson = learn(session, helsinki)
    found = factors(session, town)
    assert lesson.drives > 200
    assert found["off_peak"].factor == pytest.approx(1.3, rel=0.12)
    assert found["off_peak"].door_s == pytest.approx(DOOR_S, abs=50)
    whole = queries.overview(session, now=NOW).whole
    assert whole is not None
    assert whole.after_s < 0.35 * whole.before_s
    assert 0.72 <= whole.inside <= 0.95
    assert found["free_flow"].n == 0


def test_learning_again_doubles_nothing_and_asks_the_roads_nothing(session, town, helsinki):
    drive_weeks(session, town, helsinki.open())
    learn(session, helsinki)
    before = {row.check_in_id: row.predicted_s for row in session.exec(select(ObservedDrive))}
    told = [(row.territory_id, row.slot, row.factor) for row in factors(session, town).values()]
    session.expire_all()

    seen = service.look(
        service.gather(session, now=NOW + timedelta(minutes=1)), helsinki, progress=lambda *_: None
    )
    assert not any(one.is_new for one in seen.drives)
    service.store(session, seen)
    session.expire_all()
    after = {row.check_in_id: row.predicted_s for row in session.exec(select(ObservedDrive))}
    assert after == before
    again = [(row.territory_id, row.slot, row.factor) for row in factors(session, town).values()]
    assert sorted(again, key=str) == sorted(told, key=str)


def test_a_moved_pin_and_other_roads_are_asked_for_anew(session, town, helsinki, nowhere):
    drive_weeks(session, town, helsinki.open(), weeks=1)
    learn(session, helsinki)
    moved = session.get_one(Account, town["spot3"])
    moved.lat, moved.updated_at = 60.1735, NOW + timedelta(minutes=1)
    session.flush()
    later = service.gather(session, now=NOW + timedelta(minutes=2))
    asked = [
        one for one in service.look(later, helsinki, progress=lambda *_: None).drives if one.is_new
    ]
    assert asked
    assert all(
        moved.lat in (p.lat for p in one.drive.asks or (one.drive.origin, one.drive.target))
        for one in asked
    )
    crow = service.look(later, nowhere, progress=lambda *_: None).drives
    assert all(one.basis == "estimate" for one in crow)
    assert all(one.is_new for one in crow if one.drive.dropped is None)


def test_estimates_are_learned_for_themselves(session, town, helsinki, nowhere):
    drive_weeks(session, town, CROW, weeks=8)
    learn(session, nowhere)
    assert factors(session, town) == {}
    assert factors(session, town, basis="estimate")["off_peak"].n > 50
    facts = problem_for(session, rep_id=town["alice"], day=MONDAY)
    assert set(facts.corrections) == {"estimate"}


def test_what_teaches_nothing_is_kept_with_its_reason(session, town, helsinki):
    at = NOW - timedelta(days=3, hours=9)
    for number, (minutes, values) in enumerate(
        [(0, {}), (20, {"verification": "remote"}), (40, {}), (60, {"ended_at": None}), (80, {})]
    ):
        begin = at + timedelta(minutes=minutes)
        factories.make_check_in(
            session, account_id=town[f"spot{number}"], rep_id=town["alice"],
            **({"started_at": begin, "ended_at": begin + timedelta(minutes=12)} | values),
        )  # fmt: skip
    learn(session, helsinki)
    assert dict(queries.overview(session, now=NOW).dropped) == {
        Dropped.FIRST: 1, Dropped.AWAY: 2, Dropped.NO_CHECK_OUT: 1,
    }  # fmt: skip


def test_a_check_in_taken_back_takes_its_drives_along(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), weeks=1)
    row = session.exec(select(CheckIn).order_by(CheckIn.started_at)).all()[3]
    row.outcome = None
    session.flush()
    learn(session, helsinki)
    before = count(session, ObservedDrive)
    activity.take_back(session, id=row.id, rep_id=town["alice"])
    assert count(session, ObservedDrive) == before - 2  # the drive to it and the one from it


def test_one_taken_back_while_the_roads_were_asked_does_no_harm(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), weeks=1)
    seen = service.look(service.gather(session, now=NOW), helsinki, progress=lambda *_: None)
    row = session.exec(select(CheckIn).order_by(CheckIn.started_at)).all()[3]
    session.delete(row)
    session.flush()
    service.store(session, seen)
    assert count(session, ObservedDrive) == len(seen.drives) - 2


def test_no_position_is_stored(session, town):
    for table in (ObservedDrive, TravelFactor, VisitLength):
        names = set(table.__table__.columns.keys())
        assert not names & {"lat", "lon", "place", "rep_id"}


def test_visits_are_learned_where_the_account_has_no_length_of_its_own(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), weeks=4)
    own = session.get_one(Account, town["spot0"])
    own.service_s = 600
    session.flush()
    learn(session, helsinki)
    length = session.get_one(VisitLength, ("C", "Café"))
    assert length.service_s == pytest.approx(VISIT_S, rel=0.15)
    assert length.low_s < VISIT_S < length.high_s
    assert length.default_s == 1_200
    rep = planning.rep_day(session, rep_id=town["alice"], day=MONDAY)
    cards = {card.id: card for card in planning.cards_of(session, rep_day=rep)}
    assert cards[town["spot0"]].service_s == 600
    assert cards[town["spot1"]].service_s == length.service_s


def plan(session, town, roads, *, day=MONDAY):
    facts = problem_for(session, rep_id=town["alice"], day=day)
    solved = solve_day(facts, roads.open(), budget=Budget(solutions=20, tries=2_000, seconds=20))
    store_plan(session, solved=solved, cause="asked")
    found = planning.current_plan(session, town["alice"], day)
    assert found is not None
    return found


def test_the_plan_uses_what_was_learned_and_says_so(session, town, helsinki):
    drive_weeks(session, town, helsinki.open())
    for row in session.exec(select(Account)):
        row.last_visited_at = NOW - timedelta(days=300)
    before = plan(session, town, helsinki)
    learn(session, helsinki)
    after = plan(session, town, helsinki)
    assert (before.calibration, before.version, after.version) == ({}, 1, 2)
    assert after.network.startswith(before.network + "+")
    assert after.calibration["factors"]["off_peak"] == factors(session, town)["off_peak"].factor
    assert after.drive_s > 1.5 * before.drive_s
    assert after.drive_s < 6 * before.drive_s
    assert plan(session, town, helsinki).version == 2  # the same lesson, the same plan


def test_a_rep_elsewhere_drives_as_the_company_does(session, town, helsinki):
    drive_weeks(session, town, helsinki.open())
    learn(session, helsinki)
    carol = planning.corrections_of(session, town["carol"])["roads"]
    alice = planning.corrections_of(session, town["alice"])["roads"]
    assert 1 < carol.factors["off_peak"] < alice.factors["off_peak"]
    assert carol.door_s == alice.door_s


def test_a_reset_forgets_and_can_be_undone(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), now=NOW)
    learn(session, helsinki)
    row = service.reset(session, by_id=town["dan"])
    row.at = NOW + timedelta(minutes=1)  # as if it were this evening
    session.flush()
    assert count(session, TravelFactor) == count(session, VisitLength) == 0
    assert planning.corrections_of(session, town["alice"]) == {}
    later = NOW + timedelta(minutes=2)
    shown = queries.overview(session, now=later)
    assert (shown.drives, shown.points, shown.reset_by) == (0, (), "Dan")

    assert learn(session, helsinki, now=later).drives == 0  # what lies before it is ignored
    assert count(session, TravelFactor) == 0
    assert count(session, ObservedDrive) > 100  # and kept

    service.undo_reset(session)
    assert session.get(Job, service.LEARN) is not None
    assert learn(session, helsinki, now=later).drives > 100
    kept = session.exec(select(CalibrationReset)).one()
    assert kept.undone_at is not None
    with pytest.raises(Conflict, match="no reset"):
        service.undo_reset(session)


def test_a_reset_while_it_learns_is_not_overlooked(session, town, helsinki):
    drive_weeks(session, town, helsinki.open())
    seen = service.look(service.gather(session, now=NOW), helsinki, progress=lambda *_: None)
    service.reset(session, by_id=town["dan"])
    session.flush()
    lesson = service.store(session, replace(seen, at=datetime.now(UTC)))
    assert lesson.drives == 0
    assert count(session, TravelFactor) == 0


def test_old_evidence_goes(session, town, helsinki):
    drive_weeks(session, town, helsinki.open(), weeks=1)
    learn(session, helsinki)
    assert count(session, ObservedDrive) > 0
    learn(session, helsinki, now=NOW + timedelta(days=120))
    assert count(session, ObservedDrive) == count(session, TravelFactor) == 0


def test_the_jobs_learn_and_ask_for_the_next_night(engine, tmp_path, helsinki):
    settings = make_settings(tmp_path, engine)
    (tmp_path / "roads").symlink_to(helsinki.root)
    today = datetime.now(UTC)
    with transaction(engine) as session:
        town_ids = make_town(session, helsinki, now=today)
        service.learn_night(session, day=date(2026, 1, 5))
    done = work_off(engine, settings)
    assert service.LEARN in done
    with transaction(engine, write=False) as session:
        row = session.get_one(Job, service.LEARN)
        assert (row.state, row.result["drives"] > 20) == ("done", True)
        assert planning.corrections_of(session, town_ids["alice"])
        waiting = session.exec(select(Job).where(Job.kind == service.NIGHT)).all()
        # this very night's is done as well, when it is later than one o'clock
        (following,) = [one for one in waiting if one.state == "queued"]
        assert following.run_after > today
    assert service.learn_now(engine, helsinki, progress=lambda *_: None).drives > 20


def make_town(session, roads, *, now):
    ids = factories.make_smalltown(session)
    for number, (lat, lon) in enumerate(SPOTS):
        ids[f"spot{number}"] = factories.make_account(
            session, at=None, lat=lat, lon=lon, owner_id=ids["alice"], territory_id=ids["north"]
        ).id
    drive_weeks(session, ids, roads.open(), weeks=2, now=now)
    return ids


def test_there_is_nothing_to_learn_at_night_without_a_company(session):
    assert service.learn_tonight(session) is None
    factories.make_company(session)
    job = service.learn_tonight(session)
    assert job is not None
    assert job.kind == service.NIGHT


def test_a_team_without_check_ins_has_an_empty_page(session, town):
    shown = queries.overview(session, now=NOW)
    assert (shown.whole, shown.rows, shown.points, shown.drives, shown.dropped) == (
        None, (), (), 0, (),
    )  # fmt: skip
    assert new_id() not in shown.territories

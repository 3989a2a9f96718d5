import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from route_app.accounts import service
from route_app.db import transaction
from route_app.models import Account, Job
from route_app.pins import jobs, queries
from tests import factories, smalltown
from tests.pins.books import address_book
from tests.roads.geocoding_server import running

GONE = json.dumps({"nominatim": {"url": "http://127.0.0.1:9", "min_seconds": 0, "retries": 0}})


def _without_pin(engine, **values):
    with transaction(engine) as session:
        account = factories.make_account(session, at=None, **values)
        service.geocode_later(session, asked_by_id=None)
        return account.id


def _account(engine, id):
    with Session(engine) as session:
        return session.get_one(Account, id)


def test_an_address_is_found_in_the_networks_own_book(engine, cast, roads, work_off):
    address_book(roads)
    id = _without_pin(engine, street="North Street", house_no="1", postcode="40100")
    assert service.GEOCODE in work_off()
    account = _account(engine, id)
    assert (account.pin_source, account.pin_quality) == ("geocoded", "exact")
    place = smalltown.JUNCTIONS["A3"]
    assert abs(account.lat - place.lat) < 0.001
    assert abs(account.lon - place.lon) < 0.001


def test_an_address_nobody_knows_keeps_the_reason(engine, cast, roads, work_off):
    address_book(roads)
    id = _without_pin(engine, street="Nowhere Lane", house_no="5", city="Atlantis")
    nothing = _without_pin(engine, street="", city="")
    work_off()
    assert _account(engine, id).pin_quality == "not_found"
    assert _account(engine, nothing).pin_quality == "no_address"
    assert _account(engine, id).lat is None


def test_without_any_network_the_page_can_say_so(engine, cast, work_off):
    id = _without_pin(engine, street="North Street")
    work_off()
    assert _account(engine, id).pin_quality == "no_address_book"


def test_a_failed_look_up_is_tried_again_only_when_asked(engine, cast, roads, work_off):
    id = _without_pin(engine, street="North Street", house_no="1")
    work_off()
    with transaction(engine) as session:
        assert service.geocode_later(session, asked_by_id=None) is None
    address_book(roads)
    with transaction(engine) as session:
        assert service.geocode_later(session, asked_by_id=None, again=True)
    work_off()
    assert _account(engine, id).pin_source == "geocoded"


def test_a_service_that_cannot_be_reached_is_a_reason(engine, cast, work_off):
    id = _without_pin(engine, street="North Street")
    work_off(geocoders="nominatim", geocoder_options=GONE)
    assert _account(engine, id).pin_quality == "unreachable"


def test_a_slow_service_is_asked_in_parts(engine, cast, work_off, monkeypatch):
    monkeypatch.setattr(jobs, "REMOTE_IN_ONE_GO", 2)
    for number in range(5):
        _without_pin(engine, street=f"Lane {number}")
    done = work_off(geocoders="nominatim", geocoder_options=GONE)
    assert len([id for id in done if id.startswith(service.GEOCODE)]) == 3
    with Session(engine) as session:
        left = session.exec(select(Account).where(Account.pin_quality == "unreachable")).all()
        parts = session.exec(select(Job).where(Job.kind == service.GEOCODE)).all()
    assert len(left) == 5
    assert sorted(job.result["left"] for job in parts) == [0, 1, 3]
    assert {job.result["held"] for job in parts} == {0}


def test_an_account_that_came_in_during_a_look_up_is_looked_up_next(
    engine, cast, work_off, monkeypatch
):
    first = _without_pin(engine, street="Lane 1")
    late = []
    locate = jobs.geocoding.locate

    def meanwhile(*words):
        if not late:
            late.append(_without_pin(engine, street="Lane 2"))
        return locate(*words)

    monkeypatch.setattr(jobs.geocoding, "locate", meanwhile)
    work_off()
    assert _account(engine, first).pin_quality == "no_address_book"
    assert _account(engine, late[0]).pin_quality == "no_address_book"


def test_the_pin_keeps_how_it_was_found(engine, cast, roads, work_off):
    address_book(roads)
    exact = _without_pin(engine, street="North Street", house_no="1")
    slip = _without_pin(engine, street="Nroth Street", house_no="1")
    work_off()
    assert _account(engine, exact).pin_reason == "The address is in the map."
    assert _account(engine, slip).pin_reason.startswith("Read as “North Street”.")


def test_a_box_at_the_post_office_is_not_looked_up(engine, cast, roads, work_off):
    address_book(roads)
    id = _without_pin(engine, street="PO Box 12")
    work_off()
    assert _account(engine, id).pin_quality == "po_box"


def test_a_service_answers_what_the_book_does_not_know_once(engine, cast, roads, work_off):
    address_book(roads)
    with running() as server:
        options = {"photon": {"url": server.url, "min_seconds": 0}}
        told = {"geocoders": "local, photon", "geocoder_options": json.dumps(options)}
        ids = [_without_pin(engine, street="10 Far Road", city="") for _ in range(2)]
        work_off(**told)
        assert len(server.asked) == 1
    for id in ids:
        account = _account(engine, id)
        assert (account.pin_quality, account.pin_reason) == ("exact", "photon found the house.")


def test_what_a_service_said_wrong_is_kept_with_the_account(engine, cast, roads, work_off):
    id = _without_pin(engine, street="North Street")
    work_off(geocoders="nominatim", geocoder_options=GONE)
    assert "it cannot be reached" in _account(engine, id).pin_reason


def test_an_address_that_changes_during_a_look_up_gets_no_pin_of_the_old_one(
    engine, cast, roads, work_off, monkeypatch
):
    address_book(roads)
    id = _without_pin(engine, street="North Street", house_no="1")
    locate = jobs.geocoding.locate

    def meanwhile(*words):
        answer = locate(*words)
        if answer.lat is not None:
            with transaction(engine) as session:
                service.update_account(session, account_id=id, values={"street": "Nowhere Lane"})
        return answer

    monkeypatch.setattr(jobs.geocoding, "locate", meanwhile)
    work_off()
    account = _account(engine, id)
    assert account.lat is None
    assert account.pin_quality in ("not_found", "only_town")


def test_a_pin_placed_during_a_look_up_stays(engine, cast, roads, work_off, monkeypatch):
    address_book(roads)
    id = _without_pin(engine, street="North Street", house_no="1")
    locate = jobs.geocoding.locate

    def meanwhile(*words):
        with transaction(engine) as session:
            service.update_account(session, account_id=id, values={"lat": 10.0, "lon": 20.0})
        return locate(*words)

    monkeypatch.setattr(jobs.geocoding, "locate", meanwhile)
    work_off()
    account = _account(engine, id)
    assert (account.lat, account.lon, account.pin_source) == (10.0, 20.0, "manual")


@pytest.mark.parametrize("source", ["manual", "given"])
def test_no_look_up_of_any_kind_moves_a_pin_placed_by_hand(engine, cast, roads, work_off, source):
    address_book(roads)
    with transaction(engine) as session:
        account = factories.make_account(
            session, at="B2", street="North Street", house_no="1", pin_source=source,
            pin_quality="street",
        )  # fmt: skip
        before = (account.lat, account.lon)
        for told in ({}, {"again": True}, {"coarse": True}):
            service.geocode_later(session, asked_by_id=None, account_ids=[account.id], **told)
            service.geocode_later(session, asked_by_id=None, **told)
    work_off()
    after = _account(engine, account.id)
    assert (after.lat, after.lon, after.pin_source) == (*before, source)


def test_a_coarse_pin_gives_way_to_a_better_one_and_to_nothing_else(engine, cast, roads, work_off):
    address_book(roads)
    with transaction(engine) as session:
        made = [
            factories.make_account(
                session, at="B2", street=street, house_no="1", pin_source="geocoded",
                pin_quality="street",
            )
            for street in ("North Street", "Nowhere Lane")
        ]  # fmt: skip
        ids, before = [one.id for one in made], (made[1].lat, made[1].lon)
        assert service.geocode_later(session, asked_by_id=None, coarse=True)
    work_off()
    better, kept = (_account(engine, id) for id in ids)
    assert better.pin_quality == "exact"
    assert abs(better.lat - smalltown.JUNCTIONS["A3"].lat) < 0.001
    assert (kept.lat, kept.lon, kept.pin_quality) == (*before, "street")


def _photon(server, **options):
    told = {"photon": {"url": server.url, "min_seconds": 0} | options}
    return {"geocoders": "local, photon", "geocoder_options": json.dumps(told)}


def _waiting(engine):
    """Return the work that waits: until when (seconds from now), and its payload."""
    with Session(engine) as session:
        rows = session.exec(select(Job).where(Job.kind == service.GEOCODE, Job.state == "queued"))
        now = datetime.now(UTC)
        return [((row.run_after - now).total_seconds(), row.payload) for row in rows]


def test_what_a_budget_does_not_cover_is_looked_up_tomorrow(engine, cast, roads, work_off):
    address_book(roads)
    with running() as server:
        far = [_without_pin(engine, street=f"{n} Far Road", city="") for n in range(10, 14)]
        near = _without_pin(engine, street="North Street", house_no="1")
        work_off(**_photon(server, daily_limit=2))
        assert len(server.asked) == 2
    accounts = [_account(engine, id) for id in far]
    held = sorted(one.id for one in accounts if one.lat is None)
    assert len(held) == 2
    assert {(one.pin_quality, one.pin_reason) for one in accounts if one.id in held} == {("", "")}
    assert _account(engine, near).pin_quality == "exact"  # the book answers all the same
    ((wait_s, payload),) = _waiting(engine)
    midnight_s = 86_400 - time.time() % 86_400
    assert abs(wait_s - midnight_s) <= 62
    assert payload["account_ids"] == held
    assert payload["why"] == "photon: its requests of today are used up."
    with Session(engine) as session:
        told = queries.look_ups(session, coarse=False)
        assert (told.job_id, told.waiting, told.why) == (None, 2, payload["why"])
        assert queries.look_ups(session, coarse=True) == queries.LookUps()


def test_what_waits_for_the_same_end_is_one_piece_of_work_and_is_done_then(
    engine, cast, roads, work_off
):
    address_book(roads)
    with running() as server:
        ids = [_without_pin(engine, street="10 Far Road", city="")]
        work_off(**_photon(server, daily_limit=1))
        for n in (11, 12):  # asked for again and again while the budget is used up
            ids.append(_without_pin(engine, street=f"{n} Far Road", city=""))
            work_off(**_photon(server, daily_limit=1))
        ((_, payload),) = _waiting(engine)
        assert payload["account_ids"] == sorted(ids[1:])
        with transaction(engine) as session:
            for row in session.exec(select(Job).where(Job.state == "queued")):
                row.run_after = datetime.now(UTC) - timedelta(seconds=1)
        with Session(engine) as session:
            assert queries.look_ups(session, coarse=False).job_id
        work_off(**_photon(server))
    assert {_account(engine, id).pin_source for id in ids} == {"geocoded"}
    assert _waiting(engine) == []


def test_a_service_that_asks_for_a_pause_is_asked_again_after_it(engine, cast, roads, work_off):
    address_book(roads)
    with running() as server:
        ids = [_without_pin(engine, street=f"{n} Busy Road", city="") for n in range(3)]
        work_off(**_photon(server))
        assert len(server.asked) == 1
    ((wait_s, payload),) = _waiting(engine)
    assert 50 < wait_s <= 121
    assert payload["account_ids"] == sorted(ids)
    assert {_account(engine, id).pin_quality for id in ids} == {""}


def test_a_pin_that_a_service_on_hold_may_better_comes_now_and_is_looked_up_again(
    engine, cast, roads, work_off
):
    address_book(roads)
    with running() as server:
        street = _without_pin(engine, street="North Street")
        work_off(**_photon(server, daily_limit=1))
        other = _without_pin(engine, street="South Street")
        work_off(**_photon(server, daily_limit=1))
    ((_, payload),) = _waiting(engine)
    assert {_account(engine, id).pin_quality for id in (street, other)} == {"street"}
    assert (payload["coarse"], payload["account_ids"]) == (True, [other])


def test_a_service_that_hangs_is_not_waited_for_at_every_address(engine, cast, roads, work_off):
    with running() as server:
        ids = [_without_pin(engine, street=f"{n} Slow Road", city="") for n in range(8)]
        work_off(**_photon(server, timeout=0.2, retries=0))
        assert len(server.asked) == 3
    accounts = [_account(engine, id) for id in ids]
    assert {one.pin_quality for one in accounts} == {"unreachable"}
    left_out = [one for one in accounts if "photon was left out" in one.pin_reason]
    assert len(left_out) == 5
    assert _waiting(engine) == []


def test_coarse_pins_are_looked_up_once_however_often_that_is_asked_for(engine, cast, work_off):
    with transaction(engine) as session:
        factories.make_account(session, pin_source="geocoded", pin_quality="street")
    for _ in range(5):
        with transaction(engine) as session:
            service.geocode_later(session, asked_by_id=None, coarse=True)
    with Session(engine) as session:
        (job,) = session.exec(select(Job).where(Job.kind == service.GEOCODE)).all()
        assert queries.look_ups(session, coarse=True).job_id == job.id
        assert queries.look_ups(session, coarse=False).job_id is None

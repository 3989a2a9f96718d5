from sqlmodel import Session, select

from route_app.accounts import jobs, service
from route_app.db import transaction
from route_app.models import Account, Job
from route_app.roads.places import build_places
from tests import factories, smalltown


def _address_book(roads):
    """Build Smalltown's address book where a built network would keep it."""
    folder = roads.root / "smalltown" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder.parent / "current").write_text(folder.name)
    source = folder / "smalltown.osm"
    source.write_text(smalltown.osm_xml())
    build_places(source, folder, progress=lambda *_: None)


def _without_pin(engine, **values):
    with transaction(engine) as session:
        account = factories.make_account(session, at=None, **values)
        service.geocode_later(session, asked_by_id=None)
        return account.id


def _account(engine, id):
    with Session(engine) as session:
        return session.get_one(Account, id)


def test_an_address_is_found_in_the_networks_own_book(engine, cast, roads, work_off):
    _address_book(roads)
    id = _without_pin(engine, street="North Street", house_no="1", postcode="40100")
    assert service.GEOCODE in work_off()
    account = _account(engine, id)
    assert (account.pin_source, account.pin_quality) == ("geocoded", "exact")
    place = smalltown.JUNCTIONS["A3"]
    assert abs(account.lat - place.lat) < 0.001
    assert abs(account.lon - place.lon) < 0.001


def test_an_address_nobody_knows_keeps_the_reason(engine, cast, roads, work_off):
    _address_book(roads)
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
    _address_book(roads)
    with transaction(engine) as session:
        assert service.geocode_later(session, asked_by_id=None, again=True)
    work_off()
    assert _account(engine, id).pin_source == "geocoded"


def test_a_service_that_cannot_be_reached_is_a_reason(engine, cast, work_off, monkeypatch):
    monkeypatch.setattr(jobs, "REMOTE_EVERY_S", 0.0)
    id = _without_pin(engine, street="North Street")
    work_off(geocoder_url="http://127.0.0.1:9/nominatim")
    assert _account(engine, id).pin_quality == "unreachable"


def test_a_slow_service_is_asked_in_parts(engine, cast, work_off, monkeypatch):
    monkeypatch.setattr(jobs, "REMOTE_EVERY_S", 0.0)
    monkeypatch.setattr(jobs, "REMOTE_IN_ONE_GO", 2)
    for number in range(5):
        _without_pin(engine, street=f"Lane {number}")
    done = work_off(geocoder_url="http://127.0.0.1:9")
    assert len([id for id in done if id.startswith(service.GEOCODE)]) == 3
    with Session(engine) as session:
        left = session.exec(select(Account).where(Account.pin_quality == "unreachable")).all()
        parts = session.exec(select(Job).where(Job.kind == service.GEOCODE)).all()
    assert len(left) == 5
    assert sorted(job.result["left"] for job in parts) == [0, 1, 3]


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

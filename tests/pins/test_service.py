"""What people decide about a pin, and that only they move one placed by hand."""

import pytest
from sqlmodel import Session, select

from route_app.accounts import service as accounts
from route_app.accounts.pin import address_changed
from route_app.db import transaction
from route_app.errors import Conflict
from route_app.models import Account, Job
from route_app.pins import service
from tests import factories

FOUND = {"street": "North Street", "house_no": "", "postcode": "", "city": "Smalltown",
         "state": "", "country": ""}  # fmt: skip


@pytest.fixture
def made(engine, cast):
    """Return a function that makes an account at B2 and returns its id."""

    def make(**values):
        with transaction(engine) as session:
            return factories.make_account(session, **{"street": "North Street"} | values).id

    return make


def account(engine, id):
    with Session(engine) as session:
        return session.get_one(Account, id)


def store(engine, id, **values):
    found = {"id": id, "lat": 1.0, "lon": 2.0, "quality": "exact", "reason": "So.", **FOUND}
    with transaction(engine) as session:
        return service.store_pins(session, [found | values])


def test_a_looked_up_pin_is_stored_with_its_reason(engine, made):
    id = made(at=None)
    assert store(engine, id) == 1
    found = account(engine, id)
    assert (found.lat, found.pin_source, found.pin_reason) == (1.0, "geocoded", "So.")


def test_it_tells_how_many_of_many_were_placed(engine, made):
    found = {"lat": 1.0, "lon": 2.0, "quality": "exact", "reason": "So.", **FOUND}
    rows = [found | {"id": made(at=None)} for _ in range(3)]
    rows += [found | {"id": made(pin_source="manual")}]
    rows += [found | {"id": made(at=None), "lat": None, "lon": None, "quality": "not_found"}]
    with transaction(engine) as session:
        assert service.store_pins(session, rows) == 3


@pytest.mark.parametrize("source", ["manual", "given"])
def test_a_pin_that_was_placed_is_never_overwritten(engine, made, source):
    id = made(pin_source=source)
    before = account(engine, id).lat
    assert store(engine, id) == 0
    assert store(engine, id, lat=None, lon=None, quality="not_found") == 0
    found = account(engine, id)
    assert (found.lat, found.pin_source, found.pin_quality) == (before, source, "")


def test_what_is_not_found_takes_no_pin_away(engine, made):
    id = made(pin_source="geocoded", pin_quality="street")
    assert store(engine, id, lat=None, lon=None, quality="not_found") == 0
    assert account(engine, id).pin_quality == "street"


@pytest.mark.parametrize(
    ("present", "found", "placed"),
    [("nearest", "street", 0), ("street", "street", 0), ("street", "nearest", 1), ("", "found", 1)],
)
def test_a_looked_up_pin_gives_way_to_a_better_one_only(engine, made, present, found, placed):
    id = made(pin_source="geocoded", pin_quality=present, pin_reason="Then.")
    before = account(engine, id)
    assert store(engine, id, quality=found) == placed
    after = account(engine, id)
    moved = (1.0, found, "So.", before.version + 1)
    stayed = (before.lat, present, "Then.", before.version)
    told = (after.lat, after.pin_quality, after.pin_reason, after.version)
    assert told == (moved if placed else stayed)
    assert (after.updated_at > before.updated_at) is bool(placed)


def test_a_pin_that_was_replaced_can_be_put_back(engine, made):
    id = made(pin_source="geocoded", pin_quality="street")
    before = account(engine, id).lat
    store(engine, id)
    with transaction(engine) as session:
        service.undo_move(session, account_id=id, asked_by_id=None)
    after = account(engine, id)
    assert (after.lat, after.pin_source, after.pin_quality) == (before, "geocoded", "street")


def test_a_first_pin_leaves_the_way_back_to_the_one_taken_away(engine, made):
    id = made(pin_source="manual", pin_quality="manual")
    with transaction(engine) as session:
        service.look_up_pin(session, account_id=id, asked_by_id=None)
    assert store(engine, id) == 1
    with transaction(engine) as session:
        service.undo_move(session, account_id=id, asked_by_id=None)
    assert account(engine, id).pin_source == "manual"


def test_a_placed_pin_tells_phones_and_editors_that_the_account_changed(engine, made):
    id, missed = made(at=None), made(at=None)
    before, kept = account(engine, id), account(engine, missed)
    store(engine, id)
    store(engine, missed, lat=None, lon=None, quality="not_found")
    after = account(engine, id)
    assert after.version == before.version + 1
    assert after.updated_at > before.updated_at
    assert account(engine, missed).version == kept.version


def test_an_address_that_is_another_by_now_gets_no_pin(engine, made):
    id = made(at=None)
    assert store(engine, id, street="South Street") == 0
    assert account(engine, id).lat is None


def test_keeping_a_pin_fixes_it_for_the_address_of_now(engine, made):
    id = made(pin_source="geocoded", pin_quality="street")
    with transaction(engine) as session:
        kept = service.keep_pin(session, account_id=id)
        assert (kept.pin_source, kept.pin_address) == ("manual", "North Street Smalltown")
    with transaction(engine) as session:
        accounts.update_account(session, account_id=id, values={"street": "South Street"})
    found = account(engine, id)
    assert found.lat is not None
    assert address_changed(found)
    with transaction(engine) as session:
        assert not address_changed(service.keep_pin(session, account_id=id))


def test_looking_up_takes_the_pin_away_and_asks_the_worker(engine, made):
    id = made(pin_source="manual")
    with transaction(engine) as session:
        service.look_up_pin(session, account_id=id, asked_by_id=None)
    found = account(engine, id)
    assert (found.lat, found.pin_source, found.pin_quality) == (None, "", "")
    with Session(engine) as session:
        jobs = session.exec(select(Job).where(Job.kind == accounts.GEOCODE)).all()
    assert [job.payload["account_ids"] for job in jobs] == [[id]]


def test_a_move_by_hand_can_be_undone(engine, made):
    id = made(pin_source="geocoded", pin_quality="exact")
    before = account(engine, id)
    with transaction(engine) as session:
        accounts.update_account(session, account_id=id, values={"lat": 5.0, "lon": 6.0})
    assert account(engine, id).pin_source == "manual"
    with transaction(engine) as session:
        service.undo_move(session, account_id=id, asked_by_id=None)
    after = account(engine, id)
    assert (after.lat, after.lon) == (before.lat, before.lon)
    assert (after.pin_source, after.pin_quality) == ("geocoded", "exact")
    with transaction(engine) as session, pytest.raises(Conflict, match="no earlier place"):
        service.undo_move(session, account_id=id, asked_by_id=None)


def test_undoing_a_move_after_the_address_changed_looks_the_new_one_up(engine, made):
    id = made(pin_source="geocoded", pin_quality="exact")
    with transaction(engine) as session:
        accounts.update_account(session, account_id=id, values={"lat": 5.0, "lon": 6.0})
    with transaction(engine) as session:
        accounts.update_account(session, account_id=id, values={"street": "Far Road"})
    with transaction(engine) as session:
        service.undo_move(session, account_id=id, asked_by_id=None)
    found = account(engine, id)
    assert (found.lat, found.pin_source, found.pin_before) == (None, "", "")
    with Session(engine) as session:
        jobs = session.exec(select(Job).where(Job.kind == accounts.GEOCODE)).all()
    assert [job.payload["account_ids"] for job in jobs] == [[id]]


@pytest.mark.parametrize("letter", ["東", "Щ", '"', "\\"])
def test_a_pin_of_the_longest_address_in_any_script_can_be_moved_and_put_back(engine, made, letter):
    long = {"street": letter * 200, "city": letter * 120, "state": letter * 120}
    id = made(pin_source="manual", pin_quality="manual", pin_reason=letter * 400,
              pin_address=letter * 512, **long)  # fmt: skip
    with transaction(engine) as session:
        accounts.update_account(session, account_id=id, values={"lat": 5.0, "lon": 6.0})
    with transaction(engine) as session:
        service.undo_move(session, account_id=id, asked_by_id=None)
    found = account(engine, id)
    assert (found.pin_address, found.pin_reason) == (letter * 512, letter * 400)


def test_there_must_be_something_to_keep_or_look_up(engine, made):
    without, nowhere = made(at=None), made(street="", city="")
    with transaction(engine) as session, pytest.raises(Conflict, match="no pin to keep"):
        service.keep_pin(session, account_id=without)
    with transaction(engine) as session, pytest.raises(Conflict, match="no address to look up"):
        service.look_up_pin(session, account_id=nowhere, asked_by_id=None)

"""The work list of pins, and what people decide about one."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from route_app.accounts import service as accounts
from route_app.db import transaction
from route_app.models import Account, Job
from route_app.pins import service
from tests import factories
from tests.conftest import post_form


@pytest.fixture
def bob(client_for):
    return client_for("bob")


@pytest.fixture
def made(engine, cast):
    def make(**values):
        with transaction(engine) as session:
            values = {"owner_id": cast["alice"], "street": "North Street"} | values
            return factories.make_account(session, **values).id

    return make


def account(engine, id):
    with Session(engine) as session:
        return session.get_one(Account, id)


def test_it_lists_doubtful_pins_with_how_they_were_found(bob, made):
    made(name="Doubtful", pin_source="geocoded", pin_quality="street", pin_reason="Half way.")
    made(name="Certain", pin_source="geocoded", pin_quality="exact")
    page = bob.get("/accounts/pins").text
    assert "Doubtful" in page
    assert "Half way." in page
    assert "Certain" not in page
    assert "© OpenStreetMap contributors" in page
    assert "Certain" in bob.get("/accounts/pins?quality=exact").text
    assert "Doubtful" in bob.get("/accounts/pins?quality=nonsense").text


def test_it_is_empty_with_a_sentence(bob, cast):
    assert "No pin wants a look" in bob.get("/accounts/pins").text
    assert "None of this kind" in bob.get("/accounts/pins?quality=place").text


def test_it_keeps_a_pin_and_goes_back_to_the_list(bob, engine, made):
    id = made(pin_source="geocoded", pin_quality="street")
    form = {"choice": "keep", "from": "list", "quality": "street"}
    answer = post_form(bob, f"/accounts/{id}/pin", form)
    assert answer.headers["Location"].endswith("/accounts/pins?quality=street")
    assert account(engine, id).pin_source == "manual"


def test_a_pin_by_hand_stays_when_the_address_changes_and_the_page_asks(bob, engine, made, cast):
    id = made(name="Gale Grocer", lat=62.1, lon=25.1)
    form = {"name": "Gale Grocer", "owner_id": cast["alice"], "tier": "C", "street": "North Street",
            "city": "Smalltown"}  # fmt: skip

    def save(**values):
        version = str(account(engine, id).version)
        answer = post_form(bob, f"/accounts/{id}", form | {"version": version} | values)
        assert answer.status_code == 303
        return account(engine, id)

    assert save(lat="62.2", lon="25.2").pin_source == "manual"
    assert "address changed" not in bob.get(f"/accounts/{id}").text
    moved = save(lat="62.2", lon="25.2", street="South Street")
    assert (moved.lat, moved.lon, moved.pin_source) == (62.2, 25.2, "manual")
    page = bob.get(f"/accounts/{id}").text
    assert "The address changed since the pin was set by hand" in page
    assert "North Street" in page
    assert "Gale Grocer" in bob.get("/accounts/pins").text
    post_form(bob, f"/accounts/{id}/pin", {"choice": "keep"})
    assert "address changed" not in bob.get(f"/accounts/{id}").text


def test_it_looks_the_new_address_up_when_asked(bob, engine, made):
    id = made(pin_source="manual", pin_quality="manual", pin_address="Old Street 1")
    post_form(bob, f"/accounts/{id}/pin", {"choice": "look_up"})
    assert account(engine, id).lat is None
    page = bob.get(f"/accounts/{id}").text
    assert "Undo the last move" in page
    post_form(bob, f"/accounts/{id}/pin", {"choice": "undo"})
    assert account(engine, id).pin_source == "manual"


def test_undoing_says_so_when_the_earlier_pin_was_for_another_address(bob, engine, made):
    id = made(pin_source="geocoded", pin_quality="exact")
    for values in ({"lat": 5.0, "lon": 6.0}, {"street": "Far Road"}):
        with transaction(engine) as session:
            accounts.update_account(session, account_id=id, values=values)
    post_form(bob, f"/accounts/{id}/pin", {"choice": "undo"})
    page = bob.get(f"/accounts/{id}").text
    assert "The earlier pin was for another address" in page
    assert "No pin" in page


def test_an_unknown_choice_is_refused(bob, made):
    answer = post_form(bob, f"/accounts/{made()}/pin", {"choice": "explode"})
    assert answer.status_code == 400


def test_an_admin_has_coarse_pins_looked_up_again(client_for, engine, made):
    dan, id = client_for("dan"), made(pin_source="geocoded", pin_quality="street")
    assert "Look up again" in dan.get("/accounts/pins").text
    post_form(dan, "/accounts/pins", {})
    with Session(engine) as session:
        (job,) = session.exec(select(Job).where(Job.kind == accounts.GEOCODE)).all()
    assert job.payload["coarse"] is True
    assert account(engine, id).lat is not None


def test_both_pages_follow_their_own_look_ups_and_say_what_waits(client_for, engine, made):
    dan = client_for("dan")
    coarse = made(pin_source="geocoded", pin_quality="street")
    without = made(at=None)
    post_form(dan, "/accounts/pins", {})
    assert "job-progress" in dan.get("/accounts/pins").text
    assert "job-progress" not in dan.get("/accounts/without-pin").text
    assert ">Stop</button>" in dan.get("/accounts/pins").text
    assert ">Stop</button>" not in client_for("bob").get("/accounts/pins").text
    until = datetime.now(UTC).timestamp() + 9_000
    with transaction(engine) as session:
        for id, is_coarse in ((coarse, True), (without, False)):
            service.look_up_after(
                session, [id], again=False, coarse=is_coarse, until=until,
                why="photon: its requests of today are used up.", asked_by_id=None,
            )  # fmt: skip
    for path in ("/accounts/pins", "/accounts/without-pin"):
        page = dan.get(path).text
        assert "1 address waits until" in page
        assert "its requests of today are used up" in page


def test_the_account_says_how_its_pin_was_found(bob, made):
    id = made(pin_source="geocoded", pin_quality="nearest", pin_reason="Placed near number 4.")
    page = bob.get(f"/accounts/{id}").text
    assert "Placed near number 4." in page
    assert "near the number" in page

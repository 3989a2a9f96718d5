import re

import pytest

from route_app.db import transaction
from route_app.users import queries, service
from tests import smalltown
from tests.conftest import post_form

FORM = {
    "name": "Zoe Winter",
    "email": "zoe@smalltown.example",
    "role": "rep",
    "manager_id": "",
    "units": "",
    "work_hours": "Mo-Fr 09:00-17:00",
    "lunch_from": "11:30",
    "lunch_to": "13:30",
    "lunch_min": "30",
    "max_visits": "",
    "home_address": "",
    "home_lat": "62.0",
    "home_lon": "25.0",
}


@pytest.fixture
def dan(client_for):
    return client_for("dan")


def user(engine, user_id):
    with transaction(engine) as session:
        return queries.person(session, user_id)


def by_email(engine, email):
    with transaction(engine) as session:
        return queries.user_by_email(session, email)


def test_the_list_shows_everybody_and_how_they_stand(dan, engine, cast):
    with transaction(engine) as session:
        service.deactivate(session, user_id=cast["carol"])
        added = service.create_user(session, email="z@x.example", name="Zoe", role="rep")
        service.invite(session, user_id=added.id)
    page = dan.get("/users/").text
    for part in ("Alice North", "Switched off", "Invited", "No home", "1 rep has no home place"):
        assert part in page


def test_a_new_user_gets_a_link_that_is_shown_once(dan, engine, cast, app):
    answer = post_form(dan, "/users/", FORM | {"manager_id": cast["bob"]})
    made = by_email(engine, "zoe@smalltown.example")
    assert (answer.status_code, answer.location) == (303, f"/users/{made.id}")
    assert (made.role, made.manager_id, made.password_hash) == ("rep", cast["bob"], None)
    assert (made.home_lat, made.home_lon, made.lunch_s) == (62.0, 25.0, 1_800)
    page = dan.get(answer.location).text
    link = re.search(r"http://localhost(/invitations/[\w-]+)", page)[1]
    assert "/invitations/" not in dan.get(answer.location).text
    assert "Welcome, Zoe Winter" in app.test_client().get(link).text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Give a name."),
        ("email", "alice@SMALLTOWN.example", "Alice North uses the e-mail"),
        ("email", "zoe", "not an e-mail address"),
        ("role", "king", "Not a valid choice"),
        ("manager_id", "nobody", "Not a valid choice"),
        ("work_hours", "all day long", "cannot be read"),
        ("lunch_to", "10:00", "must end after it begins"),
        ("lunch_min", "180", "longer than the time"),
        ("home_lat", "", "both latitude and longitude"),
        ("home_lat", "95", "between -90 and 90"),
        ("max_visits", "0", "Between 1 and 100."),
    ],
)
def test_it_says_what_is_wrong_at_the_field(dan, engine, field, value, says):
    answer = post_form(dan, "/users/", FORM | {field: value})
    assert answer.status_code in (400, 409)
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert by_email(engine, "zoe@smalltown.example") is None


def test_a_user_can_be_changed(dan, engine, cast):
    changes = FORM | {"name": "Alice West", "role": "manager", "units": "mi", "max_visits": "12"}
    answer = post_form(dan, f"/users/{cast['alice']}", changes)
    assert (answer.status_code, answer.location) == (303, "/users/")
    alice = user(engine, cast["alice"])
    assert (alice.name, alice.role, alice.units, alice.max_visits) == (
        "Alice West",
        "manager",
        "mi",
        12,
    )
    assert alice.manager_id is None


def test_the_form_shows_what_is_known_and_saves_it_unchanged(dan, engine, cast):
    before = user(engine, cast["alice"])
    page = dan.get(f"/users/{cast['alice']}").text
    data = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page))
    chosen = re.findall(r'name="([a-z_]+)".*?<option selected value="([^"]*)"', page, re.S)
    post_form(dan, f"/users/{cast['alice']}", data | dict(chosen))
    after = user(engine, cast["alice"])
    assert after.model_dump() == before.model_dump()


def test_a_role_that_changes_holds_at_the_next_request(dan, client_for, cast):
    bob = client_for("bob")
    assert bob.get("/users/").status_code == 403
    form = FORM | {"name": "Bob", "email": "bob@smalltown.example", "role": "admin"}
    assert post_form(dan, f"/users/{cast['bob']}", form).status_code == 303
    assert bob.get("/users/").status_code == 200


def test_the_only_admin_cannot_step_down(dan, cast):
    form = FORM | {"name": "Dan", "email": "dan@smalltown.example", "role": "rep"}
    answer = post_form(dan, f"/users/{cast['dan']}", form)
    assert answer.status_code == 409
    assert "only admin" in answer.text


def test_an_admin_cannot_switch_themselves_off(dan, cast):
    answer = post_form(dan, f"/users/{cast['dan']}/active", {"active": "no"})
    assert answer.status_code == 400
    assert dan.get("/users/").status_code == 200


def test_switching_off_works_at_once_and_on_again_too(dan, client_for, cast):
    alice = client_for("alice")
    post_form(dan, f"/users/{cast['alice']}/active", {"active": "no"})
    assert alice.get("/devices").status_code == 303
    post_form(dan, f"/users/{cast['alice']}/active", {"active": "yes"})
    assert client_for("alice").get("/devices").status_code == 200


def test_a_reset_link_is_made_for_whoever_has_a_password(dan, cast, app):
    answer = post_form(dan, f"/users/{cast['alice']}/links")
    page = dan.get(answer.location).text
    assert "Reset link for Alice North" in page
    link = re.search(r"http://localhost(/invitations/[\w-]+)", page)[1]
    assert "Set a new password" in app.test_client().get(link).text


def test_a_user_who_is_not_there_is_not_found(dan):
    assert dan.get("/users/nobody").status_code == 404
    assert post_form(dan, "/users/nobody", FORM).status_code == 404


def test_without_roads_an_address_cannot_be_searched_and_it_says_so(dan):
    assert "Find this address" not in dan.get("/users/new").text
    answer = post_form(dan, "/users/", FORM | {"find": "home", "home_address": "Main Street 1"})
    assert answer.status_code == 503
    assert "until roads are built" in answer.text


class TestWithAnAddressBook:
    @pytest.fixture
    def dan(self, app, client_for, roads):
        app.extensions["roads"] = roads
        return client_for("dan")

    def test_an_address_is_found(self, dan):
        assert "Find this address" in dan.get("/users/new").text
        form = (
            FORM
            | {"find": "home", "home_address": "Main Street 15, Smalltown"}
            | {
                "home_lat": "1",
                "home_lon": "",
            }
        )
        answer = post_form(dan, "/users/", form)
        assert answer.status_code == 200
        place = smalltown.JUNCTIONS["B2"]
        shown = dict(re.findall(r'name="home_(lat|lon)"[^>]* value="([^"]+)"', answer.text))
        assert float(shown["lat"]) == pytest.approx(place.lat, abs=1e-4)
        assert float(shown["lon"]) == pytest.approx(place.lon, abs=1e-4)

    def test_an_address_that_is_nowhere_is_said(self, dan):
        form = FORM | {"find": "home", "home_address": "Qwertz Boulevard 99, Nowhere"}
        answer = post_form(dan, "/users/", form)
        assert answer.status_code == 404
        assert "not on the map" in answer.text

    def test_the_middle_of_a_town_is_no_home(self, dan):
        nowhere = {"home_lat": "", "home_lon": ""}
        form = FORM | nowhere | {"find": "home", "home_address": "Qwertz 6, Smalltown"}
        answer = post_form(dan, "/users/", form)
        assert answer.status_code == 404
        assert "Only the town was found." in answer.text
        assert not re.findall(r'name="home_(lat|lon)"[^>]* value="([^"]+)"', answer.text)

    def test_an_empty_address_is_asked_for(self, dan):
        answer = post_form(dan, "/users/", FORM | {"find": "home"})
        assert "Type the address first." in answer.text


def test_two_who_add_the_same_person_at_once_get_a_sentence(client_for, cast, monkeypatch):
    monkeypatch.setattr(service, "_checked_email", lambda _session, email, **_: email)
    dan = client_for("dan")
    answer = post_form(dan, "/users/", FORM | {"email": "alice@smalltown.example"})
    assert answer.status_code == 409
    assert "at this moment" in answer.text

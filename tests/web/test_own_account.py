import pytest
from sqlmodel import select

from route_app.db import transaction
from route_app.models import UserSession
from tests.conftest import PASSWORD, post_form

NEW = "eleven purple umbrellas"


@pytest.fixture
def alice(client_for):
    return client_for("alice")


def change(client, current=PASSWORD, password=NEW, again=NEW):
    data = {"current": current, "password": password, "again": again}
    return post_form(client, "/password", data)


def sign_in(client, password):
    data = {"email": "alice@smalltown.example", "password": password}
    return post_form(client, "/sign-in", data).status_code


def test_a_new_password_signs_out_other_devices_and_keeps_this_one(alice, client_for):
    other, before = client_for("alice"), alice.get_cookie("fieldbeat").value
    assert change(alice).location == "/devices"
    assert alice.get("/devices").status_code == 200
    assert alice.get_cookie("fieldbeat").value != before
    assert other.get("/devices").status_code == 303
    assert sign_in(client_for(None), PASSWORD) == 400
    assert sign_in(client_for(None), NEW) == 303


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"current": "wrong one"}, "This is not your password."),
        ({"again": "something else"}, "This is not the same password."),
        ({"password": "short", "again": "short"}, "Use at least 10 characters."),
        ({"password": "alice north", "again": "alice north"}, "too weak"),
        ({"password": "", "again": ""}, "Choose a new password."),
    ],
)
def test_it_says_what_is_wrong_and_changes_nothing(alice, client_for, values, says):
    answer = change(alice, **values)
    assert answer.status_code == 400
    assert says in answer.text
    assert sign_in(client_for(None), PASSWORD) == 303


def test_guessing_the_password_of_a_device_left_open_runs_out(alice):
    for _ in range(20):
        assert change(alice, current="wrong").status_code == 400
    answer = change(alice)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 4_000


def test_the_devices_are_listed_by_what_people_call_them(client_for):
    client = client_for(None)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit Safari/604.1"
    data = {"email": "alice@smalltown.example", "password": PASSWORD}
    post_form(client, "/sign-in", data, headers={"User-Agent": agent})
    page = client.get("/devices").text
    assert "Safari on iPhone" in page
    assert page.count("This device") == 1


def test_a_device_can_be_signed_out_from_another(alice, client_for, engine):
    lost = client_for("alice")
    mine = alice.get_cookie("fieldbeat").value
    from route_app.users.tokens import digest

    with transaction(engine, write=False) as session:
        ids = set(session.exec(select(UserSession.id)))
    (theirs,) = ids - {digest(mine)}
    assert post_form(alice, f"/devices/{theirs}/sign-out").location == "/devices"
    assert lost.get("/devices").status_code == 303
    assert alice.get("/devices").status_code == 200
    assert post_form(alice, f"/devices/{theirs}/sign-out").status_code == 404


def test_all_other_devices_can_be_signed_out_at_once(alice, client_for):
    others = [client_for("alice"), client_for("alice")]
    stranger = client_for("carol")
    assert post_form(alice, "/devices/sign-out").location == "/devices"
    assert [other.get("/devices").status_code for other in others] == [303, 303]
    assert alice.get("/devices").status_code == 200
    assert stranger.get("/devices").status_code == 200

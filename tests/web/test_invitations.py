from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from route_app.db import transaction
from route_app.models import RateBucket
from route_app.models.base import now
from route_app.users import queries, service
from route_app.users.person import Role
from tests.conftest import PASSWORD, post_form

GOOD = "eleven purple umbrellas"
SIGN_UP = {
    "company": "Northern Supplies",
    "country": "FI",
    "time_zone": "Europe/Helsinki",
    "units": "km",
    "name": "Ann Admin",
    "email": "ann@northern.example",
    "password": GOOD,
    "again": GOOD,
}


@pytest.fixture
def visitor(app):
    return app.test_client()


@pytest.fixture
def invitation(engine, cast):
    with transaction(engine) as session:
        user = service.create_user(
            session,
            email="zoe@smalltown.example",
            name="Zoe Winter",
            role=Role.REP,
            manager_id=cast["bob"],
        )
        return f"/invitations/{service.invite(session, user_id=user.id)}"


@pytest.fixture
def first_link(engine):
    with transaction(engine) as session:
        return f"/invitations/{service.first_admin_link(session)}"


def accept(client, link, password=GOOD, again=None):
    return post_form(client, link, {"password": password, "again": again or password})


def test_an_invited_user_chooses_a_password_and_is_signed_in(visitor, app, invitation):
    page = visitor.get(invitation).text
    assert "Welcome, Zoe Winter" in page
    assert "Smalltown Supplies" in page
    answer = accept(visitor, invitation)
    assert (answer.status_code, answer.location) == (303, "/app/")
    assert visitor.get("/devices").status_code == 200
    again = post_form(
        app.test_client(), "/sign-in", {"email": "zoe@smalltown.example", "password": GOOD}
    )
    assert again.status_code == 303


def test_a_link_works_once(visitor, app, invitation):
    accept(visitor, invitation)
    answer = app.test_client().get(invitation)
    assert answer.status_code == 404
    assert "used already" in answer.text
    assert accept(app.test_client(), invitation, "another good long one").status_code == 404


def test_a_weak_password_leaves_the_link_as_it_was(visitor, invitation):
    for password, says in (
        ("zoe winter 1", "too weak"),
        ("smalltown supplies", "too weak"),
        ("short", "at least 10"),
    ):
        answer = accept(visitor, invitation, password)
        assert answer.status_code == 400
        assert says in answer.text
    answer = accept(visitor, invitation, GOOD, "something else")
    assert "not the same" in answer.text
    assert accept(visitor, invitation).status_code == 303


def test_a_link_ends_after_seven_days(visitor, invitation):
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        answer = visitor.get(invitation)
    assert answer.status_code == 404
    assert "too old" in answer.text


def test_a_made_up_link_leads_nowhere(visitor, cast):
    assert "not known here" in visitor.get("/invitations/made-up").text


def test_guessing_links_runs_out(visitor, cast):
    for _ in range(20):
        assert accept(visitor, "/invitations/made-up").status_code == 404
    assert accept(visitor, "/invitations/made-up").status_code == 429


def test_a_reset_link_signs_out_everywhere_and_forgets_wrong_passwords(
    client_for, app, engine, cast
):
    thief = client_for("alice")
    email = "alice@smalltown.example"
    for number in range(20):
        post_form(
            app.test_client(),
            "/sign-in",
            {"email": email, "password": "wrong"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
    with transaction(engine) as session:
        link = f"/invitations/{service.reset_link(session, user_id=cast['alice'])}"
    client = app.test_client()
    assert "Set a new password" in client.get(link).text
    assert accept(client, link).status_code == 303
    assert thief.get("/devices").status_code == 303
    fresh = app.test_client()
    assert post_form(fresh, "/sign-in", {"email": email, "password": PASSWORD}).status_code == 400
    assert post_form(fresh, "/sign-in", {"email": email, "password": GOOD}).status_code == 303


def test_the_first_admin_sets_up_the_company(visitor, first_link, engine):
    page = visitor.get(first_link).text
    assert "Set up your company" in page
    assert '<option value="Europe/Helsinki">' in page
    answer = post_form(visitor, first_link, SIGN_UP)
    assert (answer.status_code, answer.location) == (303, "/accounts/")
    with transaction(engine, write=False) as session:
        home = queries.company(session)
        assert (home.name, home.country, home.time_zone) == (
            "Northern Supplies",
            "FI",
            "Europe/Helsinki",
        )
    assert visitor.get("/users/").status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"company": ""}, "Give the company&#39;s name."),
        ({"country": ""}, "Choose a country."),
        ({"time_zone": "Mars/Base"}, "Not a valid choice"),
        ({"email": "not an address"}, "not an e-mail address"),
        ({"password": "northern supplies"}, "too weak"),
        ({"units": "furlong"}, "Not a valid choice"),
    ],
)
def test_it_says_what_is_missing_and_founds_nothing(visitor, first_link, engine, typed, says):
    data = SIGN_UP | typed
    answer = post_form(visitor, first_link, data | {"again": data["password"]})
    assert answer.status_code == 400
    assert says in answer.text
    with transaction(engine, write=False) as session:
        assert queries.company_or_none(session) is None


def test_the_second_to_use_the_first_link_is_too_late(visitor, app, first_link):
    assert post_form(visitor, first_link, SIGN_UP).status_code == 303
    late = SIGN_UP | {"email": "late@x.example"}
    assert post_form(app.test_client(), first_link, late).status_code == 404


def test_a_link_that_is_right_costs_no_try(visitor, invitation, engine):
    accept(visitor, invitation)
    with transaction(engine, write=False) as session:
        assert session.exec(select(RateBucket)).one().tokens == 20

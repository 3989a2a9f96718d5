import re

import pytest

from route_app.db import transaction
from route_app.users import queries
from tests import factories
from tests.conftest import post_form

FORM = {
    "name": " Northern  Supplies ",
    "country": "US",
    "time_zone": "America/Denver",
    "currency": "usd",
    "units": "mi",
}


@pytest.fixture
def dan(client_for):
    return client_for("dan")


def company(engine):
    with transaction(engine, write=False) as session:
        return queries.company(session)


def test_it_is_shown_as_it_is(dan):
    page = dan.get("/company/").text
    assert 'value="Smalltown Supplies"' in page
    assert '<option selected value="Europe/Helsinki">' in page


def test_it_is_changed_and_said_so(dan, engine):
    answer = post_form(dan, "/company/", FORM)
    assert (answer.status_code, answer.location) == (303, "/company/")
    home = company(engine)
    assert (home.name, home.country, home.time_zone) == (
        "Northern Supplies", "US", "America/Denver",
    )  # fmt: skip
    assert (home.currency, home.units) == ("USD", "mi")
    assert "Saved. Northern Supplies counts in USD and mi." in dan.get("/company/").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "  ", "Give the company"),
        ("name", "x" * 121, "120"),
        ("country", "XX", "choice"),
        ("time_zone", "Mars/Olympus", "choice"),
        ("currency", "XYZ", "three letters"),
        ("currency", "", "Give a currency"),
        ("units", "furlongs", "choice"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_nothing_is_saved(
    dan, engine, field, value, words
):
    before = company(engine)
    answer = post_form(dan, "/company/", FORM | {field: value})
    assert answer.status_code == 400
    said = re.findall(rf'id="{field}-error">([^<]+)<', answer.text)
    assert said
    assert words.lower() in said[0].lower()
    assert company(engine).name == before.name


def test_miles_reach_the_office_and_the_phone(dan, client_for, cast, engine):
    with transaction(engine) as session:
        factories.make_check_in(
            session, account_id=cast["bakery"], rep_id=cast["alice"], distance_m=3_218.7
        )
    assert client_for("alice").get("/api/v1/me").json["me"]["units"] == "km"
    post_form(dan, "/company/", FORM)
    assert client_for("alice").get("/api/v1/me").json["me"]["units"] == "mi"
    assert "2.0 mi" in client_for("bob").get("/activity/").text


def test_a_person_s_own_units_go_first(dan, client_for, cast, engine):
    with transaction(engine) as session:
        queries.person(session, cast["alice"]).units = "km"
    post_form(dan, "/company/", FORM)
    assert client_for("alice").get("/api/v1/me").json["me"]["units"] == "km"


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_nobody_else_is_offered_it(client_for, name):
    client = client_for(name)
    assert client.get("/company/").status_code == 403
    assert post_form(client, "/company/", FORM).status_code == 403
    assert 'href="/company/"' not in client.get("/devices").text

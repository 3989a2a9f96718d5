from datetime import timedelta

import pytest
import time_machine
from sqlmodel import select

from route_app.db import transaction
from route_app.models import RateBucket, UserSession
from route_app.models.base import now
from route_app.users import passwords, queries, service
from tests.conftest import PASSWORD, REAL_HASHER, csrf_token, make_settings, post_form, send_json

ALICE = "alice@smalltown.example"


def sign_in(client, email=ALICE, password=PASSWORD, **options):
    return post_form(client, "/sign-in", {"email": email, "password": password}, **options)


def token_of(client):
    return client.get_cookie("fieldbeat").value


@pytest.fixture
def visitor(client_for):
    return client_for(None)


def test_it_signs_in_and_leads_to_the_start(visitor):
    answer = sign_in(visitor)
    assert (answer.status_code, answer.location) == (303, "/app/")
    assert visitor.get("/devices").status_code == 200


@pytest.mark.parametrize(
    ("name", "start"), [("alice", "/app/"), ("bob", "/team/"), ("dan", "/accounts/")]
)
def test_everybody_starts_where_their_day_is(client_for, name, start):
    client = client_for(name)
    assert client.get("/").location == start
    assert client.get("/sign-in").location == start


def test_an_anonymous_visitor_is_led_to_sign_in_and_back(visitor):
    answer = visitor.get("/devices?from=menu")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/devices?from%3Dmenu")
    page = visitor.get(answer.location)
    assert 'name="next" value="/devices?from=menu"' in page.text
    answer = post_form(
        visitor, "/sign-in", {"email": ALICE, "password": PASSWORD, "next": "/devices?from=menu"}
    )
    assert answer.location == "/devices?from=menu"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/sign-in",
        "/%0d%0aSet-Cookie:x=y\r\n",
        "http:///evil.example",
    ],
)
def test_it_leads_to_no_other_site(visitor, wanted):
    data = {"email": ALICE, "password": PASSWORD, "next": wanted}
    assert post_form(visitor, "/sign-in", data).location == "/app/"


@pytest.mark.parametrize(
    ("email", "password"),
    [(ALICE, "wrong one here"), ("nobody@smalltown.example", PASSWORD), (ALICE.upper(), "x" * 500)],
)
def test_it_does_not_say_which_of_the_two_was_wrong(visitor, email, password):
    answer = sign_in(visitor, email, password)
    assert answer.status_code == 400
    assert "The e-mail or the password is not right." in answer.text
    assert visitor.get_cookie("fieldbeat") is None


def test_it_asks_for_both(visitor):
    answer = sign_in(visitor, "", "")
    assert answer.status_code == 400
    assert "Type your e-mail." in answer.text
    assert "Type your password." in answer.text


def test_an_invited_user_without_a_password_cannot_sign_in(visitor, engine, cast):
    with transaction(engine) as session:
        queries.person(session, cast["alice"]).password_hash = None
    assert sign_in(visitor, password="").status_code == 400
    assert sign_in(visitor, password="nobody has this password").status_code == 400


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor):
    header = sign_in(visitor).headers["Set-Cookie"]
    assert header.startswith("fieldbeat=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert part in header
    assert "Secure" not in header


class TestOverHttps:
    @pytest.fixture
    def settings(self, tmp_path, engine):
        return make_settings(tmp_path, engine, base_url="https://route.example")

    def test_the_cookie_is_bound_to_the_host(self, app, cast):
        client = app.test_client()
        data = {"email": ALICE, "password": PASSWORD}
        token = csrf_token(client, base_url="https://route.example")
        answer = client.post(
            "/sign-in", data={**data, "csrf_token": token}, base_url="https://route.example"
        )
        header = next(
            value for value in answer.headers.getlist("Set-Cookie") if "__Host-fieldbeat=" in value
        )
        assert "Secure" in header
        assert "Path=/" in header
        assert "Domain" not in header
        assert client.get("/devices", base_url="https://route.example").status_code == 200


def test_a_copied_cookie_dies_with_the_sign_out(client_for, app):
    client, thief = client_for("alice"), app.test_client()
    thief.set_cookie("fieldbeat", token_of(client))
    assert thief.get("/devices").status_code == 200
    assert post_form(client, "/sign-out").location == "/sign-in"
    assert client.get_cookie("fieldbeat") is None
    assert thief.get("/devices").status_code == 303
    assert thief.get("/api/v1/nothing").status_code == 404


def test_the_field_app_signs_out_without_a_form(client_for):
    client = client_for("alice")
    assert send_json(client, "/sign-out").json == {"ok": True}
    assert client.get_cookie("fieldbeat") is None
    assert client.get("/devices").status_code == 303


def test_signing_in_again_ends_the_session_before(client_for, app):
    client, copy = client_for("alice"), app.test_client()
    before = token_of(client)
    copy.set_cookie("fieldbeat", before)
    assert sign_in(client).status_code == 303
    assert token_of(client) != before
    assert copy.get("/devices").status_code == 303


def test_a_cookie_of_somebodys_own_making_is_nobody(visitor):
    for value in ("", "x", "ä", "a" * 4_000):
        visitor.set_cookie("fieldbeat", value)
        assert visitor.get("/devices").status_code == 303


def test_a_switched_off_user_is_out_at_the_next_request(client_for, engine, cast):
    client = client_for("alice")
    with transaction(engine) as session:
        queries.person(session, cast["alice"]).active = False
    assert client.get("/devices").status_code == 303
    assert sign_in(client).status_code == 400


def test_a_session_in_use_stays_and_an_idle_one_ends(client_for):
    client = client_for("alice")
    with time_machine.travel(now() + timedelta(days=13)):
        assert client.get("/devices").status_code == 200
    with time_machine.travel(now() + timedelta(days=26)):
        assert client.get("/devices").status_code == 200
    with time_machine.travel(now() + timedelta(days=31)):
        assert client.get("/devices").status_code == 303


def test_an_idle_session_ends(client_for):
    client = client_for("alice")
    with time_machine.travel(now() + timedelta(days=14, minutes=1)):
        assert client.get("/devices").status_code == 303


def test_looking_twice_in_a_minute_writes_once(client_for, engine):
    client = client_for("alice")
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        client.get("/devices")
        with transaction(engine, write=False) as session:
            seen = session.get_one(UserSession, _only_session(session)).seen_at
        assert seen == now()
    with time_machine.travel(now() + timedelta(hours=1, minutes=1), tick=False):
        client.get("/devices")
        with transaction(engine, write=False) as session:
            assert session.get_one(UserSession, _only_session(session)).seen_at == seen


def test_wrong_passwords_run_out_for_an_account_from_wherever_they_come(app, cast, engine):
    for number in range(20):
        client = app.test_client()
        answer = sign_in(client, password="wrong", environ_base=_from(f"192.0.2.{number}"))
        assert answer.status_code == 400, answer.text
    answer = sign_in(app.test_client(), environ_base=_from("192.0.2.99"))
    assert answer.status_code == 429
    assert "Too many wrong passwords for this account." in answer.text
    assert "Try again in 72 minutes." in answer.text
    assert 4_200 < int(answer.headers["Retry-After"]) <= 4_320
    other = sign_in(app.test_client(), "bob@smalltown.example", environ_base=_from("192.0.2.99"))
    assert other.status_code == 303


def test_tries_run_out_for_an_address_whoever_is_tried(app, cast):
    for number in range(20):
        answer = sign_in(app.test_client(), f"person{number}@smalltown.example", "wrong")
        assert answer.status_code == 400
    answer = sign_in(app.test_client())
    assert answer.status_code == 429
    assert "from this network" in answer.text
    elsewhere = sign_in(app.test_client(), environ_base=_from("192.0.2.1"))
    assert elsewhere.status_code == 303


def test_a_whole_office_can_sign_in_from_one_address(app, cast):
    for _ in range(25):
        assert sign_in(app.test_client()).status_code == 303


def test_no_address_or_email_is_kept_with_the_tries(visitor, engine):
    sign_in(visitor, password="wrong")
    with transaction(engine, write=False) as session:
        buckets = session.exec(select(RateBucket)).all()
        assert [bucket.tokens for bucket in buckets] == [19, 19]
        assert all(len(bucket.id) == 64 for bucket in buckets)


def test_a_weak_hash_is_replaced_at_sign_in(visitor, engine, cast, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    with transaction(engine, write=False) as session:
        before = queries.person(session, cast["alice"]).password_hash
    assert sign_in(visitor).status_code == 303
    with transaction(engine, write=False) as session:
        after = queries.person(session, cast["alice"]).password_hash
    assert after != before
    assert sign_in(visitor).status_code == 303


def test_passwords_are_checked_outside_any_write(visitor, engine, cast, monkeypatch):
    checked = []

    def check(kept, password):
        with transaction(engine) as other:  # would wait for ever inside the request's own write
            service.seen(other, session_id="none", at=now())
        checked.append(password)
        return True

    monkeypatch.setattr(passwords, "matches", check)
    assert sign_in(visitor).status_code == 303
    assert checked == [PASSWORD]


def _from(address):
    return {"REMOTE_ADDR": address}


def _only_session(session):
    return session.exec(select(UserSession.id)).one()

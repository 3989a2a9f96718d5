import json

import pytest
from flask import Flask

from tests.conftest import csrf_token, post_form

JSON = {"Content-Type": "application/json", "X-Fieldbeat": "1"}


@pytest.fixture
def app(app: Flask):
    """The application with one more write, for scripts."""

    @app.post("/api/v1/echo-for-tests")
    def echo():
        return {"ok": True}

    return app


@pytest.fixture
def alice(client_for):
    return client_for("alice")


def send(client, headers, *, url="/api/v1/echo-for-tests"):
    return client.post(url, data=json.dumps({}), headers=headers)


@pytest.mark.parametrize(
    "proof",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "http://127.0.0.1:8000"},  # the configured address
    ],
)
def test_it_takes_json_from_our_own_site(alice, proof):
    assert send(alice, JSON | proof).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        JSON,  # nothing says where it comes from
        JSON | {"Sec-Fetch-Site": "cross-site"},
        JSON | {"Sec-Fetch-Site": "same-site"},
        JSON | {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        JSON | {"Origin": "https://evil.example"},
        JSON | {"Origin": "http://localhost.evil.example"},
        JSON | {"Origin": "null"},
        {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"},
        JSON | {"Sec-Fetch-Site": "same-origin", "X-Fieldbeat": "0"},
    ],
)
def test_it_refuses_json_that_may_come_from_elsewhere(alice, headers):
    answer = send(alice, headers)
    assert answer.status_code == 403
    assert answer.json["ok"] is False


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_cannot_pass_for_json(alice, kind):
    headers = {"Content-Type": kind, "X-Fieldbeat": "1", "Sec-Fetch-Site": "same-origin"}
    answer = send(alice, headers)
    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.json["error"]


def test_json_cannot_pass_for_a_form(alice):
    answer = send(alice, {"Content-Type": "application/json"}, url="/sign-out")
    assert answer.status_code == 403
    assert alice.get("/devices").status_code == 200


def test_a_form_needs_the_token_of_this_browser(alice, client_for):
    assert alice.post("/sign-out").status_code == 400
    assert alice.post("/sign-out", data={"csrf_token": "made-up"}).status_code == 400
    foreign = csrf_token(client_for("bob"))
    answer = alice.post("/sign-out", data={"csrf_token": foreign})
    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert alice.get("/devices").status_code == 200
    assert post_form(alice, "/sign-out").status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_a_form_from_another_site_is_refused_even_with_the_token(alice, headers):
    assert post_form(alice, "/sign-out", headers=headers).status_code == 403
    assert post_form(alice, "/sign-out", headers={"Origin": "null"}).status_code == 303


def test_signing_in_needs_the_token_too(client_for):
    data = {"email": "alice@smalltown.example", "password": "x"}
    assert client_for(None).post("/sign-in", data=data).status_code == 400


def test_a_page_left_open_over_night_still_sends(alice):
    from datetime import UTC, datetime, timedelta

    import time_machine

    token = csrf_token(alice)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=20)):
        assert alice.post("/sign-out", data={"csrf_token": token}).status_code == 303


def test_files_are_the_same_with_and_without_the_cookie(client_for):
    client = client_for(None)
    client.get("/sign-in")
    with client.get("/static/css/base.css") as answer:
        assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")

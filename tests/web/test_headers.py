import re

import pytest

from route_app.db import transaction
from route_app.users import service as users
from tests.conftest import CAST, PASSWORD, make_settings
from tests.web.rights_table import ROWS, make_world

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


@pytest.fixture
def pages(app, engine, password_hash):
    """A function that asks for every page there is as somebody, and yields row and answer."""
    with transaction(engine) as session:
        ids = make_world(session, password=PASSWORD, password_hash=password_hash)
        tokens = {name: users.sign_in(session, user_id=ids[name], days=1) for name in CAST}

    def ask(name):
        client = app.test_client()
        if name:
            client.set_cookie("fieldbeat", tokens[name])
        for row in ROWS:
            if row.method == "GET":
                answer = client.get(row.url(ids))
                yield row, answer
                answer.close()

    return ask


@pytest.mark.parametrize("name", [None, "alice", "dan"])
def test_every_answer_carries_the_exact_policy(pages, name):
    for row, answer in pages(name):
        assert answer.headers["Content-Security-Policy"] == POLICY, row
        assert answer.headers["X-Content-Type-Options"] == "nosniff", row
        assert answer.headers["Referrer-Policy"] == "same-origin", row
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", row
        assert answer.headers["Permissions-Policy"].startswith("geolocation=(self)"), row


@pytest.mark.parametrize("name", [None, "alice", "dan"])
def test_no_page_holds_a_script_or_a_style_of_its_own(pages, name):
    seen = 0
    for row, answer in pages(name):
        if answer.mimetype != "text/html":
            continue
        seen += 1
        page = answer.text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), row
        for tag in re.findall(r"<script[^>]*>", page):
            assert 'src="/static/' in tag or 'type="application/json"' in tag, (row, tag)
    assert seen > 10


@pytest.mark.parametrize("name", [None, "alice", "dan"])
def test_every_form_that_writes_carries_the_token(pages, name):
    for row, answer in pages(name):
        if answer.mimetype != "text/html":
            continue
        for form in re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.S):
            assert 'name="csrf_token"' in form, (row, form[:200])


def test_errors_carry_the_policy_too(client_for):
    for name, url, status in ((None, "/nope", 404), ("alice", "/users/", 403)):
        answer = client_for(name).get(url)
        assert answer.status_code == status
        assert answer.headers["Content-Security-Policy"] == POLICY


def test_what_is_personal_is_not_kept_by_caches(client_for):
    assert client_for("alice").get("/devices").headers["Cache-Control"] == "no-store"


def test_plain_http_promises_no_https(client_for):
    assert "Strict-Transport-Security" not in client_for(None).get("/sign-in").headers


class TestOverHttps:
    @pytest.fixture
    def settings(self, tmp_path, engine):
        return make_settings(tmp_path, engine, base_url="https://route.example")

    def test_https_is_promised_for_a_year(self, client_for):
        headers = client_for(None).get("/sign-in").headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"

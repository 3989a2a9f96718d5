"""Scripts, styles and API answers travel compressed; pages with form tokens do not."""

import gzip

GZIP = {"Accept-Encoding": "gzip, br"}
SCRIPT = "/static/js/field/app.js"


def test_a_script_comes_compressed_and_whole(app):
    client = app.test_client()
    plain = client.get(SCRIPT, buffered=True)
    packed = client.get(SCRIPT, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in packed.headers["Vary"] == plain.headers["Vary"]


def test_a_compressed_script_is_not_sent_twice(app):
    client = app.test_client()
    etag = client.get(SCRIPT, headers=GZIP).headers["ETag"]
    again = client.get(SCRIPT, headers=GZIP | {"If-None-Match": etag}, buffered=True)
    assert again.status_code == 304
    assert not again.data


def test_whoever_refuses_gzip_gets_none(app):
    no_gzip = {"Accept-Encoding": "gzip;q=0, identity"}
    answer = app.test_client().get(SCRIPT, headers=no_gzip, buffered=True)
    assert "Content-Encoding" not in answer.headers


def test_an_api_answer_comes_compressed_once_it_is_worth_it(client_for):
    client = client_for("alice")
    big = client.get("/api/v1/territory", headers=GZIP)
    assert big.headers.get("Content-Encoding") == "gzip"
    assert gzip.decompress(big.data).startswith(b"{")
    small = client.get("/api/v1/jobs/none", headers=GZIP)
    assert "Content-Encoding" not in small.headers


def test_a_page_with_a_form_token_does_not(client_for):
    page = client_for("bob").get("/accounts/", headers=GZIP)
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers


def test_an_error_stays_readable(client_for):
    answer = client_for("alice").get("/api/v1/accounts/nothing", headers=GZIP)
    assert answer.status_code == 404
    assert answer.json["ok"] is False

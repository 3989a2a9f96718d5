"""Every request leaves one line that tells how it went and nothing about people."""

import json


def _lines(capsys) -> list[dict]:
    out = capsys.readouterr().err.splitlines()
    return [json.loads(line) for line in out if line.startswith("{")]


def test_it_logs_endpoint_status_and_time_without_the_query(app, capsys):
    app.test_client().get("/sign-in?email=secret@example.com")
    (line,) = [one for one in _lines(capsys) if one["event"] == "request"]
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert line["request_id"]
    assert "secret" not in json.dumps(line)


def test_it_keeps_the_proxys_request_id_but_not_nonsense(app):
    client = app.test_client()
    kept = client.get("/healthz", headers={"X-Request-Id": "abcdef123456"})
    assert kept.headers["X-Request-Id"] == "abcdef123456"
    made = client.get("/healthz", headers={"X-Request-Id": "a b\tc<script>"})
    assert made.headers["X-Request-Id"] not in ("", "a b\tc<script>")


def test_health_checks_stay_out_of_the_log(app, capsys):
    app.test_client().get("/healthz")
    assert [one for one in _lines(capsys) if one["event"] == "request"] == []

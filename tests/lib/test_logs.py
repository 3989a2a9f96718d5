"""logs: one event a line, and no forged lines."""

import json

import structlog

from route_app.lib import logs


def test_json_lines_cannot_be_forged_by_a_newline(capsys):
    logs.configure(level="INFO", form="json")
    structlog.get_logger("test").info("said", text='x\n{"event": "forged"}')
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["event"] == "said"


def test_what_is_below_the_level_is_left_out(capsys):
    logs.configure(level="WARNING", form="text")
    structlog.get_logger("test").info("quiet")
    structlog.get_logger("test").warning("loud")
    out = capsys.readouterr().err
    assert "loud" in out
    assert "quiet" not in out

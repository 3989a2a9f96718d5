"""`python3 scripts/run.py` from a copy of the project, as a newcomer starts it."""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Copy what git would clone; installed libraries are shared to save minutes."""
    target = tmp_path_factory.mktemp("clone") / "fieldbeat"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    shutil.copytree(ROOT / "static" / "vendor", target / "static" / "vendor")
    return target


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _running(clone: Path, *arguments: str, port: int, log: Path):
    env = {**os.environ, "FIELDBEAT_VENV": str(Path(sys.prefix)), "PYTHONUNBUFFERED": "1"}
    for name in [name for name in env if name.startswith("ROUTE_APP_")]:
        del env[name]
    command = [sys.executable, "scripts/run.py", "--port", str(port), *arguments]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=clone, env=env, stdout=out, stderr=out)
    try:
        _wait(process, port, log)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def _wait(process, port: int, log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"not ready in time\n{log.read_text()}")


def _sign_ins(log: Path) -> tuple[str, list[str]]:
    text = log.read_text()
    password = re.search(r"password for all: (\S+)\)", text)
    assert password, text
    return password[1], re.findall(r"(\S+@demo\.example)", text)


def test_it_opens_the_demo_and_keeps_it(clone, tmp_path):
    port, data = _free_port(), tmp_path / "data"
    with _running(clone, "--data-dir", str(data), port=port, log=tmp_path / "first.log"):
        password, emails = _sign_ins(tmp_path / "first.log")
        assert len(emails) == 4
        today = _today(port, emails[0], password)
        assert [stop for stop in today["stops"] if stop["kind"] == "visit"]
    with _running(clone, "--data-dir", str(data), port=port, log=tmp_path / "second.log"):
        assert _sign_ins(tmp_path / "second.log") == (password, emails)
        assert _today(port, emails[0], password)["id"] == today["id"]


def _today(port: int, email: str, password: str) -> dict:
    """Sign in over HTTP as a browser would and read today's plan."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    base = f"http://127.0.0.1:{port}"
    page = opener.open(f"{base}/sign-in", timeout=10).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = urllib.parse.urlencode({"csrf_token": token, "email": email, "password": password})
    opener.open(
        urllib.request.Request(f"{base}/sign-in", form.encode(), {"Referer": f"{base}/sign-in"}),
        timeout=20,
    ).close()
    answer = json.load(opener.open(f"{base}/api/v1/today", timeout=20))
    assert answer["ok"]
    return answer["plan"]


def test_an_empty_company_prints_a_link_that_works_once(clone, tmp_path):
    port, log = _free_port(), tmp_path / "empty.log"
    with _running(clone, "--no-demo", "--data-dir", str(tmp_path / "d"), port=port, log=log):
        link = re.search(r"(http://127\.0\.0\.1:\d+/invitations/\S+)", log.read_text())[1]
        page = urllib.request.urlopen(link, timeout=10).read().decode()
        assert 'name="password"' in page


def test_a_taken_port_is_named(clone, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = {**os.environ, "FIELDBEAT_VENV": str(Path(sys.prefix))}
        ran = subprocess.run(
            [sys.executable, "scripts/run.py", "--no-demo", "--port", str(port),
             "--data-dir", str(tmp_path / "d")],
            cwd=clone, env=env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert ran.returncode != 0
    assert f"Port {port}" in ran.stderr


def test_a_port_that_is_none_is_refused(clone):
    ran = subprocess.run(
        [sys.executable, "scripts/run.py", "--port", "99999"],
        cwd=clone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "99999 is no port" in ran.stderr

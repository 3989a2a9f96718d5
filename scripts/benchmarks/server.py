"""Start the product under one of two servers on a loopback port, and end it again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT

READY_WITHIN_S = 40
Server = Callable[[int], list[str]]
_WERKZEUG = (
    "import sys\n"
    "from werkzeug.serving import WSGIRequestHandler, run_simple\n"
    "from route_app.app import create_app\n"
    "WSGIRequestHandler.protocol_version = 'HTTP/1.1'\n"
    "WSGIRequestHandler.log_request = lambda *_: None\n"
    "run_simple('127.0.0.1', int(sys.argv[1]), create_app(), threaded=True)\n"
)


def granian(port: int) -> list[str]:
    """Return the command of the server the product ships, as `flask serve` starts it."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--blocking-threads", "8", "--no-access-log", "--log-level", "warning"),
        "route_app.app:create_app",
    ]


def werkzeug(port: int) -> list[str]:
    """Return the command of Werkzeug's own server, a thread a connection, kept alive as well."""
    return [sys.executable, "-c", _WERKZEUG, str(port)]


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    log_file: Path

    def log(self) -> str:
        """Return all it has said so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(server: Server, data_dir: Path) -> Iterator[Running]:
    """Yield a server on this data folder once it answers; it has ended cleanly afterwards."""
    port = _free_port()
    log_file = data_dir / "server.log"
    environment = {
        **os.environ,
        "ROUTE_APP_DATA_DIR": str(data_dir),
        "ROUTE_APP_DATABASE_URL": "",
        "ROUTE_APP_BASE_URL": f"http://127.0.0.1:{port}",
        "ROUTE_APP_SECRET_KEY": "measured-" * 6,
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            server(port), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_ready(process, port, log_file)
            yield Running(port, log_file)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log_file: Path) -> None:
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    said = log_file.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise RuntimeError(f"The server did not answer within {READY_WITHIN_S} s. It said:\n{said}")

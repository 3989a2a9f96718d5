"""A local server that answers as a real one once did, and the means to record that anew.

A cassette holds what a real server answered to our own questions. To record it again, have both
servers (see scripts/benchmarks/routing_servers.py) and run
`ROUTE_APP_TEST_RECORD=1 python3 scripts/test.py -n0 tests/roads/test_server_engines.py`.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

from tests.roads.local_server import LocalServer

CREDIT = "Made from data of OpenStreetMap, © OpenStreetMap contributors, ODbL 1.0."


class Local(LocalServer):
    """A server on a free port of this machine, answering with `answer(method, path, body)`.

    It returns a status and a body. What was asked is kept in `asked`, in order.
    """

    request_queue_size = 64

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._respond("")

    def do_POST(self):
        self._respond(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _respond(self, body):
        self.server.asked.append((self.command, self.path, body))
        status, content, *headers = self.server.answer(self.command, self.path, body)
        content = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **dict(*headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(answer) -> Iterator[Local]:
    server = Local(answer)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def replaying(cassette: Path) -> Iterator[Local]:
    """Serve a cassette's answers; what was never recorded is a 404 that says so."""
    known = json.loads(cassette.read_text(encoding="utf-8"))["answers"]

    def answer(method, path, body):
        found = known.get(" ".join((method, path, body)).strip())
        if found is None:
            return 404, "not on the cassette: record it anew"
        return found["status"], json.dumps(found["body"])

    with serving(answer) as server:
        yield server


@contextmanager
def recording(upstream: str, cassette: Path) -> Iterator[Local]:
    """Pass everything on to a real server, and write what it answered to the cassette."""
    heard = {}

    def answer(method, path, body):
        request = urllib.request.Request(
            upstream + path, data=body.encode() or None, method=method,
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                status, content = response.status, response.read()
        except urllib.error.HTTPError as refused:
            status, content = refused.code, refused.read()
        heard[" ".join((method, path, body)).strip()] = {
            "status": status, "body": json.loads(content),
        }  # fmt: skip
        return status, content

    with serving(answer) as server:
        yield server
    lines = ",\n".join(
        f"{json.dumps(asked)}: {json.dumps(told, ensure_ascii=False, separators=(',', ':'))}"
        for asked, told in sorted(heard.items())
    )
    cassette.parent.mkdir(exist_ok=True)
    cassette.write_text(
        f'{{"credit": {json.dumps(CREDIT, ensure_ascii=False)}, "answers": {{\n{lines}\n}}}}\n',
        encoding="utf-8",
    )

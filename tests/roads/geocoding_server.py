"""A server on this machine that answers as Nominatim, Photon and Pelias document it.

It knows 10 Far Road. What it is asked for decides how it misbehaves: "Busy" answers 429, "Slow"
takes longer than anybody waits, "Garbage" is no JSON, "Strange" is JSON of another shape,
"Broken" answers 503, "Nowhere" lies outside the globe.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.roads.local_server import LocalServer

LAT, LON = 51.5, -0.1
NOMINATIM = {
    "place_id": 1, "lat": str(LAT), "lon": str(LON), "display_name": "10, Far Road, Fartown",
    "class": "building", "type": "yes", "addresstype": "building", "importance": 0.3,
    "address": {"house_number": "10", "road": "Far Road", "town": "Fartown"},
}  # fmt: skip
PHOTON = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [LON, LAT]},
    "properties": {
        "osm_key": "place", "osm_value": "house", "type": "house", "housenumber": "10",
        "street": "Far Road", "city": "Fartown", "name": "10 Far Road",
    },
}  # fmt: skip
PELIAS = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [LON, LAT]},
    "properties": {
        "layer": "address", "accuracy": "point", "match_type": "exact", "confidence": 1,
        "housenumber": "10", "street": "Far Road", "name": "10 Far Road", "label": "10 Far Road",
    },
}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((time.monotonic(), self.path))
        told = parse_qs(urlsplit(self.path).query)
        text = " ".join(value for values in told.values() for value in values)
        if "Busy" in text:
            self._send(429, b"", {"Retry-After": "2"})
        elif "Slow" in text:
            server.stop.wait(3)
            self._send(200, b"[]")
        elif "Broken" in text:
            self._send(503, b"")
        elif "Garbage" in text:
            self._send(200, b"<html>Sign in to this network</html>")
        elif "Strange" in text:
            self._send(200, json.dumps({"features": [{"no": "geometry"}], "lat": "x"}).encode())
        else:
            self._send(200, json.dumps(self._answer(text)).encode())

    def _answer(self, text: str) -> Any:
        path = urlsplit(self.path).path
        known = "Far" in text or "reverse" in path
        if "json" in text:  # only Nominatim is told the format
            found = dict(NOMINATIM)
            if "Nowhere" in text:
                return [found | {"lat": "951.5"}]
            if "reverse" in path:
                return found
            return [found] if known else []
        feature = PELIAS if path.startswith("/v1") else PHOTON
        return {"type": "FeatureCollection", "features": [feature] if known else []}

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


class GeocodingServer:
    """The running server: its address, and what it was asked, with the instant."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.server_port}"

    @property
    def asked(self) -> list[str]:
        """Return the addresses that were asked for, in order."""
        return [path for _, path in self._server.asked]

    @property
    def gaps_s(self) -> list[float]:
        """Return the seconds between each two requests."""
        instants = sorted(instant for instant, _ in self._server.asked)
        return [b - a for a, b in pairwise(instants)]


@contextmanager
def running() -> Iterator[GeocodingServer]:
    """Run the server as long as the context lasts."""
    server: Any = LocalServer(("127.0.0.1", 0), _Handler)
    server.asked, server.stop = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield GeocodingServer(server)
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()

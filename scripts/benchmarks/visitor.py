"""A rep's phone, as the server sees it: one connection kept open, one session, real requests."""

from __future__ import annotations

import http.client
import json
import re
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.load import Refused

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TIMEOUT_S = 30


class Visitor:
    """One signed-in rep."""

    def __init__(self, port: int, account_ids: tuple[str, ...]) -> None:
        """Connect to a server on this machine."""
        self.acknowledged: list[str] = []
        self._accounts = cycle(account_ids)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        self._cookies: dict[str, str] = {}
        self._sent: list[tuple[dict[str, object], dict[str, object]]] = []

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page, as people do."""
        page = self._ask("GET", "/sign-in").decode()
        token = _TOKEN.search(page)
        if token is None:
            raise Refused("The sign-in page has no form token.")
        form = {"csrf_token": token[1], "email": email, "password": password}
        self._ask("POST", "/sign-in", form=form, expect=(302, 303))

    def today(self) -> None:
        """Load the day, as the field app does."""
        self._ask("GET", "/api/v1/today")

    def shell(self) -> None:
        """Load the field app's page."""
        self._ask("GET", "/app/")

    def check_in(self) -> None:
        """Begin a check-in and end it; both acknowledged, or Refused."""
        id = uuid4().hex
        began = datetime.now(UTC) - timedelta(minutes=20)
        begin = {
            "id": id,
            "account_id": next(self._accounts),
            "started_at": began.isoformat(),
            "fix": {"lat": 60.17, "lon": 24.94, "accuracy_m": 12.0},
        }
        end = {
            "outcome": "no_order",
            "ended_at": datetime.now(UTC).isoformat(),
            "note": f"measured {id}",
        }
        self._send(begin, end)
        self._sent.append((begin, end))
        self.acknowledged.append(id)

    def resend(self, count: int) -> int:
        """Send the last check-ins again, as a phone does that missed the answer."""
        again = self._sent[-count:]
        for begin, end in again:
            self._send(begin, end)
        return len(again)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _send(self, begin: dict[str, object], end: dict[str, object]) -> None:
        self._ask("POST", "/api/v1/check-ins", body=begin, expect=(200, 201))
        self._ask("PUT", f"/api/v1/check-ins/{begin['id']}/end", body=end)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, object] | None = None,
        form: dict[str, str] | None = None,
        expect: tuple[int, ...] = (200,),
    ) -> bytes:
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": self._cookie_header()}
        data = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = urlencode(form)
        elif body is not None:
            headers |= {"Content-Type": "application/json", "X-Fieldbeat": "1"}
            data = json.dumps(body)
        try:
            self._connection.request(method, path, body=data, headers=headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as error:
            self._connection.close()
            raise Refused(f"{method} {path}: {type(error).__name__}") from error
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        if answer.status not in expect:
            raise Refused(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content

    def _cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

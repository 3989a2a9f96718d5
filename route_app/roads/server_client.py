"""Asking a routing server over HTTP: connections kept, time-outs, retries, one kind of failure."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import urllib3

from route_app.errors import InvalidInput, Unavailable
from route_app.roads.engine import Refused

_CONNECT_S = 3.0
_LONGEST_PAUSE_S = 5.0
_MOST_BYTES = 512 * 1024 * 1024
_TRY_AGAIN = (429, 500, 502, 503, 504)
_DENIED = (401, 403, 407)
_TOO_LONG = (413, 414, 431)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered in JSON: 200, or a refusal that its body explains."""

    status: int
    body: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Return whether the server did what it was asked."""
        return self.status == 200


class TooLong(Refused):
    """The server, or one in front of it, does not take a request of this length."""


class HungUp(Unavailable):
    """The server hangs up without an answer: it is failing, or the request is too long for it."""


class _Hopeless(Exception):
    """An attempt whose repetition would end the same way."""


class _Passing(Exception):
    """An attempt that may succeed when repeated, maybe after the pause the server asks for."""

    def __init__(
        self, said: str, *, pause_s: float = 0.0, error: type[Unavailable] = Unavailable
    ) -> None:
        super().__init__(said)
        self.pause_s, self.error = pause_s, error


class ServerClient:
    """One routing server, called `role` in what people read. Safe between threads.

    The address may carry a user and password and a query such as an access key; neither is ever
    part of a message. An answer that does not come in `timeout_s` is not asked for again: a
    server that hangs would only hang longer. All else that may pass is tried `retries` times more.
    """

    def __init__(
        self, url: str, *, role: str, timeout_s: float = 10.0, retries: int = 2, at_once: int = 4
    ) -> None:
        """Take the server's address. Raises InvalidInput where it is none."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InvalidInput(f"The address of {_inside(role)} cannot be read.") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"The address of {_inside(role)} must be like http://host:5000.")
        self.role = role
        self.host = (parts.hostname + (f":{port}" if port else ""))[-100:]  # fits its column
        self.at_once = at_once
        self.timeout_s = timeout_s
        self._retries = retries
        self._query = parts.query
        headers = urllib3.make_headers(keep_alive=True, accept_encoding=True)
        if parts.username:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers |= urllib3.make_headers(basic_auth=user)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self._base = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
        self._base += parts.path.rstrip("/")
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=at_once, headers=headers)

    def get(self, path: str, query: Mapping[str, str] | None = None, **limits: Any) -> Reply:
        """Return the answer to a GET; Unavailable where there is none to be had."""
        return self._ask("GET", path, query or {}, None, **limits)

    def post(self, path: str, body: Mapping[str, Any], **limits: Any) -> Reply:
        """Return the answer to a JSON body; Unavailable where there is none to be had."""
        return self._ask("POST", path, {}, json.dumps(body).encode(), **limits)

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | None,
        *,
        timeout_s: float | None = None,
        retries: int | None = None,
    ) -> Reply:
        limit_s = timeout_s or self.timeout_s
        more = self._retries if retries is None else retries
        asked = "&".join(part for part in (urlencode(query, safe=";,"), self._query) if part)
        url = f"{self._base}{path}" + (f"?{asked}" if asked else "")
        for number in range(more + 1):
            try:
                return self._once(method, url, body, limit_s)
            except _Hopeless as why:
                raise Unavailable(str(why)) from None
            except _Passing as why:
                if number == more:
                    raise why.error(str(why)) from None
                # Not all at the same moment: others were turned away just now as well.
                pause_s = 0.1 * 2**number * (1 + random.random())  # noqa: S311  # no secret
                time.sleep(min(max(pause_s, why.pause_s), _LONGEST_PAUSE_S))
        raise AssertionError("a loop over at least one attempt returns or raises")

    def _once(self, method: str, url: str, body: bytes | None, limit_s: float) -> Reply:
        kind = {"Content-Type": "application/json"} if body is not None else {}
        ends = time.monotonic() + limit_s
        try:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={**self._pool.headers, **kind},
                timeout=urllib3.Timeout(limit_s, connect=min(_CONNECT_S, limit_s)),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                content = self._read(response, ends, limit_s)
            except BaseException:
                response.close()  # a connection with half an answer in it is of no more use
                raise
            response.release_conn()
        except urllib3.exceptions.ConnectTimeoutError:
            raise _Hopeless(self._away()) from None
        except urllib3.exceptions.TimeoutError:
            raise _Hopeless(self._slow(limit_s)) from None
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
            # Some servers hang up on what is too long for them.
            said = f"{self.role} hangs up without an answer. Its own log may say why."
            raise _Passing(said, error=HungUp) from None
        except urllib3.exceptions.SSLError:
            raise _Hopeless(f"{self.role} shows no certificate that can be trusted.") from None
        except urllib3.exceptions.HTTPError:
            raise _Passing(self._away()) from None
        return self._judge(response.status, response.headers.get("Retry-After", ""), content)

    def _read(self, response: urllib3.BaseHTTPResponse, ends: float, limit_s: float) -> bytes:
        parts, size = [], 0
        # What has come, without waiting for more: a server that drips must not escape the clock.
        while part := response.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if time.monotonic() > ends:
                raise _Hopeless(self._slow(limit_s))
            if size > _MOST_BYTES:
                raise _Hopeless(f"{self.role} sends more than anything asked for can be.")
        return b"".join(parts)

    def _judge(self, status: int, retry_after: str, content: bytes) -> Reply:
        if status in _DENIED:
            raise _Hopeless(f"{self.role} denies access. Check the user or key in its address.")
        if status in _TRY_AGAIN:
            pause_s = float(retry_after) if retry_after.strip().isdecimal() else 0.0
            why = (
                f"{self.role} is asked for more than it allows. Try again in a minute."
                if status == 429
                else f"{self.role} fails (it answered {status}). Its own log says why."
            )
            raise _Passing(why, pause_s=pause_s)
        if status in _TOO_LONG:
            raise TooLong(f"{self.role} does not take requests this long. Raise its limits.")
        try:
            body = json.loads(content)
            if isinstance(body, list):  # as Valhalla answers /locate
                body = {"answers": body}
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise _Hopeless(
                f"What answers in place of {_inside(self.role)} is something else (it answered "
                f"{status}, not in JSON). Check the address in ROUTE_APP_ROADS_SERVER."
            )
        return Reply(status, body)

    def _away(self) -> str:
        return (
            f"{self.role} cannot be reached. Check that it runs and that ROUTE_APP_ROADS_SERVER "
            "is its address."
        )

    def _slow(self, limit_s: float) -> str:
        return (
            f"{self.role} did not answer within {limit_s:g} seconds. See whether it is overloaded, "
            "or raise ROUTE_APP_ROADS_SERVER_TIMEOUT_S."
        )


def _inside(role: str) -> str:
    """Return what the server is called inside a sentence."""
    return role[:1].lower() + role[1:]

"""server_client against a server that misbehaves in every way servers do."""

import json
import socket
import time
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from route_app.errors import InvalidInput, Unavailable
from route_app.roads.server_client import HungUp, ServerClient
from tests.roads.recorded import serving

OK = json.dumps({"code": "Ok"})


def client(url, **more):
    return ServerClient(url, role="The OSRM server", **{"timeout_s": 2, "retries": 2} | more)


def answers(*told):
    """Return what answers one after another, the last one for ever."""
    left = list(told)
    return lambda *_: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def raw(*talks):
    """A bare socket that treats one connection after another as told, the last for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        seen = []

        def serve():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):  # the client may have hung up
                    connection.recv(65536)
                    seen.append(1)
                    talks[min(len(seen), len(talks)) - 1](connection)

        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", seen
        listening.shutdown(socket.SHUT_RDWR)


def say(text):
    return lambda connection: connection.sendall(text.encode())


WHOLE = f"HTTP/1.1 200 OK\r\nContent-Length: {len(OK)}\r\nConnection: close\r\n\r\n{OK}"
CUT = WHOLE[:-5]


def test_it_keeps_its_connection():
    peers = set()
    with serving(answers((200, OK))) as server:
        verify = server.verify_request
        server.verify_request = lambda request, peer: peers.add(peer) or verify(request, peer)
        asking = client(server.url)
        for _ in range(5):
            assert asking.get("/nearest").body == {"code": "Ok"}
    assert len(peers) == 1


def test_nobody_listening_is_said_at_once():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(
        Unavailable, match=r"The OSRM server cannot be reached\. Check that it runs"
    ):
        client(f"http://127.0.0.1:{port}").get("/x")
    assert time.monotonic() - begun < 2


def test_a_server_that_hangs_costs_one_time_out():
    with raw(lambda _: time.sleep(5)) as (url, seen):
        begun = time.monotonic()
        with pytest.raises(Unavailable, match=r"did not answer within 0\.4 seconds"):
            client(url, timeout_s=0.4).get("/x")
        assert time.monotonic() - begun < 1.2
        assert len(seen) == 1


def test_a_server_that_drips_is_not_waited_for():
    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" " * 10)
            time.sleep(0.05)

    with raw(drip) as (url, _):
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="did not answer within"):
            client(url, timeout_s=0.4).get("/x")
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(status):
    with serving(answers((status, "busy"), (status, "busy"), (200, OK))) as server:
        assert client(server.url).get("/x").ok
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "said"), [(500, "fails (it answered 500)"), (429, "more than it allows")]
)
def test_what_does_not_pass_is_said(status, said):
    with serving(answers((status, "no"))) as server:
        with pytest.raises(Unavailable) as told:
            client(server.url, retries=1).get("/x")
        assert said in told.value.message
        assert len(server.asked) == 2


def test_it_waits_as_long_as_it_is_asked_to():
    busy = (503, "busy", {"Retry-After": "1"})
    with serving(answers(busy, (200, OK))) as server:
        begun = time.monotonic()
        assert client(server.url).get("/x").ok
        assert 0.95 < time.monotonic() - begun < 2


def test_an_answer_cut_off_is_asked_for_again():
    with raw(say(CUT), say(WHOLE)) as (url, seen):
        assert client(url).get("/x").ok
        assert len(seen) == 2
    with raw(say(CUT)) as (url, seen):
        with pytest.raises(HungUp, match="hangs up"):
            client(url, retries=1).get("/x")
        assert len(seen) == 2


@pytest.mark.parametrize("content", ["<html>Hello</html>", "", '"Ok"', "12", "{"])
def test_what_is_no_routing_server_is_said(content):
    with serving(answers((200, content))) as server:
        with pytest.raises(Unavailable, match="in place of the OSRM server is something else"):
            client(server.url).get("/x")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [(301, "something else"), (404, "something else"), (401, "denies access"), (414, "this long")],
)
def test_other_refusals_have_their_sentence(status, said):
    with (
        serving(answers((status, "<html>", {"Location": "http://example.invalid/"}))) as server,
        pytest.raises(Unavailable, match=said),
    ):
        client(server.url).get("/x")


def test_a_refusal_in_json_is_handed_on():
    with serving(answers((400, '{"code": "TooBig"}'))) as server:
        reply = client(server.url).get("/x")
        assert not reply.ok
        assert reply.body["code"] == "TooBig"


def test_the_secrets_of_an_address_are_sent_and_never_told():
    seen = {}

    def answer(method, path, body):
        seen["path"] = path
        return 503, "busy"

    with serving(answer) as server:
        handler = server.RequestHandlerClass

        class Noting(handler):
            def do_GET(self):  # noqa: N802  # the name http.server looks for
                seen["login"] = self.headers["Authorization"]
                super().do_GET()

        server.RequestHandlerClass = Noting
        secret = server.url.replace("://", "://jo:pa%20ss@") + "/maps/?key=hush"
        asking = client(secret, retries=0)
        with pytest.raises(Unavailable) as told:
            asking.get("/route", {"steps": "true"})
    assert seen["path"] == "/maps/route?steps=true&key=hush"
    assert seen["login"] == "Basic am86cGEgc3M="
    assert asking.host == server.url.removeprefix("http://")
    for word in ("hush", "pa ss", "jo:"):
        assert word not in told.value.message + asking.host + repr(told.value.__context__)


@pytest.mark.parametrize("url", ["", "routes.example", "ftp://x", "http://", "http://x:port"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InvalidInput, match="address of the OSRM server"):
        client(url)

"""The tests' own server: quiet about clients that leave, loud about its own mistakes."""

import pytest

from tests.roads.local_server import LocalServer


@pytest.mark.parametrize(
    ("error", "printed"),
    [(BrokenPipeError, False), (ConnectionResetError, False), (KeyError, True), (OSError, True)],
)
def test_only_clients_that_leave_are_passed_over(
    error: type[Exception], printed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing:
        def __init__(self, *_: object) -> None:
            raise error("while answering")

    with LocalServer(("127.0.0.1", 0), Failing) as server:
        try:
            server.finish_request(None, ("127.0.0.1", 1))
        except error:
            server.handle_error(None, ("127.0.0.1", 1))
    assert ("while answering" in capsys.readouterr().err) == printed

"""The server on this machine that tests ask in place of one on the internet."""

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class LocalServer(ThreadingHTTPServer):
    """A server on a thread per question; quiet about clients that hang up, as tests have them do.

    Whatever else goes wrong in it is printed, as usual.
    """

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, unless the client is gone."""
        if not isinstance(sys.exception(), (BrokenPipeError, ConnectionResetError)):
            super().handle_error(request, client_address)

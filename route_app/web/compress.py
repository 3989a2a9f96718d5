"""Compress our own scripts and styles and the API's answers; a phone in the rain is grateful.

Pages are left as they are: they hold form tokens beside what somebody typed, and the size of such
a page, compressed, can be made to tell the token (the BREACH attack).
"""

import gzip
from collections import OrderedDict
from threading import Lock

from flask import Flask, Response, request

WORTH_IT_BYTES = 1024
KEPT_FILES = 256
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
_files: OrderedDict[str, bytes] = OrderedDict()
_guard = Lock()


def init_app(app: Flask) -> None:
    """Compress what is worth it, for whoever can read it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    is_file = request.path.startswith("/static/")
    if not (is_file or request.path.startswith("/api/")):
        return response
    if response.status_code != 200 or not (response.mimetype or "").startswith(_TEXT):
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
        return response
    etag, _weak = response.get_etag()
    plain = _read(response)
    if len(plain) < WORTH_IT_BYTES:
        return response
    response.set_data(_file(etag, plain) if is_file and etag else gzip.compress(plain, 6))
    response.headers["Content-Encoding"] = "gzip"
    if etag:  # the same content in other bytes
        response.set_etag(etag, weak=True)
    return response


def _read(response: Response) -> bytes:
    """Return the body; a file it came from is closed now, not when the answer has been sent."""
    source = response.response
    response.direct_passthrough = False
    plain = response.get_data()
    close = getattr(source, "close", None)
    if close is not None:
        close()
    return plain


def _file(etag: str, plain: bytes) -> bytes:
    """Return a file compressed; the newest versions of the files asked for last are kept."""
    key = f"{request.path} {etag}"
    with _guard:
        if key in _files:
            _files.move_to_end(key)
            return _files[key]
    packed = gzip.compress(plain, 9)
    with _guard:
        _files[key] = packed
        while len(_files) > KEPT_FILES:
            _files.popitem(last=False)
    return packed

import sys
from pathlib import Path

import pytest

from route_app.lib.memory import give_back


def _resident_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc keeps freed memory")
def test_what_was_freed_goes_back_to_the_system():
    pieces = [bytes(1000) for _ in range(60_000)]
    kept = pieces[::1000]  # pins the room between
    full = _resident_mb()
    del pieces
    assert give_back()
    assert _resident_mb() < full - 30
    assert len(kept) == 60

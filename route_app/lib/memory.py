"""Memory that is free in this process but still counts as its own."""

import ctypes
import sys


def give_back() -> bool:
    """Return freed memory to the system; say whether the C library can.

    After many small allocations glibc keeps the room they took, which a large step that follows
    would then need a second time. Elsewhere nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return False  # another C library, such as musl
    trim(0)
    return True

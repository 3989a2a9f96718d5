"""Loops compiled to machine code where numba is installed, and plain Python where it is not."""

from collections.abc import Callable
from typing import TypeVar, cast

try:
    from numba import njit

    COMPILES = True
except ImportError:  # pragma: no cover  # there is no wheel for this machine
    COMPILES = False

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function over numpy arrays on its first call, and keep the result on disk.

    It runs without the interpreter's lock, so threads work side by side.
    """
    if not COMPILES:  # pragma: no cover
        return function
    try:
        return cast("F", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # there is no folder it may keep the result in
        return cast("F", njit(nogil=True)(function))

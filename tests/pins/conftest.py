"""The account work that waits, done the way the worker does it."""

from tests.accounts.conftest import roads, work_off

__all__ = ["roads", "work_off"]

"""Cutting a question into pieces that a server with limits will answer, and putting them together.

A server says no to what is too big for it. What it takes is remembered, so it says so once.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import isqrt
from threading import Event, Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from route_app.roads.engine import UNREACHABLE, Refused

Table = tuple[NDArray[np.float64], NDArray[np.float64]]
Answer = TypeVar("Answer")


class TooBig(Exception):
    """A server refused a question for its size; `most` is the limit, where it told it."""

    def __init__(self, most: int | None = None) -> None:
        super().__init__("too big for the server")
        self.most = most


class Apart(Exception):
    """A server refused a question because some of its places cannot be joined."""


class Limit:
    """How much may be asked at once, as far as is known. Safe between threads."""

    def __init__(self, value: int, *, of: str) -> None:
        """Begin with what is likely; `of` says in words what is limited."""
        self._value, self._of = value, of
        self._lock = Lock()

    @property
    def value(self) -> int:
        """Return how much may be asked at once."""
        return self._value

    def lower(self, tried: int, told: int | None, *, least: int) -> None:
        """Learn that so much was too much; Refused where not even the least is allowed."""
        if tried <= least:
            raise Refused(f"The road server allows too few {self._of}. Raise its limit.")
        wanted = told if told is not None and least <= told < tried else max(least, tried // 2)
        with self._lock:
            self._value = min(self._value, wanted)


def fill_table(
    ask: Callable[[Sequence[int], Sequence[int]], Table],
    count: int,
    *,
    limit: Limit,
    most_places: int,
    at_once: int,
) -> Table:
    """Return seconds and metres between `count` places, asked for block by block.

    `ask(rows, columns)` answers one block, not-a-number where no road leads. It may raise TooBig
    or Apart: then the block is asked for in halves. Any other error ends the whole, so a table
    never is part old and part new.
    """
    seconds, metres = np.full((count, count), np.nan), np.full((count, count), np.nan)
    side = max(1, min(isqrt(limit.value), most_places // 2))
    groups = [range(at, min(at + side, count)) for at in range(0, count, side)]

    def fill(block: tuple[Sequence[int], Sequence[int]]) -> None:
        rows, columns = block
        pairs = len(rows) * len(columns)
        if pairs <= limit.value:
            try:
                here = np.ix_(rows, columns)
                seconds[here], metres[here] = ask(rows, columns)
                return
            except TooBig as told:
                limit.lower(pairs, told.most, least=1)
            except Apart:
                if pairs == 1:
                    return
        for half in _halves(rows, columns):
            fill(half)

    blocks = list(product(groups, groups))
    if len(blocks) == 1:
        fill(blocks[0])
    else:
        failed = Event()

        def fill_unless_failed(block: tuple[Sequence[int], Sequence[int]]) -> None:
            if failed.is_set():
                return  # whatever it would find is thrown away
            try:
                fill(block)
            except BaseException:
                failed.set()
                raise

        with ThreadPoolExecutor(max_workers=at_once) as pool:
            tasks = [pool.submit(fill_unless_failed, block) for block in blocks]
            try:
                for task in tasks:
                    task.result()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
    np.fill_diagonal(seconds, 0.0)
    np.fill_diagonal(metres, 0.0)
    return seconds, metres


def in_chunks(
    ask: Callable[[int, int], Sequence[Answer]], count: int, *, limit: Limit, overlap: int = 0
) -> list[Answer]:
    """Return the answers for `count` places asked in a row, `ask(begin, end)` a chunk at a time.

    With an overlap of one each chunk begins where the one before ended, as drives do.
    """
    found: list[Answer] = []
    begin = 0
    while begin < count - overlap:
        end = min(begin + max(limit.value, 1 + overlap), count)
        try:
            found.extend(ask(begin, end))
        except TooBig as told:
            limit.lower(end - begin, told.most, least=1 + overlap)
        else:
            begin = end - overlap
    return found


def whole(figures: NDArray[np.float64], *, factor: float = 1.0) -> NDArray[np.int32]:
    """Return figures as int32, multiplied; `UNREACHABLE` for what is no number."""
    known = np.isfinite(figures)
    scaled = np.minimum(np.rint(np.where(known, figures, 0.0) * factor), UNREACHABLE - 1)
    return np.where(known, scaled, UNREACHABLE).astype(np.int32)


def _halves(
    rows: Sequence[int], columns: Sequence[int]
) -> tuple[tuple[Sequence[int], Sequence[int]], tuple[Sequence[int], Sequence[int]]]:
    if len(rows) >= len(columns):
        middle = len(rows) // 2
        return (rows[:middle], columns), (rows[middle:], columns)
    middle = len(columns) // 2
    return (rows, columns[:middle]), (rows, columns[middle:])

"""Kept answers, and turns that threads and processes take one after the other."""

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from geopy.exc import GeocoderRateLimited

from route_app.roads.geocode_store import DAY_S, FILE_NAME, DailyLimitReached, GeocodeStore


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> GeocodeStore:
    return GeocodeStore(tmp_path, clock=clock, most=3)


def test_an_answer_is_kept_and_found_by_a_later_process(
    store: GeocodeStore, tmp_path: Path
) -> None:
    store.keep("a", {"lat": 1.5}, days=1)
    assert store.answer("a") == ({"lat": 1.5},)
    assert GeocodeStore(tmp_path, clock=lambda: 1_800_000_000).answer("a") == ({"lat": 1.5},)
    assert store.answer("b") is None


def test_not_found_is_an_answer_too(store: GeocodeStore) -> None:
    store.keep("a", None, days=1)
    assert store.answer("a") == (None,)


def test_an_answer_is_forgotten_after_its_days(store: GeocodeStore, clock: Clock) -> None:
    store.keep("a", None, days=7)
    clock.now += 7 * DAY_S - 1
    assert store.answer("a") == (None,)
    clock.now += 1
    assert store.answer("a") is None


def _on_disk(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        return [key for (key,) in db.execute("SELECT key FROM answer ORDER BY key")]


def test_an_answer_that_may_not_be_kept_is_never_written(
    store: GeocodeStore, tmp_path: Path
) -> None:
    store.keep("a", {"lat": 1.5}, days=0)
    assert _on_disk(tmp_path) == []
    store.keep("a", {"lat": 1.5}, days=1)
    store.keep("a", {"lat": 1.5}, days=0)  # the rules of the service changed
    assert _on_disk(tmp_path) == []


def test_what_is_forgotten_leaves_the_disk(
    store: GeocodeStore, clock: Clock, tmp_path: Path
) -> None:
    store.keep("a", {}, days=1)
    store.keep("b", {}, days=3)
    clock.now += DAY_S
    store.keep("c", {}, days=1)
    assert _on_disk(tmp_path) == ["b", "c"]


def test_the_longest_unused_goes_when_the_store_is_full(store: GeocodeStore, clock: Clock) -> None:
    for key in "abc":
        store.keep(key, {}, days=1)
        clock.now += 1
    store.answer("a")
    clock.now += 1
    store.keep("d", {}, days=1)
    assert [key for key in "abcd" if store.answer(key) is not None] == ["a", "c", "d"]


def test_turns_are_as_far_apart_as_asked_for(store: GeocodeStore, clock: Clock) -> None:
    waits = [store.turn("x", every_s=1, patience_s=10) for _ in range(3)]
    assert waits == [0, 1, 2]
    assert store.turn("y", every_s=1, patience_s=10) == 0
    clock.now += 60
    assert store.turn("x", every_s=1, patience_s=10) == 0


def test_who_cannot_wait_takes_no_turn(store: GeocodeStore) -> None:
    for _ in range(3):
        store.turn("x", every_s=1, patience_s=10)
    for _ in range(5):
        with pytest.raises(GeocoderRateLimited):
            store.turn("x", every_s=1, patience_s=2)
    assert store.turn("x", every_s=1, patience_s=10) == 3


def test_a_day_has_so_many_requests(store: GeocodeStore, clock: Clock) -> None:
    for _ in range(2):
        store.turn("x", every_s=0, patience_s=0, daily_limit=2)
    with pytest.raises(DailyLimitReached, match="2 requests are used up") as told:
        store.turn("x", every_s=0, patience_s=0, daily_limit=2)
    clock.now += told.value.retry_after - 1
    with pytest.raises(DailyLimitReached):
        store.turn("x", every_s=0, patience_s=0, daily_limit=2)
    clock.now += 1
    assert store.turn("x", every_s=0, patience_s=0, daily_limit=2) == 0


def test_a_service_that_asks_for_a_pause_gets_it(store: GeocodeStore, clock: Clock) -> None:
    store.turn("x", every_s=1, patience_s=0)
    store.hold("x", for_s=30)
    with pytest.raises(GeocoderRateLimited):
        store.turn("x", every_s=1, patience_s=10)
    clock.now += 30
    assert store.turn("x", every_s=1, patience_s=0) == 0


def test_a_clock_set_back_does_not_stop_everything(store: GeocodeStore, clock: Clock) -> None:
    clock.now += 365 * DAY_S
    store.turn("x", every_s=1, patience_s=0)
    clock.now -= 365 * DAY_S
    assert store.turn("x", every_s=1, patience_s=3600) <= 3600


def test_threads_take_turns(tmp_path: Path) -> None:
    store = GeocodeStore(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: store.turn("x", every_s=10, patience_s=1e6), range(40)))
    ordered = sorted(waits)
    gaps = [after - before for before, after in pairwise(ordered)]
    assert all(8 < gap < 12 for gap in gaps)


def test_processes_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; "
        "from route_app.roads.geocode_store import GeocodeStore; "
        "store = GeocodeStore(Path(sys.argv[1])); "
        "[print(time.time() + store.turn('x', every_s=5, patience_s=1e6)) for _ in range(5)]"
    )
    began = time.time()
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    lines = [line for one in running for line in one.communicate(timeout=60)[0].split()]
    starts = sorted(float(line) - began for line in lines)
    assert len(starts) == 15
    assert all(b - a > 4.5 for a, b in pairwise(starts))

"""What geocoding services answered, and whose turn it is: one file for all processes."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geopy.exc import GeocoderQuotaExceeded, GeocoderRateLimited

FILE_NAME = "geocoder.sqlite"
DAY_S = 86_400
MOST_ANSWERS = 200_000
LONGEST_HOLD_S = 3_600  # a clock that was set back must not stop us for longer
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, body TEXT NOT NULL,
  until REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_used ON answer (used);
CREATE INDEX IF NOT EXISTS answer_until ON answer (until);
CREATE TABLE IF NOT EXISTS turn (backend TEXT PRIMARY KEY, next REAL NOT NULL,
  day TEXT NOT NULL, asked INTEGER NOT NULL) WITHOUT ROWID;
"""


class DailyLimitReached(GeocoderQuotaExceeded):  # type: ignore[misc]
    """Today's requests are used up; `retry_after` is the seconds until tomorrow (UTC)."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        """Say so, and for how long."""
        super().__init__(message)
        self.retry_after = retry_after


class GeocodeStore:
    """Answers that are kept, and turns that threads and processes take one after the other."""

    def __init__(
        self,
        folder: Path,
        *,
        most: int = MOST_ANSWERS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use a file in a folder; `most` answers are kept, the longest unused go first."""
        self._path = folder / FILE_NAME
        self._most = most
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=30)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_SCHEMA)

    def answer(self, key: str) -> tuple[dict[str, Any] | None] | None:
        """Return a kept answer in a tuple of one ((None,) for "not found"), None for no answer."""
        now = self._clock()
        with self._changing() as db:
            row = db.execute(
                "SELECT body FROM answer WHERE key = ? AND until > ?", (key, now)
            ).fetchone()
            if row is None:
                return None
            db.execute("UPDATE answer SET used = ? WHERE key = ?", (now, key))
        return (json.loads(row[0]),)

    def keep(self, key: str, body: dict[str, Any] | None, *, days: float) -> None:
        """Keep an answer for some days; None says that the service does not know the address.

        For no days nothing is written. Answers whose days are over go.
        """
        now = self._clock()
        with self._changing() as db:
            db.execute("DELETE FROM answer WHERE until <= ? OR key = ?", (now, key))
            if days <= 0:
                return
            db.execute(
                "INSERT INTO answer VALUES (?, ?, ?, ?)",
                (key, json.dumps(body), now + days * DAY_S, now),
            )
            count = db.execute("SELECT count(*) FROM answer").fetchone()[0]
            if count > self._most:
                db.execute(
                    "DELETE FROM answer WHERE key IN "
                    "(SELECT key FROM answer ORDER BY used LIMIT ?)",
                    (count - self._most,),
                )

    def turn(
        self, backend: str, *, every_s: float, patience_s: float, daily_limit: int | None = None
    ) -> float:
        """Take the next turn at a service; returns the seconds to wait before asking.

        Raises DailyLimitReached where today's requests are used up, GeocoderRateLimited where
        the turn would come later than patience lasts. Neither takes a turn.
        """
        now = self._clock()
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        with self._changing() as db:
            row = db.execute(
                "SELECT next, day, asked FROM turn WHERE backend = ?", (backend,)
            ).fetchone()
            planned, day, asked = row or (now, today, 0)
            asked = asked if day == today else 0
            if daily_limit is not None and asked >= daily_limit:
                raise DailyLimitReached(
                    f"Today's {daily_limit} requests are used up.", retry_after=DAY_S - now % DAY_S
                )
            begin = max(now, min(planned, now + LONGEST_HOLD_S))
            if begin - now > patience_s:
                raise GeocoderRateLimited("Others are asking now.", retry_after=begin - now)
            db.execute(
                "INSERT OR REPLACE INTO turn VALUES (?, ?, ?, ?)",
                (backend, begin + every_s, today, asked + 1),
            )
        return float(begin - now)

    def hold(self, backend: str, *, for_s: float) -> None:
        """Let nobody ask a service for some seconds: it said that it is asked too often."""
        until = self._clock() + min(for_s, LONGEST_HOLD_S)
        with self._changing() as db:
            db.execute("UPDATE turn SET next = max(next, ?) WHERE backend = ?", (until, backend))

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction that no other process or thread runs beside."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

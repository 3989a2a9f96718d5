"""Engines and transactions: one recipe for SQLite, and PostgreSQL by its URL."""

import atexit
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlmodel import Session
from sqlmodel import create_engine as _create_engine

try:
    import fcntl
except ImportError:  # Windows: one process only, the lock between threads is enough
    fcntl = None  # type: ignore[assignment]

import pysqlite3

__all__ = ["Engine", "back_up", "create_engine", "is_clash", "sentence_for", "transaction"]

# Older libraries can corrupt a WAL file when it is reset while another process reads it.
OLDEST_SAFE_SQLITE = (3, 51, 3)
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON")
# PostgreSQL's codes of what happens only because two did something at once
_CLASHES = frozenset({"23505", "40001", "40P01"})
_UNMIGRATED = (
    "The database has no tables yet, or those of another version. "
    "Run `flask --app route_app.app db upgrade`."
)
_locks: dict[str, "_WriteLock"] = {}
_locks_guard = threading.Lock()


def create_engine(url: str) -> Engine:
    """Return an engine for a database URL. Raises ValueError if SQLite is too old to be safe.

    SQLite runs in WAL mode with full durability and takes its write lock at BEGIN, so that a
    transaction that reads and then writes never meets "database is locked".
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        return _create_engine(parsed, hide_parameters=True, pool_pre_ping=True, pool_size=20)
    if pysqlite3.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise ValueError(
            f"SQLite {pysqlite3.sqlite_version} can damage its own file; "
            "install pysqlite3 as requirements.txt pins it."
        )
    engine = _create_engine(parsed, hide_parameters=True, module=pysqlite3, pool_size=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def transaction(engine: Engine, *, write: bool = True) -> Iterator[Session]:
    """Yield a session whose work is committed whole at the end, or not at all.

    Rows stay readable after the commit. On SQLite, writers queue in the order they came.
    """
    waits = _write_lock(engine) if write else nullcontext()
    options: dict[str, Any] = {} if write else {"readonly": True}
    with waits, Session(engine.execution_options(**options), expire_on_commit=False) as session:
        yield session
        if write:
            session.commit()
        # A reading session is only closed: a rollback would expire the rows its reader keeps.


def back_up(engine: Engine, file: Path) -> Path:
    """Copy a SQLite database to a new file while it is in use. Raises ValueError elsewhere."""
    if engine.dialect.name != "sqlite":
        raise ValueError("Back up PostgreSQL with its own pg_dump.")
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        target = pysqlite3.connect(str(file))
        try:
            driver.backup(target)  # type: ignore[union-attr]
        finally:
            target.close()
    return file


def is_clash(error: BaseException) -> bool:
    """Return whether an error only says that somebody else wrote the same thing just before."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in _CLASHES:
        return True
    return isinstance(error, IntegrityError) and str(error.orig).startswith("UNIQUE constraint")


def sentence_for(error: BaseException) -> str:
    """Return what to do about a database that is not there or not ready; empty for others."""
    if not isinstance(error, OperationalError | ProgrammingError):
        return ""
    said = str(error.orig)
    if said.startswith("no such ") or getattr(error.orig, "sqlstate", None) in ("42P01", "42703"):
        return _UNMIGRATED
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {said.splitlines()[0]}" if said else ""
    return ""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would otherwise open deferred transactions of its own.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _write_lock(engine: Engine) -> Any:
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file == ":memory:":
        return nullcontext()
    path = str(Path(file).resolve())
    with _locks_guard:
        return _locks.setdefault(path, _WriteLock(Path(f"{path}.lock")))


class _WriteLock:
    """A first-come, first-served lock over threads, and over processes by a locked file.

    SQLite's own waiting is unfair: under load somebody starves for seconds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False
        self._file: IO[bytes] | None = None
        self._pid = os.getpid()

    def __enter__(self) -> None:
        turn = threading.Event()
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                turn.set()
            else:
                self._queue.append(turn)
        turn.wait()
        if fcntl is not None:
            if self._file is None or self._pid != os.getpid():
                self._file = self._path.open("ab")
                self._pid = os.getpid()
                atexit.register(self._file.close)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_exc: object) -> None:
        if fcntl is not None and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False

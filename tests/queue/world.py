"""A database of one's own, and real worker processes on it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import select

from route_app.db import create_engine, transaction
from route_app.models import Job, metadata
from route_app.queue import enqueue

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("worker_process.py")
POSTGRES = os.environ.get("ROUTE_APP_TEST_POSTGRES") or os.environ.get(
    "ROUTE_APP_TEST_DATABASE", ""
)
LEASE_S = 2.0
PATIENCE_S = 25.0


def make_database(kind: str, folder: Path) -> tuple[str, Callable[[], None]]:
    """Return the URL of a fresh database with every table, and how to be rid of it."""
    if kind == "sqlite":
        url, drop = f"sqlite:///{folder / 'jobs.sqlite'}", _nothing
    else:
        url, drop = _postgres()
    engine = create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE effect (job_id VARCHAR(160) NOT NULL)"))
    engine.dispose()
    return url, drop


def _nothing() -> None:
    pass


def _postgres() -> tuple[str, Callable[[], None]]:
    name = f"fieldbeat_jobs_{uuid4().hex[:10]}"
    server = create_engine(POSTGRES).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))

    def drop() -> None:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()

    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False), drop


@dataclass
class Worker:
    """One worker process, its log, and the job processes below it."""

    process: subprocess.Popen[bytes]
    log_file: Path

    def signal(self, number: int) -> None:
        """Send a signal to the worker and to every job process it has."""
        pids = self.job_pids() if number in (signal.SIGSTOP, signal.SIGCONT) else []
        for pid in [self.process.pid, *pids]:
            os.kill(pid, number)

    def job_pids(self) -> list[int]:
        """Return the processes that stand for jobs: grandchildren that lead their own group."""
        servers = _children(self.process.pid)
        return [pid for server in servers for pid in _children(server) if os.getpgid(pid) == pid]

    def log(self) -> list[dict[str, Any]]:
        """Return what it logged, one event each."""
        lines = self.log_file.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, job: str) -> list[str]:
        """Return the names of the events about one job."""
        return [line["event"] for line in self.log() if line.get("job") == job]


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


@dataclass
class World:
    """One database, one engine of jobs, and the workers a test has started."""

    url: str
    engine_of_jobs: str
    folder: Path
    database: Engine
    workers: list[Worker] = field(default_factory=list)

    @property
    def trace(self) -> Path:
        """Return the file in which handlers say that they have begun."""
        return self.folder / "trace"

    def begun(self) -> Counter[str]:
        """Return how often each job was begun."""
        lines = self.trace.read_text().split("\n") if self.trace.exists() else []
        return Counter(line.split()[0] for line in lines if line)

    def start(
        self,
        *,
        processes: int = 1,
        environment: dict[str, str] | None = None,
        options: dict[str, Any] | None = None,
        **spec: Any,
    ) -> Worker:
        """Start a worker and return it."""
        number = len(self.workers)
        pid_file = self.folder / f"worker-{number}.pid"
        asked = {
            "engine": self.engine_of_jobs,
            "processes": processes,
            "pid_file": str(pid_file),
            "spec": {
                "database_url": self.url,
                "roads_dir": str(self.folder / "roads"),
                "options": {
                    "trace": str(self.trace),
                    "worker_pid_file": str(pid_file),
                    **(options or {}),
                },
                "lease_s": LEASE_S,
                "grace_s": 1.0,
                **spec,
            },
        }
        log_file = self.folder / f"worker-{number}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(SCRIPT), json.dumps(asked)],
                cwd=ROOT,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            )
        worker = Worker(process, log_file)
        self.workers.append(worker)
        return worker

    def ask(self, id: str, kind: str = "test.store", *, attempts: int = 4, **payload: Any) -> None:
        """Enqueue one job."""
        with transaction(self.database) as session:
            enqueue(session, id=id, kind=kind, payload=payload, max_attempts=attempts)

    def row(self, id: str) -> Job:
        """Return a job's row as it is now."""
        with transaction(self.database, write=False) as session:
            row = session.get_one(Job, id)
            session.expunge_all()  # the end of a reading transaction would empty it
        return row

    def rows(self) -> list[Job]:
        """Return every row."""
        with transaction(self.database, write=False) as session:
            rows = list(session.exec(select(Job).order_by(Job.id)))
            session.expunge_all()
        return rows

    def stored(self) -> Counter[str]:
        """Return how often each job's effect was stored."""
        with transaction(self.database, write=False) as session:
            return Counter(session.execute(text("SELECT job_id FROM effect")).scalars())

    def until(self, true: Callable[[], bool], *, within_s: float = PATIENCE_S) -> float:
        """Wait until something is true, and return how long that took."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > within_s:
                states = {row.id: (row.state, row.attempts, row.error) for row in self.rows()}
                logs = "\n".join(one.log_file.read_text()[-3000:] for one in self.workers)
                raise AssertionError(f"not within {within_s} s; rows {states}\n{logs}")
            time.sleep(0.05)
        return time.monotonic() - began

    def until_all(self, state: str = "done", *, within_s: float = PATIENCE_S) -> float:
        """Wait until every row is in a state."""
        return self.until(lambda: all(row.state == state for row in self.rows()), within_s=within_s)

    def end(self) -> None:
        """End every worker this test has started, and let go of the database."""
        for worker in self.workers:
            if worker.process.poll() is None:
                for pid in worker.job_pids():
                    os.kill(pid, signal.SIGKILL)
                worker.process.kill()
                worker.process.wait()
        self.database.dispose()

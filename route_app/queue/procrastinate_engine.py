"""The engine for many machines: Procrastinate carries job ids over PostgreSQL.

A message only says "look at this row". The row stays the truth: a message that comes twice finds
nothing to claim, and for a row whose message was lost the dispatcher below sends another one.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import cast

import structlog
from sqlalchemy.engine import make_url
from sqlmodel import Session

from route_app.errors import Unavailable
from route_app.queue import leases
from route_app.queue.leases import Claim

try:
    import procrastinate
    from procrastinate import exceptions, jobs
except ImportError:  # an extra of its own; `Messages` says so
    procrastinate = None  # type: ignore[assignment]

log = structlog.get_logger(__name__)

QUEUE = "fieldbeat"
TASK = "fieldbeat.offer"
_DISPATCH_EVERY_S = 1.0
_DISPATCH_AT_ONCE = 200
_HEARTBEAT_S = 5.0
_STALLED_S = 20.0
_SCHEMA_LOCK = 7_221_643  # any fixed number: workers that start together make the tables once
_UNSENT = """
    SELECT job.id AS id, job.priority AS priority FROM job
    WHERE job.state = 'queued' AND job.run_after <= clock_timestamp() AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS sent
        WHERE sent.queueing_lock = job.id AND sent.status = 'todo')
    ORDER BY job.priority DESC, job.run_after, job.id LIMIT {limit}
"""


class Messages:
    """A source of claims: what Procrastinate offers this worker. A context manager."""

    def __init__(self, database_url: str, *, at_once: int) -> None:
        """Prepare to take `at_once` offers. Raises Unavailable where it cannot work."""
        url = make_url(database_url)
        if procrastinate is None:
            raise Unavailable(
                "ROUTE_APP_JOB_ENGINE is 'procrastinate', which is not installed. Install the "
                "package procrastinate, or set it to 'embedded'."
            )
        if url.get_backend_name() not in ("postgresql", "postgres"):
            raise Unavailable(
                "ROUTE_APP_JOB_ENGINE 'procrastinate' needs a PostgreSQL database; "
                "set it to 'embedded' to work from SQLite."
            )
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._at_once = at_once
        self._offers: deque[str] = deque()
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}
        self._guard = threading.Lock()
        self._wake: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop = asyncio.Event()
        self._stopping = threading.Event()
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # `engine_away` says it once
        self._thread = threading.Thread(target=self._listen, name="procrastinate", daemon=True)

    def __enter__(self) -> "Messages":
        """Start listening."""
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop listening; offers not taken are found again by the dispatcher of another worker."""
        self._stopping.set()
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._told_to_stop.set)
        self._thread.join(timeout=5)

    def on_offer(self, wake: Callable[[], None]) -> None:
        """Call this whenever an offer arrives."""
        self._wake = wake

    def waiting(self, session: Session) -> bool:
        """Return whether something is on offer."""
        return bool(self._offers)

    def claim(self, session: Session, *, owner: str, lease_s: float, idle: bool) -> Claim | None:
        """Take the next row on offer; offers of rows that others took or finished are let go."""
        while self._offers:
            id = self._offers[0]
            taken = leases.claim(session, owner=owner, lease_s=lease_s, idle=idle, id=id)
            if taken is None and not idle and id in leases.due(session, id=id):
                return None  # to be done alone: nothing more until this worker is idle
            self._offers.popleft()
            if taken is not None:
                return taken
            self.ended(id)
        return None

    def ended(self, id: str) -> None:
        """Answer the message of a row this worker is through with."""
        with self._guard:
            waiters = self._waiters.pop(id, [])
        if self._loop is not None:
            for one in waiters:
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_answer, one)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._serve())
            except Exception as error:  # a restarted server comes back; rows wait meanwhile
                log.error("engine_away", error=type(error).__name__)
                self._stopping.wait(1)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=self._conninfo))

        @app.task(name=TASK, queue=QUEUE)
        async def offer(job_id: str) -> None:
            answered = asyncio.get_running_loop().create_future()
            with self._guard:
                self._waiters.setdefault(job_id, []).append(answered)
            self._offers.append(job_id)
            self._wake()
            await answered

        async with app.open_async():
            await _make_tables(app)
            work = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=_STALLED_S,
                    shutdown_graceful_timeout=1,
                )
            )
            send = asyncio.create_task(self._dispatch(app))
            stop = asyncio.create_task(self._told_to_stop.wait())
            done, left = await asyncio.wait({work, send, stop}, return_when=asyncio.FIRST_COMPLETED)
            for one in left:
                one.cancel()
            # Waited for, as closing the connections under them would fail them.
            await asyncio.gather(*left, return_exceptions=True)
            for one in done:
                one.result()

    async def _dispatch(self, app: "procrastinate.App") -> None:
        """Send a message for every due row that has none, and clear what dead workers left."""
        query = _UNSENT.format(limit=_DISPATCH_AT_ONCE)
        while not self._stopping.is_set():
            rows = await app.connector.execute_query_all_async(query)
            held = set(self._waiters)
            await submit(
                app, [(row["id"], row["priority"]) for row in rows if row["id"] not in held]
            )
            for stalled in await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=_STALLED_S
            ):
                await app.job_manager.finish_job(stalled, jobs.Status.FAILED, delete_job=True)
            await asyncio.sleep(_DISPATCH_EVERY_S)


async def submit(app: "procrastinate.App", rows: Sequence[tuple[str, int]]) -> None:
    """Send a message for each (job id, priority), unless one is on its way already."""
    for id, priority in rows:
        with suppress(exceptions.AlreadyEnqueued):
            await app.configure_task(
                TASK, queue=QUEUE, queueing_lock=id, priority=priority
            ).defer_async(job_id=id)


async def _make_tables(app: "procrastinate.App") -> None:
    run = cast(procrastinate.PsycopgConnector, app.connector)
    there = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS there"
    if (await run.execute_query_one_async(there))["there"]:
        return
    async with run.pool.connection() as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_SCHEMA_LOCK,))
        try:
            if not (await run.execute_query_one_async(there))["there"]:
                await app.schema_manager.apply_schema_async()
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_SCHEMA_LOCK,))


def _answer(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)

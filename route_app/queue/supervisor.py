"""The worker's loop: claim, start one process per job, keep its lease, settle how it ended.

The loop itself never works, so it can always renew leases, obey a signal, and outlive a job that
kills its process. It has no other memory than the rows: killed at any point, nothing is lost.
"""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import connection, get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from secrets import token_hex
from typing import Literal, Protocol

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from route_app.db import create_engine, transaction
from route_app.queue import child, leases
from route_app.queue.child import Spec
from route_app.queue.leases import Claim

log = structlog.get_logger(__name__)

KEEP_FINISHED = timedelta(days=30)
_IDLE_S = 0.5
_SWEEP_EVERY_S = 1.0
_PRUNE_EVERY_S = 3600.0
TOO_LONG = "This work took longer than the {minutes} minutes it may take, and was ended."


class Source(Protocol):
    """Where the loop hears which row to claim next."""

    def waiting(self, session: Session) -> bool:
        """Return whether a claim is worth a try; takes no lock."""
        ...

    def claim(self, session: Session, *, owner: str, lease_s: float, idle: bool) -> Claim | None:
        """Take the next row, or return None."""
        ...

    def ended(self, id: str) -> None:
        """Hear that this worker is through with a row, however that went."""
        ...


class Table:
    """The embedded engine: the rows themselves say what is next."""

    def waiting(self, session: Session) -> bool:
        """Return whether a row is due."""
        return bool(leases.due(session))

    def claim(self, session: Session, *, owner: str, lease_s: float, idle: bool) -> Claim | None:
        """Take the next due row, or return None."""
        return leases.claim(session, owner=owner, lease_s=lease_s, idle=idle)

    def ended(self, id: str) -> None:
        """Need not know: the row says it."""


@dataclass(slots=True)
class _Child:
    claim: Claim
    process: BaseProcess
    lifeline: Connection
    ends_at: float
    verdict: Literal["crashed", "too_long", "handed_back"] = "crashed"


class Supervisor:
    """One worker on one machine: `processes` jobs at a time, each in a process of its own."""

    def __init__(self, spec: Spec, *, processes: int = 1, source: Source | None = None) -> None:
        """Prepare; nothing is claimed before `run`."""
        self.owner = f"{socket.gethostname()[:80]}:{os.getpid()}:{token_hex(3)}"
        self._spec = spec
        self._processes = processes
        self._source: Source = source or Table()
        self._engine = create_engine(spec.database_url)
        self._context = _context(spec)
        self._children: list[_Child] = []
        self._ended: list[_Child] = []
        self._stop_at: float | None = None
        self._next_beat = self._next_sweep = self._next_prune = 0.0
        self._ear, self._mouth = connection.Pipe(duplex=False)

    def run(self, *, once: bool = False) -> None:
        """Work until stopped, or with `once` until nothing is due."""
        self._warm_up()
        log.info("worker_started", owner=self.owner, processes=self._processes)
        while True:
            try:
                busy = self._round()
            except DBAPIError as error:
                log.error("database_away", error=type(error).__name__)
                busy = True
                time.sleep(1)
            if not busy and (once or self._stop_at is not None):
                break
            self._rest()
        log.info("worker_stopped", owner=self.owner)

    def stop(self, *_signal: object) -> None:
        """Claim nothing more; end when running work is finished, or handed back after a grace.

        Asked a second time, running work is handed back at once. Safe in a signal handler.
        """
        again = self._stop_at is not None
        self._stop_at = time.monotonic() + (0 if again else self._spec.grace_s)
        self.wake()

    def wake(self) -> None:
        """Make a resting loop look again now; safe from any thread."""
        with suppress(OSError):
            self._mouth.send_bytes(b".")

    def _warm_up(self) -> None:
        # The first process takes seconds to come; no claimed row's lease is to run meanwhile.
        first = self._context.Process(target=child.nothing)
        with suppress(OSError, EOFError):  # told to stop meanwhile, or the first claim says it
            first.start()
            first.join()

    def _round(self) -> bool:
        """Do what is to be done now; return whether work is running or waits to be settled."""
        self._reap()
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + self._spec.lease_s / 3
            self._beat()
        if self._stop_at is None:
            self._look_after(now)
            self._fill()
        elif now >= self._stop_at:
            self._end(self._children, verdict="handed_back")
        self._end([one for one in self._children if now >= one.ends_at], verdict="too_long")
        return bool(self._children or self._ended)

    def _reap(self) -> None:
        for one in [one for one in self._children if not one.process.is_alive()]:
            self._children.remove(one)
            self._ended.append(one)
            one.lifeline.close()
        while self._ended:
            self._settle(self._ended[0])
            self._source.ended(self._ended.pop(0).claim.id)

    def _settle(self, ended: _Child) -> None:
        """Write what became of a row whose process ended; one already settled stays as it is."""
        id, fence = ended.claim.id, ended.claim.fence
        with transaction(self._engine) as session:
            if ended.verdict == "handed_back":
                state = "queued" if leases.hand_back(session, id, fence=fence) else ""
            elif ended.verdict == "too_long":
                minutes = round(self._spec.limit(ended.claim.kind) / 60, 1)
                state = leases.fail(
                    session, id, fence=fence, error=TOO_LONG.format(minutes=minutes)
                )
            else:
                state = leases.crash(session, id, fence=fence)
        if state:
            log.warning(
                "job_process_ended",
                job=id,
                why=ended.verdict,
                exit=ended.process.exitcode,
                state=state,
            )

    def _beat(self) -> None:
        """Renew every lease, but not for a process that is stopped; end what is ours no more."""
        live = [one for one in self._children if not _is_stopped(one.process.pid)]
        if not live:
            return
        with transaction(self._engine) as session:
            lost = [
                one
                for one in live
                if not leases.renew(
                    session, one.claim.id, fence=one.claim.fence, lease_s=self._spec.lease_s
                )
            ]
        for one in lost:  # done a moment ago looks the same, so it may leave by itself first
            one.ends_at = min(one.ends_at, time.monotonic() + 1)

    def _look_after(self, now: float) -> None:
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_EVERY_S
            with transaction(self._engine, write=False) as session:
                late = leases.expired(session)
            if late:
                with transaction(self._engine) as session:
                    log.warning("leases_ran_out", jobs=leases.sweep(session))
        if now >= self._next_prune:
            self._next_prune = now + _PRUNE_EVERY_S
            with transaction(self._engine) as session:
                leases.prune(session, older_than=KEEP_FINISHED)

    def _fill(self) -> None:
        while len(self._children) < self._processes:
            if any(one.claim.suspect for one in self._children):
                return  # what once took its process down works alone
            with transaction(self._engine, write=False) as session:
                if not self._source.waiting(session):
                    return
            with transaction(self._engine) as session:
                claim = self._source.claim(
                    session,
                    owner=self.owner,
                    lease_s=self._spec.lease_s,
                    idle=not self._children,
                )
            if claim is None:
                return
            self._start(claim)

    def _start(self, claim: Claim) -> None:
        theirs, ours = self._context.Pipe(duplex=False)
        process = self._context.Process(target=child.main, args=(self._spec, claim, theirs))
        one = _Child(claim, process, ours, time.monotonic() + self._spec.limit(claim.kind))
        try:
            process.start()
        except (OSError, EOFError) as error:
            log.error("no_process_for_job", job=claim.id, error=type(error).__name__)
            with transaction(self._engine) as session:
                leases.hand_back(session, claim.id, fence=claim.fence)
            self._source.ended(claim.id)
            time.sleep(1)
            return
        finally:
            theirs.close()
        self._children.append(one)
        log.info("job_started", job=claim.id, kind=claim.kind, attempt=claim.attempt)

    def _end(
        self, children: list[_Child], *, verdict: Literal["crashed", "too_long", "handed_back"]
    ) -> None:
        for one in children:
            one.verdict = verdict
            _kill(one.process)

    def _rest(self) -> None:
        if self._ended:
            return
        quick = 0.05 if self._stop_at is not None and time.monotonic() >= self._stop_at else _IDLE_S
        heard = connection.wait(
            [self._ear, *(one.process.sentinel for one in self._children)], timeout=quick
        )
        while self._ear in heard and self._ear.poll():
            self._ear.recv_bytes()


def stop_on_signals(stop: Callable[..., None]) -> None:
    """Have SIGTERM and Ctrl-C stop a worker."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _context(spec: Spec):  # type: ignore[no-untyped-def]  # the stubs name no common base
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    modules = {dotted.partition(":")[0] for dotted in spec.tasks.values()}
    warm = [child.__name__, *spec.warm, *sorted(modules)]
    os.environ["FIELDBEAT_PRELOAD"] = ",".join(warm)
    context = get_context("forkserver")
    # The script that was started is loaded once here, or every job's process would load it.
    context.set_forkserver_preload(["route_app.queue.preload", "__main__"])
    return context


def _is_stopped(pid: int | None) -> bool:
    """Return whether a process is stopped by a signal; never where that cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    except (OSError, IndexError):
        return False


def _kill(process: BaseProcess) -> None:
    if process.pid is not None and hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of all it has started
    process.kill()

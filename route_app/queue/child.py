"""Doing one claimed job: in the process made for it, or right here."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import structlog
from sqlalchemy import Engine

from route_app.db import create_engine, transaction
from route_app.errors import RouteAppError, TooMany, Unavailable
from route_app.lib import logs
from route_app.queue import leases
from route_app.queue.leases import Claim
from route_app.queue.work import Cancelled, Fenced, Handler, Work

if TYPE_CHECKING:
    from route_app.roads.road_server import RoadServer
    from route_app.roads.store import RoadStore

log = structlog.get_logger(__name__)

UNEXPECTED = "This work failed unexpectedly ({error}). The log of the worker says where."
COULD_NOT_SAY = 70


@dataclass(frozen=True, slots=True)
class Spec:
    """What a worker needs to know, plain enough to be handed to another process.

    `tasks` maps a kind of work to its handler as "module:function". `limits_s` says how long one
    attempt of a kind may take, `limit_s` the same for all others. `warm` are modules to load
    before the first job, beside those of the handlers. `road_server` is asked for travel first.
    """

    database_url: str
    roads_dir: Path
    tasks: Mapping[str, str]
    options: Mapping[str, Any]
    lease_s: float = 15
    grace_s: float = 8
    limit_s: float = 3600
    limits_s: Mapping[str, float] | None = None
    log_level: str = "INFO"
    log_format: str = "json"
    warm: tuple[str, ...] = ()
    road_server: "RoadServer | None" = None

    def limit(self, kind: str) -> float:
        """Return how many seconds one attempt at this kind of work may take."""
        return (self.limits_s or {}).get(kind, self.limit_s)


def main(spec: Spec, claim: Claim, lifeline: Connection) -> None:
    """Do one job as the whole purpose of this process.

    The worker alone decides when this process ends, so signals meant for the group are ignored;
    when the worker is gone, so is this process.
    """
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    logs.configure(level=spec.log_level, form=spec.log_format)
    try:
        do(create_engine(spec.database_url), claim, spec)
    except Exception as error:  # the database is away: the worker settles the row when it is back
        log.error("job_outcome_not_kept", job=claim.id, error=type(error).__name__)
        sys.exit(COULD_NOT_SAY)


def nothing() -> None:
    """Do nothing: a process that has done it shows that the next one will start quickly."""


def do(engine: Engine, claim: Claim, spec: Spec) -> None:
    """Run the handler of a claimed job in this process and keep how it went."""

    def roads() -> "RoadStore":
        from route_app.roads.store import RoadStore  # noqa: PLC0415  # not every job needs them

        return RoadStore(spec.roads_dir, server=spec.road_server)

    with structlog.contextvars.bound_contextvars(
        job=claim.id, kind=claim.kind, attempt=claim.attempt
    ):
        work = Work(
            engine,
            claim,
            roads=roads,
            options=spec.options,
            lease_s=spec.lease_s,
        )
        try:
            handler_for(claim.kind, spec.tasks)(work)
            _finish(engine, claim, work)
        except (Cancelled, Fenced) as lost:
            log.warning("job_given_up", why=type(lost).__name__.lower())
        except Exception as error:
            _fail(engine, claim, error)


def handler_for(kind: str, tasks: Mapping[str, str]) -> Handler:
    """Return the function that does this kind of work, importing its module now."""
    if kind not in tasks:
        raise Unavailable(f"This worker does not know work of the kind {kind!r}. Update it.")
    module, _, name = tasks[kind].partition(":")
    return cast(Handler, getattr(import_module(module), name))


def _finish(engine: Engine, claim: Claim, work: Work) -> None:
    if not work.stored:
        with transaction(engine) as session:
            if not leases.finish(session, claim.id, fence=claim.fence):
                raise Fenced(claim.id)
    log.info("job_done")


def _fail(engine: Engine, claim: Claim, error: Exception) -> None:
    known = isinstance(error, RouteAppError)
    # Another try can help where a part was away for a while; it cannot where the input is wrong.
    for_good = known and not isinstance(error, Unavailable | TooMany)
    message = error.message if isinstance(error, RouteAppError) else ""
    with transaction(engine) as session:
        state = leases.fail(
            session,
            claim.id,
            fence=claim.fence,
            error=message or UNEXPECTED.format(error=type(error).__name__),
            for_good=for_good,
        )
    # Not the message: it may quote what a customer is called.
    log.error("job_failed", error=type(error).__name__, at=_where(error), state=state or "lost")


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " > ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)


def _end_with(lifeline: Connection) -> None:
    # Nothing is ever sent: reading ends when the worker at the other end is no more.
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        pass
    finally:
        if hasattr(os, "killpg"):
            os.killpg(os.getpgid(0), signal.SIGKILL)  # and whatever this job has started
        os._exit(1)

"""Handlers the tests of the queue have done, in real job processes."""

import os
import signal
import time
from pathlib import Path

from sqlalchemy import text

from route_app.errors import InvalidInput
from route_app.queue import Work, leases

TASKS = {
    "test.store": "tests.queue.tasks:store",
    "test.quiet": "tests.queue.tasks:quiet",
    "test.poison": "tests.queue.tasks:poison",
    "test.kill_worker": "tests.queue.tasks:kill_worker",
    "test.refuse": "tests.queue.tasks:refuse",
    "test.break": "tests.queue.tasks:break_",
    "test.deaf": "tests.queue.tasks:deaf",
    "test.missing": "tests.queue.no_such_module:run",
}
PERSONAL = "Aino Virtanen, 040 1234567"


def store(work: Work) -> None:
    """Take a while, then store one row of effect."""
    if work.options.get("no_fence"):
        leases.hold = lambda *_args, **_kwargs: True  # the mutation: this process only
    _trace(work)
    began = time.monotonic()
    while time.monotonic() - began < work.payload.get("seconds", 0):
        time.sleep(0.02)
    with work.storing({"stored": True}) as session:
        session.execute(text("INSERT INTO effect (job_id) VALUES (:id)"), {"id": work.id})


def quiet(work: Work) -> None:
    """Say how far it is, and store nothing itself."""
    for step in range(int(work.payload.get("steps", 1))):
        work.progress(step / 10, f"step {step}")
        time.sleep(0.3)


def poison(work: Work) -> None:
    """End its own process, as a solver out of memory does."""
    _trace(work)
    os.kill(os.getpid(), signal.SIGKILL)


def kill_worker(work: Work) -> None:
    """End the worker that runs it as well, and all that it runs."""
    _trace(work)
    os.kill(_worker_pid(work), signal.SIGKILL)
    time.sleep(60)


def refuse(work: Work) -> None:
    """Find that what was asked for cannot be done."""
    raise InvalidInput("The file has no rows.")


def break_(work: Work) -> None:
    """Fail as a bug does, with a message that quotes a person."""
    raise ValueError(PERSONAL)


def deaf(work: Work) -> None:
    """Neither say anything nor end."""
    _trace(work)
    time.sleep(120)


def _worker_pid(work: Work) -> int:
    return int(Path(str(work.options["worker_pid_file"])).read_text())


def _trace(work: Work) -> None:
    with Path(str(work.options["trace"])).open("a") as file:
        file.write(f"{work.id} {os.getpid()}\n")

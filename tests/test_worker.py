"""The registry of handlers, and a worker started as people start it."""

import ast
import inspect
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from route_app import worker
from route_app.db import create_engine, transaction
from route_app.errors import Unavailable
from route_app.models import Job
from route_app.queue import enqueue
from route_app.queue.child import handler_for
from tests.conftest import make_settings

ROOT = Path(__file__).resolve().parent.parent
ASKING = ("enqueue", "queue.enqueue")
QUIET = {"test.quiet": "tests.queue.tasks:quiet", "test.refuse": "tests.queue.tasks:refuse"}


@pytest.mark.parametrize("kind", worker.TASKS)
def test_every_kind_of_work_has_a_handler_that_takes_the_work(kind):
    handler = handler_for(kind, worker.TASKS)
    assert len(inspect.signature(handler).parameters) == 1


def test_every_kind_that_is_asked_for_is_known():
    asked = set()
    for path in (ROOT / "route_app").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ASKING:
                kind = next(one.value for one in call.keywords if one.arg == "kind")
                if isinstance(kind, ast.Name):  # a constant of the module, or a parameter
                    asked.add(getattr(import_module(module), kind.id, None))
                else:
                    asked.add(ast.literal_eval(kind))
    assert asked, "nobody asks for work any more, or by another name: mend this test"
    assert asked - {None} - set(worker.TASKS) == set()


def test_an_unknown_kind_is_left_for_a_newer_worker():
    with pytest.raises(Unavailable, match="Update it"):
        handler_for("no.such", worker.TASKS)


def test_work_off_does_what_is_due_here_and_now(engine, tmp_path):
    with transaction(engine) as session:
        enqueue(session, id="a", kind="test.quiet", payload={"steps": 1})
        enqueue(session, id="b", kind="test.refuse", payload={})
    done = worker.work_off(engine, make_settings(tmp_path, engine), tasks=QUIET)
    with transaction(engine, write=False) as session:
        states = {id: session.get_one(Job, id).state for id in done}
    assert states == {"a": "done", "b": "failed"}


def test_procrastinate_on_sqlite_is_refused_with_a_sentence(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    settings = make_settings(tmp_path, engine, job_engine="procrastinate")
    with pytest.raises(Unavailable, match="needs a PostgreSQL database"):
        worker.run(settings)


def _flask(settings, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "route_app.app", "worker", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "ROUTE_APP_DATA_DIR": str(settings.data_dir),
            "ROUTE_APP_DATABASE_URL": settings.database_url,
            "ROUTE_APP_SECRET_KEY": "t" * 64,
        },
    )


@pytest.mark.slow
def test_flask_worker_runs_what_is_due_says_how_it_stands_and_stops(engine, settings):
    with transaction(engine) as session:
        enqueue(session, id="a", kind="no.such", payload={}, max_attempts=1)
    once = _flask(settings, "run", "--once")
    told, _ = once.communicate(timeout=60)
    assert once.returncode == 0, told
    status, _ = _flask(settings, "status").communicate(timeout=60)
    assert "dead            1" in status
    endless = _flask(settings, "run")
    for line in endless.stdout:
        if "worker_started" in line:
            break
    time.sleep(0.2)
    endless.send_signal(signal.SIGTERM)
    told, _ = endless.communicate(timeout=30)
    assert endless.returncode == 0, told
    assert "worker_stopped" in told


@pytest.mark.slow
def test_flask_worker_refuses_a_database_that_is_not_migrated(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    process = _flask(make_settings(tmp_path, engine), "run", "--once")
    told, _ = process.communicate(timeout=60)
    engine.dispose()
    assert process.returncode == 1
    assert "db upgrade" in told

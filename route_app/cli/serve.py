"""`flask serve`: the production web server and the worker beside it, until told to stop."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask import current_app

READY_WITHIN_S = 60
STOP_WITHIN_S = 25


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option(
    "--threads",
    default=min(8, 2 * (os.cpu_count() or 1) + 1),
    show_default=True,
    type=click.IntRange(1, 128),
)
def serve(host: str, port: int, threads: int) -> None:
    """Serve the product and work through its jobs; Ctrl-C stops both cleanly."""
    settings = current_app.extensions["settings"]
    _refuse_taken_port(host, port)
    environment = {
        **os.environ,
        "ROUTE_APP_DATA_DIR": str(settings.data_dir.resolve()),
        "ROUTE_APP_SECRET_KEY": settings.secret(),
    }
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--host", host, "--port", str(port), "--workers", "1"),
        *("--blocking-threads", str(threads), "--no-access-log", "--log-level", "warning"),
        "route_app.app:create_app",
    ]
    worker = [sys.executable, "-m", "flask", "--app", "route_app.app", "worker", "run"]
    stopping = _on_stop_signal()
    running = {
        name: subprocess.Popen(command, env=environment)  # noqa: S603  # our own commands
        for name, command in {"web server": web, "worker": worker}.items()
    }
    try:
        _wait_until_ready(host, port, running["web server"])
        click.echo(f"\nFieldbeat is running at {settings.base_url}  (Ctrl-C stops it)", err=False)
        _watch(running, stopping)
    finally:
        _stop(running)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). Is Fieldbeat running "
                "already? Stop it, or choose another with --port."
            ) from error


def _on_stop_signal() -> list[int]:
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return received


def _wait_until_ready(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S:
        if web.poll() is not None:
            raise click.ClickException("The web server did not start; what it said is above.")
        try:
            with urlopen(f"http://{host}:{port}/healthz", timeout=2):  # own server
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException(f"The web server did not answer within {READY_WITHIN_S} s.")


def _watch(running: dict[str, subprocess.Popen[bytes]], stopping: list[int]) -> None:
    while not stopping:
        for name, process in running.items():
            if process.poll() is not None:
                raise click.ClickException(
                    f"The {name} stopped with exit code {process.returncode}; stopping the rest. "
                    "Start it again: nothing is lost."
                )
        time.sleep(0.3)


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

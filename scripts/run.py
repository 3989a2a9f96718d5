#!/usr/bin/env python3
"""Set everything up and open the running product: `python3 scripts/run.py`.

Standard library only; from the third step on, the environment it made does the work.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import ROOT, SetupError, Steps, check_python, ensure_venv, main_guard
from vendor import ensure_vendor


def main(arguments: list[str]) -> int:
    """Prepare and serve; returns the server's exit code."""
    options = _options(arguments)
    check_python()
    steps = Steps(total=4)
    steps.step("Python packages")
    python = ensure_venv("requirements.txt", steps.say)
    steps.step("Front-end libraries and fonts")
    ensure_vendor(ROOT, steps.say)
    more = "" if options.no_demo else ", demo company, today's plans"
    steps.step(f"Database, roads, map{more}")
    env = {
        **os.environ,
        "ROUTE_APP_DATA_DIR": str(options.data_dir.resolve()),
        "ROUTE_APP_BASE_URL": os.environ.get(
            "ROUTE_APP_BASE_URL", f"http://127.0.0.1:{options.port}"
        ),
        "ROUTE_APP_LOG_FORMAT": os.environ.get("ROUTE_APP_LOG_FORMAT", "text"),
    }
    flask = [str(python), "-m", "flask", "--app", "route_app.app"]
    prepare = [*flask, "setup", *(["--no-demo"] if options.no_demo else [])]
    if subprocess.run(prepare, cwd=ROOT, env=env, check=False).returncode != 0:
        raise SetupError("Set-up stopped; the sentence above says why. Nothing was lost.")
    steps.step(f"Starting the server (ready to start after {steps.elapsed()})")
    return _serve([*flask, "serve", "--port", str(options.port)], env)


def _serve(command: list[str], env: dict[str, str]) -> int:
    """Hand over to the server, so that signals reach it directly."""
    sys.stdout.flush()
    if os.name != "nt":
        os.chdir(ROOT)
        os.execve(command[0], command, env)  # noqa: S606  # our own interpreter
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 scripts/run.py", description=__doc__)
    parser.add_argument("--port", type=_port, default=8000, help="where to listen (8000)")
    parser.add_argument(
        "--data-dir", type=Path, default=ROOT / "var", help="where everything is kept (var/)"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="an empty company, with a link for its first admin"
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    main_guard(main)

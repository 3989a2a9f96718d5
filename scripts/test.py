#!/usr/bin/env python3
"""Set up what tests need and run them: `python3 scripts/test.py [pytest arguments]`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import ROOT, Steps, check_python, ensure_venv, main_guard
from vendor import ensure_vendor


def main(arguments: list[str]) -> int:
    """Prepare, then run pytest with the arguments given; returns its exit code."""
    check_python()
    steps = Steps(total=3)
    steps.step("Python packages, with those for tests")
    python = ensure_venv("requirements-dev.txt", steps.say)
    steps.step("Front-end libraries and fonts")
    ensure_vendor(ROOT, steps.say)
    steps.step("Tests" + (f": {' '.join(arguments)}" if arguments else ""))
    side_by_side = [] if any(one.startswith("-n") for one in arguments) else ["-n", _processes()]
    command = [str(python), "-m", "pytest", *side_by_side, *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    steps.say(f"done after {steps.elapsed()}")
    return code


def _processes() -> str:
    return str(min(os.cpu_count() or 1, 4))


if __name__ == "__main__":
    main_guard(main)

"""Make the project's own virtual environment. Standard library only: it runs before anything is."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
Say = Callable[[str], None]


class SetupError(Exception):
    """Something set-up needs is missing; the message says what and how to get it."""


class Steps:
    """Say what is being done, how far it is, and how long it took."""

    def __init__(self, total: int) -> None:
        """Count `total` steps."""
        self.total = total
        self.number = 0
        self.began = time.monotonic()

    def step(self, title: str) -> None:
        """Begin the next step."""
        self.number += 1
        print(f"[{self.number}/{self.total}] {title}", flush=True)

    def say(self, text: str) -> None:
        """Say something about the step under way."""
        print(f"      {text}", flush=True)

    def elapsed(self) -> str:
        """Return the time since the first step in words."""
        return f"{time.monotonic() - self.began:.1f} s"


def check_python() -> None:
    """Refuse a Python that is too old, by name."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise SetupError(
            f"Fieldbeat needs Python {wanted} or newer; this is {sys.version.split()[0]}. "
            f"Install a newer one and start this with it, e.g. python{wanted} {sys.argv[0]}."
        )


def venv_dir() -> Path:
    """Return where the environment is made: `.venv`, or where FIELDBEAT_VENV says."""
    return Path(os.environ.get("FIELDBEAT_VENV", ROOT / ".venv"))


def venv_python() -> Path:
    """Return the environment's interpreter, whether or not it exists yet."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return venv_dir() / folder / name


def ensure_venv(requirements: str, say: Say) -> Path:
    """Make the environment and install a pinned list, unless it is there already.

    Returns the environment's interpreter. Raises SetupError with what is missing.
    """
    python, stamp = venv_python(), venv_dir() / f".installed-{Path(requirements).stem}"
    wanted = _fingerprint(requirements)
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        say("already installed")
        return python
    if not python.exists():
        say(f"making {venv_dir().name}")
        _make_venv()
    _install(python, requirements, say)
    stamp.write_text(wanted)
    return python


def _fingerprint(requirements: str) -> str:
    """Return a digest of the list, the lists it includes, and this Python's version."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in (requirements, "requirements.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _make_venv() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(venv_dir())], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise SetupError(
            "Python could not make a virtual environment here. On Debian and Ubuntu install the "
            f"package python3-venv, then start this again.\n{(made.stdout + made.stderr)[-600:]}"
        )


def _install(python: Path, requirements: str, say: Say) -> None:
    total = sum(
        1
        for name in {requirements, "requirements.txt"}
        for line in (ROOT / name).read_text().splitlines()
        if "==" in line
    )
    command = [
        str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--progress-bar", "off", "-r", str(ROOT / requirements),
    ]  # fmt: skip
    say(f"installing {total} pinned packages; the first time this takes a minute or more")
    last: deque[str] = deque(maxlen=25)
    seen = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as running:
        for line in running.stdout or ():
            last.append(line.rstrip())
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                seen += 1
                if seen % 20 == 0:
                    say(f"{min(seen, total)} of {total} found")
            elif line.startswith("Installing collected"):
                say("all downloaded, installing")
    if running.returncode != 0:
        raise SetupError(
            "The pinned packages could not be installed. Is the package index reachable, and is "
            "there room on the disk? What pip said last:\n" + "\n".join(last)
        )


def main_guard(main: Callable[[list[str]], int]) -> None:
    """Run a command's main, turning a SetupError into one sentence and exit code 1."""
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

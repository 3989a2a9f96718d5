"""Set-up says what it does, does nothing twice, and names what is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import environment  # noqa: E402


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    """Give a project that needs nothing, with an environment folder of its own."""
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setenv("FIELDBEAT_VENV", str(tmp_path / "venv"))
    return tmp_path


def test_it_makes_an_environment_once(small_project):
    said: list[str] = []
    python = environment.ensure_venv("requirements.txt", said.append)
    ran = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == str(small_project / "venv")
    said.clear()
    assert environment.ensure_venv("requirements.txt", said.append) == python
    assert said == ["already installed"]


def test_it_installs_again_when_a_pin_changes(small_project):
    environment.ensure_venv("requirements.txt", lambda _text: None)
    (small_project / "requirements.txt").write_text("# nothing, but differently\n")
    said: list[str] = []
    environment.ensure_venv("requirements.txt", said.append)
    assert "already installed" not in said


def test_it_names_a_package_it_cannot_install(small_project):
    (small_project / "requirements.txt").write_text("./not-there.whl\n")
    with pytest.raises(environment.SetupError, match="pinned packages could not be installed"):
        environment.ensure_venv("requirements.txt", lambda _text: None)


def test_it_refuses_an_old_python(monkeypatch):
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(environment.SetupError, match=r"needs Python 99\.0 or newer"):
        environment.check_python()


@pytest.mark.parametrize("script", ["run.py", "bench.py"])
def test_the_scripts_explain_themselves_with_the_standard_library_alone(script):
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "scripts" / script), "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "usage" in (ran.stdout + ran.stderr)

"""Runs the tests of the browser scripts' pure parts with Node's own test runner."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OLDEST_NODE = 18  # the first with a test runner
FILES = sorted(HERE.glob("*.test.mjs"))


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not installed, and only these tests need it.")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    major = int(re.match(r"v(\d+)", said).group(1))
    if major < OLDEST_NODE:
        pytest.skip(f"Node {said.strip()} has no test runner; {OLDEST_NODE} or newer has.")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_script_tests_pass(node, file):
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert ran is not None
    assert int(ran.group(1)) > 0

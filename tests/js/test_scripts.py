"""Runs the tests of the browser scripts' pure parts with Node's own test runner."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from route_app.roads import basemap_schema as schema

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


def test_the_style_draws_every_kind_the_map_builder_makes(node):
    if not (HERE.parents[1] / "static" / "vendor" / "maplibre-gl@6.17.0").is_dir():
        pytest.skip("The browser libraries are not installed; scripts/run.py does it.")
    script = str(HERE / "style_kinds.mjs")
    said = subprocess.run([node, script], capture_output=True, text=True, check=True, timeout=60)
    drawn = {layer: set(words) for layer, words in json.loads(said.stdout).items()}
    made = {
        *(("roads", kind) for kind, _ in schema.ROADS.values()),
        *(("landuse", kind) for kind, _ in schema.LAND.values()),
        *(("places", kind) for kind, _ in schema.PLACES.values()),
        *(("pois", kind) for kind, _ in schema.POIS.values()),
        *(("water", kind) for kind, _ in schema.SEA_NAMES.values()),
        *(("roads", kind) for kind in ("rail", "ferry", "runway", "taxiway", "pier")),
        *(("water", kind) for kind in ("lake", "water", "river", "stream")),
        *(("buildings", kind) for kind in ("building", "address")),
        ("earth", "island"),
    }
    assert sorted((layer, kind) for layer, kind in made if kind not in drawn[layer]) == []
    assert set(drawn) <= {
        "earth", "landcover", "landuse", "water", "roads", "buildings", "places", "pois",
        "boundaries",
    }  # fmt: skip

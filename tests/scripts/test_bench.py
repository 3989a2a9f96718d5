"""`python3 scripts/bench.py`: its frame, its figures, and one area measured for real."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import bench  # noqa: E402
from benchmarks.load import Refused, hammer, percentile  # noqa: E402
from benchmarks.rows import Row  # noqa: E402


def _bench(*arguments, **environment):
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "bench.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.mark.parametrize(
    ("row", "holds", "goal"),
    [
        (Row("a", 10, "/s", at_least=10), True, "≥ 10"),
        (Row("a", 9.99, "/s", at_least=10), False, "≥ 10"),
        (Row("a", 0, "", at_most=0), True, "≤ 0"),
        (Row("a", 1, "", at_most=0), False, "≤ 0"),
        (Row("a", 5, "ms"), None, ""),
        (Row("a", float("nan"), "ms", at_most=5), False, "≤ 5"),
    ],
)
def test_a_row_says_whether_its_goal_holds(row, holds, goal):
    assert (row.holds, row.goal) == (holds, goal)
    assert set(row.plain()) == {"name", "value", "unit", "goal", "holds", "against"}


def test_percentiles_are_values_that_were_measured():
    assert percentile([5, 1, 4, 2, 3], 50) == 3
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7], 99) == 7
    assert percentile([], 99) == float("inf")


def test_load_comes_from_all_threads_and_counts_what_is_refused():
    seen = set()

    def works():
        seen.add(threading.get_ident())
        time.sleep(0.01)

    def fails():
        raise Refused("GET /: 503")

    found = hammer([works, works, fails], seconds=0.3)
    assert len(seen) == 2
    assert len(found.ms) >= 6
    assert min(found.ms) >= 10
    assert set(found.refused) == {"GET /: 503"}
    assert found.per_s == pytest.approx(len(found.ms) / found.seconds)


def test_an_unknown_area_lists_those_there_are():
    answer = _bench("nonsense")
    assert answer.returncode == 2
    assert "There is no area 'nonsense'" in answer.stderr
    for name, line in bench.areas().items():
        assert f"  {name}" in answer.stderr
        assert line in answer.stderr
    assert "web" in bench.areas()


def test_without_an_environment_it_says_which_command_makes_it(tmp_path):
    answer = _bench("web", FIELDBEAT_VENV=str(tmp_path / "none"))
    assert answer.returncode == 1
    assert "scripts/run.py" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.fixture
def area(tmp_path, monkeypatch):
    """Give a folder of areas with one that has a goal it reaches and one it may miss."""
    (tmp_path / "benchmarks").mkdir()
    file = tmp_path / "benchmarks" / "tiny_area.py"
    file.write_text(
        '"""Something tiny."""\n'
        "from benchmarks.rows import Row\n"
        "def measure(*, quick):\n"
        "    yield Row('always', 1, 's', at_most=2)\n"
        "    yield Row('only when quick', 1 if quick else 3, 's', at_most=2, against='theirs 5')\n"
    )
    import benchmarks

    monkeypatch.setattr(bench, "FOLDER", file.parent)
    monkeypatch.setattr(benchmarks, "__path__", [*benchmarks.__path__, str(file.parent)])
    monkeypatch.setattr(bench, "_inside", lambda: True)
    return "tiny_area"


def test_it_prints_a_table_and_writes_the_rows(area, tmp_path, capsys):
    assert bench.main([area, "--quick", "--json", str(tmp_path / "out.json")]) == 0
    assert "Every goal holds." in capsys.readouterr().out
    told = json.loads((tmp_path / "out.json").read_text())
    assert (told["area"], told["quick"]) == ("tiny_area", True)
    assert told["rows"][1] == {
        "name": "only when quick",
        "value": 1,
        "unit": "s",
        "goal": "≤ 2",
        "holds": True,
        "against": "theirs 5",
    }


def test_a_missed_goal_is_an_error(area, capsys):
    assert bench.main([area]) == 1
    told = capsys.readouterr().out
    assert "MISSED" in told
    assert "Missed: only when quick" in told


@pytest.mark.slow
def test_the_product_loses_and_doubles_nothing_under_load(tmp_path):
    file = tmp_path / "web.json"
    began = time.monotonic()
    answer = _bench("web", "--quick", "--json", str(file))
    assert file.exists(), answer.stdout + answer.stderr
    rows = {row["name"]: row for row in json.loads(file.read_text())["rows"]}
    for name in ("check-ins lost", "check-ins doubled", "lock errors"):
        assert rows[name]["holds"] is True, answer.stdout
        assert rows[name]["against"].startswith("werkzeug ")
    assert rows["accounts in the company"]["value"] >= 150
    assert rows["check-ins sent again"]["value"] >= 8
    assert time.monotonic() - began < 150  # 50 s on an idle machine; tests share theirs


def test_every_part_of_the_roads_can_be_measured():
    from importlib import import_module

    from benchmarks import roads

    assert set(roads.PARTS) == {"matrix", "osrm", "geocoder", "basemap", "clock"}
    for part in roads.PARTS:
        assert callable(import_module(f"benchmarks.roads_{part}").rows)
    unknown = _bench("roads", "nothing")
    assert unknown.returncode == 2
    assert "It has matrix" in unknown.stderr

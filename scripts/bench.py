#!/usr/bin/env python3
"""Measure one area against its goals: `python3 scripts/bench.py AREA [PART …] [--quick]`.

Each area is a module of scripts/benchmarks with `measure(quick=…)`, which yields rows; one that
names its PARTS takes `parts=…` as well. `--json FILE` keeps the rows. The exit code is 1 where a
goal is missed. Needs the environment that scripts/run.py or scripts/test.py makes, and starts
itself again inside it.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import ROOT, SetupError, check_python, main_guard, venv_dir, venv_python

if TYPE_CHECKING:
    from benchmarks.rows import Row

FOLDER = Path(__file__).resolve().parent / "benchmarks"


def main(arguments: list[str]) -> int:
    """Measure one area; returns 1 where a goal is missed and 2 where the area is unknown."""
    check_python()
    wanted = _parse(arguments)
    known = areas()
    if wanted.area not in known:
        names = "\n".join(f"  {name:12} {line}" for name, line in known.items())
        print(f"There is no area {wanted.area!r}. There are:\n{names}", file=sys.stderr)
        return 2
    if not _inside():
        return _again_inside(arguments)
    sys.path.insert(0, str(ROOT))
    area = import_module(f"benchmarks.{wanted.area}")
    unknown = [part for part in wanted.parts if part not in getattr(area, "PARTS", ())]
    if unknown:
        print(f"{wanted.area} has no part {', '.join(unknown)}. {_parts_of(area)}", file=sys.stderr)
        return 2
    chosen = {"parts": wanted.parts} if wanted.parts else {}
    measured = area.measure(quick=wanted.quick, **chosen)
    rows = list(_shown(measured))
    missed = [row.name for row in rows if row.holds is False]
    if wanted.json:
        _write(wanted.json, wanted.area, quick=wanted.quick, rows=rows)
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery goal holds.")
    return 1 if missed else 0


def areas() -> dict[str, str]:
    """Return what can be measured, each with the first line of what its module says."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(one, ast.FunctionDef) and one.name == "measure" for one in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def _parts_of(area: ModuleType) -> str:
    parts = getattr(area, "PARTS", ())
    return f"It has {', '.join(parts)}." if parts else "It is measured as a whole."


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench.py", description=__doc__.split("\n")[0])
    parser.add_argument("area", help="one of: " + ", ".join(areas()))
    parser.add_argument("parts", nargs="*", metavar="PART", help="only these parts of the area")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    return parser.parse_args(arguments)


def _inside() -> bool:
    return Path(sys.prefix).resolve() == venv_dir().resolve()


def _again_inside(arguments: list[str]) -> int:
    if not venv_python().exists():
        raise SetupError(
            f"There is no environment in {venv_dir().name} yet. "
            "Make it with: python3 scripts/run.py (or scripts/test.py)"
        )
    command = [str(venv_python()), str(Path(__file__).resolve()), *arguments]
    return subprocess.run(command, check=False).returncode


def _shown(rows: Iterable[Row]) -> Iterator[Row]:
    """Print each row as it comes, and hand it on."""
    print(f"{'what':<46}{'value':>10} {'unit':<8}{'goal':<10}{'':<7}against")
    for row in rows:
        verdict = {None: "", True: "holds", False: "MISSED"}[row.holds]
        print(
            f"{row.name:<46}{row.shown:>10} {row.unit:<8}{row.goal:<10}{verdict:<7}{row.against}",
            flush=True,
        )
        yield row


def _write(file: Path, area: str, *, quick: bool, rows: list[Row]) -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    told = {
        "area": area,
        "quick": quick,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "load": load,
        "rows": [row.plain() for row in rows],
    }
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main_guard(main)

"""Docs that cannot lie: they are compared with the code."""

import re
from pathlib import Path

from route_app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_every_setting_is_documented_and_no_other():
    documented = set(re.findall(r"^\| `ROUTE_APP_(\w+)`", _read("settings.md"), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_package_stands_in_the_architecture():
    text = _read("architecture.md")
    packages = {path.parent.name for path in (ROOT / "route_app").glob("*/__init__.py")}
    assert {name for name in packages if f"`{name}/`" not in text} == set()


def test_links_between_docs_lead_somewhere():
    broken = []
    for page in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_the_changelog_and_the_version_agree():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert version
    assert "## Unreleased" in changelog or f"## {version[1]}" in changelog


def test_every_import_of_the_product_is_pinned():
    pins = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-r"))
    ]
    assert [line for line in pins if "==" not in line] == []


def _read(name: str) -> str:
    return (DOCS / name).read_text()

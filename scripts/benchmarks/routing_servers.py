"""Real OSRM and Valhalla servers on this machine, to test and measure against.

Both projects publish their programs inside Python wheels; the programs need no Python themselves.
`python3 scripts/benchmarks/routing_servers.py FOLDER` fetches both through pip and says how to
tell the tests about them.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WHEELS = {"osrm": "osrm-bindings==26.10.0", "valhalla": "pyvalhalla==3.9.1"}
_BUILT_FOR = ("--python-version", "3.12", "--implementation", "cp", "--abi", "abi3")
_PLATFORM = ("--platform", "manylinux_2_28_x86_64")
_READY_WITHIN_S = 30


class NotHere(Exception):
    """A server's programs cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`. Its process is `pid`."""

    url: str
    pid: int

    @property
    def cpu_s(self) -> float:
        """Return the processor seconds it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        ticks: int = os.sysconf("SC_CLK_TCK")
        return (int(fields[11]) + int(fields[12])) / ticks


def programs(kind: str, *, fetch_into: Path | None = None) -> Path:
    """Return the folder of a server's unpacked wheel.

    It is the one that ROUTE_APP_TEST_OSRM or ROUTE_APP_TEST_VALHALLA names, else it is fetched
    into a folder, if one is given. Raises NotHere.
    """
    variable = f"ROUTE_APP_TEST_{kind.upper()}"
    if named := os.environ.get(variable):
        folder = Path(named)
        if not (folder / kind / "bin").is_dir():
            raise NotHere(f"{variable} names a folder without {kind}/bin")
        return folder
    if fetch_into is None:
        raise NotHere(f"{variable} names no folder with a real {kind} server")
    return fetch(kind, fetch_into)


def fetch(kind: str, folder: Path) -> Path:
    """Download a server's wheel through pip and unpack it; NotHere where that fails."""
    target = folder / kind
    asked = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(target)]
    command = [sys.executable, "-m", "pip", *asked, *_BUILT_FOR, *_PLATFORM, WHEELS[kind]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(target.glob("*.whl"))
    if done.returncode or not wheels:
        raise NotHere(f"pip cannot download {WHEELS[kind]}: {done.stderr.strip()[-200:]}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(target)
    for program in (target / kind / "bin").iterdir():
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return target


@contextmanager
def osrm(
    wheel: Path,
    extract: Path,
    work: Path,
    *,
    algorithm: str = "MLD",
    options: Sequence[str] = (),
    profile: Path | None = None,
) -> Iterator[Running]:
    """Run osrm-routed on an extract; what it needs is prepared in `work`, once per algorithm."""
    programs_folder = wheel / "osrm" / "bin"
    base = work / algorithm / "roads.osrm"
    if not base.with_name("roads.osrm.properties").is_file():
        base.parent.mkdir(parents=True, exist_ok=True)
        copy = base.with_name("roads.osm.pbf")
        copy.symlink_to(extract)
        lua = profile or wheel / "osrm" / "share" / "profiles" / "car.lua"
        steps = [["osrm-extract", "-p", str(lua), str(copy)]]
        if algorithm == "CH":
            steps += [["osrm-contract", str(base)]]
        else:
            steps += [["osrm-partition", str(base)], ["osrm-customize", str(base)]]
        for name, *arguments in steps:
            _run([str(programs_folder / name), *arguments])
    port = _free_port()
    command = [str(programs_folder / "osrm-routed"), "--algorithm", algorithm, "--ip", "127.0.0.1"]
    command += ["--port", str(port), "--threads", "1", *options, str(base)]
    with _running(command, f"http://127.0.0.1:{port}") as running:
        yield running


@contextmanager
def valhalla(
    wheel: Path, extract: Path, work: Path, *, limits: dict[str, object] | None = None
) -> Iterator[Running]:
    """Run valhalla_service on an extract; `limits` change its `service_limits` for cars."""
    package = wheel / "valhalla"
    work.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    made = _run([sys.executable, str(package / "valhalla_build_config.py")])
    config = json.loads(made)
    config["mjolnir"] |= {"tile_dir": str(work / "tiles"), "tile_extract": "", "concurrency": 1}
    for absent in ("traffic_extract", "admin", "landmarks", "timezone", "transit_dir"):
        config["mjolnir"].pop(absent, None)
    config["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{work}/loopback-{port}",
        "interrupt": f"ipc://{work}/interrupt-{port}",
    }
    for part in ("loki", "thor", "odin", "meili"):
        service = config.get(part, {}).get("service", {})
        if "proxy" in service:
            service["proxy"] = f"ipc://{work}/{part}-{port}"
    config["service_limits"]["auto"] |= limits or {}
    path = work / f"valhalla-{port}.json"
    path.write_text(json.dumps(config))
    if not (work / "tiles").is_dir():
        _run([str(package / "bin" / "valhalla_build_tiles"), "-c", str(path), str(extract)])
    command = [str(package / "bin" / "valhalla_service"), str(path), "1"]
    with _running(command, f"http://127.0.0.1:{port}") as running:
        yield running


@contextmanager
def _running(command: Sequence[str], url: str) -> Iterator[Running]:
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            _wait(process, url)
            yield Running(url, process.pid)
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    ends = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/status", timeout=2).close()  # noqa: S310  # our own
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotHere(f"{Path(process.args[0]).name} did not start")  # type: ignore[index,arg-type]


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-300:]
        raise NotHere(f"{Path(command[0]).name} failed: {said}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def main(arguments: list[str]) -> int:
    """Fetch both servers into the folder named and print what to set."""
    if len(arguments) != 1:
        print("Name a folder to put the servers into.", file=sys.stderr)
        return 2
    for kind in WHEELS:
        print(f"ROUTE_APP_TEST_{kind.upper()}={fetch(kind, Path(arguments[0]).resolve())}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

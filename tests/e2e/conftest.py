"""A real installation for journeys: a small Helsinki company, its roads, and its web server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from route_app import migrations
from route_app.db import create_engine, transaction
from route_app.demo.extract import businesses
from route_app.models import Account, Assignment, Company, Territory
from route_app.planning.service import plan_day_now
from route_app.roads.build import build_everything
from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore
from route_app.territory import service as territories
from route_app.users import service as users
from route_app.users.person import Role

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "eleven purple umbrellas"
ZONE = "Europe/Helsinki"
# Chromium without a graphics card, and without a word to the network.
ARGS = (
    "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Installation:
    """Where it answers, and who is there."""

    url: str
    rep: str = "aino@helsinki.example"
    manager: str = "leena@helsinki.example"
    first_stop: str = ""
    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; skips where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed, and a journey needs a browser.")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(ARGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A planned day in Helsinki, served by the production server."""
    folder = tmp_path_factory.mktemp("installation")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Installation(url=f"http://127.0.0.1:{port}")
    _company(folder, made)
    environment = os.environ | {
        "ROUTE_APP_DATA_DIR": str(folder),
        "ROUTE_APP_BASE_URL": made.url,
        "ROUTE_APP_DATABASE_URL": "",
        "PYTHONPATH": str(ROOT),
    }
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--blocking-threads", "4", "--no-access-log", "--log-level", "warning"),
        "route_app.app:create_app",
    ]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(made.url, server, folder / "server.log")
            yield made
        finally:
            server.terminate()
            server.wait(timeout=20)


def _company(folder: Path, made: Installation) -> None:
    extract = bundled_extract()
    store = RoadStore(folder / "roads")
    build_everything(store, extract, name="helsinki", country="FI")
    engine = create_engine(f"sqlite:///{folder / 'fieldbeat.sqlite'}")
    migrations.upgrade(engine)
    with transaction(engine) as session:
        made.ids = _people(session, made, extract)
        territories.derive_shapes(session)
    plan_day_now(
        engine,
        rep_id=made.ids["rep"],
        day=datetime.now(ZoneInfo(ZONE)).date(),
        roads=store,
        cause="demo",
        budget_s=0.5,
    )
    engine.dispose()


def _people(session: Session, made: Installation, extract: Path) -> dict[str, str]:
    session.add(Company(name="Helsinki Coffee", country="FI", time_zone=ZONE))
    session.flush()
    manager = users.create_user(
        session, email=made.manager, name="Leena Manager", role=Role.MANAGER, password=PASSWORD
    )
    found = [one for one in businesses(extract) if not one.opening_hours][:40]
    home = found[0]
    rep = users.create_user(
        session,
        email=made.rep,
        name="Aino Rep",
        role=Role.REP,
        manager_id=manager.id,
        password=PASSWORD,
        work_hours="Mo-Su,PH 08:00-17:00",
        home_address=f"{home.street} {home.house_no}",
        home_lat=home.place.lat,
        home_lon=home.place.lon,
    )
    area = Territory(name="Helsinki")
    session.add(area)
    session.flush()
    session.add(Assignment(territory_id=area.id, rep_id=rep.id))
    for number, one in enumerate(found[1:]):
        session.add(
            Account(
                name=one.name, industry=one.industry, street=one.street, house_no=one.house_no,
                city="Helsinki", country="FI", lat=one.place.lat, lon=one.place.lon,
                tier="ABCD"[number % 4], owner_id=rep.id, territory_id=area.id,
            )
        )  # fmt: skip
    session.flush()
    return {"rep": rep.id, "manager": manager.id}


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{url}/readyz", timeout=2):  # our own server
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text()}")

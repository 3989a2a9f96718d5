"""A company to measure with: the demo's real shops, shared among eight reps with a planned day."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path

from sqlmodel import col, select

from route_app import migrations
from route_app.accounts import service as accounts
from route_app.db import create_engine, transaction
from route_app.demo import service as demo
from route_app.models import Account
from route_app.planning import service as planning
from route_app.roads.bundled import bundled_extract
from route_app.roads.crowfly import CrowFlyEngine
from route_app.roads.store import RoadStore
from route_app.users import service as users
from route_app.users.passwords import make_hash
from route_app.users.person import Role

PASSWORD = "measured by eight lanterns"  # noqa: S105  # of a company that lives for a minute
REPS = 8


@dataclass(frozen=True)
class Rep:
    """Somebody to sign in as, and the accounts they may check in at."""

    email: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class MeasuredCompany:
    """A database file to copy, and the reps in it."""

    file: Path
    reps: tuple[Rep, ...]
    accounts: int

    def copy(self, folder: Path) -> Path:
        """Return a folder that a server can take as its data folder."""
        folder.mkdir(parents=True)
        shutil.copyfile(self.file, folder / "fieldbeat.sqlite")
        return folder


def make_company(folder: Path) -> MeasuredCompany:
    """Write the company into a new database below `folder`."""
    file = folder / "company.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    migrations.upgrade(engine)
    today = datetime.now(demo.ZONE).date()
    hashed = make_hash(PASSWORD)
    with transaction(engine) as session:
        demo.load(
            session,
            extract=bundled_extract(),
            travel=CrowFlyEngine(),
            today=today,
            password=PASSWORD,
            say=lambda _: None,
        )
        ids = [
            users.create_user(
                session,
                email=f"rep{number}@measured.example",
                name=f"Rep {number}",
                role=Role.REP,
                password_hash=hashed,
                work_hours="Mo-Su,PH 08:30-17:00",
            ).id
            for number in range(REPS)
        ]
        every = session.exec(select(Account.id).order_by(col(Account.id))).all()
        owned: dict[str, list[str]] = {id: [] for id in ids}
        for account_id, rep_id in zip(every, cycle(ids), strict=False):
            accounts.set_owner(session, account_id=account_id, owner_id=rep_id, source="manual")
            owned[rep_id].append(account_id)
    for id in ids:
        planning.plan_day_now(
            engine,
            rep_id=id,
            day=today,
            roads=RoadStore(folder / "roads"),
            cause="demo",
            budget_s=0.2,
        )
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    reps = tuple(
        Rep(f"rep{number}@measured.example", tuple(owned[id])) for number, id in enumerate(ids)
    )
    return MeasuredCompany(file, reps, len(every))

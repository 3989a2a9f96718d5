"""Who gets what at every address: one row an endpoint and method.

A row's url and values are filled from the ids of `make_world`: the cast, the shops, and the things
alice (a rep of bob's team) has. `who` answers for anonymous, alice, carol, bob, erin and dan, in
this order, with one letter each:

    o  it is done or shown      s  sign in first      f  403, not yours to do
    n  404, not yours to know   c  409, known but in the way of something
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from route_app.models import AccountImport, Job
from route_app.users import service
from tests import factories, smalltown

ROLES = (None, "alice", "carol", "bob", "erin", "dan")

ANYBODY = "oooooo"
SIGNED_IN = "sooooo"
REPS = "soofff"
OFFICE = "sffooo"  # managers and admins
ADMINS = "sffffo"
ALICES = "sonono"  # hers, her manager's and the admin's to see; nobody else knows of it
ALICE_ONLY = "sonnnn"
OFFICE_OF_ALICE = "sffono"  # the office's, but for one of alice's things
OFFICE_OF_NORTH = "sffofo"  # everybody in the office sees it; her manager and the admin change it


@dataclass(frozen=True)
class Row:
    """One endpoint and method: how it is asked, and what each role gets."""

    method: str
    address: str
    who: str
    form: dict[str, str] | None = None
    json: dict[str, Any] | None = None
    file: tuple[str, str] | None = None  # its name and text, in the field "file"

    def url(self, ids: dict[str, str]) -> str:
        return self.address.format(**ids)

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[25.1, 62.1], [25.2, 62.1], [25.2, 62.2], [25.1, 62.2], [25.1, 62.1]]],
}
WEST = {"type": "Feature", "properties": {"name": "West"}, "geometry": SQUARE}
ACCOUNT_FORM = {"name": "Gale Grocer", "tier": "B", "status": "customer", "owner_id": "{own_rep}"}
APPOINTMENT_FORM = {"rep_id": "{alice}", "day": "{tomorrow}", "time": "14:30"}
COMPANY_FORM = {
    "name": "Smalltown Supplies",
    "country": "FI",
    "time_zone": "Europe/Helsinki",
    "currency": "EUR",
    "units": "mi",
}
USER_FORM = {
    "role": "rep",
    "manager_id": "",
    "units": "",
    "work_hours": "Mo-Fr 09:00-17:00",
    "lunch_from": "11:30",
    "lunch_to": "13:30",
    "lunch_min": "30",
}
PASSWORDS = {"password": "eleven purple umbrellas", "again": "eleven purple umbrellas"}
BEGIN = {"id": "f" * 32, "account_id": "{bakery}", "started_at": "{now}"}
END = {"outcome": "{outcome}", "ended_at": "{now}"}

ROWS: tuple[Row, ...] = (
    # for everybody
    Row("GET", "/healthz", ANYBODY),
    Row("GET", "/readyz", ANYBODY),
    Row("GET", "/static/css/base.css", ANYBODY),
    Row("GET", "/manifest.webmanifest", ANYBODY),
    Row("GET", "/sign-in", ANYBODY),
    Row(
        "POST",
        "/sign-in",
        ANYBODY,
        form={"email": "erin@smalltown.example", **{"password": "{password}"}},
    ),
    Row("POST", "/sign-out", ANYBODY, form={}),
    Row("GET", "/invitations/{invitation}", ANYBODY),
    Row("POST", "/invitations/{invitation}", ANYBODY, form=PASSWORDS),
    # for oneself
    Row("GET", "/", SIGNED_IN),
    Row("GET", "/password", SIGNED_IN),
    Row("POST", "/password", SIGNED_IN, form={"current": "{password}", **PASSWORDS}),
    Row("GET", "/devices", SIGNED_IN),
    Row("POST", "/devices/sign-out", SIGNED_IN, form={}),
    Row("POST", "/devices/{alices_device}/sign-out", ALICE_ONLY, form={}),
    # people
    Row("GET", "/users/", ADMINS),
    Row("GET", "/users/new", ADMINS),
    Row("POST", "/users/", ADMINS, form={**USER_FORM, "name": "New", "email": "new@x.example"}),
    Row("GET", "/users/{alice}", ADMINS),
    Row("POST", "/users/{alice}", ADMINS, form={**USER_FORM, "name": "A", "email": "a@x.example"}),
    Row("POST", "/users/{alice}/links", ADMINS, form={}),
    Row("POST", "/users/{alice}/active", ADMINS, form={"active": "no"}),
    Row("GET", "/company/", ADMINS),
    Row("POST", "/company/", ADMINS, form=COMPANY_FORM),
    # roads
    Row("GET", "/roads/", OFFICE),
    Row("POST", "/roads/", ADMINS, form={"name": "new"}, file=("town.osm", "<osm></osm>")),
    Row("GET", "/roads/traffic", OFFICE),
    Row("POST", "/roads/traffic", ADMINS, form={"times-peak-primary": "1.4"}),
    Row("POST", "/roads/traffic/defaults", ADMINS, form={}),
    Row("GET", "/roads/{network}", "sffnnn"),  # nothing is built in this world
    Row("POST", "/roads/{network}/in-use", "sffffn", form={}),
    Row("POST", "/roads/{network}/account-checks", "sffffn", form={}),
    Row("GET", "/calibration/", OFFICE),
    Row("POST", "/calibration/lessons", OFFICE, form={}),
    Row("POST", "/calibration/resets", ADMINS, form={"sure": "yes"}),
    Row("POST", "/calibration/resets/undoing", "sffffc", form={}),  # nobody has reset anything
    Row("POST", "/roads/{failed_build}/builds", ADMINS, form={}),
    Row("POST", "/roads/{failed_build}/builds/dismissal", ADMINS, form={}),
    # accounts
    Row("GET", "/accounts/", OFFICE),
    Row("POST", "/accounts/", OFFICE, form=ACCOUNT_FORM),
    Row("GET", "/accounts/new", OFFICE),
    Row("GET", "/accounts/export.csv", OFFICE),
    Row("GET", "/accounts/without-pin", OFFICE),
    Row("POST", "/accounts/without-pin", ADMINS, form={}),
    Row("GET", "/accounts/pins", OFFICE),
    Row("POST", "/accounts/pins", ADMINS, form={}),
    Row("POST", "/accounts/{bakery}/pin", OFFICE_OF_ALICE, form={"choice": "keep"}),
    Row("GET", "/api/v1/addresses?q=north", SIGNED_IN),
    Row("GET", "/api/v1/addresses/place?q=North+Street+1", "sffccc"),  # no book in this world
    Row("GET", "/api/v1/addresses/at?place=62.1,25.1", "snnnnn"),
    Row("GET", "/accounts/{bakery}", OFFICE_OF_ALICE),
    Row("POST", "/accounts/{bakery}", OFFICE_OF_ALICE, form={**ACCOUNT_FORM, "version": "1"}),
    Row("GET", "/accounts/{bakery}/edit", OFFICE_OF_ALICE),
    Row("POST", "/accounts/{bakery}/active", OFFICE_OF_ALICE, form={"active": "no"}),
    Row("POST", "/accounts/{bakery}/appointments/", OFFICE_OF_ALICE, form=APPOINTMENT_FORM),
    Row("POST", "/accounts/{bakery}/appointments/{appointment}/state", OFFICE_OF_ALICE, form={}),
    Row("GET", "/accounts/imports/", ADMINS),
    Row("POST", "/accounts/imports/", ADMINS, form={}, file=("list.csv", "name\nGale Grocer\n")),
    Row("GET", "/accounts/imports/example.csv", ADMINS),
    Row("GET", "/accounts/imports/{account_import}", ADMINS),
    Row("GET", "/accounts/imports/{account_import}/report.csv", ADMINS),
    Row("POST", "/accounts/imports/{account_import}/columns", ADMINS, form={"column-0": "name"}),
    Row("POST", "/accounts/imports/{account_import}/apply", ADMINS, form={}),
    Row("POST", "/accounts/imports/{account_import}/discard", ADMINS, form={}),
    # territories
    Row("GET", "/territories/", SIGNED_IN),
    Row("POST", "/territories/", OFFICE, form={"name": "West"}),
    Row("GET", "/territories/export.geojson", OFFICE),
    Row("POST", "/territories/imports", OFFICE, form={}, file=("shapes.geojson", "{shapes}")),
    Row("POST", "/territories/derivations", OFFICE, form={}),
    Row("POST", "/territories/exceptions/{bakery}", OFFICE_OF_ALICE, form={"rep_id": "{alice}"}),
    Row("GET", "/territories/{north}", OFFICE),
    Row(
        "POST",
        "/territories/{north}",
        OFFICE_OF_NORTH,
        form={"name": "North", "version": "1", "rank": "1", "colour": "1"},
    ),
    Row("POST", "/territories/{north}/assignment", OFFICE_OF_NORTH, form={"rep_id": "{alice}"}),
    Row("POST", "/territories/{north}/deletion", OFFICE_OF_NORTH, form={}),
    Row("GET", "/api/v1/territories", SIGNED_IN),
    Row("GET", "/api/v1/territories/accounts", SIGNED_IN),
    Row("POST", "/api/v1/territories", OFFICE, json={"name": "West", "shape": SQUARE}),
    Row(
        "PUT",
        "/api/v1/territories/{north}/shape",
        OFFICE_OF_NORTH,
        json={"version": 1, "shape": SQUARE},
    ),
    # the field
    Row("GET", "/app/", SIGNED_IN),
    Row("GET", "/api/v1/me", SIGNED_IN),
    Row("GET", "/api/v1/today?rep={alice}", ALICES),
    Row("GET", "/api/v1/territory?rep={alice}", ALICES),
    Row("GET", "/api/v1/accounts/{bakery}", ALICES),
    Row("GET", "/api/v1/map", "snnnnn"),  # nothing is built in this world
    Row("GET", "/api/v1/map/slice?rep={alice}", "snnnnn"),  # whose it is: test_map_slices
    Row("GET", "/api/v1/map/slices/{alice}/{network}/{network}/{network}.pmtiles", "snnnnn"),
    Row("POST", "/api/v1/check-ins", "sonfff", json=BEGIN),
    Row("PUT", "/api/v1/check-ins/{check_in}/end", "sonfff", json=END),
    Row("DELETE", "/api/v1/check-ins/{check_in}", "sonfff", json={}),
    Row("POST", "/api/v1/plans", ALICES, json={"date": "{tomorrow}", "rep_id": "{alice}"}),
    Row("GET", "/api/v1/jobs/{job}", "sonono"),
    Row("DELETE", "/api/v1/jobs/{job}", "sonono", json={}),
    Row("GET", "/tiles/{network}/{network}/0/0/0.mvt", "nnnnnn"),  # open to all, and not built here
    # the office looks on
    Row("GET", "/team/", OFFICE),
    Row("POST", "/team/plans", OFFICE, form={}),
    Row("GET", "/team/{alice}/", OFFICE_OF_ALICE),
    Row("GET", "/api/v1/team/{alice}/day", OFFICE_OF_ALICE),
    Row("GET", "/coverage/", OFFICE),
    Row("GET", "/activity/?rep={alice}", ALICES),
    Row("GET", "/activity/log.csv?rep={alice}", OFFICE_OF_ALICE),
)


def make_world(session: Session, *, password: str, password_hash: str) -> dict[str, str]:
    """Smalltown, and what alice and the office have in it; what a row may name, by name."""
    at = datetime.now(UTC).replace(microsecond=0)
    ids = factories.make_smalltown(session, password_hash=password_hash)
    zoe = factories.make_user(session, email="zoe@smalltown.example", manager_id=ids["bob"])
    tomorrow = at + timedelta(days=1)
    appointment = factories.make_appointment(
        session, account_id=ids["bakery"], rep_id=ids["alice"], begin_at=tomorrow
    )
    check_in = factories.make_check_in(
        session, account_id=ids["bakery"], rep_id=ids["alice"], started_at=at
    )
    uploaded = AccountImport(file_name="list.csv", content=b"name\nGale\n", state="ready")
    job = Job(
        id="planning.plan_day:alice", kind="planning.plan_day", asked_by_id=ids["alice"], payload={}
    )
    build = Job(
        id="roads.build:atlantis", kind="roads.build", state="failed", error="No such place.",
        payload={"name": "atlantis", "place": "Atlantis"},
    )  # fmt: skip
    session.add_all([uploaded, job, build])
    session.flush()
    return ids | {
        "zoe": zoe.id,
        "invitation": service.invite(session, user_id=zoe.id),
        "appointment": appointment.id,
        "check_in": check_in.id,
        "account_import": uploaded.id,
        "job": job.id,
        "failed_build": "atlantis",
        "network": smalltown.__name__.rpartition(".")[2],
        "password": password,
        "tomorrow": tomorrow.date().isoformat(),
        "now": (at + timedelta(minutes=1)).isoformat(),
        "outcome": "order",
        "shapes": json.dumps({"type": "FeatureCollection", "features": [WEST]}),
    }

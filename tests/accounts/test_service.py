import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import inspect
from sqlmodel import Session, select

from route_app.accounts import jobs, queries, service
from route_app.db import transaction
from route_app.errors import Conflict, InvalidInput, NotFound
from route_app.models import Account, AccountImport, AccountImportRow, Job
from tests import factories

LIST = (
    "id,name,street,city,tier,owner,lat,lon,last visit\n"
    "ST-bakery,Anchor Bakery,North Street,Smalltown,B,,,,\n"
    "N-1,New Shop,Oak Street 4,Aby,A,alice@smalltown.example,62.0,25.0,2026-11-01\n"
    "N-2,Addressed,Oak Street 4,Aby,,,,,\n"
    "N-3,Broken,,,Z,,,,\n"
)


def _start(engine, text=LIST, by=None):
    with transaction(engine) as session:
        return service.start_import(
            session, file_name="list.csv", content=text.encode(), asked_by_id=by
        ).id


def _apply(engine, import_id):
    with transaction(engine) as session:
        service.apply_later(session, import_id=import_id, asked_by_id=None)


def _import(engine, import_id):
    with Session(engine) as session:
        return session.get_one(AccountImport, import_id)


def _accounts(engine):
    with Session(engine) as session:
        return {row.external_id: row for row in session.exec(select(Account))}


def test_a_dry_run_changes_no_account(engine, cast, work_off):
    before = {key: row.model_dump() for key, row in _accounts(engine).items()}
    import_id = _start(engine)
    work_off()
    found = _import(engine, import_id)
    assert found.state == "ready"
    assert (found.counts["added"], found.counts["changed"], found.counts["refused"]) == (2, 1, 1)
    assert {key: row.model_dump() for key, row in _accounts(engine).items()} == before


def test_applying_does_what_the_dry_run_said(engine, cast, work_off):
    import_id = _start(engine)
    work_off()
    _apply(engine, import_id)
    done = work_off()
    accounts = _accounts(engine)
    assert accounts["ST-bakery"].tier == "B"
    assert accounts["ST-bakery"].version == 2
    new = accounts["N-1"]
    assert (new.owner_id, new.owner_source) == (cast["alice"], "import")
    assert (new.lat, new.pin_source, new.version, new.earliest_pct) == (62.0, "given", 1, 70)
    assert new.last_visited_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert accounts["N-2"].tier == "C"
    assert "N-3" not in accounts
    assert service.REASSIGN in done
    assert service.GEOCODE in done
    assert _import(engine, import_id).state == "applied"


def test_importing_the_same_file_twice_changes_nothing_the_second_time(engine, cast, work_off):
    for _ in range(2):
        import_id = _start(engine)
        work_off()
        _apply(engine, import_id)
        work_off()
    counts = _import(engine, import_id).counts
    assert (counts["added"], counts["changed"], counts["unchanged"]) == (0, 0, 3)
    assert len(_accounts(engine)) == 8


def test_applying_twice_is_the_same_as_once(engine, cast, work_off):
    import_id = _start(engine)
    work_off()
    with transaction(engine) as session:
        service.apply_import(session, import_id=import_id)
        service.apply_import(session, import_id=import_id)
    assert len(_accounts(engine)) == 8


def test_a_row_whose_account_changed_meanwhile_is_refused_and_the_change_stays(
    engine, cast, work_off
):
    import_id = _start(engine)
    work_off()
    with transaction(engine) as session:
        service.update_account(session, account_id=cast["bakery"], values={"tier": "D"})
        service.add_account(session, values={"name": "Quick", "external_id": "N-1"})
    _apply(engine, import_id)
    work_off()
    found = _import(engine, import_id)
    assert (found.counts["late"], found.counts["changed"], found.counts["added"]) == (2, 0, 1)
    assert _accounts(engine)["ST-bakery"].tier == "D"
    with Session(engine) as session:
        refused = queries.import_rows(session, import_id, verdict="refused").items
    assert "Somebody changed this account since the check (tier)" in refused[0].reason


def test_an_apply_that_fails_leaves_no_account_behind(engine, cast, work_off, monkeypatch):
    import_id = _start(engine)
    work_off()
    monkeypatch.setattr(service, "_update", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        service.apply_import(session, import_id=import_id)
    assert len(_accounts(engine)) == 6
    assert _import(engine, import_id).state == "ready"


def test_only_a_checked_list_can_be_applied(engine, cast):
    import_id = _start(engine)
    with transaction(engine) as session, pytest.raises(Conflict, match="Check it first"):
        service.apply_later(session, import_id=import_id, asked_by_id=None)


def test_a_list_is_checked_again_with_other_columns(engine, cast, work_off):
    import_id = _start(engine, "foo;bar\nShop;Oulu\n")
    work_off()
    assert _import(engine, import_id).state == "failed"
    with transaction(engine) as session:
        service.check_again(
            session, import_id=import_id, fields={"foo": "name", "bar": "city"}, encoding="",
            delimiter="", asked_by_id=None,
        )  # fmt: skip
    work_off()
    found = _import(engine, import_id)
    assert (found.state, found.counts["added"]) == ("ready", 1)
    with transaction(engine, write=False) as session:
        assert len(session.exec(select(AccountImportRow)).all()) == 1


def test_a_list_being_checked_is_neither_checked_again_nor_discarded(engine, cast):
    import_id = _start(engine)
    with transaction(engine) as session, pytest.raises(Conflict, match="being worked on"):
        service.check_again(
            session, import_id=import_id, fields={}, encoding="", delimiter="", asked_by_id=None
        )
    with transaction(engine) as session, pytest.raises(Conflict, match="being worked on"):
        service.discard_import(session, import_id=import_id)


def test_a_discarded_list_keeps_neither_file_nor_rows(engine, cast, work_off):
    import_id = _start(engine)
    work_off()
    with transaction(engine) as session:
        service.discard_import(session, import_id=import_id)
    found = _import(engine, import_id)
    assert (found.state, found.content) == ("discarded", b"")


def test_an_empty_upload_is_refused(session):
    with pytest.raises(InvalidInput, match="The file is empty"):
        service.start_import(session, file_name="x", content=b"", asked_by_id=None)


def test_a_visit_moves_the_last_visit_forward_only(session):
    account = factories.make_account(session)
    later, earlier = datetime(2026, 11, 5, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    service.note_visit(session, account_id=account.id, at=later)
    service.note_visit(session, account_id=account.id, at=earlier)
    assert account.last_visited_at == later
    assert account.version == 1


def test_two_editors_do_not_overwrite_each_other(session):
    account = factories.make_account(session)
    service.update_account(session, account_id=account.id, values={"city": "A"}, version=1)
    with pytest.raises(Conflict, match="Somebody changed"):
        service.update_account(session, account_id=account.id, values={"city": "B"}, version=1)


def test_an_external_id_stays_unique(session):
    factories.make_account(session, external_id="X", name="First")
    with pytest.raises(Conflict, match="that of “First”"):
        service.add_account(session, values={"name": "Second", "external_id": "X"})


def test_an_owner_is_set_with_its_source(session):
    rep = factories.make_user(session)
    account = factories.make_account(session)
    service.set_owner(session, account_id=account.id, owner_id=rep.id, source="territory")
    assert (account.owner_source, account.version) == ("territory", 2)
    service.set_owner(session, account_id=account.id, owner_id=rep.id, source="territory")
    assert account.version == 2
    service.set_owner(session, account_id=account.id, owner_id=None, source="manual")
    assert account.owner_source == ""


def test_an_unknown_account_is_not_found(session):
    with pytest.raises(NotFound):
        service.set_active(session, account_id="nothing", active=False)


def test_appointments_that_overlap_are_named_and_made(session):
    rep = factories.make_user(session)
    first = factories.make_account(session, name="First")
    begin = datetime(2026, 12, 1, 10, tzinfo=UTC)
    other = factories.make_appointment(session, account_id=first.id, rep_id=rep.id, begin_at=begin)
    values = service.AppointmentValues(
        "timed", begin + timedelta(minutes=30), begin + timedelta(minutes=40), 1800, "", ""
    )
    made, overlaps = service.make_appointment(
        session, account_id=first.id, rep_id=rep.id, values=values
    )
    assert [(found.id, name) for found, name in overlaps] == [(other.id, "First")]
    service.cancel_appointment(session, appointment_id=other.id, at=begin)
    assert queries.overlapping(session, made) == []
    assert queries.overlapping(session, other)[0][0].id == made.id


def test_ten_thousand_rows_come_in_quickly(engine, cast, roads, capsys):
    rows = "".join(
        f"K-{n},Kiosk {n},Main Street {n},{n % 90_000:05},Smalltown,{'ABCD'[n % 4]},"
        f"62.{n:05},25.{n:05}\n"
        for n in range(10_000)
    )
    content = ("id,name,street,zip,city,tier,lat,lon\n" + rows).encode()
    started = time.perf_counter()
    with transaction(engine, write=False) as session:
        checked = jobs.check_content(session, content, roads=roads)
    read = time.perf_counter()
    with transaction(engine) as session:
        made = service.keep_checked(session, file_name="x", content=content, checked=checked)
    kept = time.perf_counter()
    with transaction(engine) as session:
        service.apply_import(session, import_id=made.id)
    applied = time.perf_counter()
    with transaction(engine, write=False) as session:
        again = jobs.check_content(session, content, roads=roads)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n10,000 rows: checked in {read - started:.1f} s, report kept in {kept - read:.1f} s,"
            f" applied in {applied - kept:.1f} s, checked again in"
            f" {time.perf_counter() - applied:.1f} s"
        )
    assert checked.counts["added"] == 10_000
    assert again.counts["unchanged"] == 10_000
    assert len(_accounts(engine)) == 10_006


def test_work_that_was_asked_for_belongs_to_the_asker(engine, cast):
    import_id = _start(engine, by=cast["dan"])
    with Session(engine) as session:
        job = session.get_one(Job, f"{service.CHECK}:{import_id}")
    assert (job.asked_by_id, job.state) == (cast["dan"], "queued")


def test_of_two_editors_at_the_same_moment_the_second_is_told(engine, cast):
    began = Event()

    def edit(*, name, wait_s):
        with transaction(engine) as session:
            values = {"name": name}
            service.update_account(session, account_id=cast["bakery"], values=values, version=1)
            began.set()
            time.sleep(wait_s)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(edit, name="First", wait_s=0.3)
        began.wait(5)
        second = pool.submit(edit, name="Second", wait_s=0)
        first.result()
        with pytest.raises(Conflict):
            second.result()
    assert _accounts(engine)["ST-bakery"].name == "First"


def test_an_import_asked_for_while_it_is_being_applied_stays_applied(engine, cast, work_off):
    import_id = _start(engine)
    work_off()
    held = Event()

    def apply():
        with transaction(engine) as session:
            service.apply_import(session, import_id=import_id)
            held.set()
            time.sleep(0.3)

    def ask():
        held.wait(5)
        _apply(engine, import_id)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(apply), pool.submit(ask)]:
            done.result()
    assert _import(engine, import_id).state == "applied"


def test_the_same_list_uploaded_twice_makes_every_account_once(engine, cast, work_off):
    text = "name,street,city\nNameless Kiosk,Oak Street 9,Aby\n"
    first, second = _start(engine, text), _start(engine, text)
    work_off()
    for import_id in (first, second):
        _apply(engine, import_id)
        work_off()
    with Session(engine) as session:
        found = session.exec(select(Account).where(Account.name == "Nameless Kiosk")).all()
    assert len(found) == 1
    assert _import(engine, second).counts["late"] == 1


def test_more_accounts_can_be_looked_up_than_a_query_takes_values(session):
    account = factories.make_account(session, at=None, street="Lane 1")
    ids = [account.id, *(f"{number:032x}" for number in range(70_000))]
    assert [row["id"] for row in queries.to_geocode(session, account_ids=ids, again=False)] == [
        account.id
    ]


def test_the_file_of_an_import_is_read_only_where_it_is_needed(engine, cast):
    import_id = _start(engine)
    with Session(engine) as session:
        found = queries.account_import(session, import_id)
        assert "content" in inspect(found).unloaded
        assert found.content.startswith(b"id,name")

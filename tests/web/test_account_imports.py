"""Lists coming in through the browser."""

import io

import pytest
from sqlmodel import Session, select

from route_app.accounts import jobs, service
from route_app.db import transaction
from route_app.lib.tabular import read_table
from route_app.models import Account, AccountImport
from route_app.queue import Work, leases
from route_app.roads.store import RoadStore
from tests.conftest import post_form

LIST = "id;nimi;kaupunki;luokka\nST-bakery;Anchor Bakery;Oulu;\nN-1;=Uusi;Turku;A\nN-2;Rikki;;Z\n"


@pytest.fixture
def dan(client_for):
    return client_for("dan")


@pytest.fixture
def work_off(engine, tmp_path):
    def run():
        handlers = {service.CHECK: jobs.check_import, service.APPLY: jobs.apply_import}
        while True:
            with transaction(engine) as session:
                claim = leases.claim(session, owner="test", lease_s=30)
            if claim is None:
                return
            if claim.kind in handlers:
                store = RoadStore(tmp_path / "roads")
                handlers[claim.kind](
                    Work(engine, claim, roads=lambda: store, options={}, lease_s=30)  # noqa: B023
                )

    return run


def _upload(client, content=LIST, name="list.csv"):
    content = content.encode() if isinstance(content, str) else content
    return post_form(
        client, "/accounts/imports/", {"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_it_goes_from_upload_to_report_to_accounts(dan, engine, work_off):
    answer = _upload(dan)
    assert answer.status_code == 303
    url = answer.location
    assert 'data-controller="job_progress"' in dan.get(url).text
    work_off()
    page = dan.get(url).text
    for words in ("Import 2 rows", "Row by row", "“Z” is not a tier", "Oulu", "Smalltown"):
        assert words in page
    assert "not a tier" not in dan.get(f"{url}?verdict=changed").text
    assert "not a tier" in dan.get(f"{url}?verdict=refused").text
    post_form(dan, f"{url}/apply")
    work_off()
    page = dan.get(url).text
    assert "What was done" in page
    with Session(engine) as session:
        names = {account.name: account.city for account in session.exec(select(Account))}
    assert (names["Anchor Bakery"], names["=Uusi"]) == ("Oulu", "Turku")
    assert "Rikki" not in names
    assert "Imported" in dan.get("/accounts/imports/").text


def test_it_gives_the_refused_rows_with_a_reason_to_mend_and_import(dan, work_off):
    url = _upload(dan).location
    work_off()
    answer = dan.get(f"{url}/refused.csv")
    table = read_table(answer.data)
    assert table.header == ("id", "nimi", "kaupunki", "luokka", "Reason")
    assert table.rows[0].cells[:2] == ("N-2", "Rikki")
    assert "not a tier" in table.rows[0].cells[4]


def test_it_gives_the_whole_report_without_a_live_formula(dan, work_off):
    url = _upload(dan).location
    work_off()
    answer = dan.get(f"{url}/report.csv")
    assert "'=Uusi" in answer.text
    assert [row.cells[1] for row in read_table(answer.data).rows] == ["Changed", "New", "Refused"]


def test_it_lets_a_person_choose_the_columns(dan, engine, work_off):
    url = _upload(dan, "foo;bar\nGale Grocer;Oulu\n").location
    work_off()
    page = dan.get(url).text
    assert "No column holds the account" in page
    assert "“foo”" in page
    post_form(dan, f"{url}/columns", {"column-0": "name", "column-1": "city"})
    work_off()
    assert "Import 1 row" in dan.get(url).text


def test_it_reads_a_list_again_in_another_encoding(dan, engine, work_off):
    url = _upload(dan, "name\nMüller\n".encode("cp850")).location
    work_off()
    post_form(dan, f"{url}/columns", {"column-0": "name", "encoding": "cp850"})
    work_off()
    assert "Müller" in dan.get(url).text


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "The file is empty"), (b"PK\x03\x04bomb", "damaged"), (b"%PDF", "table")],
)
def test_it_says_why_a_file_cannot_be_read(dan, work_off, content, words):
    answer = _upload(dan, content)
    if answer.status_code == 303:
        work_off()
        answer = dan.get(answer.location)
    assert words in answer.text


def test_it_refuses_to_import_before_the_check_is_done(dan):
    url = _upload(dan).location
    assert post_form(dan, f"{url}/apply").status_code == 409


def test_it_discards_a_list(dan, engine, work_off):
    url = _upload(dan).location
    work_off()
    assert post_form(dan, f"{url}/discard").status_code == 303
    assert "was discarded" in dan.get(url).text
    with Session(engine) as session:
        assert session.exec(select(AccountImport.content)).one() == b""


def test_it_offers_another_try_when_the_work_was_stopped(dan, engine, work_off):
    url = _upload(dan).location
    with transaction(engine) as session:
        from route_app import queue

        queue.cancel(session, f"{service.CHECK}:{url.rsplit('/', 1)[-1]}")
    page = dan.get(url).text
    assert "stopped before it was done" in page
    assert "Check again" in page


def test_it_has_an_example_that_imports(dan, work_off):
    url = _upload(dan, dan.get("/accounts/imports/example.csv").data).location
    work_off()
    assert "Import 2 rows" in dan.get(url).text


def test_it_is_for_admins_only(client_for):
    for name, status in (("bob", 403), ("alice", 403), (None, 303)):
        assert client_for(name).get("/accounts/imports/").status_code == status


def test_a_page_number_of_thousands_of_digits_is_no_failure(client_for, engine, cast):
    with transaction(engine) as session:
        made = service.start_import(session, file_name="l.csv", content=b"name", asked_by_id=None)
    page = client_for("dan").get(f"/accounts/imports/{made.id}?page={'9' * 5000}")
    assert page.status_code == 200

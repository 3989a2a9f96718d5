"""The office's account pages: list, one account, form, pins, appointments, export."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from route_app.accounts import service
from route_app.db import transaction
from route_app.lib.tabular import read_table
from route_app.models import Account, Appointment, Job
from tests import factories
from tests.conftest import post_form


@pytest.fixture
def bob(client_for):
    return client_for("bob")


@pytest.fixture
def dan(client_for):
    return client_for("dan")


def _account(engine, id):
    with Session(engine) as session:
        return session.get_one(Account, id)


def _change(engine, id, **values):
    with transaction(engine) as session:
        account = session.get_one(Account, id)
        for name, value in values.items():
            setattr(account, name, value)


def _form(**values):
    return {"name": "Anchor Bakery", "tier": "A", "version": "1"} | values


def test_it_lists_the_teams_accounts_to_a_manager_and_all_to_an_admin(bob, dan):
    assert "Anchor Bakery" in bob.get("/accounts/").text
    assert "Elm Café" not in bob.get("/accounts/").text
    assert "4 active accounts in your team" in bob.get("/accounts/").text
    assert "Elm Café" in dan.get("/accounts/").text


def test_it_is_not_for_reps(client_for):
    assert client_for("alice").get("/accounts/").status_code == 403


def test_it_searches_filters_and_says_when_nothing_fits(dan):
    page = dan.get("/accounts/?q=anchor&tier=A&due=never&sort=due&then=city").text
    assert "Anchor Bakery" in page
    assert "Birch Pharmacy" not in page
    assert "No account fits" in dan.get("/accounts/?q=zzz").text


@pytest.mark.parametrize(
    "query", ["page=-1", "page=x", "size=99999", "sort=evil", "due=%27", "owner=x"]
)
def test_it_bears_nonsense_in_the_address(dan, query):
    assert dan.get(f"/accounts/?{query}").status_code == 200


def test_it_says_what_to_do_when_there_are_no_accounts(client_for, engine, cast):
    with transaction(engine) as session:
        for account in session.exec(select(Account)):
            session.delete(account)
    assert "No accounts yet" in client_for("dan").get("/accounts/").text
    assert "No accounts in your team yet" in client_for("bob").get("/accounts/").text


def test_it_shows_one_account_with_its_hours_and_visits(bob, cast, engine):
    at = datetime.now(UTC) - timedelta(days=40)
    _change(engine, cast["bakery"], opening_hours="24/7", last_visited_at=at, phone="040 1",
            visit_note="Ring the bell", website="javascript:alert(1)")  # fmt: skip
    with transaction(engine) as session:
        factories.make_check_in(
            session, account_id=cast["bakery"], rep_id=cast["alice"], note="Liked it"
        )
    page = bob.get(f"/accounts/{cast['bakery']}").text
    for words in ("Overdue", "40 days since the last visit", "00:00–", "Ring the bell", "Liked it",
                  "Alice North", "Move the pin"):  # fmt: skip
        assert words in page
    assert 'href="javascript' not in page


def test_it_keeps_hours_that_cannot_be_read_and_says_so(bob, cast, engine):
    _change(engine, cast["bakery"], opening_hours="when the sun shines")
    page = bob.get(f"/accounts/{cast['bakery']}").text
    assert "Not readable" in page
    assert "when the sun shines" in page


def test_it_does_not_show_another_teams_account(bob, cast):
    for path in ("", "/edit"):
        assert bob.get(f"/accounts/{cast['cafe']}{path}").status_code == 404


def test_it_escapes_what_lists_bring(dan, engine, cast):
    _change(engine, cast["bakery"], name="<script>alert(1)</script>")
    for path in ("", cast["bakery"], f"{cast['bakery']}/edit"):
        assert "<script>alert" not in dan.get(f"/accounts/{path}").text


def test_it_saves_what_was_edited(bob, cast, engine):
    form = _form(street="New St", owner_id=cast["alice"], service_s="45", visit_note="Hello")
    answer = post_form(bob, f"/accounts/{cast['bakery']}", form)
    assert (answer.status_code, answer.location) == (303, f"/accounts/{cast['bakery']}")
    account = _account(engine, cast["bakery"])
    assert (account.street, account.service_s, account.version) == ("New St", 2700, 2)
    assert account.owner_source == "territory"  # the owner did not change


def test_it_marks_a_pin_and_an_owner_chosen_by_hand(dan, cast, engine):
    form = _form(lat="62.05", lon="25.05", owner_id=cast["carol"])
    post_form(dan, f"/accounts/{cast['bakery']}", form)
    account = _account(engine, cast["bakery"])
    assert (account.pin_source, account.owner_id, account.owner_source) == (
        "manual", cast["carol"], "manual",
    )  # fmt: skip


def test_it_shows_the_form_again_with_the_sentence_at_its_field(bob, cast, engine):
    form = _form(target_days="often", owner_id=cast["alice"])
    answer = post_form(bob, f"/accounts/{cast['bakery']}", form)
    assert answer.status_code == 400
    assert "is not a rhythm" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "often" in answer.text
    assert _account(engine, cast["bakery"]).version == 1


def test_it_refuses_a_form_that_somebody_else_overtook(bob, cast, engine):
    _change(engine, cast["bakery"], version=2)
    answer = post_form(bob, f"/accounts/{cast['bakery']}", _form(owner_id=cast["alice"]))
    assert answer.status_code == 409
    assert "Somebody changed this account" in answer.text


@pytest.mark.parametrize("owner", ["carol", "bob", ""])
def test_a_manager_cannot_give_an_account_outside_the_team(bob, cast, owner):
    form = _form(owner_id=cast.get(owner, ""))
    assert post_form(bob, f"/accounts/{cast['bakery']}", form).status_code == 400


def test_it_adds_an_account_and_has_its_address_looked_up(bob, cast, engine):
    form = {"name": "Gale Grocer", "street": "North Street", "tier": "B", "owner_id": cast["alice"]}
    answer = post_form(bob, "/accounts/", form)
    assert answer.status_code == 303
    account = _account(engine, answer.location.rsplit("/", 1)[-1])
    assert (account.name, account.owner_source) == ("Gale Grocer", "manual")
    with Session(engine) as session:
        assert [job.kind for job in session.exec(select(Job))] == [service.GEOCODE]


def test_it_deactivates_and_the_page_offers_the_way_back(bob, cast, engine):
    url = f"/accounts/{cast['bakery']}"
    post_form(bob, f"{url}/active", {"active": "no"})
    assert not _account(engine, cast["bakery"]).active
    assert "Make active again" in bob.get(url).text
    post_form(bob, f"{url}/active", {"active": "yes"})
    assert _account(engine, cast["bakery"]).active


def test_it_lists_accounts_without_a_pin_with_reason_and_remedy(bob, dan, cast, engine):
    _change(engine, cast["bakery"], lat=None, lon=None, pin_source="", pin_quality="only_town")
    page = bob.get("/accounts/without-pin").text
    assert "Only the town was found" in page
    assert "Check the street and the number" in page
    assert "Look up again" not in page
    post_form(dan, "/accounts/without-pin")
    with Session(engine) as session:
        assert session.get_one(Job, service.GEOCODE).payload["again"] is True
    assert 'data-controller="job_progress"' in dan.get("/accounts/without-pin").text


def test_it_exports_what_can_be_imported_again(bob, cast, engine):
    _change(engine, cast["bakery"], name="=cmd|' /C calc'!A0")
    answer = bob.get("/accounts/export.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "'=cmd" in answer.text
    table = read_table(answer.data)
    assert len(table.rows) == 4
    assert any(row.cells[2] == "=cmd|' /C calc'!A0" for row in table.rows)


def _appointment(cast, **form):
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    return {"rep_id": cast["alice"], "day": day, "time": "10:00", "commitment": "timed"} | form


def test_it_makes_an_appointment_and_warns_of_one_in_the_way(bob, cast, engine):
    for shop in ("bakery", "pharmacy"):
        url = f"/accounts/{cast[shop]}/appointments/"
        assert post_form(bob, url, _appointment(cast)).status_code == 303
    page = bob.get(f"/accounts/{cast['pharmacy']}").text
    assert "also has to be at Anchor Bakery" in page
    with Session(engine) as session:
        made = session.exec(select(Appointment)).all()
    assert len(made) == 2
    # ten o'clock in Helsinki, whatever the server's clock says
    assert {one.earliest_begin_at.hour for one in made} <= {7, 8}


def test_it_cancels_an_appointment_and_puts_it_back(bob, cast, engine):
    with transaction(engine) as session:
        made = factories.make_appointment(
            session, account_id=cast["bakery"], rep_id=cast["alice"],
            begin_at=datetime.now(UTC) + timedelta(days=1),
        ).id  # fmt: skip
    url = f"/accounts/{cast['bakery']}/appointments/{made}/state"
    for state, cancelled in (("cancelled", True), ("kept", False)):
        post_form(bob, url, {"state": state})
        with Session(engine) as session:
            assert (session.get_one(Appointment, made).cancelled_at is not None) is cancelled
    elsewhere = f"/accounts/{cast['pharmacy']}/appointments/{made}/state"
    assert post_form(bob, elsewhere, {"state": "cancelled"}).status_code == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [({"rep_id": ""}, 400), ({"day": "someday"}, 400), ({"rep_id": "carol"}, 404)],
)
def test_it_refuses_an_appointment_that_cannot_be(bob, cast, form, status):
    form = {name: cast.get(value, value) for name, value in form.items()}
    url = f"/accounts/{cast['bakery']}/appointments/"
    assert post_form(bob, url, _appointment(cast) | form).status_code == status


def test_an_external_id_that_is_taken_loses_nothing_typed(dan, cast):
    typed = _form(name="Typed With Care", external_id="ST-cafe")
    for url in ("/accounts/", f"/accounts/{cast['bakery']}"):
        answer = post_form(dan, url, typed)
        assert answer.status_code == 409
        assert "is already that of" in answer.text
        assert "Typed With Care" in answer.text


def test_an_edit_that_came_too_late_loses_nothing_typed(dan, engine, cast):
    _change(engine, cast["bakery"], version=7)
    answer = post_form(dan, f"/accounts/{cast['bakery']}", _form(name="Typed With Care"))
    assert answer.status_code == 409
    assert "Typed With Care" in answer.text
    assert 'name="version" value="1"' in answer.text

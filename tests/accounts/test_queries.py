from datetime import UTC, date, datetime, timedelta

import pytest

from route_app.accounts import queries
from route_app.accounts.queries import Wanted
from route_app.errors import NotFound
from tests import factories

ON = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def people(session):
    one, two = factories.make_user(session, name="Ann"), factories.make_user(session, name="Ben")

    def make(name, days=None, **values):
        at = NOON - timedelta(days=days) if days is not None else None
        return factories.make_account(session, name=name, last_visited_at=at, **values)

    make("Alpha", 40, tier="A", city="Oulu", owner_id=one.id, external_id="X_1")
    make("beta", 11, tier="A", city="Turku", owner_id=one.id)
    make("Gamma", 1, tier="B", city="Oulu", owner_id=two.id)
    make("Delta", None, tier="C", city="100% Town", at=None)
    make("Epsilon", 90, tier="D", active=False, owner_id=one.id)
    return one, two


def _names(session, rep_ids=None, **wanted):
    page = queries.visible_accounts(
        session, rep_ids=rep_ids, wanted=Wanted(**wanted), on=ON, zone=UTC
    )
    return [item.account.name for item in page.items]


def test_a_manager_sees_the_accounts_of_their_reps_only(session, people):
    one, two = people
    assert _names(session, frozenset({one.id})) == ["Alpha", "beta"]
    assert _names(session, frozenset({one.id, two.id})) == ["Alpha", "beta", "Gamma"]
    assert _names(session, frozenset()) == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["Alpha", "beta", "Delta", "Gamma"]),
        ({"text": "oulu"}, ["Alpha", "Gamma"]),
        ({"text": "oulu alp"}, ["Alpha"]),
        ({"text": "100%"}, ["Delta"]),
        ({"text": "x_1"}, ["Alpha"]),
        ({"text": "%"}, ["Delta"]),
        ({"tier": "A"}, ["Alpha", "beta"]),
        ({"pin": "none"}, ["Delta"]),
        ({"owner": "none"}, ["Delta"]),
        ({"active": "no"}, ["Epsilon"]),
        ({"active": "all", "tier": "D"}, ["Epsilon"]),
        ({"due": "overdue"}, ["Alpha"]),
        ({"due": "due"}, ["beta"]),
        ({"due": "never"}, ["Delta"]),
        ({"due": "not_due"}, ["Gamma"]),
        ({"due": "wanting", "sort": ("due",)}, ["Alpha", "Delta", "beta"]),
        ({"sort": ("-name",)}, ["Gamma", "Delta", "beta", "Alpha"]),
        ({"sort": ("city", "-name")}, ["Delta", "Gamma", "Alpha", "beta"]),
        ({"sort": ("tier", "last_visit")}, ["Alpha", "beta", "Gamma", "Delta"]),
        ({"sort": ("owner", "name")}, ["Alpha", "beta", "Gamma", "Delta"]),
        ({"sort": ("tier", "due")}, ["Alpha", "beta", "Gamma", "Delta"]),
        ({"sort": ("due", "tier")}, ["Alpha", "Delta", "beta", "Gamma"]),
    ],
)
def test_accounts_are_filtered_and_sorted(session, people, wanted, names):
    assert _names(session, **wanted) == names


@pytest.mark.parametrize("sort", [("name",), ("due",)])
def test_a_list_comes_in_pages(session, people, sort):
    pages = [
        queries.visible_accounts(
            session, rep_ids=None, wanted=Wanted(size=3, page=page, sort=sort), on=ON, zone=UTC
        )
        for page in (1, 2, 99)
    ]
    assert [(page.total, page.page, page.pages, len(page.items)) for page in pages] == [
        (4, 1, 2, 3), (4, 2, 2, 1), (4, 2, 2, 1),
    ]  # fmt: skip
    names = {item.account.name for page in pages[:2] for item in page.items}
    assert names == {"Alpha", "beta", "Gamma", "Delta"}


def test_no_page_is_longer_than_two_hundred(session):
    for _ in range(201):
        factories.make_account(session)
    page = queries.visible_accounts(
        session, rep_ids=None, wanted=Wanted(size=9999), on=ON, zone=UTC
    )
    assert (len(page.items), page.pages) == (200, 2)


def test_gaps_are_counted(session, people):
    one, _ = people
    assert queries.counts(session, rep_ids=None) == queries.Counts(4, 1, 1)
    assert queries.counts(session, rep_ids=frozenset({one.id})) == queries.Counts(2, 0, 0)
    assert queries.counts(session, rep_ids=frozenset()) == queries.Counts(0, 0, 0)


def test_a_reps_accounts_are_the_active_ones(session, people):
    one, _ = people
    assert [account.name for account in queries.accounts_of(session, one.id)] == ["Alpha", "beta"]


def test_reps_are_known_by_mail_and_by_a_name_nobody_shares(session):
    factories.make_user(session, email="a@x.example", name="Jo  Smith")
    factories.make_user(session, email="b@x.example", name="Jo Smith")
    gone = factories.make_user(session, email="c@x.example", name="Gone", active=False)
    keys = queries.owner_keys(session)
    assert keys["jo smith"] is None
    assert keys["a@x.example"]
    assert gone.id not in keys.values()


def test_an_export_yields_every_account_of_these_reps(session, people):
    one, _ = people
    rows = list(queries.for_export(session, rep_ids=frozenset({one.id})))
    assert [row["name"] for row in rows] == ["Alpha", "beta", "Epsilon"]
    assert rows[0]["owner"] == one.email
    assert rows[0]["last_visited_at"] == "2026-10-13T12:00:00+00:00"


def test_what_is_not_there_is_not_found(session):
    for read in (queries.account, queries.appointment, queries.account_import):
        with pytest.raises(NotFound):
            read(session, "nothing")

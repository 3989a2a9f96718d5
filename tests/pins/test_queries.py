"""Which pins want a look, and in which order."""

import pytest

from route_app.db import transaction
from route_app.models import Account
from route_app.pins import queries
from tests import factories


@pytest.fixture
def world(engine, cast):
    """Return a session on a company with pins of every kind."""
    with transaction(engine) as session:
        for quality in ("exact", "nearest", "street", "interpolated"):
            factories.make_account(
                session, name=quality, pin_source="geocoded", pin_quality=quality,
                owner_id=cast["alice"],
            )  # fmt: skip
        factories.make_account(
            session, name="moved house", pin_source="manual", pin_quality="manual",
            pin_address="Old Street 1", owner_id=cast["alice"],
        )  # fmt: skip
        factories.make_account(
            session, name="by hand", pin_source="manual", pin_quality="manual",
            pin_address="Smalltown", owner_id=cast["carol"],
        )  # fmt: skip
        factories.make_account(session, name="nowhere", at=None, pin_quality="not_found")
        factories.make_account(session, name="fresh", at=None)
        factories.make_account(
            session, name="closed", pin_source="geocoded", pin_quality="street", active=False
        )
        session.flush()
        yield session


def names(page):
    return [one.name for one in page.items]


def test_the_worst_pins_come_first_and_good_ones_not_at_all(world):
    found = queries.to_check(world, rep_ids=None)
    assert names(found.page) == ["moved house", "street", "nearest"]
    assert found.counts == {
        "street": 1, "nearest": 1, "interpolated": 1, "exact": 1, "changed": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("quality", "wanted"),
    [("exact", ["exact"]), ("street", ["street"]), ("changed", ["moved house"]), ("place", [])],
)
def test_one_quality_can_be_looked_at_alone(world, quality, wanted):
    assert names(queries.to_check(world, rep_ids=None, quality=quality).page) == wanted


def test_a_manager_sees_only_their_team(world, cast):
    found = queries.to_check(world, rep_ids=frozenset({cast["carol"]}))
    assert (names(found.page), found.counts) == ([], {})


def test_another_spelling_of_the_address_is_no_change(world):
    for street, house_no, placed_for in (
        ("Oak Street", "1", "Oak Street 1 Smalltown"),
        ("Oak Street", "", "oak  STREET smalltown"),
        ("Straße", "1", "STRASSE 1 Smalltown"),
    ):
        factories.make_account(
            world, pin_source="given", street=street, house_no=house_no, pin_address=placed_for
        )
    assert names(queries.to_check(world, rep_ids=None, quality="changed").page) == ["moved house"]


def test_all_that_changed_are_counted_and_paged(world):
    for n in range(1_200):
        world.add(Account(name=f"Shop {n:04}", lat=1.0, lon=2.0, pin_source="given",
                          pin_address="Old Street 1", city="Smalltown"))  # fmt: skip
    world.flush()
    last = queries.to_check(world, rep_ids=None, quality="changed", page=25)
    assert last.counts["changed"] == last.page.total == 1_201
    assert (names(last.page), last.page.pages) == (["Shop 1199"], 25)
    assert queries.to_check(world, rep_ids=None).page.total == 1_203


def test_accounts_without_a_pin_come_with_failed_searches_first(world):
    assert names(queries.without_pin(world, rep_ids=None)) == ["nowhere", "fresh"]


def test_pages_are_cut(world):
    page = queries.to_check(world, rep_ids=None, size=2, page=9).page
    assert (names(page), page.page, page.pages, page.total) == (["nearest"], 2, 2, 3)

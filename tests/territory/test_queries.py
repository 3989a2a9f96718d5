from datetime import UTC, date

import pytest

from route_app.errors import NotFound
from route_app.models import Account
from route_app.territory import queries, service
from tests import factories
from tests.territory.shapes_at import EVERYWHERE, NORTH, SOUTH


def shape(session, ids, name, document):
    service.set_shape(session, territory_id=ids[name], version=1, shape=document)


def test_each_territory_comes_with_its_rep_accounts_and_hours(session, cast):
    factories.make_account(session, at=None, territory_id=cast["north"])
    factories.make_account(session, territory_id=cast["north"], active=False)

    rows = {row.name: row for row in queries.territories(session)}

    assert rows["North"].lead.name == "Alice North"
    assert rows["North"].accounts == 5  # four shops and one without a pin
    # tiers A, B, B, C: every 14, 28, 28 and 56 days
    assert rows["North"].load.visits == pytest.approx(365 / 14 + 2 * 365 / 28 + 365 / 56)
    assert rows["North"].load.hours > rows["North"].load.visits * 20 / 60
    assert rows["South"].accounts == 2


def test_a_territory_that_nobody_covers_has_no_lead(session, cast):
    factories.make_territory(session, name="Empty")

    row = next(one for one in queries.territories(session) if one.name == "Empty")

    assert row.lead is None
    assert (row.accounts, row.load.hours) == (0, 0)


def test_exceptions_are_those_of_the_asked_owners(session, cast):
    shape(session, cast, "south", SOUTH)  # the other shops lie nowhere
    factories.make_account(session, at=None, owner_id=cast["alice"])
    session.get(Account, cast["cafe"]).owner_source = "manual"
    session.get(Account, cast["cafe"]).owner_id = cast["alice"]
    session.flush()

    found = queries.exceptions(session, owner_ids={cast["alice"]})

    assert {one.id for one in found.in_none} == {
        cast[key] for key in ("bakery", "pharmacy", "florist", "hardware")
    }
    assert [one.id for one in found.by_hand] == [cast["cafe"]]
    assert found.without_pin == 1
    assert queries.exceptions(session, owner_ids={cast["carol"]}).in_none == ()


def test_accounts_in_two_territories_name_the_winner_first(session, cast):
    shape(session, cast, "north", EVERYWHERE)
    shape(session, cast, "south", SOUTH)
    service.change(session, territory_id=cast["south"], version=2, name="South", rank=1, colour=1)

    found = queries.exceptions(session, owner_ids=None)

    assert {account.id: within for account, within in found.in_several} == {
        cast["cafe"]: (cast["south"], cast["north"]),
        cast["bookshop"]: (cast["south"], cast["north"]),
    }
    assert [one.winner_id for one in found.overlaps] == [cast["south"]]


def test_an_owner_that_a_list_named_is_an_exception_where_another_covers(session, cast):
    shape(session, cast, "north", NORTH)
    row = session.get(Account, cast["bakery"])
    row.owner_id, row.owner_source = cast["carol"], "import"
    session.flush()

    assert [one.id for one in queries.exceptions(session, owner_ids=None).by_hand] == [row.id]
    service.reassign_accounts(session, keep_imported=True)
    assert queries.exceptions(session, owner_ids=None).by_hand[0].owner_id == cast["carol"]
    service.release_account(session, account_id=row.id)
    assert queries.exceptions(session, owner_ids=None).by_hand == ()


def test_an_account_by_hand_that_is_its_territorys_anyway_is_no_exception(session, cast):
    shape(session, cast, "north", NORTH)
    service.give_account(session, account_id=cast["bakery"], rep_id=cast["alice"])

    assert queries.exceptions(session, owner_ids=None).by_hand == ()


def test_managers_may_edit_what_their_reps_cover_and_what_nobody_covers(session, cast):
    vacant = factories.make_territory(session).id
    norths = {cast["alice"]}

    assert queries.may_edit(session, cast["north"], rep_ids=norths)
    assert not queries.may_edit(session, cast["south"], rep_ids=norths)
    assert queries.may_edit(session, vacant, rep_ids=norths)
    assert queries.may_edit(session, cast["south"], rep_ids=None)


def test_the_map_gets_shapes_and_whose_they_are(session, cast):
    shape(session, cast, "north", NORTH)

    (only,) = queries.map_features(session, rep_id=cast["alice"])["features"]

    assert only["properties"]["name"] == "North"
    assert only["properties"]["rep"] == "Alice North"
    assert only["properties"]["mine"] is True
    assert queries.map_features(session)["features"][0]["properties"]["mine"] is False


def test_the_map_gets_only_the_accounts_of_the_asked_owners(session, cast):
    found = queries.account_features(
        session, owner_ids={cast["carol"]}, on=date(2026, 1, 5), zone=UTC
    )

    assert [one["properties"]["name"] for one in found["features"]] == ["Elm Café", "Fern Books"]
    assert {one["properties"]["due"] for one in found["features"]} <= {"unknown", "not_due"}


def test_an_unknown_territory_is_not_found(session):
    with pytest.raises(NotFound):
        queries.territory(session, "0" * 32)

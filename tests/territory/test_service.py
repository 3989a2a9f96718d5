import json

import pytest

from route_app.errors import Conflict, InvalidInput, NotFound
from route_app.models import Account, Assignment, Territory
from route_app.territory import queries, service, shapes
from tests import factories
from tests.territory.shapes_at import EVERYWHERE, NORTH, SOUTH, around, collection, feature


def owner(session, ids, name):
    session.expire_all()
    row = session.get(Account, ids[name])
    return row.owner_id, row.owner_source, row.territory_id


def give_shape(session, ids, name, shape):
    version = session.get(Territory, ids[name]).version
    return service.set_shape(session, territory_id=ids[name], version=version, shape=shape)


def geojson(*features):
    return json.dumps(collection(*features)).encode()


def test_it_adds_a_territory_that_comes_after_all_others(session, cast):
    made = service.create(session, name="  Far   East ", shape=SOUTH)

    assert made.name == "Far East"
    assert made.rank > max(session.get(Territory, cast[one]).rank for one in ("north", "south"))
    assert made.shape_source == "drawn"
    assert shapes.load(made.shape).equals(shapes.read_shape(SOUTH))


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_it_refuses_a_name_that_cannot_be(session, cast, name):
    with pytest.raises(InvalidInput):
        service.create(session, name=name)


def test_it_refuses_a_name_that_is_used(session, cast):
    with pytest.raises(Conflict):
        service.create(session, name="north")


def test_it_changes_name_rank_and_colour(session, cast):
    row = service.change(
        session, territory_id=cast["north"], version=1, name="North", rank=3, colour=7
    )

    assert (row.name, row.rank, row.colour, row.version) == ("North", 3, 7, 2)


@pytest.mark.parametrize(("rank", "colour"), [(0, 0), (10_000, 0), (1, 8), (1, -1)])
def test_it_refuses_a_rank_or_colour_that_is_none(session, cast, rank, colour):
    with pytest.raises(InvalidInput):
        service.change(
            session, territory_id=cast["north"], version=1, name="N", rank=rank, colour=colour
        )


def test_a_shape_drawn_over_an_old_version_is_refused(session, cast):
    give_shape(session, cast, "north", NORTH)

    with pytest.raises(Conflict, match="changed meanwhile"):
        service.set_shape(session, territory_id=cast["north"], version=1, shape=SOUTH)

    session.expire_all()
    assert shapes.load(session.get(Territory, cast["north"]).shape).equals(shapes.read_shape(NORTH))


def test_a_shape_of_no_territory_is_not_found(session, cast):
    with pytest.raises(NotFound):
        service.set_shape(session, territory_id="0" * 32, version=1, shape=NORTH)


def test_accounts_follow_a_new_shape(session, cast):
    give_shape(session, cast, "south", around("A1", "B3"))

    done = service.reassign_accounts(session)

    # bakery, pharmacy and hardware lie in it now; bookshop lies in none and keeps its owner
    assert done.owner_changed == 3
    assert owner(session, cast, "bakery") == (cast["carol"], "territory", cast["south"])
    assert owner(session, cast, "bookshop") == (cast["carol"], "territory", None)
    assert owner(session, cast, "florist") == (cast["alice"], "territory", None)


def test_an_owner_chosen_by_hand_stays(session, cast):
    service.give_account(session, account_id=cast["bakery"], rep_id=cast["alice"])
    give_shape(session, cast, "south", EVERYWHERE)

    service.reassign_accounts(session)

    assert owner(session, cast, "bakery") == (cast["alice"], "manual", cast["south"])
    assert owner(session, cast, "pharmacy")[0] == cast["carol"]


def test_an_account_that_is_released_follows_its_territory_again(session, cast):
    give_shape(session, cast, "south", EVERYWHERE)
    service.give_account(session, account_id=cast["bakery"], rep_id=cast["alice"])

    done = service.release_account(session, account_id=cast["bakery"])

    assert done.owner_changed == 1
    assert owner(session, cast, "bakery")[:2] == (cast["carol"], "territory")
    with pytest.raises(InvalidInput, match="not chosen by hand"):
        service.release_account(session, account_id=cast["bakery"])


def test_a_change_of_owner_raises_the_accounts_version(session, cast):
    before = session.get(Account, cast["bakery"]).version
    give_shape(session, cast, "south", EVERYWHERE)

    service.reassign_accounts(session)

    session.expire_all()
    assert session.get(Account, cast["bakery"]).version == before + 1


def test_only_accounts_of_the_named_territories_are_looked_at(session, cast):
    give_shape(session, cast, "south", around("A1", "D3"))

    assert service.reassign_accounts(session, territory_ids=[]).owner_changed == 0
    assert service.reassign_accounts(session, territory_ids=[cast["south"]]).owner_changed == 4


def test_a_manager_cannot_take_accounts_of_another_team(session, cast):
    give_shape(session, cast, "south", EVERYWHERE)

    done = service.reassign_accounts(session, scope={cast["carol"]})

    assert done.owner_changed == 0
    assert owner(session, cast, "bakery")[0] == cast["alice"]


def test_a_new_rep_takes_over_and_the_old_one_is_remembered(session, cast):
    zoe = factories.make_user(session, name="Zoe New", manager_id=cast["bob"])
    give_shape(session, cast, "north", NORTH)

    assert service.assign(session, territory_id=cast["north"], rep_id=zoe.id)
    service.reassign_accounts(session)

    assert owner(session, cast, "bakery")[0] == zoe.id
    (now, name), (old, old_name) = queries.history(session, cast["north"])
    assert (name, now.until) == ("Zoe New", None)
    assert old_name == "Alice North"
    assert old.until == now.since


def test_assigning_the_same_rep_again_changes_nothing(session, cast):
    assert not service.assign(session, territory_id=cast["north"], rep_id=cast["alice"])
    assert len(queries.history(session, cast["north"])) == 1


def test_a_territory_that_nobody_covers_leaves_its_accounts_without_owner(session, cast):
    give_shape(session, cast, "north", NORTH)

    assert service.assign(session, territory_id=cast["north"], rep_id=None)
    service.reassign_accounts(session)

    assert owner(session, cast, "bakery") == (None, "", cast["north"])
    assert cast["north"] not in queries.leads(session)


@pytest.mark.parametrize("who", ["bob", "nobody"])
def test_only_an_active_rep_can_cover_a_territory(session, cast, who):
    with pytest.raises(InvalidInput, match="active rep"):
        service.assign(session, territory_id=cast["north"], rep_id=cast.get(who, "0" * 32))


def test_deleting_a_territory_keeps_its_accounts_and_their_owners(session, cast):
    give_shape(session, cast, "north", NORTH)

    assert service.delete(session, territory_id=cast["north"]) == "North"

    assert owner(session, cast, "bakery") == (cast["alice"], "territory", None)
    assert session.get(Territory, cast["north"]) is None
    assert session.get(Assignment, cast["north"]) is None


def test_the_territory_beneath_takes_over_when_one_is_deleted(session, cast):
    give_shape(session, cast, "south", EVERYWHERE)
    give_shape(session, cast, "north", NORTH)
    service.change(session, territory_id=cast["north"], version=2, name="North", rank=1, colour=0)
    service.reassign_accounts(session)
    assert owner(session, cast, "bakery")[0] == cast["alice"]

    service.delete(session, territory_id=cast["north"])

    assert owner(session, cast, "bakery")[0] == cast["carol"]


def test_an_import_adds_and_changes_and_assigns(session, cast):
    file = geojson(
        feature("North", NORTH),
        feature("Old Town", SOUTH, rep_email="CAROL@smalltown.example"),
    )

    done = service.import_shapes(session, content=file)

    assert (done.made, done.changed) == (1, 1)
    rows = {row.name: row for row in queries.territories(session)}
    assert rows["North"].shape_source == "imported"
    assert rows["Old Town"].lead.rep_id == cast["carol"]
    assert owner(session, cast, "cafe")[2] == rows["Old Town"].id


def test_an_import_that_names_nobodys_e_mail_is_refused(session, cast):
    file = geojson(feature("North", NORTH, rep_email="bob@smalltown.example"))

    with pytest.raises(InvalidInput, match="no active rep of yours"):
        service.import_shapes(session, content=file)


def test_an_import_cannot_reach_into_another_team(session, cast):
    with pytest.raises(InvalidInput, match="another team's"):
        service.import_shapes(
            session, content=geojson(feature("South", SOUTH)), scope={cast["alice"]}
        )
    with pytest.raises(InvalidInput, match="no active rep of yours"):
        service.import_shapes(
            session,
            content=geojson(feature("New", SOUTH, rep_email="carol@smalltown.example")),
            scope={cast["alice"]},
        )


def test_what_is_exported_can_be_imported_again(session, cast):
    give_shape(session, cast, "north", NORTH)
    give_shape(session, cast, "south", SOUTH)
    before = {row.name: row.shape for row in queries.territories(session)}

    content = json.dumps(queries.exported(session)).encode()
    done = service.import_shapes(session, content=content)

    after = {row.name: row for row in queries.territories(session)}
    assert done.changed == 2
    assert done.reassigned.owner_changed == 0
    assert {name: row.shape for name, row in after.items()} == before
    assert after["North"].lead.rep_id == cast["alice"]


def test_shapes_are_derived_from_what_reps_own(session, cast):
    done = service.derive_shapes(session)

    assert (done.made, done.shaped, done.kept, done.by_hand) == (0, 2, 0, 0)
    found = queries.exceptions(session, owner_ids=None)
    assert (found.in_none, found.in_several, found.overlaps) == ((), (), ())
    assert service.reassign_accounts(session).owner_changed == 0


def test_deriving_keeps_shapes_that_are_there_unless_told_otherwise(session, cast):
    give_shape(session, cast, "north", NORTH)

    kept = service.derive_shapes(session)
    assert (kept.shaped, kept.kept) == (1, 1)
    assert queries.exceptions(session, owner_ids=None).overlaps == ()

    replaced = service.derive_shapes(session, replace=True)
    assert (replaced.shaped, replaced.kept) == (2, 0)


def test_deriving_gives_a_rep_without_a_territory_one_in_their_name(session, cast):
    zoe = factories.make_user(session, name="North", manager_id=cast["bob"])
    factories.make_account(session, at="C2", owner_id=zoe.id)

    done = service.derive_shapes(session)

    assert done.made == 1
    names = {row.name: row.lead.rep_id for row in queries.territories(session)}
    assert names["North 2"] == zoe.id


def test_deriving_never_takes_an_account_from_its_owner(session, cast):
    # two at one door: the shape can only go to one of them
    for rep in ("alice", "alice", "carol"):
        factories.make_account(session, at="C2", name=f"Shared {rep}", owner_id=cast[rep])

    done = service.derive_shapes(session)

    assert done.by_hand == 1
    found = queries.exceptions(session, owner_ids=None)
    assert [(one.name, one.owner_id) for one in found.by_hand] == [("Shared carol", cast["carol"])]
    assert service.reassign_accounts(session).owner_changed == 0


def test_a_manager_derives_only_the_shapes_of_their_team(session, cast):
    done = service.derive_shapes(session, scope={cast["alice"]})

    assert done.shaped == 1
    shaped = {row.name: row.shape is not None for row in queries.territories(session)}
    assert shaped == {"North": True, "South": False}


def test_without_owned_accounts_there_is_nothing_to_derive(session):
    factories.make_company(session)
    factories.make_account(session)

    with pytest.raises(InvalidInput, match="nothing to derive"):
        service.derive_shapes(session)

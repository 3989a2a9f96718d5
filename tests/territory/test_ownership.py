import pytest

from route_app.territory.ownership import Holding, Reassigned, counted, keep_owners, moves

REP_OF = {"north": "alice", "south": "carol", "vacant": None}


def after(before, winner, **options):
    changed = moves([before], {before.account_id: winner}, rep_of=REP_OF, **options)
    return changed[0][1] if changed else before


@pytest.mark.parametrize(
    ("owner", "source", "winner", "expected"),
    [
        ("carol", "territory", "north", ("alice", "territory", "north")),
        ("carol", "import", "north", ("alice", "territory", "north")),
        (None, "", "north", ("alice", "territory", "north")),
        ("carol", "manual", "north", ("carol", "manual", "north")),
        ("carol", "territory", None, ("carol", "territory", None)),
        ("carol", "territory", "vacant", (None, "", "vacant")),
        ("carol", "import", "vacant", ("carol", "import", "vacant")),
        ("carol", "manual", "vacant", ("carol", "manual", "vacant")),
    ],
)
def test_an_account_follows_its_territory_unless_given_by_hand(owner, source, winner, expected):
    found = after(Holding("x", owner, source, "south"), winner)

    assert (found.owner_id, found.owner_source, found.territory_id) == expected


def test_an_owner_that_a_list_named_can_be_kept():
    named = Holding("x", "carol", "import", "south")

    assert after(named, "north", keep_imported=True) == Holding("x", "carol", "import", "north")
    assert after(named, "north").owner_id == "alice"


def test_an_account_that_fits_does_not_change():
    fits = Holding("x", "alice", "territory", "north")

    assert moves([fits], {"x": "north"}, rep_of=REP_OF) == []


def test_nobody_outside_the_scope_loses_or_gains():
    carols = Holding("x", "carol", "territory", "south")
    free = Holding("x", None, "", None)

    assert after(carols, "north", scope={"alice"}) == carols
    assert after(carols, "north", scope={"carol"}) == carols
    assert after(carols, "north", scope={"alice", "carol"}).owner_id == "alice"
    assert after(free, "north", scope={"alice"}).owner_id == "alice"
    assert after(free, "south", scope={"alice"}) == free


def test_after_deriving_nobody_loses_an_account_that_lies_elsewhere():
    inside = Holding("in", "alice", "import", None)
    outside = Holding("out", "carol", "territory", None)
    unowned = Holding("free", None, "", None)
    winners = dict.fromkeys(("in", "out", "free"), "north")

    changed = dict(keep_owners([inside, outside, unowned], winners, rep_of=REP_OF))

    assert changed[inside] == Holding("in", "alice", "import", "north")
    assert changed[outside] == Holding("out", "carol", "manual", "north")
    assert changed[unowned] == Holding("free", None, "", "north")


def test_it_counts_what_changes():
    changed = [
        (Holding("a", "x", "", "t"), Holding("a", "y", "", "t")),
        (Holding("b", "x", "", "t"), Holding("b", "y", "", "u")),
        (Holding("c", "x", "", "t"), Holding("c", "x", "", None)),
    ]

    assert counted(changed) == Reassigned(territory_changed=2, owner_changed=2)

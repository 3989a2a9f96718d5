import io
import json

import pytest

from route_app.db import transaction
from route_app.models import Account, Territory
from route_app.territory import queries, service
from tests import factories
from tests.conftest import post_form, send_json
from tests.territory.shapes_at import EVERYWHERE, NORTH, SOUTH, collection, feature


@pytest.fixture
def shaped(engine, cast):
    """North and South have their shapes."""
    with transaction(engine) as writing:
        for name, shape in (("north", NORTH), ("south", SOUTH)):
            service.set_shape(writing, territory_id=cast[name], version=1, shape=shape)
    return cast


def row_of(engine, model, id):
    with transaction(engine, write=False) as reading:
        row = reading.get(model, id)
        if row is not None:
            reading.expunge(row)
        return row


def upload(client, document, name="shapes.geojson"):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return post_form(
        client,
        "/territories/imports",
        {"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def test_everybody_signed_in_sees_the_territories_with_their_figures_and_only_the_office_edits(
    client_for, shaped
):
    reps, managers = (client_for(who).get("/territories/").text for who in ("alice", "bob"))

    assert "North" in reps
    assert "h a year" in reps
    assert "4 accounts" in reps
    assert "Import shapes" not in reps
    assert "4 accounts" in managers
    assert "What does not fit" in managers
    assert client_for(None).get("/territories/").status_code == 303


def test_only_ones_own_shapes_can_be_edited_from_the_list(client_for, shaped):
    texts = {who: client_for(who).get("/territories/").text for who in ("bob", "erin", "dan")}

    def edits(who, territory):
        return f'Edit shape<span class="visually-hidden"> of {territory}</span>' in texts[who]

    assert edits("bob", "North")
    assert not edits("bob", "South")
    assert not edits("erin", "North")
    assert edits("dan", "North")
    assert edits("dan", "South")


def test_a_new_territory_is_added_and_shown(client_for, cast):
    answer = post_form(client_for("bob"), "/territories/", {"name": "West"})

    assert answer.status_code == 303
    page = client_for("bob").get(answer.location).text
    assert "Nobody covers it" in page
    assert "It has no shape yet" in page


def test_a_used_name_is_refused(client_for, cast):
    answer = post_form(client_for("bob"), "/territories/", {"name": "south"})

    assert answer.status_code == 409
    assert "There is a territory “south” already" in answer.text


def test_name_rank_and_colour_can_be_changed_once_a_version(client_for, cast, engine):
    form = {"name": "North End", "rank": "7", "colour": "3", "version": "1"}

    assert post_form(client_for("bob"), f"/territories/{cast['north']}", form).status_code == 303
    again = post_form(client_for("bob"), f"/territories/{cast['north']}", form)

    row = row_of(engine, Territory, cast["north"])
    assert (row.name, row.rank, row.colour) == ("North End", 7, 3)
    assert again.status_code == 409


@pytest.mark.parametrize("field", ["version", "rank", "colour"])
def test_what_is_no_number_is_refused(client_for, cast, field):
    form = {"name": "N", "rank": "7", "colour": "3", "version": "1"} | {field: "x"}

    answer = post_form(client_for("bob"), f"/territories/{cast['north']}", form)

    assert answer.status_code == 400
    assert f"The {field} should be a whole number" in answer.text


@pytest.mark.parametrize(
    "change",
    [
        ("", {"name": "N", "rank": "7", "colour": "3", "version": "1"}),
        ("/assignment", {"rep_id": ""}),
        ("/deletion", {}),
    ],
)
@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("erin", 403), (None, 303)])
def test_strangers_change_nothing(client_for, shaped, change, who, status):
    address, form = change

    answer = post_form(client_for(who), f"/territories/{shaped['north']}{address}", form)

    assert answer.status_code == status
    page = client_for("dan").get(f"/territories/{shaped['north']}").text
    assert 'name="version" value="2"' in page
    assert "Alice North covers it" in page


def test_a_rep_of_ones_team_takes_over_with_the_accounts(client_for, shaped, engine):
    with transaction(engine) as writing:
        zoe = factories.make_user(writing, name="Zoe New", manager_id=shaped["bob"]).id

    client = client_for("bob")
    post_form(client, f"/territories/{shaped['north']}/assignment", {"rep_id": zoe})

    page = client.get(f"/territories/{shaped['north']}").text
    assert "Zoe New covers it from now on. 4 accounts changed to another owner." in page
    assert row_of(engine, Account, shaped["bakery"]).owner_id == zoe


def test_a_rep_of_another_team_cannot_be_assigned(client_for, shaped):
    answer = post_form(
        client_for("bob"), f"/territories/{shaped['north']}/assignment", {"rep_id": shaped["carol"]}
    )

    assert answer.status_code == 404


def test_a_territory_can_be_deleted_and_its_accounts_stay(client_for, shaped, engine):
    answer = post_form(client_for("bob"), f"/territories/{shaped['north']}/deletion")

    assert answer.status_code == 303
    assert row_of(engine, Territory, shaped["north"]) is None
    assert row_of(engine, Account, shaped["bakery"]).owner_id == shaped["alice"]


def test_a_file_of_shapes_is_taken_in_whole(client_for, cast, engine):
    client = client_for("dan")

    answer = upload(client, collection(feature("North", NORTH), feature("Old Town", SOUTH)))

    assert answer.status_code == 303
    assert "1 territory added, 1 changed." in client.get("/territories/").text


def test_a_file_with_one_bad_shape_changes_nothing(client_for, cast, engine):
    bad = {"type": "Polygon", "coordinates": [[[24, 60], [25, 60], [24, 60]]]}

    answer = upload(client_for("dan"), collection(feature("West", NORTH), feature("Bad", bad)))

    assert answer.status_code == 400
    assert "“Bad”: A polygon needs at least three different corners" in answer.text
    assert "West" not in client_for("dan").get("/territories/").text


def test_an_import_without_a_file_says_so(client_for, cast):
    answer = post_form(client_for("dan"), "/territories/imports", {})

    assert answer.status_code == 400
    assert "Choose a GeoJSON file first" in answer.text


def test_shapes_can_be_derived(client_for, cast, engine):
    client = client_for("bob")

    post_form(client, "/territories/derivations")

    assert "1 shape made" in client.get("/territories/").text
    assert row_of(engine, Territory, cast["north"]).shape_source == "derived"
    assert row_of(engine, Territory, cast["south"]).shape is None


def test_what_is_exported_names_reps_and_hours(client_for, shaped):
    answer = client_for("bob").get("/territories/export.geojson")

    document = json.loads(answer.data)
    assert answer.mimetype == "application/geo+json"
    north = next(f for f in document["features"] if f["properties"]["territory"] == "North")
    assert north["properties"]["rep_email"] == "alice@smalltown.example"
    assert north["properties"]["accounts"] == 4
    assert upload(client_for("dan"), answer.data).status_code == 303


def test_an_account_in_no_territory_is_listed_and_can_be_given_away(client_for, shaped, engine):
    with transaction(engine) as writing:
        lone = factories.make_account(
            writing, name="Far Farm", lat=63.0, lon=26.0, at=None, owner_id=shaped["alice"]
        ).id
    client = client_for("bob")
    assert "Far Farm" in client.get("/territories/").text

    post_form(client, f"/territories/exceptions/{lone}", {"rep_id": shaped["alice"]})

    row = row_of(engine, Account, lone)
    assert (row.owner_id, row.owner_source) == (shaped["alice"], "manual")
    page = client.get("/territories/").text
    assert "Far Farm is Alice North&#39;s now" in page
    assert "Owners chosen by hand" in page


def test_accounts_in_two_territories_are_listed_with_the_winner(client_for, shaped, engine):
    with transaction(engine) as writing:
        service.set_shape(writing, territory_id=shaped["south"], version=2, shape=EVERYWHERE)

    text = client_for("dan").get("/territories/").text

    assert "Accounts in two or more territories" in text
    assert "wins over" in text
    assert "Shapes that overlap" in text


def test_an_owner_chosen_by_hand_can_be_taken_back(client_for, shaped, engine):
    address = f"/territories/exceptions/{shaped['bakery']}"
    client = client_for("dan")
    post_form(client, address, {"rep_id": shaped["carol"]})
    assert row_of(engine, Account, shaped["bakery"]).owner_id == shaped["carol"]

    assert post_form(client, address, {"rep_id": ""}).status_code == 303

    row = row_of(engine, Account, shaped["bakery"])
    assert (row.owner_id, row.owner_source) == (shaped["alice"], "territory")
    assert post_form(client, address, {"rep_id": ""}).status_code == 400


def test_a_stranger_gives_no_account_away(client_for, shaped):
    address = f"/territories/exceptions/{shaped['bakery']}"

    assert post_form(client_for("erin"), address, {"rep_id": shaped["carol"]}).status_code == 404
    assert post_form(client_for("alice"), address, {"rep_id": shaped["alice"]}).status_code == 403
    to_another_team = post_form(client_for("bob"), address, {"rep_id": shaped["carol"]})
    assert to_another_team.status_code == 404


def test_all_in_order_is_said(client_for, shaped):
    assert (
        "Every account lies in exactly one territory" in client_for("dan").get("/territories/").text
    )


def test_a_drawn_territory_is_added(client_for, cast, engine):
    answer = send_json(client_for("bob"), "/api/v1/territories", {"name": "West", "shape": NORTH})

    assert answer.status_code == 201
    row = row_of(engine, Territory, answer.json["id"])
    assert (row.name, row.shape_source) == ("West", "drawn")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"name": "", "shape": NORTH}, "name"),
        ({"name": "x", "shape": "no"}, "shape"),
        ({"name": "x"}, "shape"),
        ({"name": "x", "shape": NORTH, "rank": 1}, "rank"),
        ({"name": "x", "shape": {"type": "Point", "coordinates": [24, 60]}}, "Point"),
    ],
)
def test_a_drawing_that_is_none_is_refused_in_words(client_for, cast, body, word):
    answer = send_json(client_for("bob"), "/api/v1/territories", body)

    assert answer.status_code == 400
    assert word in answer.json["error"]


def test_a_redrawn_shape_moves_accounts_of_the_team(client_for, shaped, engine):
    body = {"version": 2, "shape": EVERYWHERE}

    by_manager = send_json(
        client_for("erin"), f"/api/v1/territories/{shaped['south']}/shape", body, method="PUT"
    )
    assert by_manager.status_code == 200
    # alice's accounts are not erin's to take, whatever she draws
    assert row_of(engine, Account, shaped["bakery"]).owner_id == shaped["alice"]

    stale = send_json(
        client_for("dan"), f"/api/v1/territories/{shaped['south']}/shape", body, method="PUT"
    )
    assert stale.status_code == 409
    assert "changed meanwhile" in stale.json["error"]


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("erin", 403), (None, 401)])
def test_strangers_draw_nothing(client_for, shaped, who, status):
    address = f"/api/v1/territories/{shaped['north']}/shape"

    answer = send_json(client_for(who), address, {"version": 2, "shape": SOUTH}, method="PUT")

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("who", "shops"), [("alice", 4), ("carol", 2), ("bob", 4), ("erin", 2), ("dan", 6)]
)
def test_the_map_has_all_shapes_and_only_ones_own_accounts(client_for, shaped, who, shops):
    client = client_for(who)

    assert len(client.get("/api/v1/territories").json["features"]) == 2
    assert len(client.get("/api/v1/territories/accounts").json["features"]) == shops


def test_the_commands_list_export_import_and_derive(app, cast, engine, tmp_path):
    run = app.test_cli_runner().invoke
    file = tmp_path / "territories.geojson"

    derived = run(args=["territory", "derive"])
    listed = run(args=["territory", "list"])
    exported = run(args=["territory", "export", str(file)])
    twice = run(args=["territory", "export", str(file)])
    imported = run(args=["territory", "import", str(file)])

    assert "2 shapes made" in derived.output
    assert "North: Alice North, 4 accounts" in listed.output
    assert "2 territories written" in exported.output
    assert twice.exit_code == 1
    assert "0 added, 2 changed; 0 accounts" in imported.output


def test_a_bad_file_is_refused_by_the_command_in_words(app, cast, engine, tmp_path):
    file = tmp_path / "bad.geojson"
    file.write_text("{}")

    done = app.test_cli_runner().invoke(args=["territory", "import", str(file)])

    assert done.exit_code == 1
    assert "no names for its areas" in done.output
    with transaction(engine, write=False) as reading:
        assert len(queries.everything(reading)) == 2


def test_a_number_no_database_can_hold_is_refused(client_for, cast):
    form = {"version": "9" * 40, "name": "North", "rank": "1", "colour": "1"}
    answer = post_form(client_for("bob"), f"/territories/{cast['north']}", form)
    assert answer.status_code == 400

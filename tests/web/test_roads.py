import io
import re
import shutil

import pytest
import requests

from route_app import worker
from route_app.db import transaction
from route_app.models import Account
from route_app.queue import job
from route_app.roads import build as building
from route_app.roads.store import RoadStore
from tests import factories, smalltown
from tests.conftest import csrf_token, make_settings, post_form
from tests.roads.towns import two_islands

TOWN = smalltown.osm_xml().encode()


@pytest.fixture
def dan(client_for):
    return client_for("dan")


@pytest.fixture
def store(settings):
    return RoadStore(settings.data_dir / "roads")


@pytest.fixture
def work_off(engine, settings):
    return lambda: worker.work_off(engine, settings)


def upload(client, content=TOWN, file_name="smalltown.osm", **form):
    data = {"file": (io.BytesIO(content), file_name), "use": "yes", **form}
    return post_form(client, "/roads/", data, content_type="multipart/form-data")


def send_large(client, content):
    """Upload as a browser does; the test client would leave a temporary file open."""
    parts = {"csrf_token": csrf_token(client).encode(), "use": b"yes"}
    lines = [
        b'--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (key.encode(), value)
        for key, value in parts.items()
    ]
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="big.osm"\r\n\r\n'
    body = b"".join([*lines, head, content, b"\r\n--cut--\r\n"])
    return client.post(
        "/roads/",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=cut",
    )


def uploads(store):
    return sorted(path.name for path in store.root.glob(".uploads/*/*/*"))


def message(answer):
    return " ".join(re.findall(r'class="field__error"[^>]*>([^<]+)<', answer.text))


def test_an_upload_becomes_the_network_in_use(dan, store, work_off):
    assert "No roads yet" in dan.get("/roads/").text
    answer = upload(dan)
    assert (answer.status_code, answer.location) == (303, "/roads/")
    page = dan.get("/roads/").text
    assert 'data-url="/api/v1/jobs/roads.build:smalltown"' in page
    assert work_off() == ["roads.build:smalltown", "roads.check_accounts:smalltown"]
    assert store.in_use() == "smalltown"
    page = dan.get("/roads/").text
    assert "In use" in page
    assert "© OpenStreetMap contributors" in page
    assert "job-progress" not in page


def test_its_page_tells_what_the_build_found_and_where_the_accounts_lie(dan, work_off):
    upload(dan)
    work_off()
    page = dan.get("/roads/smalltown").text
    assert "7 roads, 1 of them one-way" in page
    assert "12, 0 traffic lights" in page
    assert "0 obeyed" in page
    assert "6 accounts with a pin checked" in page
    assert "Every account lies within 250 m of a road." in page
    assert 'data-controller="roads_map"' in page


def test_the_map_of_the_network_in_use_is_the_one_served(dan, store, work_off):
    upload(dan, name="zoo")
    work_off()
    upload(dan, TOWN.replace(b"Main Street", b"Long Street"), name="ark", use="no")
    work_off()
    assert store.names() == ("ark", "zoo")
    assert dan.get("/api/v1/map").json["network"] == "zoo"
    answer = post_form(dan, "/roads/ark/in-use")
    assert answer.location == "/roads/ark"
    assert dan.get("/api/v1/map").json["network"] == "ark"


def test_accounts_off_the_roads_are_listed_for_those_who_may_see_them(
    dan, client_for, cast, engine, work_off
):
    with transaction(engine) as session:
        session.get_one(Account, cast["bakery"]).lat += 0.006  # 670 m north of the last street
        lost = factories.make_account(session, name="Lost Shop", owner_id=cast["carol"])
        lost.lat, lost.lon = 10.0, 10.0
    upload(dan)
    work_off()
    page = dan.get("/roads/smalltown").text
    assert "2 accounts need a look" in page
    assert page.index("Lost Shop") < page.index("Anchor Bakery")
    assert f'href="/accounts/{cast["bakery"]}"' in page
    assert re.search(r'data-label="Away" class="num">6[67]0 m<', page)
    bobs = client_for("bob").get("/roads/smalltown").text
    assert "Anchor Bakery" in bobs
    assert "Lost Shop" not in bobs
    assert "1 account needs a look" in bobs


def test_islands_are_counted_with_their_accounts(dan, engine, store, work_off, tmp_path):
    with transaction(engine) as session:
        for lon in (0.0, 0.0001, 0.045):
            factories.make_account(session, lat=0.0001, lon=lon, at=None)
    upload(dan, two_islands(ferry=False).write(tmp_path).read_bytes(), name="isles")
    work_off()
    page = dan.get("/roads/isles").text
    counts = re.findall(r'data-label="Accounts" class="num">(\d+)<', page)
    assert counts == ["2", "1"]
    assert "2 parts" in dan.get("/roads/").text


def test_accounts_are_checked_again_on_demand(dan, engine, work_off):
    upload(dan)
    work_off()
    with transaction(engine) as session:
        factories.make_account(session, name="New Shop")
    assert post_form(dan, "/roads/smalltown/account-checks").status_code == 303
    assert "Checking the accounts" in dan.get("/roads/smalltown").text
    work_off()
    assert "7 accounts with a pin checked" in dan.get("/roads/smalltown").text


def test_a_manager_reads_and_is_offered_nothing_to_change(dan, client_for, work_off):
    upload(dan)
    work_off()
    bob = client_for("bob")
    for path in ("/roads/", "/roads/smalltown"):
        page = bob.get(path).text
        assert page.count("<form") == 1, "signing out is the only form"
    assert upload(bob).status_code == 403
    assert post_form(bob, "/roads/smalltown/in-use").status_code == 403


@pytest.mark.parametrize(
    ("content", "file_name", "words"),
    [
        (b"", "town.osm", "town.osm is empty"),
        (b"name,city\n", "town.osm", "is not an OpenStreetMap extract"),
        (b"<osm></osm>", "town.osm.pbf", "is not an OpenStreetMap extract"),
        (b"PK", "town.zip", "ends in .osm.pbf or .osm"),
        (TOWN, "", "Say what to build"),
    ],
)
def test_a_file_that_cannot_be_an_extract_is_refused_at_once(dan, store, content, file_name, words):
    answer = upload(dan, content, file_name)
    assert answer.status_code == 400
    assert words in message(answer)
    assert uploads(store) == []


def test_a_damaged_extract_ends_with_a_sentence_and_the_old_roads(dan, store, work_off):
    upload(dan)
    work_off()
    before = store.open().network
    upload(dan, TOWN[: len(TOWN) // 2], name="smalltown")
    work_off()
    page = dan.get("/roads/").text
    assert "smalltown.osm is damaged or is not an OpenStreetMap extract" in page
    assert "The network in use is as it was." in page
    assert RoadStore(store.root).open().network == before
    assert post_form(dan, "/roads/smalltown/builds/dismissal").status_code == 303
    assert "is damaged" not in dan.get("/roads/").text
    assert uploads(store) == ["smalltown.osm"], "the file in use is still kept"


def test_a_killed_build_leaves_the_old_roads_and_is_done_again(
    dan, store, engine, work_off, monkeypatch
):
    upload(dan)
    work_off()
    before = store.open().network

    def die(*_, **__):
        raise KeyboardInterrupt  # as a process does that is ended in the middle

    with monkeypatch.context() as patched:
        patched.setattr(building, "EXTRAS", (die,))
        upload(dan, TOWN.replace(b"Main Street", b"Long Street"))
        with pytest.raises(KeyboardInterrupt):
            work_off()
    assert RoadStore(store.root).open().network == before
    with transaction(engine) as session:
        row = job(session, "roads.build:smalltown")
        assert row.state == "running"
        row.state, row.lease_until, row.fence = "queued", None, row.fence + 1  # its lease ran out
        session.add(row)
    assert "roads.build:smalltown" in work_off()
    assert RoadStore(store.root).open().network != before


def test_two_builds_of_one_name_do_not_mix(dan, store):
    upload(dan)
    answer = upload(dan, b"<osm></osm>", "other.osm", name="smalltown")
    assert answer.status_code == 409
    assert "is being built from smalltown.osm" in message(answer)
    assert uploads(store) == ["smalltown.osm"]


def test_only_admins_may_send_more_than_others(app, engine, settings, client_for, tmp_path):
    small = make_settings(tmp_path, engine, upload_limit_mb=1, extract_limit_mb=2)
    app.extensions["settings"] = small
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    padded = TOWN + b"<!--" + b"x" * (3 << 19) + b"-->"
    assert send_large(client_for("dan"), padded).status_code == 303
    assert send_large(client_for("bob"), padded).status_code == 413
    assert send_large(client_for(None), padded).status_code == 413
    answer = send_large(client_for("dan"), padded * 3)
    assert answer.status_code == 400
    assert "larger than 2 MB" in answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"way": "box", "box": "1,2,3"}, "A box is west,south,east,north"),
        ({"way": "box", "box": "0,0,9,9"}, "too large to fetch"),
        ({"way": "place", "place": " "}, "Say what to build"),
        ({"way": "place", "place": "Oslo", "country": "XX"}, "Choose the country"),
        ({"way": "place", "place": "Oslo", "box": "24,60,24.1,60.1"}, "Give one of these"),
    ],
)
def test_a_wrong_place_or_box_is_named_where_it_was_typed(dan, form, words):
    answer = post_form(dan, "/roads/", form)
    assert answer.status_code == 400
    assert words in message(answer)


@pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")
def test_without_the_internet_a_place_fails_with_a_sentence_and_can_be_tried_again(
    dan, engine, work_off, monkeypatch
):
    def fail(*_, **__):
        raise requests.exceptions.ConnectionError("no route to host")

    monkeypatch.setattr(requests.Session, "send", fail)
    monkeypatch.setattr("time.sleep", lambda _: None)
    post_form(dan, "/roads/", {"way": "place", "place": "Piedmont, California", "use": "yes"})
    for _ in range(2):
        with transaction(engine) as session:
            row = job(session, "roads.build:piedmont-california")
            row.run_after = row.created_at
            session.add(row)
        work_off()
    page = dan.get("/roads/").text
    assert "OpenStreetMap cannot be reached" in page
    assert post_form(dan, "/roads/piedmont-california/builds").status_code == 303
    with transaction(engine) as session:
        row = job(session, "roads.build:piedmont-california")
        assert (row.state, row.payload["place"]) == ("queued", "Piedmont, California")


def test_a_network_nobody_built_is_not_there(dan):
    assert dan.get("/roads/atlantis").status_code == 404
    assert post_form(dan, "/roads/atlantis/in-use").status_code == 404
    assert post_form(dan, "/roads/atlantis/builds").status_code == 404
    assert dan.get("/roads/.uploads").status_code in (400, 404)


def test_a_damaged_network_is_shown_as_such(dan, store, work_off):
    upload(dan)
    work_off()
    shutil.rmtree(store.version_folder("smalltown") / "source")  # or it would be mended
    (store.version_folder("smalltown") / "report.json").write_text("")
    assert "cannot be read" in dan.get("/roads/").text
    assert "cannot be read" in dan.get("/roads/smalltown").text

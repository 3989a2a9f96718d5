import shutil
from datetime import UTC, datetime, timedelta

import pytest
import requests
from flask import Flask

from route_app.cli.roads import group
from route_app.db import transaction
from route_app.errors import Unavailable
from route_app.roads.road_server import RoadServer
from route_app.roads.store import RoadStore
from route_app.worker import work_off
from tests import factories, smalltown
from tests.roads.towns import crossing, one_way_block


@pytest.fixture
def bare(tmp_path):
    app = Flask(__name__)
    app.extensions["roads"] = RoadStore(tmp_path / "roads")
    app.cli.add_command(group)
    return app.test_cli_runner()


@pytest.fixture
def town(tmp_path):
    return str(crossing().write(tmp_path))


def test_it_builds_lists_and_routes(bare, town):
    built = bare.invoke(args=["roads", "build", town, "--country", "FI"])
    assert built.exit_code == 0, built.output
    assert "town: 4 ways" in built.stdout
    assert "OpenStreetMap" in built.stdout
    assert "0 %  Reading the roads of town.osm" in built.stderr
    assert "town: 4 ways" in bare.invoke(args=["roads", "list"]).stdout
    routed = bare.invoke(args=["roads", "route", "--", "-0.00045,0", "0,0.00045", "0.00045,0"])
    assert routed.exit_code == 0, routed.output
    assert "1. 0:12 min  0.1 km  Street 11, Street 12" in routed.stdout
    assert "In all" in routed.stdout
    turned = bare.invoke(
        args=["roads", "route", "--turns", "--slot", "peak", "--", "-0.00045,0", "0,0.00045"]
    )
    assert "50 m  Start on Street 11" in turned.stdout
    assert "50 m  Turn right onto Street 12" in turned.stdout
    assert "0 m  You are there: Street 12" in turned.stdout
    assert bare.invoke(args=["roads", "route", "--slot", "noon", "0,0", "0,1"]).exit_code == 2


def test_it_says_when_nothing_is_built(bare):
    assert "No roads are built yet" in bare.invoke(args=["roads", "list"]).stdout
    routed = bare.invoke(args=["roads", "route", "0,0", "0,0.001"])
    assert routed.exit_code == 1
    assert "flask roads build FILE" in routed.stderr


@pytest.mark.parametrize(
    "args",
    [[], ["x.osm", "--place", "Oslo"], ["--bbox", "1,2,3"], ["--bbox", "a,b,c,d"]],
)
def test_it_wants_one_source(bare, args):
    assert bare.invoke(args=["roads", "build", *args]).exit_code == 2


def test_it_refuses_a_file_that_is_not_there(bare, tmp_path):
    built = bare.invoke(args=["roads", "build", str(tmp_path / "no.osm")])
    assert built.exit_code == 1
    assert "There is no file no.osm" in built.stderr


def test_it_says_when_it_is_offline(bare, monkeypatch):
    def fail(*_, **__):
        raise requests.exceptions.ConnectionError("no route to host")

    monkeypatch.setattr(requests.Session, "send", fail)
    monkeypatch.setattr("time.sleep", lambda _: None)
    built = bare.invoke(args=["roads", "build", "--place", "Piedmont, California"])
    assert built.exit_code == 1
    assert "cannot be reached" in built.stderr


@pytest.mark.parametrize("place", ["here", "1", "91,0", "1,2,3"])
def test_it_refuses_what_is_no_place(bare, place):
    assert bare.invoke(args=["roads", "route", place, "0,0"]).exit_code == 2


def test_it_wants_two_places(bare):
    assert bare.invoke(args=["roads", "route", "0,0"]).exit_code == 2


def test_it_names_a_damaged_network_and_goes_on(bare, town, tmp_path):
    bare.invoke(args=["roads", "build", town])
    store = RoadStore(tmp_path / "roads")
    shutil.rmtree(store.version_folder("town") / "source")  # or it would be mended
    (store.version_folder("town") / "report.json").write_text("")
    with pytest.raises(Unavailable):
        store.report("town")
    listed = bare.invoke(args=["roads", "list"])
    assert listed.exit_code == 0
    assert "Build the network again" in listed.stdout


def test_it_is_built_later_by_the_worker(app, engine, settings, town):
    runner = app.test_cli_runner()
    asked = runner.invoke(args=["roads", "build", town, "--name", "big", "--later"])
    assert asked.exit_code == 0, asked.output
    assert "The worker will build big" in asked.stdout
    store = RoadStore(settings.data_dir / "roads")
    assert store.names() == ()
    assert work_off(engine, settings)[0] == "roads.build:big"
    assert store.in_use() == "big"


def test_what_cannot_be_built_later_is_said_at_once(app, tmp_path, town):
    runner = app.test_cli_runner()
    empty = tmp_path / "empty.osm"
    empty.touch()
    for path, words in ((empty, "is empty"), (tmp_path / "no.osm", "There is no file no.osm")):
        asked = runner.invoke(args=["roads", "build", str(path), "--later"])
        assert asked.exit_code == 1
        assert words in asked.stderr
    asked = runner.invoke(args=["roads", "build", town, "--later", "--country", "XX"])
    assert asked.exit_code == 1
    assert list(tmp_path.glob("roads/.uploads/*/*")) == [], "nothing is left behind"


def test_health_says_what_answers(bare, town):
    nothing = bare.invoke(args=["roads", "health"])
    assert nothing.exit_code == 0
    assert "straight lines" in nothing.stdout
    bare.invoke(args=["roads", "build", town])
    well = bare.invoke(args=["roads", "health"])
    assert well.exit_code == 0
    for said in ("Engine:", "Network:      town@", "State:        answers", "Looked at in:", "ms"):
        assert said in well.stdout
    wrong = bare.invoke(args=["roads", "health", "--name", "nowhere"])
    assert wrong.exit_code == 1
    assert "no road network named nowhere" in wrong.stderr


@pytest.mark.parametrize(("when_down", "code"), [("fallback", 0), ("fail", 1)])
def test_health_of_a_server_that_is_away(tmp_path, town, when_down, code):
    app = Flask(__name__)
    server = RoadServer("http://user:hush@127.0.0.1:9", when_down=when_down, retries=0)
    app.extensions["roads"] = RoadStore(tmp_path / "roads", server=server)
    app.cli.add_command(group)
    runner = app.test_cli_runner()
    runner.invoke(args=["roads", "build", town])
    told = runner.invoke(args=["roads", "health"])
    assert told.exit_code == code, told.output
    assert "The OSRM server cannot be reached" in told.stdout
    assert "hush" not in told.output
    assert ("Drive times come from town@" in told.stdout) is (when_down == "fallback")
    assert ("Nothing is planned meanwhile" in told.stdout) is (when_down == "fail")


def test_it_learns_from_the_check_ins(app, cast, engine):
    with transaction(engine) as session:
        for day in range(1, 6):
            begin = datetime.now(UTC).replace(hour=9, minute=0) - timedelta(days=day)
            for name, hours in (("bakery", 0), ("florist", 1)):
                factories.make_check_in(
                    session,
                    account_id=cast[name],
                    rep_id=cast["alice"],
                    started_at=begin + timedelta(hours=hours),
                    ended_at=begin + timedelta(hours=hours, minutes=45),
                )
    told = app.test_cli_runner().invoke(args=["roads", "calibrate"])
    assert told.exit_code == 0, told.output
    assert "Learned from 5 drives" in told.stdout
    assert "estimate, off_peak: factor" in told.stdout


def test_it_exports_a_network_for_osmnx(bare, town, tmp_path):
    assert bare.invoke(args=["roads", "export", "x.graphml"]).exit_code == 1
    bare.invoke(args=["roads", "build", town])
    out = tmp_path / "out.graphml"
    done = bare.invoke(args=["roads", "export", str(out)])
    assert done.exit_code == 0, done.output
    assert "5 nodes, 8 edges. Load it with osmnx.load_graphml." in done.stdout
    again = bare.invoke(args=["roads", "build", str(out), "--name", "again"])
    assert "again: " in again.stdout
    refused = bare.invoke(args=["roads", "export", str(tmp_path / "out.gpkg")])
    assert "Give the file the ending .graphml" in refused.stderr
    unknown = bare.invoke(args=["roads", "export", str(out), "--name", "atlantis"])
    assert "no road network named atlantis" in unknown.stderr


@pytest.fixture
def asking(app, roads):
    app.extensions["roads"] = roads
    return app.test_cli_runner()


def test_it_finds_an_address_with_quality_and_reason(asking):
    found = asking.invoke(args=["roads", "geocode", "Main Street 15, Smalltown"])
    assert found.exit_code == 0, found.output
    line, place, why = found.stdout.splitlines()
    assert "Main Street" in line
    assert place.startswith("62.")
    assert why == "exact: The address is in the map. (by local)"
    named = asking.invoke(args=["roads", "geocode", "Main Street 15", "--name", "smalltown"])
    assert named.stdout.splitlines()[1] == place


def test_it_tells_the_address_of_a_place(asking):
    place = smalltown.JUNCTIONS["B2"]
    found = asking.invoke(args=["roads", "geocode", f"--reverse={place.lat},{place.lon}"])
    assert found.exit_code == 0, found.output
    assert "Smalltown" in found.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["Qwertz 99"], "Check the spelling"),
        (["PO Box 5"], "post-office box"),
        (["P.O. Box 123, Smalltown"], "post-office box"),
        (["99999"], "A postcode alone is not enough"),
        ([], "Give an address, or --reverse"),
        (["Main Street", "--reverse=1,1"], "Give an address, or --reverse"),
        (["--reverse=north"], "is not a place"),
        (["Main Street", "--name", "nowhere"], "nowhere"),
    ],
)
def test_it_says_what_to_do_where_nothing_is_found(asking, args, words):
    found = asking.invoke(args=["roads", "geocode", *args])
    assert found.exit_code != 0
    assert words in found.output


def test_without_an_address_book_it_says_how_to_get_one(app):
    found = app.test_cli_runner().invoke(args=["roads", "geocode", "Main Street"])
    assert "flask roads build" in found.output


def test_it_says_and_decides_which_network_is_in_use(bare, town, tmp_path):
    first = bare.invoke(args=["roads", "build", town])
    assert "town is in use now." in first.stdout
    other = str(one_way_block().write(tmp_path, "block.osm"))
    built = bare.invoke(args=["roads", "build", other, "--no-use"])
    assert "town stays in use. To change that: flask roads use block" in built.stdout
    assert "block is in use now." in bare.invoke(args=["roads", "use", "block"]).stdout
    listed = bare.invoke(args=["roads", "list"]).stdout
    assert "In use: block" in listed
    refused = bare.invoke(args=["roads", "remove", "block"], input="y")
    assert refused.exit_code == 1
    assert "Put another network to use first" in refused.output
    assert bare.invoke(args=["roads", "remove", "town"], input="n").exit_code == 1
    assert "town is removed." in bare.invoke(args=["roads", "remove", "town", "--yes"]).stdout
    assert RoadStore(tmp_path / "roads").names() == ("block",)
    assert bare.invoke(args=["roads", "use", "town"]).exit_code == 1

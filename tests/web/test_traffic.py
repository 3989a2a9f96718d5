import json
import re

import pytest

from route_app.roads.bundled import bundled_extract
from route_app.roads.store import RoadStore
from tests.conftest import post_form


@pytest.fixture
def dan(client_for):
    return client_for("dan")


@pytest.fixture
def store(settings):
    return RoadStore(settings.data_dir / "roads")


def test_an_admin_sees_what_each_slot_does(dan):
    page = dan.get("/roads/traffic").text
    assert 'value="Mo-Fr 07:00-09:00,16:00-18:30"' in page
    assert 'name="times-peak-primary"' in page
    assert "These are the usual values" in page
    assert "Reset to defaults" not in page
    assert "With a network in use" in page
    assert 'href="/roads/traffic"' in dan.get("/roads/").text


def test_a_manager_may_look(client_for):
    page = client_for("bob").get("/roads/traffic").text
    assert "× 1.3" in page
    assert "<input" not in page.split("<main", 1)[1]


def test_what_is_saved_is_driven_by_and_says_who_changed_it(dan, store):
    answer = post_form(dan, "/roads/traffic", {"times-peak-primary": "1.9", "lights-peak": "11"})
    assert (answer.status_code, answer.location) == (303, "/roads/traffic")
    assert store.profile().slots["peak"].multiplier("primary") == 1.9
    assert store.profile().slots["peak"].signal_s == 11
    page = dan.get("/roads/traffic").text
    assert re.search(r"Changed by Dan\b[^<]*, ", page)
    assert 'value="1.9"' in page
    assert "Reset to defaults" in page


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(dan, store):
    given = {"times-peak-primary": "very", "hours-shoulder": "rush", "times-peak-minor": "1.7"}
    answer = post_form(dan, "/roads/traffic", given)
    assert answer.status_code == 400
    assert "2 entries need another look" in answer.text
    assert 'value="very"' in answer.text
    assert 'value="rush"' in answer.text
    assert 'value="1.7"' in answer.text
    assert 'aria-describedby="times-peak-primary-error"' in answer.text
    assert not (store.root / "profile.json").exists()


def test_what_a_change_would_do_is_shown_before_it_is_saved(dan, store):
    store.build(bundled_extract(), name="helsinki", country="FI")
    page = dan.get("/roads/traffic").text
    now = re.findall(r"<dd>(\d+ min \d+ s)", page)
    assert len(set(now)) == 4, "shoulder and peak differ by less than a minute"
    slow = {f"times-peak-{group}": "6" for group in ("minor", "tertiary", "secondary", "primary")}
    page = post_form(dan, "/roads/traffic", {**slow, "preview": "yes"}).text
    would_be = re.findall(r"<dd>(\d+ min \d+ s)", page)
    assert would_be[:3] == now[:3]
    assert int(would_be[3].split()[0]) > 2 * int(now[3].split()[0])
    assert f"now {now[3]}" in page
    assert "Nothing is saved yet" in page
    assert not (store.root / "profile.json").exists()


def test_the_usual_values_come_back(dan, store):
    post_form(dan, "/roads/traffic", {"hours-peak": "Mo-Fr 06:00-10:00"})
    assert store.profile().hours["peak"] == "Mo-Fr 06:00-10:00"
    post_form(dan, "/roads/traffic/defaults", {})
    assert store.profile().hours["peak"] == "Mo-Fr 07:00-09:00,16:00-18:30"
    assert set(json.loads((store.root / "profile.json").read_text())) == {"changed"}


def test_a_profile_broken_by_hand_can_be_mended_here(dan, store):
    store.root.mkdir(parents=True, exist_ok=True)
    (store.root / "profile.json").write_text("{")
    page = dan.get("/roads/traffic").text
    assert "cannot be read" in page
    post_form(dan, "/roads/traffic", {"times-peak-primary": "1.5"})
    assert store.profile().slots["peak"].multiplier("primary") == 1.5


@pytest.mark.parametrize("at", ["yesterday", 7, "0001-01-01T00:00:00+14:00", ["x"]])
def test_a_moment_broken_by_hand_is_left_out(dan, store, at):
    store.root.mkdir(parents=True, exist_ok=True)
    (store.root / "profile.json").write_text(json.dumps({"changed": {"by": "Dan", "at": at}}))
    answer = dan.get("/roads/traffic")
    assert answer.status_code == 200
    assert "Changed by Dan." in answer.text

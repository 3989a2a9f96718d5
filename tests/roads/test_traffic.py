import json
from datetime import UTC, datetime

import pytest

from route_app.roads.profile import Profile, SlotFactors
from route_app.roads.slots import SLOTS
from route_app.roads.store import RoadStore
from route_app.roads.traffic import entries_of, read_entries, save, without_traffic
from tests.roads.towns import at, crossing

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_what_a_form_shows_is_read_back_as_the_same_profile():
    profile, wrong = read_entries(Profile(), entries_of(Profile()))
    assert (profile, wrong) == (Profile(), {})
    assert "hours-off_peak" not in entries_of(Profile())


def test_it_changes_what_is_said_and_keeps_the_rest():
    kept = Profile(turn_s=5, slots={**Profile().slots, "peak": SlotFactors({"service": 1.1})})
    given = {
        "hours-peak": " Mo-Fr  06:00-10:00 ",
        "times-peak-primary": "1,75",
        "lights-peak": "12",
    }
    profile, wrong = read_entries(kept, given)
    assert wrong == {}
    assert profile.hours["peak"] == "Mo-Fr 06:00-10:00"
    assert profile.slots["peak"].multiplier("primary_link") == 1.75
    assert profile.slots["peak"].multiplier("service") == 1.1
    assert profile.slots["peak"].signal_s == 12
    assert (profile.turn_s, profile.slots["shoulder"]) == (5, Profile().slots["shoulder"])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("times-peak-primary", "fast", "Give a number from 0.2 to 10."),
        ("times-peak-primary", "0.1", "Give a number from 0.2 to 10."),
        ("times-off_peak-minor", "nan", "Give a number from 0.2 to 10."),
        ("lights-shoulder", "-1", "Give a number from 0 to 300."),
        ("lights-shoulder", "", "Give a number from 0 to 300."),
        ("hours-peak", "", "Give the hours, such as Mo-Fr 07:00-09:00, or off if there are none."),
        ("hours-peak", "rush hour",
         "'rush hour' cannot be read. Write hours like Mo-Fr 07:00-09:00,16:00-18:30."),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_with_which_entry(name, text, message):
    profile, wrong = read_entries(Profile(), {name: text})
    assert wrong == {name: message}
    assert profile == Profile()


def test_a_slot_may_have_no_hours():
    profile, wrong = read_entries(Profile(), {"hours-shoulder": "off"})
    assert wrong == {}
    assert entries_of(profile)["hours-shoulder"] == "off"


def test_an_open_store_drives_by_what_was_saved_without_a_restart(tmp_path):
    store = RoadStore(tmp_path / "roads")
    store.build(crossing().write(tmp_path), name="town")
    places = [at(0, -50), at(0, 50)]
    before = store.open().matrix(places, slot="peak").seconds[0, 1]
    other = RoadStore(store.root)  # as another process has it
    other.open()
    slots = {**Profile().slots, "peak": SlotFactors({"minor": 2.6})}
    save(store.root, Profile(slots=slots), by="Dan", at=NOW)
    for one in (store, other):
        assert one.open().matrix(places, slot="peak").seconds[0, 1] == 2 * before
    assert json.loads((store.root / "profile.json").read_text())["changed"] == {
        "by": "Dan",
        "at": "2026-03-02T10:00:00+00:00",
    }


def test_the_defaults_leave_what_is_no_traffic():
    slots = dict.fromkeys(SLOTS, SlotFactors())
    edited = Profile(turn_s=3, slots=slots, hours={"peak": "Mo 08:00-09:00"})
    assert without_traffic(edited) == Profile(turn_s=3)

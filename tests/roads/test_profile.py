import json
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from route_app.errors import InvalidInput
from route_app.roads.profile import (
    CLASSES,
    GROUPS,
    Changed,
    Profile,
    SlotFactors,
    read_changed,
    read_profile,
    usual_traffic,
    write_profile,
)
from route_app.roads.slots import DEFAULT_HOURS


def test_every_class_has_a_speed():
    assert set(Profile().speeds_kmh) == set(CLASSES)


def test_it_is_written_and_read_back(tmp_path):
    write_profile(Profile(turn_s=5), tmp_path / "p.json")
    assert read_profile(tmp_path / "p.json") == Profile(turn_s=5)


def test_what_a_file_leaves_out_keeps_its_default(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"speeds_kmh": {"service": 12}, "slots": {"peak": {"urban": 1.5}}}))
    profile = read_profile(path)
    assert profile.speeds_kmh["service"] == 12
    assert profile.speeds_kmh["primary"] == 65
    assert profile.slots["peak"].multiplier("primary") == 1.5
    assert profile.slots["peak"].multiplier("motorway_link") == 1.15
    assert profile.slots["off_peak"].multiplier("primary") == 1.0


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"colour": 1}', '{"speeds_kmh": {"rail": 50}}', '{"speeds_kmh": {"service": 0}}',
     '{"slots": {"night": {}}}', '{"slots": {"peak": {"urban": 99}}}', '{"turn_s": -1}',
     '{"maxspeed_factor": 9}', '{"slots": {"peak": {"multipliers": {"rail": 2}}}}',
     '{"slots": {"peak": {"urbane": 2}}}', '{"slots": {"peak": {"signal_s": -1}}}',
     '{"hours": {"peak": "now and then"}}', '{"hours": {"off_peak": "24/7"}}',
     '{"speeds_kmh": {"service": "fast"}}'],
)  # fmt: skip
def test_it_refuses_a_profile_that_makes_no_sense(tmp_path, text):
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        read_profile(path)


@pytest.mark.parametrize(
    ("entry", "value"),
    [(name, value)
     for name in ("maxspeed_factor", "fastest_kmh", "turn_s", "turn_bias", "oncoming_s",
                  "u_turn_s", "signal_group_m")
     for value in ("60", "fast", -5, None, True, 10_000, float("nan"), [60])]
    + [("country_limits", value) for value in ("no", "false", 0, 1, None)],
)  # fmt: skip
def test_every_entry_must_be_of_its_kind_and_range(tmp_path, entry, value):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({entry: value}))
    with pytest.raises(InvalidInput, match=f"^{entry} in the road profile must be "):
        read_profile(path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"speeds_kmh": {"service": "fast"}}, "The speed of service must be between 1 and 200"),
        ({"slots": {"peak": {"urban": "slow"}}}, "must multiply driving time by 0.2 to 10"),
        ({"slots": {"peak": {"multipliers": {"primary": None}}}}, "must multiply driving time"),
        ({"slots": {"peak": {"signal_s": "8"}}}, "lights must cost 0 to 300 seconds"),
        ({"hours": {"peak": 5}}, "The hours of peak must be text"),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(tmp_path, said, sentence):
    path = tmp_path / "p.json"
    path.write_text(json.dumps(said))
    with pytest.raises(InvalidInput, match=sentence):
        read_profile(path)


def test_read_only_tables_make_the_same_profile(tmp_path):
    usual = Profile()
    fixed = Profile(
        speeds_kmh=MappingProxyType(dict(usual.speeds_kmh)),
        slots=MappingProxyType(
            {
                **usual.slots,
                "peak": SlotFactors(MappingProxyType({**usual.slots["peak"].multipliers})),
            }
        ),
        hours=DEFAULT_HOURS,
    )
    assert fixed.digest == usual.digest
    write_profile(fixed, tmp_path / "p.json")
    assert json.loads((tmp_path / "p.json").read_text()) == {}


def test_every_class_but_the_ferry_is_in_one_group():
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert sorted([*grouped, "ferry"]) == sorted(CLASSES)


def test_a_class_may_differ_from_its_group_and_ferries_never_slow_down():
    slot = SlotFactors({"minor": 1.4, "service": 1.1, "motorway": 2})
    assert [slot.multiplier(kind) for kind in ("residential", "service", "primary", "ferry")] == [
        1.4,
        1.1,
        1,
        1,
    ]


def test_the_file_holds_what_differs_and_who_changed_it(tmp_path):
    path = tmp_path / "deep" / "profile.json"
    slots = {**Profile().slots, "peak": SlotFactors(usual_traffic(urban=1.6, motorway=1.2))}
    profile = Profile(slots=slots, country_limits=True)
    write_profile(profile, path, changed={"by": "Dan", "at": "2026-03-02T10:00:00+00:00"})
    assert set(json.loads(path.read_text())) == {"country_limits", "slots", "changed"}
    assert read_profile(path) == profile
    assert read_changed(path) == Changed("Dan", datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert read_changed(tmp_path / "none.json") == Changed()
    assert [entry.name for entry in path.parent.iterdir()] == ["profile.json"]


def test_the_two_numbers_of_old_are_still_understood(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(
        '{"slots": {"peak": {"urban": 2, "multipliers": {"primary": 3}, "signal_s": 9}}}'
    )
    peak = read_profile(path).slots["peak"]
    kinds = ("motorway", "trunk", "primary", "residential")
    assert [peak.multiplier(kind) for kind in kinds] == [1.15, 2, 3, 2]
    assert peak.signal_s == 9


def test_the_digest_tells_profiles_apart():
    assert Profile().digest == Profile().digest
    assert Profile(hours={"peak": "Mo 08:00-09:00"}).digest != Profile().digest
    assert Profile(turn_s=5).digest != Profile().digest


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"by": "Dan", "at": "yesterday"}, Changed("Dan")),
        ({"by": "Dan", "at": 20260302}, Changed("Dan", datetime(2026, 3, 2, tzinfo=UTC))),
        ({"by": "Dan", "at": ["2026-03-02"]}, Changed("Dan")),
        ({"by": "Dan", "at": "0001-01-01T00:00:00+14:00"}, Changed("Dan")),
        ({"by": "Dan", "at": "9999-12-31T23:00:00-14:00"}, Changed("Dan")),
        ({"at": "2026-03-02T10:00:00"}, Changed("", datetime(2026, 3, 2, 10, tzinfo=UTC))),
        ({"by": None, "at": None}, Changed()),
        ("Dan", Changed()),
        (None, Changed()),
        ([], Changed()),
    ],
)
def test_who_changed_it_is_read_for_what_it_is_worth(tmp_path, said, found):
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({"changed": said}))
    assert read_changed(path) == found
    for other in ("[]", "3", "{", '"changed"'):
        path.write_text(other)
        assert read_changed(path) == Changed()

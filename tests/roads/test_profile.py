import json

import pytest

from route_app.errors import InvalidInput
from route_app.roads.profile import CLASSES, Profile, SlotFactors, read_profile, write_profile


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
    assert profile.slots["peak"] == SlotFactors(urban=1.5)
    assert profile.slots["off_peak"].urban == 1.0


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"colour": 1}', '{"speeds_kmh": {"rail": 50}}', '{"speeds_kmh": {"service": 0}}',
     '{"slots": {"night": {}}}', '{"slots": {"peak": {"urban": 99}}}', '{"turn_s": -1}',
     '{"maxspeed_factor": 9}', '{"speeds_kmh": {"service": "fast"}}'],
)  # fmt: skip
def test_it_refuses_a_profile_that_makes_no_sense(tmp_path, text):
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        read_profile(path)

"""What ends an address and is no town."""

import pytest

from route_app.roads.regions import REGIONS
from route_app.roads.spelling import normal


@pytest.mark.parametrize(
    "name", ["California", "USA", "United States", "Finland", "New South Wales", "Österreich"]
)
def test_countries_and_states_are_no_towns(name: str) -> None:
    assert normal(name) in REGIONS


@pytest.mark.parametrize("name", ["San Francisco", "Luxembourg", "Helsinki"])
def test_towns_are(name: str) -> None:
    assert normal(name) not in REGIONS

"""An address found from its beginning, by keyboard alone, and what is saved of it."""

import pytest

from tests.e2e.test_journey import DESK, PHONE, open_as, troubles

__all__ = ["open_as", "troubles"]  # fixtures

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_a_suggestion_fills_the_form_and_places_the_pin(open_as, installation, viewport):
    page = open_as(installation.manager, viewport=viewport)
    page.goto("/accounts/new")
    field = page.get_by_role("combobox", name="Find an address")
    field.press_sequentially("mannerheimintie 3")
    lines = page.locator("li[role=option]")
    lines.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert page.get_by_text("© OpenStreetMap contributors").first.is_visible()

    field.press("ArrowDown")
    active = page.locator("li[role=option][aria-selected=true]")
    assert active.count() == 1
    assert field.get_attribute("aria-activedescendant") == active.get_attribute("id")
    box = active.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]

    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    field.press("ArrowDown")
    lines.first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    assert page.get_by_label("Street", exact=True).input_value() == "Mannerheimintie"
    assert page.get_by_label("House number").input_value().startswith("3")
    assert page.get_by_label("Latitude").input_value().startswith("60.1")


def test_a_whole_address_is_looked_up_with_enter_and_an_unknown_one_is_told(
    open_as, installation, troubles
):
    page = open_as(installation.manager, viewport=DESK)
    page.goto("/accounts/new")
    field = page.get_by_role("combobox", name="Find an address")
    field.fill("Manerheimintie 3, Helsinki")
    field.press("Enter")
    page.get_by_text("the pin is set. Read as “Mannerheimintie”").wait_for()
    assert page.get_by_label("Longitude").input_value().startswith("24.9")
    field.fill("Qwertz 99")
    field.press("Enter")
    page.get_by_text("This address is not on the map.").wait_for()
    assert len(troubles) == 1  # the browser's own word on the 404
    troubles.clear()


def test_enter_fills_the_address_and_pins_no_town(open_as, installation):
    page = open_as(installation.manager, viewport=PHONE)
    page.goto("/accounts/new")
    field = page.get_by_role("combobox", name="Find an address")
    field.fill("Qwertz 6, Helsinki")
    field.press("Enter")
    page.get_by_text("Only the town was found. Check the street, or press the map.").wait_for()
    assert field.input_value() == "Qwertz 6, Helsinki"
    for label in ("Latitude", "Longitude", "City"):
        assert page.get_by_label(label).input_value() == ""

    field.fill("Bulevrdi 6, Helsinki")
    field.press("Enter")
    page.get_by_text("the pin is set. Read as “Bulevardi”").wait_for()
    told = {"Street": "Bulevardi", "House number": "6", "Postcode": "00120", "City": "Helsinki"}
    for label, value in told.items():
        assert page.get_by_label(label, exact=True).input_value() == value
    assert page.get_by_label("Latitude").input_value().startswith("60.1")

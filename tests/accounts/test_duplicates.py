import pytest

from route_app.accounts.duplicates import Known, TwoFit, address_of, same

BAKERY = {
    "id": "1", "external_id": "A-1", "name": "Anchor Bakery Oy", "street": "Main Street",
    "house_no": "4", "postcode": "00100", "city": "Smalltown", "lat": 62.0, "lon": 25.0,
}  # fmt: skip
KIOSK_NORTH = {"id": "2", "name": "R-Kiosk", "street": "North St", "postcode": "1", "city": "S"}
KIOSK_SOUTH = {"id": "3", "name": "R-Kiosk", "street": "South St", "postcode": "1", "city": "S"}
PINNED = {"id": "4", "name": "Pin Only", "lat": 62.0, "lon": 25.0}
KNOWN = Known([BAKERY, KIOSK_NORTH, KIOSK_SOUTH, PINNED])


@pytest.mark.parametrize(
    ("row", "id"),
    [
        ({"id": "1", "name": "Renamed"}, "1"),
        ({"external_id": "A-1", "name": "Renamed"}, "1"),
        ({"name": "anchor  bakery", "street": "MAIN STREET 4", "postcode": "00100"}, "1"),
        ({"name": "R Kiosk", "street": "South St", "postcode": "1"}, "3"),
        ({"name": "Pin only", "lat": 62.0005, "lon": 25.0}, "4"),
        ({"name": "Anchor Bakery"}, "1"),
        ({"name": "Anchor Bakery", "city": "smalltown"}, "1"),
        ({"name": "Anchor Bakery", "street": "Other Road", "postcode": "00100"}, None),
        ({"name": "Anchor Bakery", "external_id": "A-2"}, None),
        ({"name": "Pin only", "lat": 62.01, "lon": 25.0}, None),
        ({"name": "Bakery"}, None),
        ({"id": "unknown", "name": "New Place"}, None),
    ],
)
def test_a_row_finds_its_account(row, id):
    found = KNOWN.find(row)
    assert (found["id"] if found else None) == id


def test_a_name_two_accounts_bear_is_not_guessed_at():
    with pytest.raises(TwoFit, match="2 accounts are called “R-Kiosk”"):
        KNOWN.find({"name": "R-Kiosk"})


def test_names_compare_without_case_accents_and_legal_form():
    assert same("Café  de l'Été GmbH") == same("cafe de l ete")
    assert same("AB") == "ab"


def test_an_address_needs_a_street():
    assert address_of({"city": "Oulu"}) == ""
    assert address_of({"street": "Main St 4"}) == address_of({"street": "Main St", "house_no": "4"})

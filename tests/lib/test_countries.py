from route_app.lib.countries import NAMES


def test_every_country_has_a_code_of_two_letters_and_a_name_of_its_own():
    assert all(len(code) == 2 and code.isupper() for code in NAMES)
    assert len(set(NAMES.values())) == len(NAMES) > 240
    assert NAMES["FI"] == "Finland"


def test_they_are_in_the_order_of_a_list_to_choose_from():
    assert list(NAMES.values())[:2] == ["Afghanistan", "Albania"]

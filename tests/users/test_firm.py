import pytest

from route_app.errors import InvalidInput
from route_app.users.firm import checked_company


def test_it_tidies_what_is_right():
    values = {"name": " A  B ", "currency": " sek", "units": "mi", "country": "SE"}
    assert checked_company(values) == {
        "name": "A B", "currency": "SEK", "units": "mi", "country": "SE",
    }  # fmt: skip
    assert checked_company({}) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("country", ""),
        ("country", "fi"),
        ("time_zone", "Mars"),
        ("currency", "EURO"),
        ("units", "m"),
    ],
)
def test_it_names_the_field_that_is_wrong(column, value):
    with pytest.raises(InvalidInput) as refused:
        checked_company({column: value})
    assert refused.value.field == column


def test_it_knows_no_other_fields():
    with pytest.raises(InvalidInput, match="no field named is_demo"):
        checked_company({"is_demo": "yes"})

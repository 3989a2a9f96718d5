import pytest

from route_app.users.person import Role, SignedIn


def someone(name):
    return SignedIn("1", name, "zoe@x.example", Role.REP, None, "UTC", "km", "s")


@pytest.mark.parametrize(
    ("name", "first"), [("Zoe Ann Smith", "Zoe"), ("Zoe", "Zoe"), (" ", "zoe@x.example")]
)
def test_it_knows_a_first_name(name, first):
    assert someone(name).first_name == first


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        someone("Zoe").role = Role.ADMIN

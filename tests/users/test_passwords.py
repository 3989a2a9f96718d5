import pytest

from route_app.users import passwords
from tests.conftest import QUICK_HASHER, REAL_HASHER


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 10 characters"),
        ("a" * 129, "at most 128"),
        ("password1234", "too weak"),
        ("fieldbeat fieldbeat", "your name, your company's or the product's"),
    ],
)
def test_it_says_what_is_wrong_with_a_password(password, says):
    assert says in passwords.problem(password)


def test_it_takes_a_few_unrelated_words():
    assert passwords.problem("seven quiet green lanterns") is None


def test_it_takes_up_to_128_characters():
    assert passwords.problem("seven quiet green lanterns " * 4 + "x" * 20) is None


def test_names_of_user_and_company_make_a_password_weak():
    name = "halloway-wintersmith"
    assert passwords.problem(name) is None
    assert "too weak" in passwords.problem(name, known=("Zoe Halloway-Wintersmith",))


def test_the_right_password_matches_and_a_wrong_one_does_not():
    kept = QUICK_HASHER.hash("right one here")
    assert passwords.matches(kept, "right one here")
    assert not passwords.matches(kept, "wrong one here")


def test_nobody_has_the_password_that_stands_in_for_none():
    assert not passwords.matches(None, "nobody has this password")


def test_a_damaged_hash_matches_nothing():
    assert not passwords.matches("not a hash", "anything")


def test_a_weaker_hash_is_outdated_and_a_new_one_is_not(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    assert passwords.is_outdated(QUICK_HASHER.hash("x"))
    assert not passwords.is_outdated(passwords.make_hash("a new password"))


def test_a_hash_costs_a_thief_64_megabytes_a_guess():
    assert REAL_HASHER.memory_cost >= 64 * 1024
    assert REAL_HASHER.time_cost >= 3


def test_a_name_among_enough_other_words_is_no_harm():
    assert passwords.problem("zoe sails past green lanterns", known=("Zoe Lantern",)) is None

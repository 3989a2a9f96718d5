import pytest

from route_app.users.permissions import RIGHTS, Action, may
from route_app.users.person import Role


def test_every_role_has_its_rights():
    assert set(RIGHTS) == set(Role)


def test_every_action_is_for_somebody():
    assert set().union(*RIGHTS.values()) == set(Action)


def test_an_admin_may_all_that_a_manager_may():
    assert RIGHTS[Role.MANAGER] < RIGHTS[Role.ADMIN]


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (Role.REP, Action.CHECK_IN, True),
        (Role.REP, Action.SET_OWNER, False),
        (Role.REP, Action.EXPORT, False),
        (Role.MANAGER, Action.SET_OWNER, True),
        (Role.MANAGER, Action.CHECK_IN, False),
        (Role.MANAGER, Action.EDIT_USERS, False),
        (Role.ADMIN, Action.EDIT_USERS, True),
    ],
)
def test_it_is_the_table(role, action, allowed):
    assert may(role, action) is allowed

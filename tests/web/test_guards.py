import pytest
from flask import session as browser

from route_app.errors import NotAllowed, NotFound, NotSignedIn
from route_app.users.permissions import Action
from route_app.web import guards


@pytest.fixture
def asked_by(app, client_for):
    """A request by one of the cast, in which guards can be called."""
    opened = []

    def ask(name):
        client = client_for(name)
        cookie = client.get_cookie("fieldbeat")
        headers = {"Cookie": f"fieldbeat={cookie.value}"} if cookie else {}
        leave()
        opened.append(app.test_request_context("/", headers=headers))
        opened[0].push()

    def leave():
        while opened:
            opened.pop().pop()

    yield ask
    leave()


def test_nobody_is_nobody(asked_by):
    asked_by(None)
    for guard in (guards.anyone, guards.rep, guards.manager, guards.admin):
        with pytest.raises(NotSignedIn):
            guard()
    assert not browser


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("alice", {"anyone", "rep"}),
        ("bob", {"anyone", "manager"}),
        ("dan", {"anyone", "manager", "admin"}),
    ],
)
def test_each_role_passes_its_guards(asked_by, name, allowed):
    asked_by(name)
    for guard in ("anyone", "rep", "manager", "admin"):
        if guard in allowed:
            assert getattr(guards, guard)().email == f"{name}@smalltown.example"
        else:
            with pytest.raises(NotAllowed):
                getattr(guards, guard)()


def test_an_action_is_for_the_roles_of_the_table(asked_by):
    asked_by("bob")
    assert guards.may(Action.SET_OWNER).name == "Bob"
    with pytest.raises(NotAllowed):
        guards.may(Action.EDIT_USERS)


@pytest.mark.parametrize(
    ("name", "sees"),
    [("alice", True), ("carol", False), ("bob", True), ("erin", False), ("dan", True)],
)
def test_alices_account_and_day_are_for_her_line_only(asked_by, cast, name, sees):
    asked_by(name)
    user = guards.anyone()
    if sees:
        assert guards.account_for(user, cast["bakery"]).name == "Anchor Bakery"
        assert guards.rep_for(user, cast["alice"]).name == "Alice North"
        return
    with pytest.raises(NotFound):
        guards.account_for(user, cast["bakery"])
    with pytest.raises(NotFound):
        guards.rep_for(user, cast["alice"])


def test_an_unowned_account_is_the_admins_alone(asked_by, cast, session):
    from tests.factories import make_account

    account = make_account(session, owner_id=None)
    session.commit()
    asked_by("dan")
    assert guards.account_for(guards.anyone(), account.id).id == account.id
    asked_by("bob")
    with pytest.raises(NotFound):
        guards.account_for(guards.anyone(), account.id)


def test_a_manager_is_no_rep(asked_by, cast):
    asked_by("dan")
    with pytest.raises(NotFound):
        guards.rep_for(guards.anyone(), cast["bob"])
    with pytest.raises(NotFound):
        guards.rep_for(guards.anyone(), "nobody")

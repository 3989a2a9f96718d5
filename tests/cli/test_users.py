import re

import pytest

from route_app.db import transaction
from route_app.users import queries
from tests.conftest import PASSWORD, post_form


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def command(*words, **options):
        return runner.invoke(args=["users", *words], **options)

    return command


def path_in(text):
    return re.search(r"http://127\.0\.0\.1:8000(/invitations/[\w-]+)", text)[1]


def test_an_empty_installation_gets_a_link_for_its_first_admin(run, app):
    answer = run("first-admin-link")
    assert answer.exit_code == 0
    assert "Set up your company" in app.test_client().get(path_in(answer.output)).text


def test_there_is_no_first_admin_link_once_there_is_an_admin(run, cast):
    answer = run("first-admin-link")
    assert answer.exit_code == 1
    assert "There is an admin already." in answer.output


def test_a_user_is_added_with_a_link(run, app, engine, cast):
    answer = run(
        "create", "--email", "zoe@x.example", "--name", "Zoe", "--manager", "bob@smalltown.example"
    )
    assert answer.exit_code == 0
    assert "Welcome, Zoe" in app.test_client().get(path_in(answer.output)).text
    with transaction(engine) as session:
        assert queries.user_by_email(session, "zoe@x.example").manager_id == cast["bob"]


def test_a_user_can_be_added_with_a_password(run, app, cast):
    words = ("create", "--email", "zoe@x.example", "--name", "Zoe", "--role", "admin", "--password")
    answer = run(*words, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    client = app.test_client()
    data = {"email": "zoe@x.example", "password": PASSWORD}
    assert post_form(client, "/sign-in", data).location == "/accounts/"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--email", "alice@smalltown.example", "--name", "A"), "uses the e-mail"),
        (("--email", "nonsense", "--name", "A"), "not an e-mail address"),
        (("--email", "a@b.c", "--name", "A", "--manager", "who@x"), "Nobody signs in with who@x"),
    ],
)
def test_it_says_what_is_wrong(run, cast, words, says):
    answer = run("create", *words)
    assert answer.exit_code == 1
    assert says in answer.output


def test_everybody_is_listed(run, cast):
    lines = run("list").output.splitlines()
    assert "alice@smalltown.example\trep\tactive\tAlice North" in lines
    assert len(lines) == 5


def test_a_reset_link_is_made(run, app, cast):
    answer = run("reset-link", "alice@smalltown.example")
    assert "Set a new password" in app.test_client().get(path_in(answer.output)).text
    assert "Nobody signs in" in run("reset-link", "nobody@x.example").output

"""Commands of the database, and what every command says where a person can do something."""

import pytest

from route_app.app import create_app
from route_app.settings import Settings
from tests.conftest import make_settings


@pytest.fixture
def flask(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=list(map(str, words)))


@pytest.fixture
def empty(tmp_path):
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    app = create_app(Settings(_env_file=None, data_dir=tmp_path, database_url=url))
    yield app.test_cli_runner()
    app.extensions["engine"].dispose()


@pytest.mark.parametrize("command", ["upgrade", "downgrade"])
def test_a_version_nobody_knows_is_named(flask, command):
    done = flask("db", command, "nonsense")
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert "nonsense" in done.output


@pytest.mark.parametrize(
    "words", [("accounts", "list"), ("users", "list"), ("worker", "status"), ("territory", "list")]
)
def test_without_tables_every_command_says_how_to_make_them(empty, words):
    done = empty.invoke(args=list(words))
    assert done.exit_code == 1
    assert "db upgrade" in done.output


def test_a_file_that_cannot_be_written_is_named(flask, cast, tmp_path):
    nowhere = tmp_path / "no" / "accounts.csv"
    done = flask("accounts", "export", nowhere)
    assert done.exit_code == 1
    assert f"{nowhere} cannot be used: No such file" in done.output


def test_a_backup_into_no_folder_is_refused(flask, tmp_path):
    done = flask("db", "backup", tmp_path / "no" / "copy.sqlite")
    assert done.exit_code == 1
    assert "There is no folder" in done.output


def test_a_mistake_of_ours_still_shows_where_it_is(tmp_path, engine, monkeypatch):
    from route_app.cli import users

    def broken(_session):
        raise RuntimeError("ours")

    app = create_app(make_settings(tmp_path, engine))
    app.extensions["engine"].dispose()
    app.extensions["engine"] = engine
    monkeypatch.setattr(users.queries, "everybody", broken)
    done = app.test_cli_runner().invoke(args=["users", "list"])
    assert isinstance(done.exception, RuntimeError)

"""Whether the process lives, and whether it can serve."""

from route_app import migrations
from route_app.db import create_engine


def test_a_living_process_says_so_to_anybody(app):
    assert app.test_client().get("/healthz").json == {"ok": True}


def test_a_migrated_database_is_ready(app):
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["schema"] == answer.json["schema_wanted"] == migrations.head()


def test_a_database_without_tables_is_not_ready(app, tmp_path):
    app.extensions["engine"] = create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    answer = app.test_client().get("/readyz")
    app.extensions["engine"].dispose()
    assert answer.status_code == 503
    assert answer.json["ok"] is False


def test_a_database_that_is_away_is_not_ready(app):
    app.extensions["engine"] = create_engine("postgresql://nobody@127.0.0.1:1/nothing")
    answer = app.test_client().get("/readyz")
    app.extensions["engine"].dispose()
    assert answer.status_code == 503
    assert answer.json["schema"] == "away"

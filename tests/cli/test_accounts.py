import pytest
from sqlmodel import Session, select

from route_app.lib.tabular import read_table
from route_app.models import Account

LIST = "id,name,city,tier\nST-bakery,Anchor Bakery,Oulu,\nN-1,New Shop,Turku,A\nN-2,Broken,,Z\n"


@pytest.fixture
def flask(app, cast):
    runner = app.test_cli_runner()
    return lambda *words, **options: runner.invoke(args=["accounts", *map(str, words)], **options)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    return path


def _count(engine):
    with Session(engine) as session:
        return len(session.exec(select(Account)).all())


def test_a_dry_run_says_what_would_change_and_changes_nothing(flask, file, engine):
    done = flask("import", file, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "3 rows: 1 new, 1 changed, 0 unchanged, 1 refused" in done.output
    assert "Row 4: Tier (A to D): “Z” is not a tier" in done.output
    assert "Nothing was changed" in done.output
    assert _count(engine) == 6


def test_it_imports_and_a_second_time_there_is_nothing_to_do(flask, file, engine):
    done = flask("import", file, "--yes")
    assert "Imported: 1 new, 1 changed" in done.output
    assert _count(engine) == 7
    assert "nothing to import" in flask("import", file, "--yes").output


def test_it_asks_before_it_imports(flask, file, engine):
    assert flask("import", file, input="n\n").exit_code == 1
    assert _count(engine) == 6


@pytest.mark.parametrize(
    ("text", "words"), [("", "empty"), ("a,b\n1,2\n", "No column holds"), ("name\n", "no rows")]
)
def test_a_list_that_cannot_be_used_ends_with_a_sentence(flask, tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    done = flask("import", path, "--yes")
    assert done.exit_code == 1
    assert words in done.output


def test_an_encoding_can_be_told(flask, tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes("name\nMüller\n".encode("cp850"))
    flask("import", path, "--yes", "--encoding", "cp850")
    assert "Müller" in flask("list", "--search", "ller").output


def test_it_lists_accounts_with_owner_and_state(flask):
    output = flask("list", "--search", "anchor").output
    assert "Anchor Bakery\tA\tSmalltown\tnever\tAlice North" in output
    assert "1 of 1 accounts." in output


def test_an_export_imports_without_a_change(flask, tmp_path):
    path = tmp_path / "out.csv"
    assert "6 accounts written" in flask("export", path).output
    assert len(read_table(path.read_bytes()).rows) == 6
    assert "6 unchanged, 0 refused" in flask("import", path, "--dry-run").output

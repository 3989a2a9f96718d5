"""Every endpoint, asked by everybody: the table in rights_table.py is the whole truth."""

import io
import re
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from route_app.db import transaction
from route_app.models import metadata
from route_app.users import service
from tests.conftest import PASSWORD, csrf_token
from tests.web.rights_table import ROLES, ROWS, Row, make_world

MEANING = {"s": "sign in", "f": "403", "n": "404", "c": "409", "o": "done or shown"}


@pytest.fixture
def world(engine, password_hash):
    """A function that makes the world anew, and returns what is in it by name."""

    def make() -> dict[str, str]:
        with transaction(engine) as session:
            for table in reversed(metadata.sorted_tables):
                session.connection().execute(table.delete())
            ids = make_world(session, password=PASSWORD, password_hash=password_hash)
            tokens = {}
            for name in ROLES:
                if name:
                    tokens[name] = service.sign_in(session, user_id=ids[name], days=30)
            spare = service.sign_in(session, user_id=ids["alice"], days=30)
        from route_app.users.tokens import digest

        return (
            ids
            | {f"{name}_token": token for name, token in tokens.items()}
            | {"alices_device": digest(spare)}
        )

    return make


def test_every_endpoint_has_its_rows(app, world):
    found = {_endpoint(app, row, world()) for row in ROWS}
    missing = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if (rule.endpoint, method) not in found
    }
    assert not missing, "Add a row to tests/web/rights_table.py for each of these."


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(app, world, row):
    assert len(row.who) == len(ROLES)
    ids, used = world(), False
    for name, expected in zip(ROLES, row.who, strict=True):
        if used:
            ids = world()
        used = row.method != "GET" and expected == "o"
        answer = _ask(app, row, ids, name)
        got = _kind(answer)
        said = f"{name or 'anonymous'} got {answer.status_code} at {row}"
        assert got == expected, f"{said}, not {MEANING[expected]}: {_sentences(answer)}"
        answer.close()


def test_a_forbidden_write_changes_nothing(app, world, engine):
    """What is refused is refused before anything is written, not after."""
    ids = world()
    before = _rows(engine)
    for row in ROWS:
        if row.method == "GET":
            continue
        for name, expected in zip(ROLES, row.who, strict=True):
            if expected in "sfn":
                _ask(app, row, ids, name).close()
    assert _rows(engine) == before


def _ask(app, row: Row, ids: dict[str, str], name: str | None):
    client = app.test_client()
    if name:
        client.set_cookie("fieldbeat", ids[f"{name}_token"])
    ids = ids | {"own_rep": ids["carol" if name in ("carol", "erin") else "alice"]}
    options: dict[str, Any] = {"headers": {"Sec-Fetch-Site": "same-origin"}}
    if row.json is not None:
        options["headers"] |= {"X-Fieldbeat": "1", "Accept": "application/json"}
        options["json"] = _filled(row.json, ids)
    elif row.method != "GET":
        options["data"] = _filled(row.form or {}, ids) | {"csrf_token": csrf_token(client)}
        if row.file:
            file_name, text = row.file
            options["data"]["file"] = (io.BytesIO(_filled(text, ids).encode()), file_name)
    return client.open(row.url(ids), method=row.method, **options)


def _kind(answer) -> str:
    if answer.status_code == 401 or (answer.location or "").startswith("/sign-in?"):
        return "s"
    if (
        answer.status_code in (302, 303)
        and answer.location == "/sign-in"
        and "Max-Age=0" not in (" ".join(answer.headers.getlist("Set-Cookie")))
    ):
        return "s"
    if answer.status_code < 400:
        return "o"
    return {403: "f", 404: "n", 409: "c"}.get(answer.status_code, str(answer.status_code))


def _sentences(answer) -> str:
    """What an error page or JSON says, without the page around it."""
    if answer.is_json:
        return answer.json.get("error", "")
    found = re.findall(r'<p(?: class="(?:flash|field__error)"[^>]*)?>([^<]+)</p>', answer.text)
    return " ".join(found)


def _filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**ids)
    if isinstance(value, dict):
        return {key: _filled(inner, ids) for key, inner in value.items()}
    return value


def _endpoint(app, row: Row, ids: dict[str, str]) -> tuple[str, str]:
    adapter = app.url_map.bind("localhost")
    try:
        endpoint, _values = adapter.match(row.url(ids).partition("?")[0], method=row.method)
    except HTTPException as error:
        raise AssertionError(f"{row} leads nowhere: {error}") from error
    return endpoint, row.method


def _rows(engine) -> dict[str, list[Any]]:
    with transaction(engine, write=False) as session:
        return {
            table.name: sorted(map(repr, session.connection().execute(table.select())))
            for table in metadata.sorted_tables
            if table.name != "rate_bucket"  # a counted try is meant to stay
        }

import re

import pytest
from sqlmodel import select

from route_app.models import Company


def labels(page):
    row, menu = page.split("nav--menu")
    links = [
        re.findall(r'class="nav__link" href="([^"]+)"([^>]*)>([^<]+)<', one) for one in (row, menu)
    ]
    assert links[0] == links[1], "the row of a wide screen and the menu of a phone hold the same"
    return links[0]


@pytest.mark.parametrize(
    ("name", "first", "never"),
    [("alice", "/app/", "/users/"), ("bob", "/team/", "/users/"), ("dan", "/team/", "/app/")],
)
def test_each_role_is_offered_what_it_may_open(client_for, name, first, never):
    client = client_for(name)
    offered = [path for path, _rest, _label in labels(client.get("/devices").text)]
    assert offered[0] == first
    assert never not in offered
    for path in offered:
        assert client.get(path).status_code == 200, path


def test_the_place_one_is_at_is_marked(client_for):
    page = client_for("dan").get("/users/new").text
    marked = [label for _path, rest, label in labels(page) if 'aria-current="page"' in rest]
    assert marked == ["People"]


def test_a_page_can_be_used_by_keyboard_and_screen_reader(client_for):
    page = client_for("dan").get("/users/").text
    assert 'href="#main">Skip to the content' in page
    assert 'id="main" tabindex="-1"' in page
    assert 'role="status" aria-live="polite"' in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1


def test_a_refused_form_leads_back_to_where_it_was_typed(client_for):
    client = client_for("dan")
    refused = client.post("/users/", data={}, headers={"Referer": "http://localhost/users/new"})
    assert refused.status_code == 400
    assert 'href="http://localhost/users/new">Go back' in refused.text
    elsewhere = client.post("/users/", data={}, headers={"Referer": "http://evil.example/"})
    assert "evil.example" not in elsewhere.text


def test_an_error_page_needs_nobody_to_be_known(client_for):
    page = client_for("alice").get("/nope").text
    assert "Nothing here" in page
    assert "nav__link" not in page


def test_only_a_demo_company_says_that_it_is_one(client_for, session):
    assert ">Demo</span>" not in client_for("bob").get("/team/").text
    session.exec(select(Company)).one().is_demo = True
    session.commit()
    assert ">Demo</span>" in client_for("bob").get("/team/").text
    assert client_for("alice").get("/api/v1/me").json["me"]["is_demo"] is True

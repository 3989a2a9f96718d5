from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from route_app.models import CheckIn, Order
from tests import smalltown
from tests.conftest import send_json

ID = "a" * 32
SHOP = smalltown.JUNCTIONS["A3"]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def begin(cast):
    return {
        "id": ID,
        "account_id": cast["bakery"],
        "started_at": (NOW - timedelta(minutes=20)).isoformat(),
        "sent_at": NOW.isoformat(),
        "fix": {"lat": SHOP.lat, "lon": SHOP.lon, "accuracy_m": 14},
    }


END = {"outcome": "order", "ended_at": NOW.isoformat(), "order_value": 250, "note": "Twelve bags"}


def _begin(client, body):
    return send_json(client, "/api/v1/check-ins", body)


def _end(client, body, id=ID):
    return send_json(client, f"/api/v1/check-ins/{id}/end", body, method="PUT")


def test_it_begins_and_ends_a_visit(client_for, begin, session):
    alice = client_for("alice")
    answer = _begin(alice, begin)
    assert answer.status_code == 201
    assert answer.json["check_in"]["verification"] == "verified"
    answer = _end(alice, END)
    assert answer.status_code == 200
    assert answer.json["check_in"]["outcome_label"] == "Order taken"
    assert session.exec(select(CheckIn)).one().note == "Twelve bags"
    assert session.exec(select(Order)).one().value == 250


def test_it_answers_a_resend_the_same_and_stores_nothing_new(client_for, begin, session):
    alice = client_for("alice")
    first = _begin(alice, begin)
    again = _begin(alice, begin | {"sent_at": (NOW + timedelta(minutes=2)).isoformat()})
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert _end(alice, END).json == _end(alice, END).json
    assert len(session.exec(select(CheckIn)).all()) == 1
    assert len(session.exec(select(Order)).all()) == 1


def test_it_refuses_the_same_id_with_other_content(client_for, begin):
    alice = client_for("alice")
    _begin(alice, begin)
    answer = _begin(alice, begin | {"started_at": NOW.isoformat()})
    assert answer.status_code == 409
    assert answer.json["ok"] is False
    _end(alice, END)
    assert _end(alice, END | {"order_value": 300}).status_code == 409


def test_it_does_not_let_a_stranger_end_or_take_back_a_visit(client_for, begin, session):
    _begin(client_for("alice"), begin)
    carol = client_for("carol")
    assert _end(carol, END).status_code == 404
    assert send_json(carol, f"/api/v1/check-ins/{ID}", method="DELETE").status_code == 404
    assert _begin(carol, begin).status_code == 409
    assert session.exec(select(CheckIn)).one().outcome is None


def test_it_lets_a_rep_take_back_a_slip(client_for, begin, session):
    alice = client_for("alice")
    _begin(alice, begin)
    assert send_json(alice, f"/api/v1/check-ins/{ID}", method="DELETE").status_code == 200
    assert session.exec(select(CheckIn)).all() == []


@pytest.mark.parametrize(("name", "status"), [(None, 401), ("bob", 403), ("dan", 403)])
def test_it_is_for_reps(client_for, begin, name, status):
    client = client_for(name)
    assert _begin(client, begin).status_code == status
    assert _end(client, END).status_code == status


def test_it_does_not_begin_at_somebody_elses_account(client_for, begin, cast):
    answer = _begin(client_for("alice"), begin | {"account_id": cast["cafe"]})
    assert answer.status_code == 404
    assert answer.json["errors"][0]["field"] == "account_id"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "short"}, "id"),
        ({"id": "A" * 32}, "id"),
        ({"started_at": "2026-03-02T12:00:00"}, "started_at"),  # no time zone
        ({"started_at": 1_772_452_800}, "started_at"),
        ({"fix": {"lat": 91, "lon": 25, "accuracy_m": 5}}, "fix.lat"),
        ({"fix": {"lat": 61, "lon": 25, "accuracy_m": -5}}, "fix.accuracy_m"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_it_names_the_field_that_is_wrong(client_for, begin, change, field):
    answer = _begin(client_for("alice"), begin | change)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "nonsense"}, "outcome"),
        ({"order_value": -1}, "order_value"),
        ({"order_value": "250"}, "order_value"),
        ({"follow_up_on": "soon"}, "follow_up_on"),
        ({"note": "x" * 4_001}, "note"),
    ],
)
def test_it_keeps_a_visit_open_when_its_end_is_wrong(client_for, begin, session, change, field):
    alice = client_for("alice")
    _begin(alice, begin)
    answer = _end(alice, END | change)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == field
    assert session.exec(select(CheckIn)).one().outcome is None


def test_it_refuses_what_is_not_json(client_for):
    answer = client_for("alice").post(
        "/api/v1/check-ins",
        data="{not json",
        content_type="application/json",
        headers={"X-Fieldbeat": "1", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert answer.json["error"] == "The body is not JSON."


def test_it_refuses_another_site(client_for, begin):
    answer = client_for("alice").post(
        "/api/v1/check-ins",
        json=begin,
        headers={"X-Fieldbeat": "1", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("field", ["started_at", "sent_at"])
def test_an_instant_no_clock_can_show_is_refused(client_for, begin, field, at):
    answer = _begin(client_for("alice"), begin | {field: at})
    assert answer.status_code == 400
    assert field in answer.json["error"]


def test_a_phone_whose_clock_starts_in_1970_may_check_in(client_for, begin):
    told = {"started_at": "1970-01-01T00:10:00+00:00", "sent_at": "1970-01-01T00:30:00+00:00"}
    assert _begin(client_for("alice"), begin | told).status_code == 201


def test_a_body_far_larger_than_any_form_is_refused(client_for):
    answer = _end(client_for("alice"), END | {"note": "x" * 5_000_000})
    assert answer.status_code == 413

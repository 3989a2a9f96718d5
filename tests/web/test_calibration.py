"""The calibration page: what was learned, what was not, learning now, and forgetting."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlmodel import select

from route_app.calibration import service
from route_app.db import transaction
from route_app.models import (
    CalibrationReset,
    Job,
    ObservedDrive,
    TravelFactor,
    VisitLength,
)
from route_app.web.calibration import brief, minutes
from route_app.web.calibration_views import HEIGHT, WIDTH, brackets_of, chart_of
from tests import factories
from tests.conftest import post_form

NOW = datetime.now(UTC)
FACTORS = {"": 1.0, "off_peak": 1.3, "peak": 1.5}


@pytest.fixture
def learned(engine, cast):
    """Sixty drives of alice's, compared and kept, and what was learned from them."""
    chance = Random(1)
    with transaction(engine) as session:
        for number in range(60):
            told = chance.randrange(120, 1_500)
            real = round(1.3 * told * chance.lognormvariate(0, 0.2))
            call = factories.make_check_in(
                session, account_id=cast["bakery"], rep_id=cast["alice"],
                started_at=NOW - timedelta(hours=number + 1),
            )  # fmt: skip
            session.add(
                ObservedDrive(
                    check_in_id=call.id, territory_id=cast["north"], at=call.started_at,
                    slot="off_peak", basis="roads", network="x", predicted_s=told, actual_s=real,
                    expected_s=round(1.3 * told), low_s=round(told), high_s=round(1.7 * told),
                    dropped="" if number else "lunch",
                )
            )  # fmt: skip
        for territory, slot in (
            (None, ""), (None, "off_peak"), (None, "peak"), (cast["north"], "off_peak"),
        ):  # fmt: skip
            session.add(
                TravelFactor(
                    basis="roads", territory_id=territory, slot=slot, n=59, door_s=40, low=-0.25,
                    high=0.25, factor=FACTORS[slot], before_s=210, after_s=61, inside=0.78,
                )
            )  # fmt: skip
        session.add(
            VisitLength(
                tier="B", segment="Bakery", default_s=1_500, service_s=1_860, low_s=1_200,
                high_s=2_520, n=44,
            )
        )  # fmt: skip


@pytest.mark.parametrize("who", ["bob", "dan"])
def test_it_shows_what_was_learned_and_how_good_it_is(client_for, learned, who):
    page = client_for(who).get("/calibration/").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "59 of the last 90 days" in text
    assert "1 min 1 s it was 3 min 30 s before learning" in text
    assert "78 % of arrivals" in text
    assert "North , off-peak in plans Off-peak in plans 59 × 1.30" in text
    assert "All territories , peak Peak 59 × 1.50" in text
    assert "A plan drives the whole day by the off-peak factor" in text
    assert "Bakery , tier B 44 25 min 31 min 20 to 42 min" in text
    assert "It fell in the lunch hours and left time for lunch. 1" in text
    assert "No positions and no names." in text
    assert ("Reset the calibration" in page) == (who == "dan")


def test_the_chart_draws_each_drive_and_says_the_same_in_figures(client_for, learned):
    page = client_for("bob").get("/calibration/").text
    dots = page.count('class="scatter__in" cx') + page.count('class="scatter__out" d="M')
    beyond = re.search(r"(\d+) drives? longer than the chart", page)
    assert dots - 2 + (int(beyond[1]) if beyond else 0) == 59  # two stand in the legend
    assert 'role="img" aria-label="Chart of' in page
    assert "The same in figures" in page
    assert "Alice" not in page


def test_nothing_learned_says_what_is_wanted(client_for):
    page = client_for("dan").get("/calibration/").text
    assert "Nothing learned yet" in page
    assert "With 30 drives in a territory" in page
    assert "Reset the calibration" not in page


def test_few_drives_say_how_many_more_are_wanted(client_for, learned, engine):
    with transaction(engine) as session:
        for row in session.exec(select(TravelFactor)):
            row.n, row.before_s, row.after_s, row.inside = 12, None, None, None
    page = client_for("bob").get("/calibration/").text
    assert "18 more drives and the figures" in page
    assert "known from the second week on" in page


def test_learning_now_is_asked_for_and_followed(client_for, engine):
    client = client_for("bob")
    assert post_form(client, "/calibration/lessons").status_code == 303
    page = client.get("/calibration/").text
    assert "Learning from the check-ins" in page
    assert "Learn now" not in page
    with transaction(engine, write=False) as session:
        assert session.get_one(Job, service.LEARN).state == "queued"
    assert client_for("bob").get(f"/api/v1/jobs/{service.LEARN}").status_code == 200
    assert client_for("alice").get(f"/api/v1/jobs/{service.LEARN}").status_code == 404


def test_a_learning_that_failed_is_told(client_for, engine):
    with transaction(engine) as session:
        row = service.learn_later(session)
        row.state, row.error = "dead", "The roads are damaged."
    page = client_for("bob").get("/calibration/").text
    assert "The last learning did not end. The roads are damaged." in page


def test_a_reset_needs_its_box_ticked(client_for, learned, engine):
    answer = post_form(client_for("dan"), "/calibration/resets")
    assert answer.status_code == 400
    assert "Tick the box" in answer.text
    with transaction(engine, write=False) as session:
        assert session.exec(select(TravelFactor)).first()
        assert not session.exec(select(CalibrationReset)).first()


def test_a_reset_says_who_and_when_and_is_undone(client_for, learned, engine):
    client = client_for("dan")
    assert post_form(client, "/calibration/resets", {"sure": "yes"}).status_code == 303
    page = client.get("/calibration/").text
    assert "by Dan: drives before that do not count" in page
    assert "Nothing learned yet" in page
    assert "Undo the reset" not in client_for("bob").get("/calibration/").text
    assert post_form(client, "/calibration/resets/undoing").status_code == 303
    page = client.get("/calibration/").text
    assert "drives before that" not in page
    assert "Learning from the check-ins" in page


def test_the_roads_page_leads_there(client_for):
    assert 'href="/calibration/"' in client_for("bob").get("/roads/").text


def test_the_drawing_stays_in_its_frame(session, cast, learned):
    from route_app.calibration import queries

    found = queries.overview(session, now=datetime.now(UTC))
    chart = chart_of(found)
    assert chart is not None
    for points in (chart.band, chart.as_predicted, chart.as_learned):
        for corner in points.split():
            x, y = map(float, corner.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    assert len(chart.x_ticks) <= 7
    assert sum(one.n for one in brackets_of(found.points)) == 59
    assert brackets_of(()) == []


def test_spans_read_as_people_say_them():
    assert [brief(one) for one in (None, 0, 45, 60, 150, 599, 600, 1_560)] == [
        "", "0 s", "45 s", "1 min", "2 min 30 s", "9 min 59 s", "10 min", "26 min",
    ]  # fmt: skip
    assert (minutes(227), minutes(59.7)) == ("3:47", "1:00")

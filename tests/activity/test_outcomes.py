import pytest

from route_app.activity import outcomes
from route_app.activity.outcomes import OUTCOMES, Outcome, registry
from route_app.errors import InvalidInput
from route_app.models import CheckIn


def test_every_code_fits_its_column():
    column = CheckIn.__table__.c.outcome
    assert all(len(outcome.code) <= column.type.length for outcome in OUTCOMES)


def test_a_code_used_twice_is_refused():
    with pytest.raises(ValueError, match="'order' is there twice"):
        registry([*OUTCOMES, Outcome("order", "Another order", reached=True)])


@pytest.mark.parametrize("code", ["", "Order", "with space", "x" * 33, "ordre-é"])
def test_a_code_that_cannot_be_stored_is_refused(code):
    with pytest.raises(ValueError, match="cannot be an outcome's code"):
        registry([Outcome(code, "A label", reached=True)])


def test_a_label_too_long_for_a_button_is_refused():
    with pytest.raises(ValueError, match="1 to 40 signs"):
        registry([Outcome("long", "x" * 41, reached=True)])


def test_a_retired_outcome_is_readable_but_not_offered(monkeypatch):
    old = Outcome("waved", "Waved from the street", reached=False, retired=True)
    monkeypatch.setattr(outcomes, "OUTCOMES", (*OUTCOMES, old))
    monkeypatch.setattr(outcomes, "_BY_CODE", registry((*OUTCOMES, old)))
    assert outcomes.by_code("waved") is old
    assert outcomes.label("waved") == "Waved from the street"
    assert old not in outcomes.offered()


def test_an_unknown_code_is_refused_with_a_sentence():
    with pytest.raises(InvalidInput, match="Choose one from the list") as caught:
        outcomes.by_code("nonsense")
    assert caught.value.field == "outcome"


def test_a_visit_without_an_outcome_reads_as_under_way():
    assert outcomes.label(None) == "Under way"
    assert outcomes.known(None) is None


def test_only_an_order_asks_for_its_value():
    assert [outcome.code for outcome in OUTCOMES if outcome.asks == "order"] == ["order"]


def test_a_closed_door_does_not_count_as_reached():
    assert not outcomes.by_code("not_in").reached
    assert outcomes.by_code("no_order").reached

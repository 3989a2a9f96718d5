"""Two spellings of a name are made the same, in many languages."""

import pytest

from route_app.roads.spelling import cuts, mended, normal, spellings, stems, telling_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mission Street", "mission st."),
        ("Rue de la Liberté", "RUE DE LA LIBERTE"),
        ("Hauptstraße", "Hauptstrasse"),
        ("O'Farrell Street", "O’Farrell St"),
        ("North First Avenue", "n 1st ave"),
        ("St John Street", "Saint John St."),
        ("Northwest 5th Street", "NW Fifth St"),
        ("Sunset Boulevard", "Sunset Blvd."),
        ("Rua de São Bento", "R. de Sao Bento"),
        ("Avenida da Liberdade", "Av. da Liberdade"),
        ("Triq San Pawl", "Tr. San Pawl"),
        ("Ħal Qormi", "Hal Qormi"),
        ("Bahnhofstr.", "Bahnhofstraße"),
        ("The Embarcadero", "Embarcadero"),
        ("Plaza Mayor", "Pl. Mayor"),
        ("Smith and Sons", "Smith & Sons"),
    ],
)
def test_two_spellings_of_a_name_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_words_that_any_street_has_do_not_tell_it_from_others() -> None:
    assert telling_words("mission st") == {"mission"}
    assert telling_words("5th ave") == {"5th"}
    assert telling_words("ave") == {"ave"}


def test_a_name_without_its_umlauts_is_known_too() -> None:
    assert normal("Muehleweg") in spellings("Mühleweg")
    assert normal("Muhleweg") in spellings("Mühleweg")
    assert spellings("High Street") == ["high st"]


def test_a_full_stop_leaves_the_beginning_of_a_word() -> None:
    assert stems("Keskusk. 5") == ["keskusk"]
    assert stems("High St. 5") == []


def test_two_words_one_slip_apart_share_a_cut() -> None:
    for slip in ("maket", "marekt", "markett", "narket"):
        assert set(cuts("market")) & set(cuts(slip)), slip
    assert not set(cuts("market")) & set(cuts("mission"))


def test_slips_in_the_usual_words_are_put_right() -> None:
    assert mended("oak stret") == "oak st"
    assert mended("oak avenu") == "oak ave"
    assert mended("mission") == "mission"

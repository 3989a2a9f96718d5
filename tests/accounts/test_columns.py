import pytest

from route_app.accounts import header_words
from route_app.accounts.columns import LABELS, Choice, check, chosen, plain, propose
from route_app.errors import InvalidInput
from route_app.lib.tabular import read_table


def _fields(header, *rows, delimiter=";"):
    lines = [
        delimiter.join(header),
        *(delimiter.join(row) for row in rows or [["1"] * len(header)]),
    ]
    table = read_table("\n".join(lines).encode(), delimiter=delimiter)
    return [choice.field for choice in propose(table)]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            "Account Name;Street Address;House Number;ZIP Code;Town;Country;Lat;Lng;Phone;E-Mail;"
            "Owner Email;Visit Frequency;Duration;Last Visit;Opening Hours;Notes;Customer #",
            "name street house_no postcode city country lat lon phone email owner target_days "
            "service_min last_visit opening_hours visit_note external_id",
        ),
        (
            "Asiakasnumero;Yrityksen nimi;Katuosoite;Postinumero;Postitoimipaikka;Puhelin;"
            "Sähköposti;Asiakasluokka;Myyjä;Käyntiväli;Aukioloajat;Viimeisin käynti",
            "external_id name street postcode city phone email tier owner target_days "
            "opening_hours last_visit",
        ),
        (
            "Kunden-Nr.;Firma;Straße;Hausnr.;PLZ;Ort;Land;Telefon;Breitengrad;Längengrad;"
            "Ansprechpartner;Außendienst;Besuchsrhythmus;Öffnungszeiten;Bemerkungen",
            "external_id name street house_no postcode city country phone lat lon contact owner "
            "target_days opening_hours visit_note",
        ),
        (
            "N° client;Raison sociale;Adresse;Code postal;Ville;Pays;Téléphone;Courriel;"
            "Interlocuteur;Commercial;Fréquence;Dernière visite;Horaires",
            "external_id name street postcode city country phone email contact owner target_days "
            "last_visit opening_hours",
        ),
    ],
)
def test_headers_are_known_in_several_languages(header, fields):
    assert _fields(header.split(";")) == fields.split()


def test_a_misspelt_header_is_taken_for_the_one_it_is_like():
    table = read_table(b"Acount Name,Lattitude,Longtitude,Opening houres\nA,60.1,24.9,24/7\n")
    found = propose(table)
    assert [choice.field for choice in found] == ["name", "lat", "lon", "opening_hours"]
    assert {choice.how for choice in found} == {"alike"}


def test_columns_nobody_asked_for_are_left_alone():
    header = ["Name", "Fax", "Terr.", "Priority", "VAT no", "Margin", "Last order"]
    assert _fields(header) == ["name", None, None, None, None, None, None]


def test_no_field_is_used_twice():
    fields = _fields(["Customer", "Name", "Company name"])
    assert fields.count("name") == 1
    assert fields[1] == "name"


def test_a_latitude_that_holds_words_is_none():
    assert _fields(["Name", "Y"], ["Shop", "yes"], ["Bar", "no"]) == ["name", None]


def test_values_tell_what_a_header_does_not():
    rows = [
        ["Shop", "info@shop.example", "+358 40 1234567", "60.16991", "24.93842"],
        ["Bar", "mail@bar.example", "09 765 4321", "60.21001", "24.99111"],
    ]
    assert _fields(["Name", "Col B", "Col C", "Col D", "Col E"], *rows) == [
        "name", "email", "phone", "lat", "lon",
    ]  # fmt: skip


def test_a_list_without_a_header_is_guessed_from_its_cells():
    content = b'"Green Books","Jo Walker","25 Main Rd, Town, 01331",42.549441,-72.131514\n' * 2
    found = [choice.field for choice in propose(read_table(content))]
    assert found == ["name", None, "address", "lat", "lon"]


def test_a_list_without_a_name_is_refused_and_says_what_was_found():
    table = read_table(b"Foo,City\nx,Oulu\n")
    with pytest.raises(InvalidInput, match="“Foo”, “City”") as refused:
        check(propose(table))
    assert "Nimi" in refused.value.message


def test_the_same_field_chosen_twice_is_refused():
    with pytest.raises(InvalidInput, match="Two columns are set to “City”"):
        check([Choice("A", "name"), Choice("B", "city"), Choice("C", "city")])


def test_a_choice_of_a_person_is_kept():
    choices = chosen(("A", "B", "C"), {"A": "name", "B": ""})
    assert choices == (Choice("A", "name", "chosen"), Choice("B"), Choice("C"))


def test_an_unknown_field_is_refused():
    with pytest.raises(InvalidInput, match="not a column"):
        chosen(("A",), {"A": "password_hash"})


def test_every_word_belongs_to_one_field_and_every_field_has_a_label():
    assert set(header_words.WORDS) == set(LABELS)
    owners = {}
    for field, line in header_words.WORDS.items():
        for word in line.split(" | "):
            assert owners.setdefault(plain(word), field) == field, word
    aside = {plain(word) for word in header_words.SET_ASIDE.split(" | ")}
    assert aside & set(owners) == set()

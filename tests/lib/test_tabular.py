import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from route_app.lib import tabular
from route_app.lib.tabular import Unreadable, guarded, read_table, to_csv, unguarded
from route_app.settings import Settings

FINNISH = (
    "Nimi;Osoite;Kaupunki\r\nMäkelän Leipomo;Hämeentie 3;Jyväskylä\r\nÅke & Söner;Ölgatan 4;Åbo\r\n"
)


def _cells(table):
    return [row.cells for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(delimiter):
    text = "\n".join(delimiter.join(line) for line in (["name", "city"], ["A", "B"], ["C", "D"]))
    table = read_table(text.encode())
    assert table.delimiter == delimiter
    assert _cells(table) == [("A", "B"), ("C", "D")]


def test_a_comma_inside_semicolon_separated_cells_does_not_confuse():
    table = read_table(b"name;price;note\nA;1,5;x, y\nB;2,5;z, w\nC;3,5;v, u\n")
    assert table.delimiter == ";"
    assert _cells(table)[0] == ("A", "1,5", "x, y")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_it_reads_the_encodings_spreadsheets_write(encoding):
    table = read_table(FINNISH.encode(encoding), country="FI")
    assert table.header == ("Nimi", "Osoite", "Kaupunki")
    assert _cells(table)[0] == ("Mäkelän Leipomo", "Hämeentie 3", "Jyväskylä")


@pytest.mark.parametrize(
    ("country", "text", "page"),
    [
        ("FR", "nom,ville\nCafé de l'Été,Besançon\nÉcole,Orléans\n", "cp1252"),
        ("CZ", "nazev,mesto\nPražská pekárna,Žižkov\nŘezník,Děčín\n", "cp1250"),
        ("PL", "nazwa,miasto\nŻabka,Łódź\nŚwięty,Gdańsk\n", "cp1250"),
        ("FI", "name,city\nПекарня,Москва хлеб\nМагазин,Улица Ленина\n", "cp1251"),
        ("GR", "name,city\nΦούρνος,Αθήνα\nΑρτοποιείο,Πάτρα\n", "cp1253"),
    ],
)
def test_an_old_code_page_is_told_by_its_letters_and_the_country(country, text, page):
    table = read_table(text.encode(page), country=country)
    assert table.encoding == page
    assert table.rows[0].cells[0] == text.splitlines()[1].split(",")[0]
    assert "choose another encoding" in table.notes[0]


def test_an_encoding_that_was_told_is_used():
    table = read_table("name\nMüller\n".encode("cp850"), encoding="cp850")
    assert _cells(table) == [("Müller",)]


def test_an_encoding_nobody_knows_is_refused():
    with pytest.raises(Unreadable, match="is not an encoding"):
        read_table(b"name\nA\n", encoding="klingon")


def test_a_wrong_encoding_is_refused_with_what_to_do():
    with pytest.raises(Unreadable, match="cannot be read as utf-8"):
        read_table("name\nMüller\n".encode("cp1252"), encoding="utf-8")


def test_a_quoted_cell_may_hold_lines_and_rows_keep_their_numbers():
    table = read_table(b'name,note\n"A","one\ntwo"\n\nB,x\n')
    assert table.rows[0].cells == ("A", "one\ntwo")
    assert [row.no for row in table.rows] == [2, 4]


def test_a_bare_carriage_return_ends_a_line():
    assert _cells(read_table(b"name,city\rA,B\rC,D")) == [("A", "B"), ("C", "D")]


def test_nul_characters_are_left_out_and_said():
    table = read_table(b"name,city,street\nA\x00nna,Oulu,Main Street 4\nBo,Turku,North Street 5\n")
    assert table.rows[0].cells[0] == "Anna"
    assert any("NUL" in note for note in table.notes)


def test_excels_sep_line_is_obeyed_and_rows_still_count_it():
    table = read_table(b"sep=|\r\nname|city\r\nA|B;C,D\r\n")
    assert (table.delimiter, table.rows[0].no, table.rows[0].cells) == ("|", 3, ("A", "B;C,D"))


def test_leading_zeros_stay():
    assert read_table(b"name,zip\nA,01331\n").rows[0].cells == ("A", "01331")


def test_a_list_without_a_header_gets_positions_for_names():
    table = read_table(
        b'"Green Books","1 Main St, Town",42.5,-72.1\n"Blue","2 Main St",42.6,-72.2\n'
    )
    assert not table.has_header
    assert table.header == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert [row.no for row in table.rows] == [1, 2]


def test_a_header_used_twice_gets_a_number():
    assert read_table(b"name,name,\nA,B,C\n").header == ("name", "name (2)")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"name,city\n", "no rows"),
        (b"%PDF-1.7 ...", "not a table"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old or protected Excel"),
        (b'name,note\nA,"' + b"x\n" * 70_000, "quotation mark"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(content, words):
    with pytest.raises(Unreadable, match=words):
        read_table(content)


def test_a_file_above_the_limits_is_refused(monkeypatch):
    monkeypatch.setattr(tabular, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        read_table(b"name\n" + b"A\n" * 600_000)
    monkeypatch.setattr(tabular, "MOST_ROWS", 10)
    with pytest.raises(Unreadable, match="more than 10 rows"):
        read_table(b"name\n" + b"A\n" * 11)


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3", "\tx", "＝1", "'=1", "''@x", "-cmd"]
)
def test_a_cell_that_would_run_is_guarded(cell):
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["-72.5", "+358 40 1234567", "'quoted'", "5", "Oulu", "1e-5", ""])
def test_plain_numbers_phones_and_words_stay_as_they_are(cell):
    assert guarded(cell) == cell


@given(st.text(max_size=30))
def test_guarding_is_undone_exactly(cell):
    assert unguarded(guarded(cell)) == cell


_CELL = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12
).map(str.strip)


@given(st.lists(st.tuples(_CELL.filter(bool), _CELL), min_size=1, max_size=8))
def test_what_is_written_is_read_back(rows):
    content = to_csv(["name", "other"], rows).encode()
    assert [tuple(row.cells) for row in read_table(content, delimiter=",").rows] == rows


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(content):
    sentence, table = "", None
    try:
        table = read_table(content)
    except Unreadable as error:
        sentence = str(error)
    if table is None:
        assert sentence.endswith(".")
    else:
        assert all(len(row.cells) >= len(table.header) for row in table.rows)


def test_no_written_cell_starts_a_formula():
    text = to_csv(["=head"], [["=1"], ["@x"], ["-5"], [None], [7]])
    assert [row[0] if row else "" for row in csv.reader(io.StringIO(text))] == [
        "'=head", "'=1", "'@x", "-5", "", "7",
    ]  # fmt: skip


def test_a_file_is_never_too_large_that_the_settings_let_in():
    largest = max(
        getattr(one, "le", 0) for one in Settings.model_fields["upload_limit_mb"].metadata
    )
    assert largest * 1024 * 1024 <= tabular.MOST_BYTES

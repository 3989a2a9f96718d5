import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from python_calamine import CalamineWorkbook

from route_app.lib import export
from route_app.lib.tabular import read_table

HEADER = ("Name", "When")
HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+cmd",
    "-2+3+cmd",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1",
    "'=1",
    "https://example.example",
    "0123",
]


def csv_bytes(rows, header=HEADER) -> bytes:
    return b"".join(export.csv_lines(header, rows))


def xlsx_cells(rows, header=HEADER):
    data = b"".join(export.xlsx_chunks(header, rows, sheet="Log"))
    return data, CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Log")


def test_csv_starts_with_a_mark_and_ends_its_lines_as_spreadsheets_like():
    data = csv_bytes([("Café", None)])

    assert data == b"\xef\xbb\xbfName,When\r\nCaf\xc3\xa9,\r\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_csv_cell_begins_like_a_formula(text):
    data = csv_bytes([(text, "")]).decode("utf-8-sig")
    (_, row) = list(csv.reader(io.StringIO(data, newline="")))

    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip() == text])
def test_the_import_reads_back_what_was_written(text):
    table = read_table(csv_bytes([(text, "x")]))

    assert table.rows[0].cells[0] == text


def test_csv_writes_values_as_people_write_them():
    row = (True, False, 3, 2.5, date(2026, 1, 5), datetime(2026, 1, 5, 9, 5), None, "a\x00b")  # noqa: DTZ001

    data = csv_bytes([row], header=tuple("abcdefgh")).decode("utf-8-sig")

    assert data.splitlines()[1] == "yes,no,3,2.5,2026-01-05,2026-01-05 09:05,,ab"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_xlsx_cell_is_a_formula_a_link_or_a_number(text):
    data, sheet = xlsx_cells([(text, "")])

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page
    assert b"hyperlink" not in page
    assert isinstance(sheet.to_python()[1][0], str)


def test_xlsx_keeps_times_days_and_numbers_as_what_they_are():
    row = (datetime(2026, 1, 5, 9, 5), date(2026, 1, 6), 3, 2.5, True, None, "x")  # noqa: DTZ001

    _, sheet = xlsx_cells([row], header=tuple("abcdefg"))

    cells = sheet.to_python()[1]
    assert cells[:5] == [row[0], row[1], 3, 2.5, "yes"]
    assert cells[-1] == "x"


def test_a_cell_longer_than_a_spreadsheet_takes_is_cut():
    _, sheet = xlsx_cells([("x" * 40_000, "")])

    assert len(sheet.to_python()[1][0]) == 32_767


def test_rows_are_taken_one_by_one_as_the_file_is_read():
    taken = []

    def rows():
        for number in range(1_000):
            taken.append(number)
            yield (str(number), "")

    lines = export.csv_lines(HEADER, rows())
    next(lines)
    next(lines)

    assert taken == [0]

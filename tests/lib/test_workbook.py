import datetime
import io
import time
import zipfile

import openpyxl
import pytest

from route_app.lib import workbook, workbook_child
from route_app.lib.tabular import Unreadable, read_table


def _book(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bomb(*, ratio_low):
    """A workbook whose sheet unfolds to 300 MB."""
    content = _book(("A", [["name"], ["x"]]))
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if not entry.filename.endswith("sheet1.xml"):
                new.writestr(entry, old.read(entry))
        row = b'<row><c t="inlineStr"><is><t>' + b"x" * 1000 + b"</t></is></c></row>"
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org'
                b'/spreadsheetml/2006/main"><sheetData>'
            )
            for _ in range(3_000 if ratio_low else 300):
                sheet.write(row * 100)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def test_cells_come_as_text():
    rows = [
        ["name", "zip", "when", "share", "count", "yes", "at"],
        ["Ä", "01331", datetime.date(2026, 1, 2), 0.25, 12, True,
         datetime.datetime(2026, 1, 2, 8, 30)],  # noqa: DTZ001  # Excel knows no zones
    ]  # fmt: skip
    table = read_table(_book(("List", rows)))
    assert table.kind == "xlsx"
    assert table.rows[0].cells == (
        "Ä", "01331", "2026-01-02", "0.25", "12", "yes", "2026-01-02 08:30:00",
    )  # fmt: skip


def test_the_first_sheet_with_cells_is_read_and_the_rest_is_said():
    table = read_table(_book(("Empty", []), ("List", [["name"], ["A"]]), ("Other", [["x"]])))
    assert table.rows[0].cells == ("A",)
    assert "Only the sheet “List”" in table.notes[0]


def test_rows_keep_the_numbers_a_spreadsheet_shows():
    table = read_table(_book(("List", [[], ["name"], [], ["A"], ["B"]])))
    assert [row.no for row in table.rows] == [4, 5]


@pytest.mark.parametrize("ratio_low", [True, False])
def test_a_zip_bomb_is_refused_before_it_is_unfolded(ratio_low):
    content = _bomb(ratio_low=ratio_low)
    assert len(content) < 2_000_000
    started = time.monotonic()
    with pytest.raises(Unreadable, match="unfolds to far more"):
        read_table(content)
    assert time.monotonic() - started < 2


def test_a_bomb_whose_directory_lies_is_stopped_by_the_childs_limits(monkeypatch):
    monkeypatch.setattr(workbook, "check_directory", lambda _content: None)
    with pytest.raises(Unreadable, match="cannot be opened"):
        workbook.read_records(
            _bomb(ratio_low=True), most_rows=10, most_columns=10, most_in_cell=100,
            seconds=20, child_bytes=256 * 1024 * 1024,
        )  # fmt: skip


def test_a_child_that_takes_too_long_is_killed():
    with pytest.raises(Unreadable, match="took longer"):
        workbook.read_records(
            _book(("A", [["name"], ["x"]])), most_rows=10, most_columns=10, most_in_cell=100,
            seconds=0.001,
        )  # fmt: skip


@pytest.mark.parametrize("content", [b"PK\x03\x04garbage", b"PK\x05\x06" + b"\x00" * 18])
def test_a_damaged_or_foreign_zip_is_refused(content):
    with pytest.raises(Unreadable, match=r"damaged|not an Excel workbook"):
        read_table(content)


def test_a_damaged_workbook_is_refused():
    content = _book(("A", [["name"], ["x"]]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, b"<broken")
    with pytest.raises(Unreadable, match="cannot be opened"):
        read_table(out.getvalue())


def test_a_whole_number_has_no_point_and_a_date_has_no_time():
    assert workbook_child.text_of(45_000.0) == "45000"
    assert workbook_child.text_of(datetime.datetime(2026, 1, 2)) == "2026-01-02"  # noqa: DTZ001

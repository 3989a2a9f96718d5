"""Tables on their way out, as CSV and XLSX: streamed, and safe to open in a spreadsheet.

A spreadsheet runs a cell that starts with = + - or @ as a formula, whoever typed it. So CSV text
that starts so gets an apostrophe in front, which the import takes away again, and XLSX text is
written as text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from route_app.lib.tabular import guarded

Cell = str | int | float | bool | date | datetime | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"  # without it, Excel takes UTF-8 for the machine's old code page
_LONGEST_CELL = 32_767
_CHUNK = 64 * 1024
_IN_MEMORY = 8 * 1024 * 1024


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file line by line: UTF-8 with a mark, commas, CRLF."""
    yield (_BOM + _csv_line(header)).encode()
    for row in rows:
        yield _csv_line(row).encode()


def xlsx_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str
) -> Iterator[bytes]:
    """Yield an XLSX file in pieces; written row by row, so its size in memory stays small.

    Times should come without a zone, as the wall clock they are to show.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        _write_workbook(file, header, rows, sheet)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def _csv_line(row: Sequence[Cell]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_csv_cell(cell) for cell in row])
    return out.getvalue()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date | int | float):
        return str(cell)
    return guarded(cell.replace("\x00", ""))


def _write_workbook(
    file: Any, header: Sequence[str], rows: Iterable[Sequence[Cell]], sheet: str
) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
        "default_date_format": "yyyy-mm-dd",
    }
    book = Workbook(file, options)
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    page.freeze_panes(1, 0)
    page.set_column(0, max(0, len(header) - 1), 18)
    for at, title in enumerate(header):
        page.write_string(0, at, title, bold)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            _write_cell(page, number, at, cell, moment)
    book.close()


def _write_cell(page: Worksheet, row: int, at: int, cell: Cell, moment: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_string(row, at, "yes" if cell else "no")
    elif isinstance(cell, datetime):
        page.write_datetime(row, at, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        page.write_datetime(row, at, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, at, cell)
    else:
        page.write_string(row, at, cell[:_LONGEST_CELL])

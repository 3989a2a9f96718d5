"""Tables out of files people have: CSV in any common encoding, and XLSX. Every cell is text.

Text keeps a postcode's leading zero and an article number's length; what a cell means is decided
by whoever knows the column. Raises `Unreadable` with a sentence that says what to do.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from route_app.lib import workbook
from route_app.lib.encodings import decode
from route_app.lib.workbook import Unreadable

__all__ = ["Row", "Table", "Unreadable", "guarded", "read_table", "to_csv", "unguarded"]

MOST_BYTES = 200 * 1024 * 1024  # the most that ROUTE_APP_UPLOAD_LIMIT_MB may let in
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_IN_CELL = 10_000
DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"\Asep=([,;|\t])\r?\n?\Z", re.IGNORECASE)
# A spreadsheet runs a cell that starts with one of these, the full-width ones included.
_FORMULA = re.compile("\\A'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile("\\A'+[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_PLAIN_NUMBER = re.compile(r"\A[+-]?[0-9][0-9 ()./,-]*\Z|\A[+-]?[0-9]*\.?[0-9]+(e[+-]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells."""

    no: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of text, and how the file was read.

    A row has at least as many cells as the header; one with more had too many in the file.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    kind: str  # csv | xlsx
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[str, ...] = ()
    has_header: bool = True


def read_table(
    content: bytes, *, country: str = "", encoding: str = "", delimiter: str = ""
) -> Table:
    """Return the table in a CSV or XLSX file, told apart by content and not by name.

    `country` (two letters) settles which code page an old CSV most likely uses; `encoding` and
    `delimiter` overrule what would be detected.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it and import the "
            "parts one after the other."
        )
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("The file is empty. Choose a CSV or XLSX file with a header and rows.")
    if workbook.is_zip(content):
        records, notes = workbook.read_records(
            content, most_rows=MOST_ROWS + 1, most_columns=MOST_COLUMNS, most_in_cell=MOST_IN_CELL
        )
        return _table(records, Table((), (), kind="xlsx", notes=notes))
    _refuse_other_formats(content)
    text, code_page, notes = decode(content, country=country, encoding=encoding)
    if "\x00" in text:
        text = text.replace("\x00", "")
        notes = (*notes, "Some unreadable characters (NUL) were left out.")
    text, told = _without_sep_line(text)
    delimiter = delimiter or told or _delimiter_of(text)
    skipped = 1 if told else 0
    empty = Table((), (), kind="csv", encoding=code_page, delimiter=delimiter, notes=notes)
    return _table(_records(text, delimiter=delimiter, first_no=1 + skipped), empty)


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV text in which no cell can run as a formula; `read_table` gives back the cells."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    for row in rows:
        writer.writerow(["" if cell is None else guarded(str(cell)) for cell in row])
    return out.getvalue()


def guarded(cell: str) -> str:
    """Return the cell with an apostrophe before it if a spreadsheet would run it."""
    if _FORMULA.match(cell) and not _PLAIN_NUMBER.match(cell):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    """Return the cell as it was before `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _refuse_other_formats(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("This is an old or protected Excel file. Save it as .xlsx or as CSV.")
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc")):
        raise Unreadable("This is not a table. Choose a CSV or XLSX file.")
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"{", b"[{")):
        raise Unreadable("This is a web page or data file. Save the list as .xlsx or as CSV.")


def _without_sep_line(text: str) -> tuple[str, str]:
    """Split off Excel's own first line that names the delimiter."""
    line, _, rest = text.partition("\n")
    found = _SEP_LINE.match(f"{line}\n")
    return (rest, found.group(1)) if found else (text, "")


def _delimiter_of(text: str) -> str:
    """Return the delimiter that splits the first records most evenly into most columns."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            sample = islice(csv.reader(_lines(text), delimiter=delimiter), 60)
            counts = Counter(len(record) for record in sample if any(record))
        except csv.Error:
            continue
        if not counts:
            continue
        columns, times = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if columns > 1:
            score = times / counts.total() + min(columns, 50) / 1000
            best, best_score = max((best, best_score), (delimiter, score), key=lambda it: it[1])
    return best


def _lines(text: str) -> Iterator[str]:
    # newline="" lets a bare CR end a line, which csv.reader itself refuses to do
    return iter(io.StringIO(text, newline=""))


def _records(text: str, *, delimiter: str, first_no: int) -> Iterator[list[str]]:
    """Yield every record of a CSV text, empty ones too, so that row numbers stay right."""
    for _ in range(first_no - 1):
        yield []
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        for record in reader:
            yield [unguarded(cell) for cell in record]
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read: a quotation mark may be open or missing. "
            "Correct it, or save the list as .xlsx."
        ) from error


def _table(records: Iterable[Sequence[str]], empty: Table) -> Table:
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    for no, record in enumerate(records, 1):
        cells = _trimmed(record)
        if not any(cells):
            continue
        if not header:
            header = cells
            first = Row(no, cells)
            continue
        rows.append(Row(no, cells))
        if len(rows) > MOST_ROWS:
            raise Unreadable(
                f"The file has more than {MOST_ROWS:,} rows. Split it and import the parts one "
                "after the other."
            )
    if not header:
        raise Unreadable("The file is empty. Choose a CSV or XLSX file with a header and rows.")
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"The file has more than {MOST_COLUMNS} columns. Leave out some.")
    if _is_data(header):
        rows.insert(0, first)
        width = max(len(row.cells) for row in rows)
        header = tuple(f"Column {position + 1}" for position in range(min(width, MOST_COLUMNS)))
        note = "The first row looks like data, so the columns are named by their position."
        empty = replace(empty, has_header=False, notes=(*empty.notes, note))
    if not rows:
        raise Unreadable("The file has a header but no rows below it.")
    return replace(empty, header=_named(header), rows=_padded(rows, width=len(header)))


def _trimmed(record: Sequence[str]) -> tuple[str, ...]:
    cells = [str(cell).strip() for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    if any(len(cell) > MOST_IN_CELL for cell in cells):
        raise Unreadable(
            f"A cell holds more than {MOST_IN_CELL:,} characters: a quotation mark may be open. "
            "Correct it, or save the list as .xlsx."
        )
    return tuple(cells)


def _is_data(cells: tuple[str, ...]) -> bool:
    """Return whether a first row is data: no name of a column is a decimal number or an e-mail."""
    return any(
        re.fullmatch(r"[+-]?[0-9]+[.,][0-9]+|[^@\s]+@[^@\s]+\.[a-z]{2,}", cell) for cell in cells
    )


def _named(header: tuple[str, ...]) -> tuple[str, ...]:
    """Give a nameless column its position and a name used twice a number."""
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"Column {position}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _padded(rows: list[Row], *, width: int) -> tuple[Row, ...]:
    return tuple(
        row
        if len(row.cells) >= width
        else Row(row.no, row.cells + ("",) * (width - len(row.cells)))
        for row in rows
    )

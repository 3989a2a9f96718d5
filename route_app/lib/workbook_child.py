"""The child that opens a workbook: bytes in on standard input, JSON out on standard output.

Run as a file, not imported: it sees nothing of the product, and it may be killed at any time.
"""

import io
import json
import sys
from datetime import date, datetime, time
from itertools import islice
from typing import Any


def main() -> None:
    """Bound this process, read the workbook, and print its rows."""
    limits = json.loads(sys.argv[1])
    bound(limits)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # after the bound holds

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        answer = rows_of(book, limits)
    except Exception as error:  # whatever the library raises, say one sentence
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        answer = {"error": "The workbook cannot be opened. Save it again as .xlsx, or as CSV."}
    json.dump(answer, sys.stdout)


def bound(limits: dict[str, Any]) -> None:
    """Limit memory and processor time where the system can."""
    try:
        import resource  # noqa: PLC0415  # absent on Windows, where the wall clock alone holds
    except ImportError:
        return
    seconds = int(limits["seconds"]) + 1
    for what, most in (
        (resource.RLIMIT_AS, int(limits["bytes"])),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


def rows_of(book: Any, limits: dict[str, Any]) -> dict[str, Any]:
    """Return the first sheet that has cells, and which others were left aside."""
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and sheet.width:
            break
    else:
        return {"error": "The workbook has no rows. Choose a file with a header and rows."}
    if sheet.width > limits["columns"] * 4:
        return {"error": f"Sheet “{name}” has {sheet.width} columns. Leave out some."}
    rows: list[list[str]] = []
    characters = 0
    for record in islice(sheet.iter_rows(), limits["rows"] + 1):
        cells = [text_of(cell)[: limits["in_cell"] + 1] for cell in record]
        characters += sum(map(len, cells))
        if characters > limits["characters"]:
            return {"error": "The workbook holds too much text. Save the list alone, as CSV."}
        rows.append(cells)
    others = [other for other in book.sheet_names if other != name]
    notes = [f"Only the sheet “{name}” was read."] if others else []
    return {"rows": rows, "notes": notes}


def text_of(cell: Any) -> str:
    """Return what a cell shows, as text: whole numbers without a point, dates as ISO."""
    if cell is None or isinstance(cell, bool):
        return {None: "", True: "yes", False: "no"}[cell]
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    main()

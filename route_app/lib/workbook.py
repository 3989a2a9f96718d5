"""XLSX files read by a child process that cannot take the server down with it.

A workbook is a zip: a few megabytes can unfold to gigabytes, and a reader caught in one may
ignore its own limits. So the zip's directory is checked first, and the reading is done by
`workbook_child.py` with a bound on memory, killed when its time is up.
"""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

CHILD = Path(__file__).with_name("workbook_child.py")
MOST_ENTRIES = 200
MOST_UNFOLDED = 200 * 1024 * 1024
MOST_RATIO = 100
RATIO_FROM = 1024 * 1024  # a small part may shrink a lot and harm nobody
CHILD_BYTES = 1024 * 1024 * 1024
CHILD_SECONDS = 60.0
MOST_CHARACTERS = 100 * 1024 * 1024


class Unreadable(ValueError):
    """A file that cannot be read as a table; the message says why and what to do."""


def is_zip(content: bytes) -> bool:
    """Return whether a file is a zip, as every XLSX is."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_records(
    content: bytes,
    *,
    most_rows: int,
    most_columns: int,
    most_in_cell: int,
    seconds: float = CHILD_SECONDS,
    child_bytes: int = CHILD_BYTES,
) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the first sheet with cells, as text, and notes on what was left aside."""
    check_directory(content)
    limits = {
        "bytes": child_bytes, "seconds": seconds, "rows": most_rows, "columns": most_columns,
        "in_cell": most_in_cell, "characters": MOST_CHARACTERS,
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  # our own file, run by our own interpreter
            [sys.executable, "-I", str(CHILD), json.dumps(limits)],
            input=content, capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable(
            f"The workbook took longer than {seconds:.0f} seconds to open. Save the list alone, "
            "as CSV, and try again."
        ) from None
    if done.returncode != 0:
        raise Unreadable(
            "The workbook cannot be opened: it is damaged, protected, or needs too much memory. "
            "Save the list as CSV and try again."
        )
    answer = json.loads(done.stdout)
    if answer.get("error"):
        raise Unreadable(str(answer["error"]))
    return answer["rows"], tuple(answer["notes"])


def check_directory(content: bytes) -> None:
    """Refuse a zip whose directory alone shows that it is no honest workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            entries = folder.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, EOFError, NotImplementedError):
        raise Unreadable("The workbook is damaged. Save it again as .xlsx, or as CSV.") from None
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise Unreadable("This is not an Excel workbook. Save the list as .xlsx or as CSV.")
    unfolded = sum(entry.file_size for entry in entries)
    dense = any(
        entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    if len(entries) > MOST_ENTRIES or unfolded > MOST_UNFOLDED or dense:
        raise Unreadable(
            "The workbook unfolds to far more than an account list needs. Save the list alone, "
            "as CSV, and try again."
        )

"""Account lists coming in: upload, look at what each row would do, adjust, import, download."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from route_app import queue
from route_app.accounts import exporting, queries, service
from route_app.accounts.columns import LABELS
from route_app.accounts.importing import Verdict
from route_app.errors import InvalidInput
from route_app.lib.encodings import CHOICES
from route_app.lib.export import CSV_TYPE, csv_lines
from route_app.web import guards
from route_app.web.transaction import session

if TYPE_CHECKING:
    from route_app.models import AccountImport

blueprint = Blueprint("account_imports", __name__, url_prefix="/accounts/imports")

STATES: dict[str, tuple[str, str]] = {
    "checking": ("Being checked", "info"),
    "ready": ("Ready to import", "warn"),
    "applying": ("Being imported", "info"),
    "applied": ("Imported", "good"),
    "failed": ("Needs your help", "bad"),
    "discarded": ("Discarded", "muted"),
}
VERDICTS: dict[str, tuple[str, str]] = {
    "added": ("New", "good"),
    "changed": ("Changed", "info"),
    "unchanged": ("Unchanged", "muted"),
    "refused": ("Refused", "bad"),
}
DELIMITERS = {"": "Find out", ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar |"}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the upload form and the latest imports."""
    guards.admin()
    return render_template(
        "accounts/imports.html", imports=queries.imports(session()), states=STATES, labels=LABELS
    )


@blueprint.post("/")
def upload() -> ResponseReturnValue:
    """Keep a file and have it checked."""
    user = guards.admin()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("Choose a file first: CSV or XLSX.", field="file")
    made = service.start_import(
        session(), file_name=file.filename, content=file.read(), asked_by_id=user.id
    )
    return _to_report(made.id)


@blueprint.get("/example.csv")
def example() -> ResponseReturnValue:
    """Give a small list to start from."""
    guards.admin()
    header = exporting.EXAMPLE_HEADER
    rows = ([row.get(name, "") for name in header] for row in exporting.EXAMPLE)
    return _csv(header, rows, "accounts-example.csv")


@blueprint.get("/<import_id>")
def show(import_id: str) -> ResponseReturnValue:
    """Show how far an import is, and what every row would do or did."""
    guards.admin()
    found = queries.account_import(session(), import_id)
    verdict = request.args.get("verdict", "")
    page_text = request.args.get("page", "1")
    page = (
        int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 8 else 1
    )
    return render_template(
        "accounts/import.html",
        found=found,
        state=STATES.get(found.state, (found.state, "muted")),
        job=_job_of(found),
        rows=queries.import_rows(session(), found.id, verdict=verdict, page=page),
        verdict=verdict,
        verdicts=VERDICTS,
        labels=LABELS,
        column_names=_column_names(),
        encodings=CHOICES,
        delimiters=DELIMITERS,
    )


@blueprint.post("/<import_id>/columns")
def check_again(import_id: str) -> ResponseReturnValue:
    """Check the list anew with the columns, encoding and delimiter chosen."""
    user = guards.admin()
    found = queries.account_import(session(), import_id)
    shown = found.mapping.get("columns", [])
    fields = {
        column["header"]: request.form.get(f"column-{position}", "")
        for position, column in enumerate(shown)
    }
    encoding, delimiter = request.form.get("encoding", ""), request.form.get("delimiter", "")
    told = found.mapping
    same_reading = (encoding, delimiter) == (
        told.get("told_encoding", ""), told.get("told_delimiter", ""),
    )  # fmt: skip
    service.check_again(
        session(),
        import_id=found.id,
        # read another way, the file has other headers, so the columns are proposed anew
        fields=fields if same_reading else {},
        encoding=encoding if encoding in CHOICES else "",
        delimiter=delimiter if delimiter in DELIMITERS else "",
        asked_by_id=user.id,
    )
    return _to_report(found.id)


@blueprint.post("/<import_id>/apply")
def apply(import_id: str) -> ResponseReturnValue:
    """Have the checked rows imported."""
    user = guards.admin()
    service.apply_later(session(), import_id=import_id, asked_by_id=user.id)
    return _to_report(import_id)


@blueprint.post("/<import_id>/discard")
def discard(import_id: str) -> ResponseReturnValue:
    """Throw a list away that was not imported."""
    guards.admin()
    service.discard_import(session(), import_id=import_id)
    flash("The list is discarded. No account was changed.", "good")
    return redirect(url_for("account_imports.index"), 303)


@blueprint.get("/<import_id>/<any(refused, report):which>.csv")
def download(import_id: str, which: str) -> ResponseReturnValue:
    """Give the refused rows, or all, as a file: the cells as they came, verdict and reason."""
    guards.admin()
    found = queries.account_import(session(), import_id)
    headers = [column["header"] for column in found.mapping.get("columns", [])]
    verdicts = (Verdict.REFUSED.value,) if which == "refused" else ()
    rows = queries.all_import_rows(session(), found.id, verdicts=verdicts)
    lead = ["Row", "Verdict", "Reason"] if which == "report" else []
    tail = ["Reason"] if which == "refused" else []
    cells = (_cells(row, headers, report=which == "report") for row in rows)
    return _csv([*lead, *headers, *tail], cells, f"import-{which}.csv")


def _cells(row: Mapping[str, Any], headers: list[str], *, report: bool) -> list[Any]:
    given = [row["cells"].get(header, "") for header in headers]
    if report:
        return [row["row_no"], VERDICTS[row["verdict"]][0], row["reason"], *given]
    return [*given, row["reason"]]


def _job_of(found: "AccountImport") -> Any:
    kind = {"checking": service.CHECK, "applying": service.APPLY}.get(found.state)
    return queue.job(session(), f"{kind}:{found.id}") if kind else None


def _column_names() -> dict[str, str]:
    """Return what people call an account's columns."""
    own = {
        "service_s": "Visit seconds", "last_visited_at": "Last visit", "owner_id": "Owner",
        "owner_source": "Why this owner", "pin_source": "Pin from", "pin_quality": "Pin quality",
    }  # fmt: skip
    return LABELS | own


def _to_report(import_id: str) -> ResponseReturnValue:
    return redirect(url_for("account_imports.show", import_id=import_id), 303)


def _csv(header: Iterable[str], rows: Iterable[list[Any]], name: str) -> Response:
    answer = Response(b"".join(csv_lines(list(header), rows)), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

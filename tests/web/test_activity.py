import csv
import io
from datetime import UTC, datetime

import pytest
from python_calamine import CalamineWorkbook

from route_app.db import transaction
from route_app.models import Order
from tests import factories


@pytest.fixture
def visits(engine, cast):
    """Two visits of alice's, of which one brought an order, and one of carol's."""
    rows = (
        ("alice", "bakery", 5, "order", "verified", "=HYPERLINK(1)"),
        ("alice", "pharmacy", 6, "not_in", "remote", "Closed"),
        ("carol", "cafe", 6, "no_order", "no_fix", "Friendly"),
    )
    with transaction(engine) as writing:
        for rep, account, day, outcome, verification, note in rows:
            row = factories.make_check_in(
                writing,
                rep_id=cast[rep],
                account_id=cast[account],
                started_at=datetime(2026, 1, day, 22, 30, tzinfo=UTC),
                ended_at=datetime(2026, 1, day, 22, 50, tzinfo=UTC),
                outcome=outcome,
                verification=verification,
                note=note,
            )
            if outcome == "order":
                writing.add(
                    Order(
                        account_id=row.account_id,
                        rep_id=row.rep_id,
                        check_in_id=row.id,
                        ordered_at=row.started_at,
                        value=1_250,
                    )
                )
    return cast


def page(client_for, who, query=""):
    return client_for(who).get(f"/activity/{query}").text


def names(text):
    shops = ("Anchor Bakery", "Birch Pharmacy", "Elm Café")
    return [shop for shop in shops if shop in text]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("alice", ["Anchor Bakery", "Birch Pharmacy"]),
        ("carol", ["Elm Café"]),
        ("bob", ["Anchor Bakery", "Birch Pharmacy"]),
        ("erin", ["Elm Café"]),
        ("dan", ["Anchor Bakery", "Birch Pharmacy", "Elm Café"]),
    ],
)
def test_everybody_sees_their_own_part_of_the_log(client_for, visits, who, seen):
    assert names(page(client_for, who)) == seen


def test_an_anonymous_visitor_is_sent_to_sign_in(client_for, visits):
    answer = client_for(None).get("/activity/?outcome=order")

    assert answer.status_code == 303
    assert "/sign-in" in answer.location


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?outcome=order", ["Anchor Bakery"]),
        ("?verification=remote", ["Birch Pharmacy"]),
        ("?account=bIRch", ["Birch Pharmacy"]),
        ("?account=%25", []),
        ("?from=2026-01-07", ["Birch Pharmacy", "Elm Café"]),
        ("?to=2026-01-06", ["Anchor Bakery"]),
        ("?from=2026-01-06&to=2026-01-06", ["Anchor Bakery"]),
        ("?outcome=open", []),
    ],
)
def test_the_log_can_be_filtered_by_days_of_the_company(client_for, visits, query, seen):
    # 22:30 UTC on the 5th is 00:30 on the 6th in Smalltown
    assert names(page(client_for, "dan", query)) == seen


def test_the_log_can_be_filtered_by_a_rep_of_ones_team(client_for, visits):
    assert names(page(client_for, "dan", f"?rep={visits['carol']}")) == ["Elm Café"]
    assert client_for("bob").get(f"/activity/?rep={visits['carol']}").status_code == 404


def test_totals_are_those_of_the_whole_filter(client_for, visits):
    text = page(client_for, "dan")

    assert "EUR 1,250" in text
    assert "3 visits" in text
    assert page(client_for, "dan", "?outcome=not_in").count("EUR 0") == 1


def test_times_are_the_companys_and_the_location_is_in_words(client_for, visits):
    text = page(client_for, "dan")

    assert "6 Jan" in text
    assert "00:30" in text
    assert "At the account" in text
    assert "Away from the account" in text


@pytest.mark.parametrize(
    "query",
    ["?from=yesterday", "?to=2026-13-01", "?from=2026-02-01&to=2026-01-01", "?outcome=nap",
     "?verification=psychic"],
)  # fmt: skip
def test_a_filter_that_cannot_be_is_refused_in_words(client_for, visits, query):
    answer = client_for("dan").get(f"/activity/{query}")

    assert answer.status_code == 400


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "9" * 30])
def test_a_page_that_is_not_there_shows_one_that_is(client_for, visits, number):
    assert len(names(page(client_for, "dan", f"?page={number}"))) == 3


def test_an_empty_log_says_so_and_an_empty_filter_offers_a_way_out(client_for, cast):
    assert "No visits yet" in page(client_for, "dan")
    text = page(client_for, "dan", "?account=nowhere")
    assert "Nothing found" in text
    assert 'value="nowhere"' in text


def test_the_csv_holds_what_the_filter_finds_and_no_formula(client_for, visits):
    answer = client_for("bob").get("/activity/log.csv?outcome=order")

    (head, row) = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    cells = dict(zip(head, row, strict=True))
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert cells["Account"] == "Anchor Bakery"
    assert cells["Started"] == "2026-01-06 00:30"
    assert cells["Minutes"] == "20"
    assert cells["Order value"] == "1250.0"
    assert cells["Note"] == "'=HYPERLINK(1)"


def test_the_workbook_holds_the_same(client_for, visits):
    answer = client_for("dan").get("/activity/log.xlsx")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    assert len(rows) == 3
    by_account = {row[head.index("Account")]: row for row in rows}
    assert by_account["Anchor Bakery"][head.index("Started")] == datetime(2026, 1, 6, 0, 30)  # noqa: DTZ001
    assert by_account["Anchor Bakery"][head.index("Note")] == "=HYPERLINK(1)"


def test_a_manager_exports_only_their_team(client_for, visits):
    text = client_for("erin").get("/activity/log.csv").data.decode("utf-8-sig")

    assert names(text) == ["Elm Café"]


@pytest.mark.parametrize(("who", "status"), [("alice", 403), (None, 303), ("dan", 404)])
def test_reps_and_other_kinds_get_no_file(client_for, visits, who, status):
    kind = "pdf" if who == "dan" else "csv"

    assert client_for(who).get(f"/activity/log.{kind}").status_code == status

"""A rep's morning in a real browser against the real server; then their manager looks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.conftest import PASSWORD, ZONE, Installation

pytestmark = pytest.mark.e2e

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
# What only software rendering says, and nobody with a graphics card ever sees.
NOISE = ("GL Driver Message", "WebGL", "GroupMarkerNotSet")
DONE_TODAY = (
    "fetch('/api/v1/today').then((r) => r.json())"
    ".then(({plan, unplanned_visits}) => plan.totals.done + unplanned_visits.length)"
)
Opener = Callable[..., Any]


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What the pages complained of; nothing may be left at the end."""
    said: list[str] = []
    yield said
    assert said == []


@pytest.fixture
def open_as(browser: Any, installation: Installation, troubles: list[str]) -> Iterator[Opener]:
    contexts = []

    def signed_in(email: str, *, viewport: dict[str, int] = PHONE, **options: Any) -> Any:
        context = browser.new_context(
            viewport=viewport, timezone_id=ZONE, base_url=installation.url, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: _note(troubles, message))
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield signed_in
    for context in contexts:
        context.close()


def _note(troubles: list[str], message: Any) -> None:
    # a refusal by the content security policy is reported as a console error, too
    if message.type == "error" and not any(word in message.text for word in NOISE):
        troubles.append(message.text)


def _at_the_first_stop(page: Any) -> str:
    """Put the phone where the first stop is, and return the stop's name."""
    stop = page.evaluate(
        "fetch('/api/v1/today').then((r) => r.json())"
        ".then(({plan}) => plan.stops.find(({kind}) => kind === 'visit').account)"
    )
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(
        {"latitude": stop["lat"], "longitude": stop["lon"], "accuracy": 12}
    )
    name: str = stop["name"]
    return name


def test_a_rep_drives_the_plan_and_the_manager_sees_the_visit(open_as, installation):
    phone = open_as(installation.rep)
    phone.wait_for_url("**/app/**")

    # the list is there first, then the route on the map
    phone.wait_for_selector(".stops .stop")
    assert phone.locator(".stops .stop").count() >= 3
    phone.wait_for_selector(".day-map[data-ready=true] canvas", timeout=60_000)
    assert phone.get_by_text("© OpenStreetMap contributors").first.is_visible()

    # check in, two taps, done
    name = _at_the_first_stop(phone)
    phone.get_by_role("button", name="Check in").click()
    phone.get_by_text("place noted").wait_for()
    phone.get_by_role("radio", name="Order taken").check()
    phone.get_by_label("Order value").fill("250")
    phone.get_by_label("Note").fill("Wants the dark roast")
    phone.get_by_role("button", name="Save visit").click()
    phone.get_by_text(f"Visit at {name} saved.").wait_for()
    done = phone.locator(".stop.done")
    done.wait_for()
    assert name in done.inner_text()
    assert "Order taken" in done.inner_text()

    # her manager reads it in the log
    desk = open_as(installation.manager, viewport=DESK)
    desk.goto("/activity/")
    row = desk.locator("main").inner_text()
    assert name in row
    assert "Order taken" in row
    assert "Aino Rep" in row
    assert "At the account" in row


def test_a_visit_without_a_connection_is_kept_and_sent_later(open_as, installation, troubles):
    phone = open_as(installation.rep)
    phone.goto("/app/?nomap")
    phone.wait_for_selector(".stops .stop")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Check in").click()
    phone.get_by_role("radio", name="Not in or closed").check()
    phone.get_by_label("Note").fill("Door was locked")
    phone.get_by_role("button", name="Save visit").click()
    phone.get_by_role("alert").get_by_text("No connection").wait_for()
    phone.get_by_role("button", name="Close; the visit goes on").click()
    assert phone.get_by_text("1 visit not sent yet").is_visible()
    assert phone.get_by_text("Not sent yet", exact=True).is_visible()

    phone.context.set_offline(False)
    phone.get_by_text("saved.").wait_for()
    phone.wait_for_selector(".unsent", state="detached")
    assert phone.evaluate("Object.values(localStorage)") == ["[]"]
    log = phone.evaluate("fetch('/api/v1/today').then((r) => r.text())")
    assert log.count("Not in or closed") >= 1
    # the browser itself reports the requests that could not go out
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in troubles)
    troubles.clear()


def test_a_visit_outlives_a_reload_and_is_sent_once(open_as, installation, troubles):
    phone = open_as(installation.rep)
    phone.goto("/app/?nomap")
    phone.wait_for_selector(".stops .stop")
    before = phone.evaluate(DONE_TODAY)
    phone.route("**/api/v1/check-ins**", lambda route: route.abort())
    phone.get_by_role("button", name="Check in").dblclick()
    phone.get_by_role("radio", name="Left information").check()
    phone.get_by_label("Note").fill("مرحبا ☕")
    phone.get_by_role("button", name="Save visit").click()
    phone.get_by_role("alert").get_by_text("No connection").wait_for()

    phone.reload()
    phone.get_by_text("1 visit not sent yet").wait_for()
    phone.unroute("**/api/v1/check-ins**")
    phone.get_by_role("button", name="Retry").click()
    phone.get_by_text("saved.").wait_for()
    assert phone.evaluate(DONE_TODAY) == before + 1
    assert all("ERR_FAILED" in text for text in troubles)
    troubles.clear()


def test_a_sheet_takes_the_focus_and_gives_it_back(open_as, installation):
    phone = open_as(installation.rep)
    phone.goto("/app/?nomap")
    navigate = phone.get_by_role("button", name="Navigate")
    navigate.focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("dialog", name="Navigate with").wait_for()
    for _ in range(8):
        phone.keyboard.press("Tab")
        inside = "!!document.activeElement.closest('dialog') || document.activeElement.tagName"
        assert phone.evaluate(inside) in (True, "BODY")  # the browser's own bar is the only way out
    phone.keyboard.press("Escape")
    phone.get_by_role("dialog").wait_for(state="detached")
    assert phone.evaluate("document.activeElement.textContent").strip() == "Navigate"


def test_what_was_typed_comes_back_after_signing_in_again(open_as, installation, troubles):
    desk = open_as(installation.manager, viewport=DESK)
    desk.goto("/accounts/new")
    desk.get_by_label("Name", exact=True).fill("قهوة Kahvila ☕")
    desk.context.clear_cookies(name="fieldbeat")
    desk.get_by_role("button", name="Add").first.click()
    desk.wait_for_url("**/sign-in**")
    desk.get_by_label("E-mail").fill(installation.manager)
    desk.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/accounts/new")
    desk.get_by_text("What you typed is back").wait_for()
    assert desk.get_by_label("Name", exact=True).input_value() == "قهوة Kahvila ☕"
    troubles.clear()


def test_the_list_works_where_there_can_be_no_map(open_as, installation):
    phone = open_as(installation.rep)
    phone.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    phone.goto("/app/")
    phone.wait_for_selector(".stops .stop")
    phone.wait_for_selector(".sketch")
    phone.locator(".stop-card").first.click()
    phone.wait_for_selector(".account h1")
    phone.get_by_role("link", name="Accounts", exact=True).click()
    phone.get_by_label("Find by name, street or kind").fill("zzz")
    phone.get_by_text("Nothing matches").wait_for()


def test_the_phone_offers_to_sign_in_again_and_comes_back(open_as, installation, troubles):
    phone = open_as(installation.rep)
    phone.goto("/app/?nomap#/accounts")
    phone.wait_for_selector(".account-row")
    phone.context.clear_cookies()
    phone.get_by_role("link", name="Today", exact=True).click()
    phone.wait_for_url("**/sign-in?next=**")
    phone.get_by_label("E-mail").fill(installation.rep)
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_selector(".stops .stop")
    assert phone.url.endswith("/app/?nomap#/today")
    assert all("401" in text for text in troubles)
    troubles.clear()

"""The console in a real browser, under its own content security policy: by keyboard, at each width, light and dark."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from constructs_lib.console.pages import MENU
from constructs_lib.console.state import ConsoleState
from tests.console.conftest import SECONDS, Console
from tests.pictures import keep_picture

pytestmark = pytest.mark.slow

PASSWORD = "Correct-horse-1"
HOSTILE = "<img src=x onerror=document.title='pwned'>"
FOREIGN = """
<form method=post action="{address}people/create"><input name=address value=x><input name=password value=y></form>
<a id=link href="{address}people">link</a>
<script>
async function attempt(how) {{ try {{ await how(); return "answered" }} catch (error) {{ return "refused" }} }}
async function attempts() {{
  const form = {{ method: "POST", body: "address=x&password=y", credentials: "include",
                  headers: {{ "Content-Type": "application/x-www-form-urlencoded" }} }}
  return [await attempt(() => fetch("{address}people", {{ credentials: "include" }})),
          await attempt(() => fetch("{address}people/create", form)),
          await attempt(() => import("{address}static/console.js"))]
}}
</script>
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Without one on PATH, the one that `playwright install chromium` brings.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP foreign.example 127.0.0.1"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, console: Console) -> Iterator[Page]:
    """Open the address as a developer does; every error of the page is a failure."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(20_000)
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.goto(console.endpoint.address)
    yield page
    context.close()
    assert told == []
    assert set(asked) == {console.endpoint.host}


def open_page(page: Page, title: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.wait_for_load_state()


def joined(page: Page, state: ConsoleState) -> str:
    """Sign a user up, confirm and become them by the page alone, and return their address."""
    address = f"{uuid4().hex[:12]}@example.com"
    open_page(page, "People")
    page.get_by_label("E-mail address or other sign-in name").fill(address)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status").first).to_contain_text("the code is in the inbox")
    expect(page.get_by_role("listitem").filter(has_text=address)).to_contain_text(
        state.cloud.mailbox.last_code(address)
    )
    page.get_by_role("link", name=address).click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status").first).to_contain_text("is confirmed")
    # A screen reader says what happened: it has the focus.
    expect(page.get_by_role("status").first).to_be_focused()
    page.get_by_role("button", name="Become").click()
    expect(page.get_by_role("heading", name=f"You are {address}")).to_be_visible()
    return address


def test_somebody_signs_up_is_become_and_calls_while_the_calls_are_watched(
    page: Page, console: Console, state: ConsoleState
) -> None:
    address = joined(page, state)
    requests.get(f"{state.cloud.endpoint_url}/{state.app().other('BucketName')}/public/x", timeout=SECONDS)
    watching = page.context.new_page()
    watching.goto(console.address(""))
    rows = watching.locator("#calls tr")
    before = rows.count()
    rows.nth(0).locator("summary").focus()

    page.get_by_role("link", name=f"Call as {address}").click()
    form = page.get_by_role("region", name="Call for real")
    expect(form.get_by_role("combobox", name="As", exact=True)).to_have_value(_user(state, address))
    form.get_by_role("combobox", name="Do", exact=True).select_option("write")
    form.get_by_label("Where").fill("private/{owner}/" + HOSTILE)
    form.get_by_label("Body, for write and call").fill(HOSTILE)
    expect(form.get_by_role("button", name="Call")).to_be_enabled()
    form.get_by_role("button", name="Call").press("Enter")
    expect(form.get_by_text("done", exact=True)).to_be_visible()
    form.get_by_role("combobox", name="Do", exact=True).select_option("get")
    form.get_by_label("Where").fill("private/somebody-else/x")
    form.get_by_role("button", name="Call").press("Enter")
    expect(form.get_by_text("refused", exact=True)).to_be_visible()
    expect(form).to_contain_text("private/{owner}/x would be allowed")
    keep_picture(page, "console/playground")

    expect(rows).to_have_count(before + 2)
    expect(rows.nth(0)).to_contain_text("refused")
    expect(rows.nth(1)).to_contain_text(HOSTILE)
    expect(watching.get_by_role("status")).to_contain_text("s3:GetObject refused")
    # What is read at the moment is not taken away.
    assert watching.evaluate("document.activeElement.tagName") == "SUMMARY"
    watching.get_by_label("show new calls as they come").uncheck()
    keep_picture(watching, "console/calls")
    watching.close()

    open_page(page, "Files and rows")
    file = page.locator("details").filter(has_text=HOSTILE).last
    file.locator("summary").last.click()
    expect(file.locator("pre")).to_have_text(HOSTILE)
    open_page(page, "Playground")
    asking = page.get_by_role("region", name="Evaluate a request")
    asking.get_by_label("Where").fill("private/{other}/x")
    expect(asking.get_by_role("button", name="Ask")).to_be_enabled()
    asking.get_by_role("button", name="Ask").press("Enter")
    expect(asking.get_by_text("refused", exact=True)).to_be_visible()
    assert "pwned" not in page.title()
    state.client("s3").delete_object(
        Bucket=state.app().other("BucketName"),
        Key=f"private/{state.caller(_user(state, address)).identity_id}/{HOSTILE}",  # type: ignore[union-attr] # was become
    )


def test_before_its_script_is_there_a_page_sends_no_form_and_forgets_no_opened_file(
    page: Page, console: Console, state: ConsoleState
) -> None:
    bucket, key = state.app().other("BucketName"), f"public/{uuid4().hex}"
    state.client("s3").put_object(Bucket=bucket, Key=key, Body=b"hello")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx-*.js", hold)
    page.goto(console.address("ask"), wait_until="commit")
    buttons = page.get_by_role("button")
    expect(buttons).to_have_text(["Ask", "Call"])
    for button in buttons.all():
        expect(button).to_be_disabled()
    page.get_by_label("Where").first.press("Enter")
    assert page.url == console.address("ask")
    held.pop().continue_()
    for button in buttons.all():
        expect(button).to_be_enabled()

    page.goto(console.address("data"), wait_until="commit")
    file = page.locator("details[hx-get]").filter(has_text=key)
    file.evaluate(
        "each => { for (let at = each; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true }"
    )
    held.pop().continue_()
    expect(file.locator("pre")).to_have_text("hello")
    state.client("s3").delete_object(Bucket=bucket, Key=key)


def _user(state: ConsoleState, address: str) -> str:
    return next(name for name in state.callers() if state.label(name) == address)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])
def test_every_page_fits_and_is_reached_by_keyboard(page: Page, width: int, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    skip = page.get_by_role("link", name="Skip to the page")
    for title in MENU.values():
        open_page(page, title)
        if title == MENU["access"]:
            expect(page.get_by_text("nobody can access another user's data")).to_be_visible(timeout=60_000)
            expect(page.get_by_role("region", name="The matrix; it scrolls")).to_be_visible(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), title
        assert page.evaluate(UNNAMED) == [], title
        keep_picture(page, f"console/{title.replace(' ', '-').lower()}-{scheme}-{width}")
        page.keyboard.press("Tab")
        expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


UNNAMED = """
[...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, summary, a, table, [role=region]")]
  .filter((each) => !(each.labels?.length || each.textContent.trim() || each.getAttribute("aria-label")))
  .map((each) => each.outerHTML)
"""


def test_pages_of_others_get_in_by_no_way(
    browser: Browser, console: Console, state: ConsoleState, tmp_path: Path
) -> None:
    """Not by a foreign page, nor another port of this machine, nor a host name that resolves to this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        cookies: list[str | None] = []  # noqa: RUF012 - the class is made for one test

        def do_GET(self) -> None:
            self.cookies.append(self.headers["Cookie"])
            super().do_GET()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    (tmp_path / "index.html").write_text(FOREIGN.format(address=console.address("")))
    pool = {"UserPoolId": state.app().user_pool_id}
    created = len(state.client("cognito-idp").list_users(**pool)["Users"])
    context = browser.new_context()
    page = context.new_page()
    page.goto(console.endpoint.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Calls")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        for host in ("127.0.0.1", "foreign.example"):
            page.goto(f"http://{host}:{server.server_port}/")
            assert page.evaluate("attempts()") == ["refused"] * 3, host
            page.click("#link")
            expect(page.locator("body")).to_contain_text("only the console's own pages may call it")
            page.goto(f"http://{host}:{server.server_port}/")
            page.evaluate("document.forms[0].submit()")
            expect(page.locator("body")).to_contain_text("only the console's own pages may call it")
        server.shutdown()
    assert set(Quiet.cookies) == {None}
    page.goto(console.address("").replace("127.0.0.1", "rebound.example"))
    expect(page.locator("body")).to_contain_text(f"the console accepts the host {console.endpoint.host} only")
    context.close()
    assert len(state.client("cognito-idp").list_users(**pool)["Users"]) == created

"""The page of the matrix in a real browser: it loads nothing, filters, and shows the statements behind a cell."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, sync_playwright

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.report.page import as_html
from tests.analysis.conftest import BUCKET, SUB, join, template

if TYPE_CHECKING:
    from pathlib import Path

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}
OTHERS = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": join(BUCKET, "/private/*")}
PUBLIC = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
HOSTILE = "<img src=x onerror=alert(1)>"


def html(title: str = "App") -> str:
    body = template([OWN, OTHERS, PUBLIC], guest=[PUBLIC])
    return as_html(build_matrix(build_model([Template(name="T", body=body, source="test")]), title=title))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path: Path = tmp_path_factory.mktemp("page") / "matrix.html"
    path.write_text(html(HOSTILE), encoding="utf-8")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        opened = browser.new_page()
        requests: list[str] = []
        complaints: list[str] = []
        opened.on("request", lambda request: requests.append(request.url))
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(path.as_uri())
        yield opened
        browser.close()
    assert requests == [path.as_uri()]
    assert complaints == []


def test_what_a_template_says_is_text_and_no_markup(page: Page) -> None:
    assert page.inner_text(".lead") == HOSTILE
    assert page.locator("img").count() == 0


def test_a_search_leaves_the_rows_that_match(page: Page) -> None:
    page.fill("#search", "public")
    assert page.locator("tr[data-text]:visible").count() == 1
    assert page.inner_text("#shown") == "1 of 3 rows"
    page.fill("#search", "")


def test_only_what_reaches_other_users_data_can_be_shown(page: Page) -> None:
    page.check("#only-wide")
    assert page.locator("tr[data-text]:visible th").all_inner_texts() == ["private/{owner}/*"]
    page.uncheck("#only-wide")


def test_a_click_on_a_cell_shows_the_statements_behind_it(page: Page) -> None:
    page.get_by_role("row", name="public/*").get_by_role("link").first.click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading").first.inner_text() == "guest on Bucket: public/*"
    assert "arn:aws:s3:::Bucket/public/*" in dialog.inner_text()
    page.keyboard.press("Escape")


def test_the_drawing_says_in_words_what_it_shows(page: Page) -> None:
    drawing = page.get_by_role("img", name="Who reaches what")
    assert "guest can get in Bucket." in (drawing.locator("desc").text_content() or "")
    assert drawing.locator("path.wide").count() == 1


def test_paper_has_the_table_and_no_controls(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(".verb").first.is_visible()
    page.emulate_media(media="screen")

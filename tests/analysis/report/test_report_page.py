"""The matrix page in a real browser: it loads no resources, filters, and shows the statements of a cell."""

import copy
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.report.page import as_html
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.proofs import models_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}
OTHERS = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": join(BUCKET, "/private/*")}
PUBLIC = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
WINDOW = ("clientHeight", "scrollHeight")
BOXES = """boxes => boxes.map(box => {
    const parts = ["rect", ".name"].map(each => box.querySelector(each));
    return [...parts.map(each => each.getBoundingClientRect().toJSON()), getComputedStyle(parts[1]).overflow];
})"""
HOSTILE = "<img src=x onerror=alert(1)>"
WIDE_NAME = "W" * 60
LONG_NAME = "ShareNotificationsToSubscribersOfTheOrganisationThatSendsMail"


def long_names() -> Document:
    """Return a template of long names, whose users have a policy of unknown content."""
    body = template([OWN, PUBLIC])
    resources = body["Resources"]
    body["Parameters"] = {"Elsewhere": {"Type": "String"}}
    scan = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": TABLE}
    for name in (WIDE_NAME, LONG_NAME):
        role = copy.deepcopy(resources["User"])
        role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"] = [scan]
        resources[f"{name}Role"] = role
        properties = {"Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]}}
        resources[name] = {"Type": "AWS::Lambda::Function", "Properties": properties}
    resources["Bucket"]["Metadata"] = {"aws:cdk:path": f"App/{'M' * 80}/Resource"}
    resources["User"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Elsewhere"}]
    return body


def html(title: str = "App", body: Document | None = None) -> str:
    body = body or template([OWN, OTHERS, PUBLIC], guest=[PUBLIC])
    return as_html(build_matrix(models_of(body), title=title))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path: Path = tmp_path_factory.mktemp("page") / "matrix.html"
    path.write_text(html(HOSTILE), encoding="utf-8")
    opened = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert requests == [path.as_uri()]
    assert complaints == []


@pytest.fixture(scope="module")
def long_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path: Path = tmp_path_factory.mktemp("long") / "matrix.html"
    path.write_text(html(body=long_names()), encoding="utf-8")
    opened = browser.new_page()
    opened.goto(path.as_uri())
    yield opened
    opened.close()


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


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_widen_no_page_and_leave_no_box(long_page: Page, width: int) -> None:
    long_page.set_viewport_size({"width": width, "height": 800})
    assert long_page.evaluate("document.documentElement.scrollWidth") == width
    boxes = long_page.locator("g.box").evaluate_all(BOXES)
    assert len(boxes) == 8
    for frame, name, overflow in boxes:
        assert frame["left"] < name["left"]
        assert name["right"] < frame["right"]
        assert overflow == "hidden"
    # The function is both a subject and a resource.
    assert long_page.locator("g.box > title", has_text=LONG_NAME).count() == 2


def test_what_is_not_known_stands_in_its_cell_its_line_and_a_section(long_page: Page) -> None:
    cell = long_page.get_by_role("row", name="public/*").get_by_role("link").last
    assert "maybe list, write, delete, other (1)" in cell.inner_text()
    assert long_page.locator("path.maybe").count() > 0
    section = long_page.get_by_role("region", name="What is not known")
    assert "(1) User has the managed policy outside the templates" in section.inner_text()
    cell.click()
    assert "not known (1): User has the managed policy" in long_page.get_by_role("dialog").inner_text()
    long_page.keyboard.press("Escape")


def test_a_page_where_all_is_known_has_no_such_section(page: Page) -> None:
    assert page.get_by_role("region", name="What is not known").count() == 0
    assert page.locator(".maybe").count() == 0


def test_how_far_a_verb_reaches_is_said_in_words_too(page: Page) -> None:
    words = page.get_by_role("row", name="private/{owner}/*").get_by_role("link").last.text_content()
    assert words is not None
    assert words.startswith("get their own, write their own, delete everybody's")


def test_a_cell_opens_and_closes_by_keyboard_and_the_focus_comes_back(page: Page) -> None:
    link = page.get_by_role("row", name="public/*").get_by_role("link").first
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="guest on Bucket: public/*")
    assert dialog.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Close"
    page.keyboard.press("Enter")
    assert not dialog.is_visible()
    assert link.evaluate("each => each === document.activeElement")


def test_a_screen_reader_hears_headings_of_rows_and_columns(page: Page) -> None:
    table = page.get_by_role("table", name="Rows are parts of resources")
    assert table.get_by_role("columnheader").first.inner_text() == "place"
    assert table.get_by_role("columnheader", name="guest").count() == 1
    assert table.get_by_role("rowheader", name="public/*").count() == 1
    names = [each.get_attribute("aria-label") or "" for each in page.get_by_role("region").all()]
    assert "The table; it scrolls" in names
    assert page.get_by_role("search", name="Filter the matrix").count() == 1


def test_paper_shows_the_whole_table_at_its_full_width(long_page: Page) -> None:
    long_page.set_viewport_size({"width": 1030, "height": 700})
    long_page.emulate_media(media="print")
    assert long_page.evaluate("document.documentElement.scrollWidth") == 1030
    inside, whole = (long_page.locator(".scroll").evaluate(f"each => each.{name}") for name in WINDOW)
    assert inside >= whole
    long_page.emulate_media(media="screen")


def test_paper_has_the_table_and_no_controls(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(".verb").first.is_visible()
    page.emulate_media(media="screen")

"""The unmodified page against the local cloud, CORS enforced: what each visitor can do, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Page, expect

from constructs_lib.local import LocalCloud

pytestmark = pytest.mark.slow

PASSWORD = "Correct-horse-1"
ALLOWED, FOREIGN = "http://localhost:5173", "http://localhost:5999"
Visit = Callable[[str], Page]
Photograph = Callable[[Page, str], None]


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def fact(page: Page, name: str) -> str:
    return page.locator(f"[data-fact='{name}']").inner_text()


def sign_up(page: Page, cloud: LocalCloud) -> str:
    address = f"{uuid4().hex[:12]}@example.com"
    open_tab(page, "Sign in")
    page.get_by_role("tab", name="Create Account").click()
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm Password").fill(PASSWORD)
    page.get_by_role("button", name="Create Account").click()
    page.get_by_label("Confirmation Code").fill(cloud.mailbox.last_code(address))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return address


def sign_in(page: Page, address: str) -> None:
    open_tab(page, "Sign in")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def upload(page: Page, file: Path | FilePayload) -> None:
    """Choose a file as a person can: when the page is done with what it was at."""
    chooser = page.locator("input[type=file]")
    expect(chooser).to_be_enabled()
    chooser.set_input_files(file)


def attempt(page: Page, name: str) -> str:
    """Press a button of "What I may not" and return the answer."""
    page.get_by_role("button", name=name).click()
    answer = page.locator(f'[data-attempt="{name}"]')
    expect(answer).not_to_have_text("…")
    return answer.inner_text()


@pytest.fixture
def editor(documents: Any) -> str:
    """Create an editor the way an administrator does and return the address."""
    address = f"{uuid4().hex[:12]}@example.com"
    idp = documents.cloud.session().client("cognito-idp")
    where = {"UserPoolId": documents.outputs["UserPoolId"], "Username": address}
    idp.admin_create_user(
        **where, UserAttributes=[{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}]
    )
    idp.admin_set_user_password(**where, Password=PASSWORD, Permanent=True)
    idp.admin_add_user_to_group(**where, GroupName="editors")
    return address


def test_a_guest_sees_what_is_public_and_is_refused_the_rest(visit: Visit, photograph: Photograph) -> None:
    page = visit(ALLOWED)
    expect(page.get_by_text("Editors look after it")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("[data-fact='identity ID']")).to_contain_text("us-east-1:")
    assert fact(page, "role") == "guest"
    photograph(page, "gallery")
    open_tab(page, "What I may not")
    answers = [
        attempt(page, "List everybody's folders"),
        attempt(page, "Write into public/"),
        attempt(page, "Read the whole notes table"),
        attempt(page, "Share a document"),
        attempt(page, "Remove somebody's share"),
    ]
    photograph(page, "refused")
    # The service's own word, not just any failure.
    assert all(re.match(r"refused: (AccessDenied|403)", answer) for answer in answers), answers


def test_a_newcomer_signs_up_and_uses_everything_of_their_own(
    visit: Visit, photograph: Photograph, documents: Any, tmp_path: Path
) -> None:
    page = visit(ALLOWED)
    address = sign_up(page, documents.cloud)
    expect(page.locator("[data-fact='user']")).to_have_text(address)
    assert fact(page, "role") == "authenticated"

    open_tab(page, "My files")
    large = tmp_path / "holiday.bin"
    large.write_bytes(bytes(6 * 1024 * 1024))
    upload(page, large)
    expect(page.get_by_text("100 %")).to_be_visible()
    upload(page, {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"to the sea"})
    expect(page.get_by_role("listitem")).to_have_count(2)
    photograph(page, "files")
    with page.expect_download() as download:
        page.get_by_role("listitem").filter(has_text="plan.txt").get_by_role("button", name="Download").click()
    assert download.value.path().read_bytes() == b"to the sea"
    page.get_by_role("listitem").filter(has_text="holiday.bin").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("listitem")).to_have_count(1)

    open_tab(page, "My notes")
    page.get_by_label("New note").fill("buy sun cream")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text("buy sun creamDelete")
    photograph(page, "notes")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No notes yet.")).to_be_visible()

    open_tab(page, "Shares")
    page.get_by_label("Share a document").fill(f"Plan of {address}")
    page.get_by_role("button", name="Share").click()
    shared = page.get_by_role("listitem").filter(has_text=address)
    expect(shared).to_contain_text("mine")
    expect(shared.get_by_role("button", name="Remove")).to_have_count(0)
    photograph(page, "shares")

    open_tab(page, "What I may not")
    answers = [
        attempt(page, "List everybody's folders"),
        attempt(page, "Write into public/"),
        attempt(page, "Read the whole notes table"),
        attempt(page, "Remove somebody's share"),
    ]
    photograph(page, "refused")
    # The service's own word, not just any failure.
    assert all(re.match(r"refused: (AccessDenied|403)", answer) for answer in answers), answers


def test_an_editor_looks_after_what_is_public_and_keeps_a_folder(
    visit: Visit, photograph: Photograph, editor: str
) -> None:
    page = visit(ALLOWED)
    sign_in(page, editor)
    expect(page.locator("header")).to_contain_text("editor")
    assert fact(page, "role") == "group editors"
    name = f"{uuid4().hex[:8]}.txt"
    upload(page, {"name": name, "mimeType": "text/plain", "buffer": b"welcome"})
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_be_visible()
    photograph(page, "public")

    guest = visit(ALLOWED)
    seen = guest.get_by_role("listitem").filter(has_text=name)
    expect(seen).to_be_visible()
    expect(seen.get_by_role("button", name="Delete")).to_have_count(0)

    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    open_tab(page, "Shares")
    page.get_by_label("Share a document").fill(f"Notice of {editor}")
    page.get_by_role("button", name="Share").click()
    mine = page.get_by_role("listitem").filter(has_text=editor)
    expect(mine).to_be_visible()
    photograph(page, "shares")
    mine.get_by_role("button", name="Remove").click()
    expect(mine).to_have_count(0)
    open_tab(page, "My files")
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()


def test_a_page_of_another_origin_gets_no_answer_from_bucket_and_api(visit: Visit, photograph: Photograph) -> None:
    page = visit(FOREIGN)
    # Cognito answers every origin, so the page has credentials; only the answers of bucket and API are kept from it.
    expect(page.locator("[data-fact='identity ID']")).to_contain_text("us-east-1:")
    expect(page.get_by_role("alert")).to_contain_text("Network")
    photograph(page, "gallery")
    open_tab(page, "Shares")
    expect(page.get_by_role("alert")).to_contain_text("Network")

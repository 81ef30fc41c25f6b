"""No user reaches another user's data: proved from the template, and asserted in sentences."""

from typing import Any

from constructs_lib.testing import assert_access, assert_isolated


def test_users_are_isolated(template: dict[str, Any]) -> None:
    assert_isolated(template)


def test_owners_have_their_folder_and_their_notes(template: dict[str, Any]) -> None:
    assert_access(
        template,
        "authenticated",
        can=["get Documents private/{owner}/*", "write Documents private/{owner}/*", "list Notes {owner}"],
        cannot=["get Documents private/{other}/*", "write Documents public/*", "get Notes {other}"],
    )


def test_editors_manage_public_files_and_read_no_private_ones(template: dict[str, Any]) -> None:
    assert_access(
        template,
        "group:editors",
        can=["write Documents public/*", "call Api DELETE /shares/{share_id}"],
        cannot=["get Documents private/{other}/*"],
    )


def test_guests_read_public_files(template: dict[str, Any]) -> None:
    assert_access(
        template, "guest", can=["get Documents public/*"], cannot=["write Documents public/*", "call Api POST /shares"]
    )

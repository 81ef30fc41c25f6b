"""No user changes another user's photos or reads their album: proved from the template, and asserted in sentences."""

from typing import Any

from constructs_lib.testing import assert_access, assert_isolated


def test_users_are_isolated(template: dict[str, Any]) -> None:
    assert_isolated(template)


def test_everyone_reads_photos_and_only_the_owner_changes_them(template: dict[str, Any]) -> None:
    assert_access(
        template, "guest", can=["get Photos protected/{other}/*"], cannot=["write Photos protected/{other}/*"]
    )
    assert_access(
        template,
        "authenticated",
        can=["write Photos protected/{owner}/*", "delete Photos protected/{owner}/*"],
        cannot=["write Photos protected/{other}/*", "delete Photos protected/{other}/*"],
    )


def test_only_the_owner_reads_an_album(template: dict[str, Any]) -> None:
    assert_access(
        template, "authenticated", can=["list Album {owner}", "get Album gallery"], cannot=["get Album {other}"]
    )

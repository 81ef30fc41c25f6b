"""No user can call another user's paths: proved from the template, and asserted in sentences."""

from typing import Any

from constructs_lib.testing import assert_access, assert_isolated


def test_users_are_isolated(template: dict[str, Any]) -> None:
    assert_isolated(template)


def test_signed_in_users_call_their_own_paths_and_no_table(template: dict[str, Any]) -> None:
    assert_access(
        template,
        "authenticated",
        can=["call Api GET /help", "call Api GET /users/{owner}/todos"],
        cannot=["get Table *", "list Table *"],
    )


def test_callers_without_credentials_call_nothing(template: dict[str, Any]) -> None:
    assert_access(template, "internet", cannot=["call Api GET /help", "call Api GET /users/{owner}/todos"])

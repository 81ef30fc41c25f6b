"""The presets are Amplify's access levels, and no preset tells who the owners are."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Stack

from constructs_lib.auth import Auth
from constructs_lib.storage import Storage, presets

FILES: Final = "<FilesBucket.Arn>"
ME: Final = "${cognito-identity.amazonaws.com:sub}"
ALL: Final = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
]
CHANGE: Final = [action for action in ALL if action != "s3:GetObject"]


def listing(*prefixes: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": FILES,
        "Condition": {"StringLike": {"s3:prefix": list(prefixes)}},
    }


def test_all_three_levels_together(
    templates: dict[str, Any], statements: Callable[[dict[str, Any], str], list[dict[str, Any]]]
) -> None:
    template = templates["all_presets"]
    assert statements(template, "AuthGuestPolicy") == [
        {"Effect": "Allow", "Action": ALL, "Resource": f"{FILES}/private/{ME}/*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{FILES}/protected/*/*", f"{FILES}/public/*"]},
        listing(f"private/{ME}/*", "protected/*/*", "public/*"),
    ]
    assert statements(template, "AuthAuthenticatedPolicy") == [
        {"Effect": "Allow", "Action": ALL, "Resource": [f"{FILES}/private/{ME}/*", f"{FILES}/public/*"]},
        {"Effect": "Allow", "Action": CHANGE, "Resource": f"{FILES}/protected/{ME}/*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{FILES}/protected/*/*"},
        listing(f"private/{ME}/*", "protected/*/*", "public/*"),
    ]


def test_listing_protected_takes_an_owners_id_so_that_it_leaks_none(templates: dict[str, Any]) -> None:
    """`s3:prefix` must hold a name between the slashes; `protected/` would list the owners."""
    assert '"protected/*"' not in str(templates["all_presets"]).replace("'", '"')


@pytest.mark.parametrize("preset", [presets.public, presets.protected, presets.private])
def test_guests_need_an_auth_that_has_them(preset: Callable[..., Any]) -> None:
    stack = Stack(App(), "Refused")
    with pytest.raises(ValueError, match=r"a rule names allow\.guest"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access=preset(guests=True))
    Storage(stack, "Without", auth=Auth(stack, "Other"), access=preset(guests=False))

"""The statements each caller gets, compared whole."""

from itertools import permutations
from typing import Final

import pytest

from constructs_lib.access import Statement, allow, compile_folders, parse_folders
from constructs_lib.access.folder_policies import _prefixes_between
from constructs_lib.access.folders import Folder

ME: Final = "${me}"
GUEST: Final = frozenset({allow.guest, allow.guest_owner})
USER: Final = frozenset({allow.authenticated, allow.owner})
EDITOR: Final = USER | {allow.group("editors")}

PUT: Final = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
ALL: Final = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
GET: Final = ("s3:GetObject",)
LIST: Final = ("s3:ListBucket",)

DOCUMENTS: Final = parse_folders(
    {
        "public/*": [
            allow.guest.to("read"),
            allow.authenticated.to("read"),
            allow.group("editors").to("read", "write", "delete"),
        ],
        "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
    }
)


def listing(*prefixes: str) -> Statement:
    return Statement(actions=LIST, resources=("B",), conditions={"StringLike": {"s3:prefix": list(prefixes)}})


def test_a_guest_gets_and_lists_what_is_public_and_nothing_else() -> None:
    assert compile_folders(DOCUMENTS, GUEST, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=GET, resources=("B/public/*",)),
        listing("public/*"),
    ]


def test_a_user_also_has_a_folder_of_their_own() -> None:
    assert compile_folders(DOCUMENTS, USER, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=ALL, resources=("B/private/${me}/*",)),
        Statement(actions=GET, resources=("B/public/*",)),
        listing("private/${me}/*", "public/*"),
    ]


def test_an_editor_keeps_the_folder_of_a_user() -> None:
    assert compile_folders(DOCUMENTS, EDITOR, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=ALL, resources=("B/private/${me}/*", "B/public/*")),
        listing("private/${me}/*", "public/*"),
    ]


def test_a_caller_without_rules_gets_nothing() -> None:
    assert compile_folders(DOCUMENTS, frozenset(), bucket_arn="B", variables={"owner": ME}) == []


def test_everyone_reaches_each_owners_folder_but_cannot_list_who_the_owners_are() -> None:
    folders = parse_folders(
        {"protected/{owner}/*": [allow.owner.to("write"), allow.authenticated.to("read", everyone=True)]}
    )
    assert compile_folders(folders, USER, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=PUT, resources=("B/protected/${me}/*",)),
        Statement(actions=GET, resources=("B/protected/*/*",)),
        listing("protected/*/*"),
    ]


def test_said_around_owners_folders_everyone_reaches_and_lists_them_all_the_owners_names_too() -> None:
    folders = parse_folders(
        {
            "private/*": [allow.group("editors").to("read", everyone=True)],
            "private/{owner}/*": [allow.owner.to("read", "write")],
        }
    )
    assert compile_folders(folders, EDITOR, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=tuple(sorted({*PUT, *GET})), resources=("B/private/${me}/*",)),
        Statement(actions=GET, resources=("B/private/*",)),
        listing("private/${me}/*", "private/*"),
    ]
    assert compile_folders(folders, USER, bucket_arn="B", variables={"owner": ME})[-1] == listing("private/${me}/*")


def test_a_guest_who_owns_nothing_keeps_what_everyone_means_around_owners_folders() -> None:
    folders = parse_folders(
        {
            "private/*": [allow.guest.to("get", everyone=True)],
            "private/{owner}/*": [allow.owner.to("read", "write")],
            "private/staff/*": [allow.group("editors").to("read")],
        }
    )
    assert compile_folders(folders, GUEST, bucket_arn="B", variables={"owner": ME}) == [
        Statement(actions=GET, resources=("B/private/*",)),
        Statement(actions=GET, resources=("B/private/staff/*",), deny=True),
    ]


def test_the_inner_rule_replaces_the_outer_one_there() -> None:
    folders = parse_folders(
        {
            "public/*": [allow.authenticated.to("read", "delete")],
            "public/in/*": [allow.authenticated.to("delete"), allow.group("editors").to("read")],
        }
    )
    outer = [
        Statement(actions=("s3:DeleteObject", "s3:GetObject"), resources=("B/public/*",)),
        listing("public/*"),
    ]
    delete = Statement(actions=("s3:DeleteObject",), resources=("B/public/in/*",))
    denied = [
        Statement(actions=GET, resources=("B/public/in/*",), deny=True),
        Statement(actions=LIST, resources=("B",), conditions={"StringLike": {"s3:prefix": ["public/in/*"]}}, deny=True),
        Statement(
            actions=LIST,
            resources=("B",),
            conditions={
                "StringEquals": {"s3:prefix": ["public/", "public/i", "public/in"]},
                "StringNotEquals": {"s3:delimiter": "/"},
            },
            deny=True,
        ),
    ]
    assert compile_folders(folders, USER, bucket_arn="B", variables={"owner": ME}) == [delete, *outer, *denied]
    assert not any(s.deny for s in compile_folders(folders, EDITOR, bucket_arn="B", variables={"owner": ME}))


def test_an_inner_folder_may_open_what_the_one_between_does_not_close() -> None:
    folders = parse_folders(
        {
            "a/*": [allow.authenticated.to("read")],
            "a/b/*": [allow.group("editors").to("read")],
            "a/b/c/*": [allow.authenticated.to("write")],
        }
    )
    statements = compile_folders(folders, USER, bucket_arn="B", variables={"owner": ME})
    assert Statement(actions=PUT, resources=("B/a/b/c/*",)) in statements


def test_an_inner_folder_cannot_open_again_what_the_one_between_closes() -> None:
    folders = parse_folders(
        {
            "a/*": [allow.authenticated.to("read")],
            "a/b/*": [allow.group("editors").to("read")],
            "a/b/c/*": [allow.authenticated.to("read")],
        }
    )
    with pytest.raises(ValueError, match=r"'a/b/c/\*' allows get, list again .* 'a/b/\*' denies"):
        compile_folders(folders, USER, bucket_arn="B", variables={"owner": ME})


def test_the_order_of_rules_changes_nothing() -> None:
    access = {
        "public/*": [allow.guest.to("read"), allow.authenticated.to("read")],
        "public/in/*": [allow.authenticated.to("list")],
        "private/{owner}/*": [allow.owner.to("read", "write")],
        "drop/*": [allow.authenticated.to("write")],
    }
    compiled = {
        tuple(
            repr(s) for s in compile_folders(parse_folders(dict(order)), USER, bucket_arn="B", variables={"owner": ME})
        )
        for order in permutations(access.items())
    }
    assert len(compiled) == 1


def test_every_prefix_that_would_show_an_inner_folder_is_named() -> None:
    assert _prefixes_between("a/", "a/bc/") == ["a/", "a/b", "a/bc"]


def test_whoever_may_list_the_whole_bucket_needs_no_prefix() -> None:
    folders = {Folder(segments=()): (allow.group("editors").to("list"),)}
    assert compile_folders(folders, EDITOR, bucket_arn="B", variables={}) == [Statement(actions=LIST, resources=("B",))]

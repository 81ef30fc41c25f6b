"""No role reaches a shared folder; the function does, and the list of members says for whom."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib.access import allow
from constructs_lib.auth import Auth
from constructs_lib.storage import SharedFolders, Storage, presets

ME: Final = "${cognito-identity.amazonaws.com:sub}"
MEMBERS: Final = "<SharedMembersTable.Arn>"
Templates = dict[str, dict[str, Any]]
Statements = Callable[[dict[str, Any], str], list[dict[str, Any]]]


def test_members_read_their_own_entries_and_write_none(templates: Templates, statements: Statements) -> None:
    *_, entries = statements(templates["shared"], "AuthAuthenticatedPolicy")
    assert entries == {
        "Effect": "Allow",
        "Action": ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"],
        "Resource": MEMBERS,
        "Condition": {
            "Null": {"dynamodb:LeadingKeys": "false"},
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [ME]},
        },
    }


def test_no_users_role_names_a_shared_folder(templates: Templates, statements: Statements) -> None:
    rights = statements(templates["shared"], "AuthAuthenticatedPolicy")
    assert "shared/" not in str(rights)
    assert [s["Resource"] for s in rights if "s3:GetObject" in s["Action"]] == [f"<FilesBucket.Arn>/private/{ME}/*"]


def test_the_function_reaches_the_folders_and_the_list(templates: Templates, statements: Statements) -> None:
    rights = statements(templates["shared"], "FunctionServiceRoleDefaultPolicy")
    assert [(s["Action"], s["Resource"]) for s in rights if "s3:GetObject" in s["Action"]] == [
        (
            [
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            "<FilesBucket.Arn>/shared/*",
        )
    ]
    assert [s["Resource"] for s in rights if "dynamodb:Query" in s["Action"]] == [
        [MEMBERS, f"{MEMBERS}/index/by-folder"]
    ]
    assert "dynamodb:Scan" not in str(rights)


def test_the_function_is_told_where_folders_and_list_are(templates: Templates) -> None:
    (function,) = (r for r in templates["shared"]["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    assert function["Properties"]["Environment"]["Variables"] == {
        "SHARED_FOLDERS_BUCKET": {"Ref": "FilesBucket7C17EE2E"},
        "SHARED_FOLDERS_PREFIX": "shared/",
        "SHARED_FOLDERS_TABLE": {"Ref": "SharedMembersTable4B85277B"},
    }


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (presets.private(), r"does not open 'shared/\*' to the function"),
        ({"shared/*": [allow.authenticated.to("read")]}, r"opens 'shared/\*' to authenticated"),
        ({"shared/*": [], "shared/notes/*": [allow.authenticated.to("read")]}, r"opens 'shared/notes/\*' to"),
    ],
    ids=["not opened", "opened to users", "opened inside to users"],
)
def test_folders_that_are_not_the_functions_alone_are_refused(access: dict[str, Any], message: str) -> None:
    stack = Stack(App(), "Refused")
    auth = Auth(stack, "Auth")
    code = lambda_.Code.from_inline("pass")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.f", code=code)
    if "shared/*" in access:
        access = {**access, "shared/*": [*access["shared/*"], allow.function(function).to("read")]}
    files = Storage(stack, "Files", auth=auth, access=access)
    with pytest.raises(ValueError, match=message):
        SharedFolders(stack, "Shared", auth=auth, storage=files, function=function)

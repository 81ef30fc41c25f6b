"""No role reaches a shared folder; the function does, and the list of members says for whom."""

from typing import Any, Final

import pytest
from aws_cdk import App, Stack

from constructs_lib.access import allow
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.auth import Auth
from constructs_lib.sharing import SharedFolders
from constructs_lib.storage import Storage, presets
from tests.cfn_lint_rules import lint
from tests.proofs import proof_of
from tests.synthesis import CONTEXT, new_function, statements_of

ME: Final = "${cognito-identity.amazonaws.com:sub}"
MEMBERS: Final = "<SharedMembersTable.Arn>"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """Return the template of a stack with shared folders beside private ones."""
    app = App(context=CONTEXT)
    stack = Stack(app, "shared")
    auth = Auth(stack, "Auth")
    function = new_function(stack)
    access = {**presets.private(), "shared/*": [allow.function(function).to("read", "write", "delete")]}
    files = Storage(stack, "Files", auth=auth, access=access)
    SharedFolders(stack, "Shared", auth=auth, storage=files, function=function)
    found: dict[str, Any] = app.synth().get_stack_by_name("shared").template
    return found


def test_members_read_their_own_entries_and_write_none(template: dict[str, Any]) -> None:
    *_, entries = statements_of(template, "AuthAuthenticatedPolicy")
    assert entries == {
        "Effect": "Allow",
        "Action": ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"],
        "Resource": MEMBERS,
        "Condition": {
            "Null": {"dynamodb:LeadingKeys": "false"},
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [ME]},
        },
    }


def test_no_users_role_names_a_shared_folder(template: dict[str, Any]) -> None:
    rights = statements_of(template, "AuthAuthenticatedPolicy")
    assert "shared/" not in str(rights)
    assert [s["Resource"] for s in rights if "s3:GetObject" in s["Action"]] == [f"<FilesBucket.Arn>/private/{ME}/*"]


def test_the_function_reaches_the_folders_and_the_list(template: dict[str, Any]) -> None:
    rights = statements_of(template, "FunctionServiceRoleDefaultPolicy")
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


def test_the_function_is_told_where_folders_and_list_are(template: dict[str, Any]) -> None:
    (function,) = (r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    assert function["Properties"]["Environment"]["Variables"] == {
        "SHARED_FOLDERS_BUCKET": {"Ref": "FilesBucket7C17EE2E"},
        "SHARED_FOLDERS_PREFIX": "shared/",
        "SHARED_FOLDERS_TABLE": {"Ref": "SharedMembersTable4B85277B"},
    }


def test_what_is_owned_is_proved_isolated(template: dict[str, Any]) -> None:
    report = proof_of(template, name="Stack")
    assert report.owned
    assert {finding.status for finding in report.findings} == {Status.PROVED}


@pytest.mark.slow
def test_cfn_lint_finds_nothing(template: dict[str, Any]) -> None:
    assert lint(template) == []


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
    function = new_function(stack)
    if "shared/*" in access:
        access = {**access, "shared/*": [*access["shared/*"], allow.function(function).to("read")]}
    files = Storage(stack, "Files", auth=auth, access=access)
    with pytest.raises(ValueError, match=message):
        SharedFolders(stack, "Shared", auth=auth, storage=files, function=function)


def test_a_function_maintains_one_list() -> None:
    """Its environment would name the second one alone, and no member of the first would be found."""
    stack = Stack(App(), "Refused")
    auth, function = Auth(stack, "Auth"), new_function(stack)
    rule = allow.function(function).to("read", "write")
    files = Storage(stack, "Files", auth=auth, access={"shared/*": [rule], "teams/*": [rule]})
    SharedFolders(stack, "Shared", auth=auth, storage=files, function=function)
    with pytest.raises(ValueError, match="already maintains the list of 'Refused/Shared'"):
        SharedFolders(stack, "Teams", auth=auth, storage=files, function=function, folder="teams/*")


def test_a_folder_of_an_owner_is_not_shared() -> None:
    stack = Stack(App(), "Refused")
    auth, function = Auth(stack, "Auth"), new_function(stack)
    files = Storage(
        stack, "Files", auth=auth, access={"s/{owner}/*": [allow.function(function).to("read", everyone=True)]}
    )
    with pytest.raises(ValueError, match=r"contains \{owner\}, and a folder here has no owner"):
        SharedFolders(stack, "Shared", auth=auth, storage=files, function=function, folder="s/{owner}/*")

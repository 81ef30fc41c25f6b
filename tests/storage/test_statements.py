"""What a key and required tags add to the statements of folders."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import Aws

from constructs_lib.access import Statement
from constructs_lib.storage.statements import check_tags, get_only_tagged, key_statements

Templates = dict[str, dict[str, Any]]
Statements = Callable[[dict[str, Any], str], list[dict[str, Any]]]

ONLY_HERE: Final = {
    "StringEquals": {"kms:ViaService": "s3.<AWS::Region>.<AWS::URLSuffix>"},
    "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["<FilesBucket.Arn>", "<FilesBucket.Arn>/*"]},
}


@pytest.mark.parametrize(
    ("policy", "action"),
    [
        ("AuthGuestPolicy", "kms:Decrypt"),
        ("AuthAuthenticatedPolicy", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("FunctionServiceRoleDefaultPolicy", "kms:Decrypt"),
    ],
    ids=["who reads", "who writes", "a function that reads"],
)
def test_a_key_is_used_through_s3_for_this_bucket_as_the_verbs_need(
    templates: Templates, statements: Statements, policy: str, action: str | list[str]
) -> None:
    assert statements(templates["encrypted"], policy)[-1] == {
        "Effect": "Allow",
        "Action": action,
        "Resource": "<Key.Arn>",
        "Condition": ONLY_HERE,
    }


def test_who_only_lists_or_is_denied_gets_no_key() -> None:
    listing = Statement(actions=("s3:ListBucket",), resources=("B",))
    denied = Statement(actions=("s3:GetObject",), resources=("B/in/*",), deny=True)
    assert key_statements([listing, denied], key_arn="K", bucket_arn="B", via_service="s3") == []


def test_an_upload_cannot_ask_to_be_encrypted_without_the_key(templates: Templates) -> None:
    (policy,) = (r for r in templates["encrypted"]["Resources"].values() if r["Type"] == "AWS::S3::BucketPolicy")
    deny = policy["Properties"]["PolicyDocument"]["Statement"][-1]
    assert (deny["Effect"], deny["Action"], deny["Principal"]) == ("Deny", "s3:PutObject", {"AWS": "*"})
    assert deny["Condition"] == {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
    }


def test_getting_takes_the_tag_and_the_rest_does_not(templates: Templates, statements: Statements) -> None:
    folder = "<FilesBucket.Arn>/private/${cognito-identity.amazonaws.com:sub}/*"
    change, get, listing = statements(templates["all_settings"], "AuthAuthenticatedPolicy")
    assert "s3:GetObject" not in change["Action"]
    assert get == {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": folder,
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "NO_THREATS_FOUND"}},
    }
    assert listing["Action"] == "s3:ListBucket"


def test_no_caller_may_set_tags(templates: Templates) -> None:
    for template in templates.values():
        assert "ObjectTagging" not in str(template)


def test_denials_stay_as_they_are() -> None:
    denied = Statement(actions=("s3:GetObject",), resources=("B/in/*",), deny=True)
    assert get_only_tagged([denied], {"scan": "clean"}) == [denied]


def test_a_tag_that_no_object_can_have_is_named() -> None:
    with pytest.raises(ValueError, match=r"^a key of readable_when_tagged"):
        check_tags({"k" * 129: "clean"})
    with pytest.raises(ValueError, match=r"^readable_when_tagged\['scan'\]"):
        check_tags({"scan": "v" * 257})


@pytest.mark.parametrize("tags", [{"published": "y*s"}, {"pub?": "yes"}, {"published": "${x}"}])
def test_a_tag_that_no_object_can_have_is_refused(tags: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="readable_when_tagged"):
        check_tags(tags)


def test_a_tag_whose_value_is_a_token_is_accepted() -> None:
    check_tags({"region": Aws.REGION})


def test_statements_after_one_that_gets_nothing_are_narrowed_too() -> None:
    listing = Statement(actions=("s3:ListBucket",), resources=("B",))
    getting = Statement(actions=("s3:GetObject",), resources=("B/*",))
    narrowed = get_only_tagged([listing, getting], {"published": "yes"})
    assert narrowed[0] == listing
    assert [each.conditions for each in narrowed[1:]] == [{"StringEquals": {"s3:ExistingObjectTag/published": "yes"}}]

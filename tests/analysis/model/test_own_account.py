"""The account that a template shows by roles and policies which only work in the account of the stack."""

from typing import Any, Final

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.diff.compare import compare
from constructs_lib.analysis.model.own_account import own_account
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import BUCKET, Document, join, template
from tests.analysis.proof.access_paths.openings import Opening, allow, applied, att, of, ref
from tests.analysis.proof.access_paths.services_with_roles import NAMES
from tests.analysis.proof.test_traps import OWN
from tests.proofs import proof_of

MINE: Final = "123456789012"
ROLE: Final = f"arn:aws:iam::{MINE}:role/x"
POLICY: Final = f"arn:aws-cn:iam::{MINE}:policy/x"
CODE: Final = of("AWS::Lambda::Function", Role=ROLE, Code={"ZipFile": "x"})
ROOT: Final = {"AWS": f"arn:aws:iam::{MINE}:root"}


def shared(principal: Any, **condition: Any) -> Document:
    """A policy that lets a principal read the bucket with owned files."""
    said = {**allow("s3:GetObject", join(BUCKET, "/*")), "Principal": principal}
    statement = {**said, **({"Condition": {"StringEquals": condition}} if condition else {})}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Policy": of("AWS::S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=document)}


SHARED: Final[dict[str, Document]] = {
    "the account as a principal of the bucket": shared(ROOT),
    "the account's number as a principal": shared({"AWS": MINE}),
    "a service for the account": shared({"Service": "x.amazonaws.com"}, **{"aws:SourceAccount": MINE}),
    "notifications for the account": {
        "Topic": of("AWS::SNS::Topic"),
        "Says": of("AWS::SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument={"Statement": [
            {"Effect": "Allow", "Principal": ROOT, "Action": "sns:Subscribe", "Resource": ref("Topic")}]}),
    },
}  # fmt: skip


def status(*more: Document) -> Status:
    resources = {name: each for one in more for name, each in one.items()}
    tells = {"TopicConfigurations": [{"Event": "s3:ObjectCreated:*", "Topic": ref("Topic")}]}
    bucket = {"NotificationConfiguration": tells} if "Topic" in resources else {}
    return proof_of(applied(template([OWN], more=resources), NAMES, Opening(bucket=bucket))).status


@pytest.mark.parametrize("name", SHARED)
def test_the_account_of_the_stack_is_no_other_account(name: str) -> None:
    assert status(SHARED[name]) is not Status.PROVED
    assert status(SHARED[name], {"Code": CODE}) is Status.PROVED
    other = of("AWS::Lambda::Function", Role=ROLE.replace(MINE, "999999999999"), Code={"ZipFile": "x"})
    assert status(SHARED[name], {"Code": other}) is not Status.PROVED
    assert status(SHARED[name], {"Code": CODE, "Other": other}) is not Status.PROVED


@pytest.mark.parametrize("account", ["", MINE])
@pytest.mark.parametrize("more", [{}, {"Code": CODE}])
@pytest.mark.parametrize(("below", "expected"), [("${cognito-identity.amazonaws.com:sub}/*", True), ("*", False)])
def test_a_bucket_with_the_account_in_its_name_is_found_by_that_name(
    account: str, more: Document, below: str, expected: bool
) -> None:
    objects = f"arn:aws:s3:::files-{MINE}/private/{below}"
    body = template([allow(["s3:GetObject", "s3:PutObject"], objects)], more=more)
    body["Resources"]["Bucket"] = of("AWS::S3::Bucket", BucketName=f"files-{MINE}")
    models = build_model([Template(name="T", body=body, source="test", account=account)])
    report = prove(models, owned=["Bucket"])
    assert (report.status is Status.PROVED) is expected, [each.story for each in report.findings]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (CODE, MINE),
        (of("AWS::Cognito::IdentityPoolRoleAttachment", Roles={"authenticated": ROLE}), MINE),
        (of("AWS::Cognito::UserPoolGroup", RoleArn=ROLE), MINE),
        (of("AWS::IAM::Role", ManagedPolicyArns=[POLICY]), MINE),
        (of("AWS::IAM::User", PermissionsBoundary=POLICY), MINE),
        (of("AWS::IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]), ""),
        (of("AWS::Lambda::Function", Role=att("Role")), ""),
        (of("AWS::Lambda::Function", Environment={"Variables": {"ROLE": ROLE}}), ""),
        (of("AWS::Lambda::Function", Role=f"see {ROLE}"), ""),
        (of("AWS::S3::Bucket", BucketName=f"files-{MINE}"), ""),
    ],
)
def test_a_role_that_is_passed_or_an_attached_policy_shows_the_account(resource: Document, expected: str) -> None:
    assert own_account({"X": resource}) == expected


def test_the_account_that_one_version_shows_is_that_of_both() -> None:
    def version(account: str, *more: Document) -> Template:
        named = {"Bucket": of("AWS::S3::Bucket", BucketName=f"files-{MINE}")}
        body = template([OWN], more={name: each for one in more for name, each in one.items()})
        return Template(name=account or "T", body={"Resources": body["Resources"] | named}, source="t", account=account)

    open_to_it, code = SHARED["the account as a principal of the bucket"], {"Code": CODE}
    for old, new in (
        (version("", open_to_it), version("", open_to_it, code)),
        (version("", open_to_it, code), version("", open_to_it)),
        (version("", open_to_it), version(MINE, open_to_it)),
    ):
        found = compare([old], [new])
        assert (found.gained, found.lost, found.undecided) == ((), (), ())

"""A resource that takes a name or a tag of which policies speak is never "no access changes"."""

from typing import Any

import pytest

from constructs_lib.analysis.diff import Diff
from tests.analysis.conftest import BUCKET, PUBLIC, Document, join, template
from tests.analysis.diff.test_setting_changes import Resource, diff, resource, silent

ROLE = "arn:aws:iam::111122223333:role"
TRUST = {"Version": "2012-10-17", "Statement": []}


def policy(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def allow(action: str, *where: Any, **more: Any) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": [*where], **more}


def with_x(statement: Document, x: Resource | None, **more: Resource) -> Document:
    return template([PUBLIC, statement], more={**({} if x is None else {"X": x}), **more})


def names_x(found: Diff) -> bool:
    return any(each.startswith("X (") and each.endswith("not compared") for each in found.undecided)


GRANTS: dict[str, tuple[Document, Resource, Resource | None]] = {
    "a table": (
        allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/secret"),
        resource("DynamoDB::Table", TableName="secret"),
        resource("DynamoDB::Table", TableName="other"),
    ),
    "a table that had a generated name": (
        allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/secret"),
        resource("DynamoDB::Table", TableName="secret"),
        resource("DynamoDB::Table"),
    ),
    "a new bucket": (
        allow("s3:GetObject", "arn:aws:s3:::app-*/*"), resource("S3::Bucket", BucketName="app-secrets"), None
    ),
    "a queue": (
        allow("sqs:ReceiveMessage", "arn:aws:sqs:*:*:secret"),
        resource("SQS::Queue", QueueName="secret"),
        resource("SQS::Queue", QueueName="other"),
    ),
    "a function": (
        allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:secret"),
        resource("Lambda::Function", FunctionName="secret", Role="x"),
        resource("Lambda::Function", FunctionName="other", Role="x"),
    ),
    "a role": (
        allow("sts:AssumeRole", f"{ROLE}/secret"),
        resource("IAM::Role", RoleName="secret", AssumeRolePolicyDocument=TRUST),
        resource("IAM::Role", RoleName="other", AssumeRolePolicyDocument=TRUST),
    ),
    "a parameter": (
        allow("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/open/*"),
        resource("SSM::Parameter", Type="String", Value="v", Name="/open/a"),
        resource("SSM::Parameter", Type="String", Value="v", Name="/closed/a"),
    ),
    "a state machine": (
        allow("states:StartExecution", "arn:aws:states:*:*:stateMachine:secret*"),
        resource("StepFunctions::StateMachine", StateMachineName="secret-one", RoleArn="x"),
        resource("StepFunctions::StateMachine", StateMachineName="other", RoleArn="x"),
    ),
    "a secret": (
        allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:app/secret-??????"),
        resource("SecretsManager::Secret", Name="app/secret"),
        resource("SecretsManager::Secret", Name="app/other"),
    ),
    "a secret below a path": (
        allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:app/*"),
        resource("SecretsManager::Secret", Name="app/secret"),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GRANTS)
def test_a_resource_that_takes_the_name_of_a_grant_is_not_decided_and_named(name: str) -> None:
    statement, named, other = GRANTS[name]
    assert names_x(diff(with_x(statement, other), with_x(statement, named)))
    assert not names_x(diff(with_x(statement, named), with_x(statement, named)))
    everywhere = {**statement, "Resource": "*"}
    assert not names_x(diff(with_x(everywhere, other), with_x(everywhere, named)))


SECRET = "arn:aws:dynamodb:*:*:table/secret"


@pytest.mark.parametrize(
    "denial",
    [
        {"Effect": "Deny", "Action": "dynamodb:GetItem", "Resource": SECRET},
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "NotResource": SECRET},
    ],
)
def test_a_resource_that_gives_up_the_name_of_a_denial_is_not_decided_and_named(denial: Document) -> None:
    secret, other = (resource("DynamoDB::Table", TableName=name) for name in ("secret", "other"))
    assert names_x(diff(with_x(denial, secret), with_x(denial, other)))
    assert not names_x(diff(with_x(denial, other), with_x(denial, secret)))


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (allow("s3:GetObject", "arn:aws:s3:::files/secret/*"), "secret"),
        (allow("s3:GetObject", join(BUCKET, "/secret/*")), "secret"),
        (allow("dynamodb:GetItem", {"Fn::GetAtt": ["X", "Arn"]}), "secret"),
        (allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/secret"), "secrets"),
    ],
)
def test_a_name_of_which_no_policy_speaks_is_no_new_name(statement: Document, name: str) -> None:
    old, new = (with_x(statement, resource("DynamoDB::Table", TableName=each)) for each in ("other", name))
    assert not names_x(diff(old, new))


@pytest.mark.parametrize("where", ["arn:aws:s3:::files/secret/*", "arn:aws:states:*:*:stateMachine:*"])
def test_a_folder_or_a_star_is_no_name(where: str) -> None:
    grant = allow("*", where)
    other, secret = (
        resource("StepFunctions::StateMachine", StateMachineName=each, RoleArn="x") for each in ("other", "secret")
    )
    assert not any(names_x(diff(with_x(grant, old), with_x(grant, secret))) for old in (other, None))


def role(**more: Any) -> Resource:
    return resource("IAM::Role", AssumeRolePolicyDocument=TRUST, **more)


OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": join(BUCKET, "/*")}
BY_ARN = {**OPEN, "Condition": {"ArnLike": {"aws:PrincipalArn": f"{ROLE}/app-*"}}}
BY_PATH = {**OPEN, "Condition": {"ArnLike": {"aws:PrincipalArn": f"{ROLE}/staff/*"}}}
BY_PRINCIPAL = {**OPEN, "Principal": {"AWS": f"{ROLE}/app-users"}}
ALL_BUT = {**BY_ARN, "Effect": "Deny", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"{ROLE}/app-users"}}}


ELSEWHERE = "arn:aws:iam::444455556666:role/other"
BY_ACCOUNTS = {**OPEN, "Condition": {"ArnLike": {"aws:PrincipalArn": [f"{ROLE}/app-*", ELSEWHERE]}}}


@pytest.mark.parametrize("statement", [BY_ARN, BY_ACCOUNTS, BY_PRINCIPAL, ALL_BUT])
@pytest.mark.parametrize("old", ["viewers", None])
def test_a_role_that_takes_the_name_of_which_a_policy_speaks_is_not_decided_and_named(
    statement: Document, old: str | None
) -> None:
    by = resource("S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=policy(statement))
    before = role() if old is None else role(RoleName=old)
    assert names_x(diff(with_x(PUBLIC, before, By=by), with_x(PUBLIC, role(RoleName="app-users"), By=by)))
    assert not names_x(diff(with_x(PUBLIC, role(RoleName="a"), By=by), with_x(PUBLIC, role(RoleName="b"), By=by)))


def test_a_role_that_takes_the_path_of_which_a_policy_speaks_is_not_decided_and_named() -> None:
    by = resource("S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=policy(BY_PATH))
    assert names_x(diff(with_x(PUBLIC, role(), By=by), with_x(PUBLIC, role(Path="/staff/"), By=by)))
    assert silent(diff(with_x(PUBLIC, role(Path="/a/"), By=by), with_x(PUBLIC, role(Path="/b/"), By=by)))


def test_the_name_of_a_callers_role_is_compared_with_policies_too() -> None:
    def version(name: str) -> Document:
        by = resource("S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=policy(BY_ARN))
        body = template([PUBLIC], more={"By": by})
        body["Resources"]["User"]["Properties"]["RoleName"] = name
        return body

    assert any(
        "User (AWS::IAM::Role) has a new name" in each for each in diff(version("a"), version("app-x")).undecided
    )
    assert silent(diff(version("a"), version("b")))


def test_another_name_of_a_user_whose_policies_compare_it_is_not_decided_and_named() -> None:
    own = allow("s3:GetObject", "arn:aws:s3:::homes/${aws:username}/*")
    policies = [{"PolicyName": "p", "PolicyDocument": policy(own)}]
    old, new = (with_x(PUBLIC, resource("IAM::User", UserName=name, Policies=policies)) for name in "ab")
    assert names_x(diff(old, new))


def tagged(key: str) -> Document:
    return allow("lambda:InvokeFunction", "*", Condition={"StringEquals": {key: "a"}})


def tagged_by_variable() -> Document:
    return allow("sqs:SendMessage", "*", Condition={"StringEquals": {"aws:PrincipalTag/a": "${aws:ResourceTag/team}"}})


@pytest.mark.parametrize(
    ("statement", "compared"),
    [
        (tagged("aws:ResourceTag/Team"), True),
        (tagged("secretsmanager:ResourceTag/team"), True),
        (tagged("s3:BucketTag/team"), True),
        (tagged_by_variable(), True),
        (tagged("aws:RequestTag/team"), False),
        (tagged("aws:PrincipalTag/team"), False),
        (tagged("s3:ExistingObjectTag/team"), False),
        (tagged("aws:ResourceTag/stage"), False),
    ],
)  # fmt: skip
def test_a_tag_of_a_resource_is_named_if_policies_compare_it(statement: Document, compared: bool) -> None:
    def topic(*tags: tuple[str, str]) -> Resource:
        return resource("SNS::Topic", Tags=[{"Key": key, "Value": value} for key, value in tags])

    for old in (None, topic(), topic(("team", "b"))):
        found = diff(with_x(statement, old), with_x(statement, topic(("team", "a"))))
        assert names_x(found) is compared
    assert silent(diff(with_x(statement, topic(("cost", "1"))), with_x(statement, topic(("cost", "2")))))


@pytest.mark.parametrize(
    "tags",
    [
        lambda value: resource("ApiGatewayV2::Api", Name="n", ProtocolType="HTTP", Tags={"team": value}),
        lambda value: resource("Route53::HostedZone", Name="a.b.", HostedZoneTags=[{"Key": "team", "Value": value}]),
        lambda value: resource(
            "EC2::LaunchTemplate",
            LaunchTemplateData={"TagSpecifications": [{"Tags": [{"Key": "team", "Value": value}]}]},
        ),
    ],
)
def test_tags_are_found_wherever_a_type_has_them(tags: Any) -> None:
    statement = tagged("aws:ResourceTag/team")
    assert names_x(diff(with_x(statement, tags("b")), with_x(statement, tags("a"))))


BY_ALIAS = allow("kms:Decrypt", "*", Condition={"StringLike": {"kms:RequestAlias": "alias/app-*"}})
BY_ALIASES = allow("kms:Decrypt", "*", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/app-*"}})


def alias(name: str = "alias/app-1", key: str = "k") -> Resource:
    return resource("KMS::Alias", AliasName=name, TargetKeyId=key)


@pytest.mark.parametrize("statement", [BY_ALIAS, BY_ALIASES])
@pytest.mark.parametrize("before", [None, alias(key="other"), alias("alias/other")])
def test_an_alias_that_policies_compare_is_not_decided_and_named(statement: Document, before: Resource | None) -> None:
    assert names_x(diff(with_x(statement, before), with_x(statement, alias())))


@pytest.mark.parametrize("statement", [BY_ALIAS, allow("kms:Decrypt", "*")])
def test_an_alias_that_no_policy_compares_is_no_change(statement: Document) -> None:
    assert silent(diff(with_x(statement, None), with_x(statement, alias("alias/other"))))

"""What a policy newly allows to others than the callers of the model is never "no access changes"."""

import json
from typing import Any

import pytest

from tests.analysis.conftest import Document
from tests.analysis.diff.test_setting_changes import Resource, diff, resource, silent, with_more

OTHER = {"AWS": "arn:aws:iam::999999999999:root"}
OWN = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
FUNCTION = resource("Lambda::Function", FunctionName="f")
CODE = {"Service": "lambda.amazonaws.com"}
USER = {"AWS": {"Fn::GetAtt": ["User", "Arn"]}}


def document(principal: Any, action: Any = "x:*", **more: Any) -> Document:
    said = {
        "Effect": "Allow",
        "Action": action,
        "Resource": "*",
        **({"Principal": principal} if principal else {}),
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [said]}


def queue(principal: Any, action: Any = "sqs:*", *, queues: Any = ("q",), **more: Any) -> Resource:
    return resource("SQS::QueuePolicy", Queues=[*queues], PolicyDocument=document(principal, action, **more))


def secret(name: str) -> Resource:
    policy = document(OTHER, "secretsmanager:GetSecretValue")
    return resource("SecretsManager::ResourcePolicy", SecretId=name, ResourcePolicy=policy)


def role(principal: Any = CODE, action: Any = "sts:AssumeRole", *, may: Any = None, **more: Any) -> Resource:
    trust = {key: value for key, value in document(principal, action)["Statement"][0].items() if key != "Resource"}
    policies = {"Policies": [{"PolicyName": "p", "PolicyDocument": document(None, may)}]} if may else {}
    return resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [{**trust, **more}]}, **policies)


def permission(principal: Any, **more: Any) -> Resource:
    return resource("Lambda::Permission", Action="lambda:InvokeFunction", FunctionName="f", Principal=principal, **more)


def attached(kind: str, **to: Any) -> Resource:
    return resource(f"IAM::{kind}", PolicyName="p", PolicyDocument=document(None, "*"), **to)


def user(action: Any) -> Resource:
    return resource("IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": document(None, action)}])


ROUTE = {"Fn::Sub": "arn:aws:execute-api:us-east-1:${AWS::AccountId}:api/*"}
FROM_HERE = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
BY_GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
GITHUB = "token.actions.githubusercontent.com:sub"
WIDER: dict[str, tuple[Resource | None, Resource]] = {
    "a queue for anyone": (None, queue("*")),
    "a queue for another account": (queue(OWN), queue(OTHER)),
    "one more action": (queue(OTHER, "sqs:GetQueueUrl"), queue(OTHER, ["sqs:GetQueueUrl", "sqs:ReceiveMessage"])),
    "a condition less": (queue(OTHER, Condition=FROM_HERE), queue(OTHER)),
    "one more value": (
        queue(OTHER, Condition={"StringEquals": {"aws:PrincipalTag/a": ["x"]}}),
        queue(OTHER, Condition={"StringEquals": {"aws:PrincipalTag/a": ["x", "y"]}}),
    ),
    "a Deny less": (queue("*", Effect="Deny"), queue("*", "sqs:SendMessage", Effect="Deny")),
    "a service for any account": (None, queue({"Service": "sns.amazonaws.com"})),
    "a service for another account": (
        None,
        queue({"Service": "sns.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
    ),
    "everyone but some": (
        None,
        resource(
            "SQS::QueuePolicy",
            Queues=["q"],
            PolicyDocument={"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": OWN}]},
        ),
    ),
    "a policy as a text": (None, resource("Logs::ResourcePolicy", PolicyDocument=json.dumps(document("*", "logs:*")))),
    "an event bus": (
        resource("Events::EventBusPolicy", StatementId="a", Statement=document(OWN)["Statement"][0]),
        resource("Events::EventBusPolicy", StatementId="a", Statement=document(OTHER)["Statement"][0]),
    ),
    "another account's permission": (None, permission("999999999999")),
    "any API": (None, permission("apigateway.amazonaws.com")),
    "any bucket": (None, permission("s3.amazonaws.com")),
    "clients of a service": (None, permission("iot.amazonaws.com", SourceAccount={"Ref": "AWS::AccountId"})),
    "another account's trust": (role(), role({**CODE, **OTHER})),
    "a trust with fewer conditions": (
        role(BY_GITHUB, Condition={"StringLike": {GITHUB: "repo:me/one:*"}}),
        role(BY_GITHUB, Condition={"StringLike": {GITHUB: "repo:*"}}),
    ),
    "a role that no caller has": (role(may="sqs:SendMessage"), role(may="*")),
    "a new role": (None, role(may="*")),
    "a policy of a role outside": (
        None,
        resource("IAM::Policy", PolicyName="p", Roles=["outside"], PolicyDocument=document(None, "*")),
    ),
    "a policy of another role outside": (attached("Policy", Roles=["a"]), attached("Policy", Roles=["b"])),
    "a policy of one more role outside": (
        attached("ManagedPolicy", Roles=["a"]),
        attached("ManagedPolicy", Roles=["a", "b"]),
    ),
    "an inline policy of another role outside": (
        attached("RolePolicy", RoleName="a"),
        attached("RolePolicy", RoleName="b"),
    ),
    "a policy of another queue": (queue(OTHER), queue(OTHER, queues=["other"])),
    "a policy of one more queue": (queue(OTHER), queue(OTHER, queues=["q", "other"])),
    "a policy of another secret": (secret("a"), secret("b")),
    "an endpoint of a network without its policy": (
        resource("EC2::VPCEndpoint", PolicyDocument=document(OTHER)),
        resource("EC2::VPCEndpoint"),
    ),
    "a role that a role of the templates can take": (role(may="*"), role({**CODE, **USER}, may="*")),
    "a managed policy that anyone may have": (None, resource("IAM::ManagedPolicy", PolicyDocument=document(None, "*"))),
    "an IAM user": (user("sqs:SendMessage"), user(["sqs:SendMessage", "s3:GetObject"])),
}


@pytest.mark.parametrize("name", WIDER)
def test_a_wider_policy_is_not_decided_and_named_and_a_narrower_one_is_lost(name: str) -> None:
    narrow, wide = WIDER[name]
    without, with_it = (with_more(Function=FUNCTION, **({"X": each} if each else {})) for each in (narrow, wide))
    assert any("X" in each and "not compared" in each for each in diff(without, with_it).undecided)
    back = diff(with_it, without)
    gone = [each for each in back.lost if "X" in each.sentence]
    assert gone or name == "a new role"
    assert not back.gained


SAME: dict[str, tuple[Resource | None, Resource]] = {
    "split": (
        queue(OTHER, ["sqs:A", "sqs:B"]),
        resource(
            "SQS::QueuePolicy",
            Queues=["q"],
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {**document(OTHER, action)["Statement"][0], "Sid": sid}
                    for action, sid in (("sqs:B", "b"), ("sqs:a", "c"))
                ],
            },
        ),
    ),
    "allowed before": (
        queue("*"),
        resource(
            "SQS::QueuePolicy",
            Queues=["q"],
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [document("*", "sqs:*")["Statement"][0], document(OTHER, "sqs:A")["Statement"][0]],
            },
        ),
    ),
    "a key of the account": (None, resource("KMS::Key", KeyPolicy=document(OWN, "kms:*"))),
    "a service that acts for the account": (None, queue({"Service": "sns.amazonaws.com"}, Condition=FROM_HERE)),
    "a route of the API": (
        None,
        permission("apigateway.amazonaws.com", SourceArn=ROUTE),
    ),
    "a new endpoint of a network": (None, resource("EC2::VPCEndpoint", PolicyDocument=document("*"))),
    "the trust of a service": (role(), role({"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]})),
}


@pytest.mark.parametrize("name", SAME)
def test_a_policy_that_gives_nobody_more_is_no_change(name: str) -> None:
    old, new = SAME[name]
    without, with_it = (with_more(Function=FUNCTION, **({"X": each} if each else {})) for each in (old, new))
    assert silent(diff(without, with_it))


def test_a_policy_of_a_role_outside_that_a_role_of_the_templates_gets_too_is_compared_with_that_role() -> None:
    old, new = (attached("ManagedPolicy", Roles=roles) for roles in (["a"], ["a", {"Ref": "User"}]))
    found = diff(with_more(X=old), with_more(X=new))
    assert found.gained
    assert not found.undecided


def test_a_role_without_its_boundary_may_do_more() -> None:
    limits = resource("IAM::ManagedPolicy", PolicyDocument=document(None, "sqs:*"))
    bound = role(may="*")
    bound["Properties"]["PermissionsBoundary"] = {"Ref": "Limits"}
    found = diff(with_more(Limits=limits, X=bound), with_more(Limits=limits, X=role(may="*")))
    assert any("the role X may now use *" in each for each in found.undecided)


ROLE_A, ROLE_B = (role(may=f"sqs:{name}Message") for name in ("Send", "Receive"))


def by(kind: str, name: str, arn: Any) -> Document:
    more = {"Code": {"ZipFile": "x"}, "FunctionName": "f"} if kind == "Lambda::Function" else {}
    return with_more(A=ROLE_A, B=ROLE_B, X=resource(kind, **{name: arn}, **more))


OUTSIDE = [f"arn:aws:iam::111122223333:role/{name}" for name in "ab"]
INSIDE = [{"Fn::GetAtt": [name, "Arn"]} for name in "AB"]


@pytest.mark.parametrize(
    ("kind", "name", "roles"),
    [
        ("ECS::TaskDefinition", "TaskRoleArn", INSIDE),
        ("ECS::TaskDefinition", "TaskRoleArn", OUTSIDE),
        ("Lambda::Function", "Role", OUTSIDE),
        ("Lambda::Function", "Role", [INSIDE[0], OUTSIDE[0]]),
    ],
)
def test_a_resource_that_acts_with_another_role_is_not_decided_and_named(
    kind: str, name: str, roles: list[Any]
) -> None:
    old, new = (by(kind, name, each) for each in roles)
    assert f"X (AWS::{kind}) has another {name}: what it may do is not compared" in diff(old, new).undecided


def test_a_function_with_another_role_of_the_templates_is_compared() -> None:
    found = diff(by("Lambda::Function", "Role", INSIDE[0]), by("Lambda::Function", "Role", INSIDE[1]))
    assert not found.undecided


def test_a_principal_that_is_a_parameter_is_named_in_full() -> None:
    old, new = (with_more(X=queue({"AWS": {"Ref": name}})) for name in ("Some", "Other"))
    for body in (old, new):
        body["Parameters"] = {"Some": {"Type": "String"}, "Other": {"Type": "String"}}
    assert any(each.sentence.startswith("Parameter Some") for each in diff(old, new).lost)

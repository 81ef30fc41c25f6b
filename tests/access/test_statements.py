"""Statements as CDK policy statements and grants."""

from typing import Any

import pytest
from aws_cdk import App, Stack, assertions
from aws_cdk import aws_iam as iam

from constructs_lib.access import Statement
from constructs_lib.access.statements import grant_statements

READ = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",))
LIST = Statement(
    actions=("s3:ListBucket",), resources=("arn:aws:s3:::b",), conditions={"StringLike": {"s3:prefix": ["public/*"]}}
)
WRITTEN: list[dict[str, Any]] = [
    {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "arn:aws:s3:::b/*"},
    {
        "Action": "s3:ListBucket",
        "Condition": {"StringLike": {"s3:prefix": ["public/*"]}},
        "Effect": "Allow",
        "Resource": "arn:aws:s3:::b",
    },
]


@pytest.fixture
def role() -> iam.Role:
    return iam.Role(Stack(App(), "S"), "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def test_a_grant_gives_each_statement_with_its_conditions(role: iam.Role) -> None:
    grant = grant_statements(role, [READ, LIST])
    assert grant.success
    [policy] = assertions.Template.from_stack(Stack.of(role)).find_resources("AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == WRITTEN
    assert len(grant.principal_statements) == len(WRITTEN)


def test_a_statement_that_denies_is_no_grant(role: iam.Role) -> None:
    with pytest.raises(ValueError, match="denies, which a CDK grant cannot"):
        grant_statements(role, [READ, Statement(actions=READ.actions, resources=READ.resources, deny=True)])


@pytest.mark.parametrize("principal", [iam.AnyPrincipal(), iam.ServicePrincipal("ec2.amazonaws.com")])
def test_a_principal_that_cannot_have_permissions_is_refused(principal: iam.IPrincipal) -> None:
    with pytest.raises(ValueError, match=r"is a principal without policies of its own.*pass a function or a role"):
        grant_statements(principal, [READ])


@pytest.mark.parametrize("deny", [False, True])
def test_a_policy_statement_has_the_effect_and_conditions(deny: bool) -> None:
    statement = Statement(actions=LIST.actions, resources=LIST.resources, conditions=LIST.conditions, deny=deny)
    assert statement.to_policy_statement().to_statement_json() == WRITTEN[1] | {"Effect": "Deny" if deny else "Allow"}

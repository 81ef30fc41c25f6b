"""`GitHubRole`: whose jobs get it, and what it can do."""

from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

from constructs_lib.deploying import GitHubRole

PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def role(**options: Any) -> Template:
    stack = Stack(App(), "Deploying")
    provider = iam.OpenIdConnectProvider.from_open_id_connect_provider_arn(stack, "GitHub", PROVIDER)
    settings = {"repository": "acme/photos", "subjects": ["environment:production"], "provider": provider, **options}
    GitHubRole(stack, "Deploy", **settings)
    return Template.from_stack(stack)


def test_only_the_named_jobs_of_the_repository_get_the_role() -> None:
    role().has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Effect": "Allow",
                        "Principal": {"Federated": PROVIDER},
                        "Condition": {
                            "StringEquals": {
                                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                                "token.actions.githubusercontent.com:sub": ["repo:acme/photos:environment:production"],
                            }
                        },
                    }
                ],
                "Version": "2012-10-17",
            }
        },
    )


def test_it_may_assume_the_bootstraps_roles_and_nothing_else() -> None:
    template = role()
    [policy] = template.find_resources("AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert len(statement["Resource"]) == 4
    assert all("role/cdk-hnb659fds-" in str(arn) for arn in statement["Resource"])
    assert "cfn-exec" not in str(statement)
    template.has_resource_properties(
        "AWS::IAM::Role", {"ManagedPolicyArns": Match.absent(), "MaxSessionDuration": 3600}
    )


@pytest.mark.parametrize(
    "options",
    [
        {"repository": "photos"},
        {"repository": "acme/*"},
        {"subjects": []},
        {"subjects": "environment:production"},
        {"subjects": ["*"]},
        {"subjects": ["ref:refs/heads/*"]},
        {"subjects": ["pull_request"]},
        {"subjects": ["environment:prod:x"]},
        {"qualifier": "*"},
    ],
)
def test_what_would_let_in_more_than_it_says_is_refused(options: dict[str, Any]) -> None:
    [option] = options
    with pytest.raises(ValueError, match=option):
        role(**options)


def test_an_account_gets_one_identity_provider() -> None:
    app = App()
    first, second = Stack(app, "First"), Stack(app, "Second")
    GitHubRole(first, "Deploy", repository="acme/photos", subjects=["environment:production"])
    with pytest.raises(ValueError, match=r"both create .*pass it to both as provider="):
        GitHubRole(second, "Deploy", repository="acme/notes", subjects=["environment:production"])
    elsewhere = Stack(app, "Elsewhere", env=Environment(account="111122223333"))
    GitHubRole(elsewhere, "Deploy", repository="acme/notes", subjects=["environment:production"])

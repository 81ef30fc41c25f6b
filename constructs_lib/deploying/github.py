"""A role for GitHub Actions that needs no keys and can only run `cdk deploy`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aws_cdk import Aws, CfnOutput, Duration, Stack, Stage
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

_ISSUER: Final = "token.actions.githubusercontent.com"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}")
_SUBJECT: Final = re.compile(r"(environment:[^*?:]+|ref:refs/(heads|tags)/[^*?:]+)")
_QUALIFIER: Final = re.compile(r"[a-z0-9]{1,10}")
_ROLES: Final = ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")


@checked
class GitHubRole(Construct):
    """A role that one repository's workflows assume with OpenID Connect, to run `cdk deploy`.

    It may only assume the roles of the CDK's bootstrap, whose policies determine the permissions of a deployment
    (`ExecutionPolicies`). Only the jobs in `subjects` can assume it, for an hour. Source: "Configuring OpenID Connect
    in Amazon Web Services" (GitHub Actions documentation).

    Args:
        scope: The parent construct.
        id: The construct's ID.
        repository: `owner/name`.
        subjects: The jobs: `environment:NAME`, `ref:refs/heads/BRANCH` or `ref:refs/tags/TAG`, in full. A pull
            request's jobs cannot be named: anyone who opens one could deploy.
        provider: The account's identity provider for GitHub. Default: one is created; an account can have only one.
        qualifier: The qualifier of the bootstrap. Default: `hnb659fds`, the CDK's own.

    Raises:
        ValueError: For a repository, a subject or a qualifier with an invalid format, for no subject, and for a second
            identity provider of one account.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        repository: str,
        subjects: Sequence[str],
        provider: iam.IOpenIdConnectProvider | None = None,
        qualifier: str = "hnb659fds",
    ) -> None:
        super().__init__(scope, id)
        _check(repository, subjects, qualifier)
        self.creates_provider: bool = provider is None
        """Whether it created the account's identity provider for GitHub."""
        if provider is None:
            _check_only(self)
        issuer = provider or iam.OpenIdConnectProvider(
            self, "Provider", url=f"https://{_ISSUER}", client_ids=["sts.amazonaws.com"]
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.OpenIdConnectPrincipal(issuer).with_conditions(
                {
                    "StringEquals": {
                        f"{_ISSUER}:aud": "sts.amazonaws.com",
                        f"{_ISSUER}:sub": [f"repo:{repository}:{subject}" for subject in subjects],
                    }
                }
            ),
            max_session_duration=Duration.hours(1),
            description=f"cdk deploy by {repository}",
        )
        """The value of `role-to-assume` in the workflow."""
        prefix = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/cdk-{qualifier}"
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], resources=[f"{prefix}-{each}-{Aws.ACCOUNT_ID}-*" for each in _ROLES]
            )
        )
        CfnOutput(self, "RoleToAssume", value=self.role.role_arn)


def _check_only(role: GitHubRole) -> None:
    """Refuse a second provider for one account, which IAM rejects ("CreateOpenIDConnectProvider").

    Raises:
        ValueError: If another construct of the app or stage creates it.
    """
    account, within = Stack.of(role).account, Stage.of(role) or role.node.root
    for each in within.node.find_all():
        other = each is not role and isinstance(each, GitHubRole) and each.creates_provider
        if other and Stack.of(each).account == account:
            raise ValueError(
                f"{role.node.path!r} and {each.node.path!r} both create the account's identity provider for GitHub, "
                "and IAM accepts one; create one iam.OpenIdConnectProvider and pass it to both as provider="
            )


def _check(repository: str, subjects: Sequence[str], qualifier: str) -> None:
    if not _REPOSITORY.fullmatch(repository):
        raise ValueError(f"repository={repository!r} is not a GitHub repository; write 'owner/name'")
    if not subjects:
        raise ValueError(
            f"subjects={subjects!r} is not a list of jobs; write a list such as ['environment:production']"
        )
    for each in subjects:
        if not _SUBJECT.fullmatch(each):
            raise ValueError(
                f"subjects contains {each!r}, which does not name a place of jobs; write 'environment:production', "
                "'ref:refs/heads/main' or 'ref:refs/tags/v1' in full, without * or ?"
            )
    if not _QUALIFIER.fullmatch(qualifier):
        raise ValueError(
            f"qualifier={qualifier!r} is not a bootstrap qualifier; use up to 10 lower-case letters and digits"
        )

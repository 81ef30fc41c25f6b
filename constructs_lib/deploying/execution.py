"""The minimal policies for the role with which CloudFormation deploys an app's stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, CfnOutput, Fn
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@checked
class ExecutionPolicies(Construct):
    """Managed policies that let CloudFormation deploy an app's stacks, and nothing else.

    They are for a stack that an administrator deploys, not for the app's own. The output `BootstrapOption` is the
    option of `cdk bootstrap`: `cdk bootstrap --cloudformation-execution-policies ARN,ARN`. Needs the extra `deploy`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        templates: The app's `cdk.out` folder, synthesized before, or one template's file.
        boundary: The ARN of the permissions boundary that every role of the app must have
            (`@aws-cdk/core:permissionsBoundary` in its cdk.json). Default: no boundary is required, and anyone who
            changes the app can give its roles any permission.
        without: CloudFormation types whose permissions are omitted. Default: no types.

    Raises:
        ValueError: If a template cannot be read, or has a resource type whose permissions are unknown.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        templates: str | Path,
        boundary: str | None = None,
        without: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        from constructs_lib.analysis import TemplateError, load_templates  # noqa: PLC0415 - reads YAML, and few give templates
        from constructs_lib.permissions import Where, deploy_policy  # noqa: PLC0415 - the extra `deploy`

        where = Where(account=Aws.ACCOUNT_ID, region=Aws.REGION, partition=Aws.PARTITION, suffix=Aws.URL_SUFFIX)
        try:
            read = load_templates(templates)
        except TemplateError as error:
            raise ValueError(
                f"templates={str(templates)!r} cannot be read ({error}); pass a template or a folder such as cdk.out"
            ) from error
        needed = deploy_policy(read, where, boundary=boundary or "", without=without)
        self.policies = [
            iam.ManagedPolicy(self, f"Policy{number}", document=iam.PolicyDocument.from_json(document))
            for number, document in enumerate(needed.documents, start=1)
        ]
        """One for each document that fits into a managed policy."""
        arns = Fn.join(",", [policy.managed_policy_arn for policy in self.policies])
        CfnOutput(self, "BootstrapOption", value=Fn.join("", ["--cloudformation-execution-policies ", arns]))

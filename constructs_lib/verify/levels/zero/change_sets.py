"""Acceptance of the templates by CloudFormation, by change sets of new stacks that are never executed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, WaiterError

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, agrees, differs, not_checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

    from constructs_lib.verify.context import Context

_MOST_BYTES: Final = 51_200
"""The maximum size of a template that is not in a bucket (`TemplateBody` of `CreateChangeSet`)."""
_OFTEN: Final[Any] = {"Delay": 2, "MaxAttempts": 150}


def run(context: Context) -> Iterator[Finding]:
    """Create a change set of each template, describe it, and delete it with its stack in review."""
    client: CloudFormationClient = context.session.client("cloudformation")
    for number, (name, body) in enumerate(sorted(context.templates.items())):
        text = json.dumps(body, separators=(",", ":"))
        if len(text.encode()) > _MOST_BYTES:
            why = (
                f"the template has more than {_MOST_BYTES:,} bytes and needs a bucket, which this level does not create"
            )
            yield not_checked(f"the template of {name}", why)
            continue
        stack = f"{context.run.prefix}-review-{number}"
        context.journal.record_resource("stack", stack)
        try:
            yield _reviewed(client, name, body, {"StackName": stack, "ChangeSetName": stack}, text, context.run.tags)
        finally:
            _remove(client, stack)


def _reviewed(
    client: CloudFormationClient, name: str, body: Mapping[str, Any], ids: Any, text: str, tags: Any
) -> Finding:
    """Return CloudFormation's result for a template."""
    what = f"the template of {name}"
    try:
        client.create_change_set(
            **ids,
            ChangeSetType="CREATE",
            TemplateBody=text,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=tags,
        )
        client.get_waiter("change_set_create_complete").wait(**ids, WaiterConfig=_OFTEN)
    except WaiterError as error:
        reason = error.last_response.get("StatusReason") or str(error)
        return differs(f"{what} is refused", reason)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return differs(f"{what} is refused", str(error))
    pages = client.get_paginator("describe_change_set").paginate(**ids)
    changes = [each["ResourceChange"] for page in pages for each in page["Changes"] if "ResourceChange" in each]
    made = {each["LogicalResourceId"] for each in changes if each["Action"] == "Add"}
    resources = body["Resources"]
    lacking = {each for each in resources if "Condition" not in resources[each]} - made
    if lacking or made - set(resources):
        detail = f"not in the change set: {sorted(lacking)}; only in the change set: {sorted(made - set(resources))}"
        return differs(f"{what} would create other resources", detail)
    return agrees(f"{what} is accepted: {len(made)} resources to create")


def _remove(client: CloudFormationClient, stack: str) -> None:
    """Delete the stack in review with its change sets, and wait until it is gone."""
    client.delete_stack(StackName=stack)
    client.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=_OFTEN)


CHECKS: Final = (
    Check(
        name="change-sets",
        level=0,
        title="CloudFormation accepts the templates, and would create exactly their resources",
        run=run,
    ),
)

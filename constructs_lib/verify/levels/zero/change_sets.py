"""Whether CloudFormation takes the templates: by change sets of new stacks, which are never executed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, WaiterError

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient

    from constructs_lib.verify.context import Context

_NAME: Final = "change-sets"
_MOST_BYTES: Final = 51_200
"""How long a template may be that no bucket holds (`TemplateBody` of `CreateChangeSet`)."""
_OFTEN: Final[Any] = {"Delay": 2, "MaxAttempts": 150}


def run(context: Context) -> Iterator[Finding]:
    """Make a change set of each template, look at it, and remove it with the stack that it leaves in review."""
    client: CloudFormationClient = context.session.client("cloudformation")
    for number, (name, body) in enumerate(sorted(context.templates.items())):
        text = json.dumps(body, separators=(",", ":"))
        if len(text.encode()) > _MOST_BYTES:
            why = (
                f"the template has more than {_MOST_BYTES:,} bytes and would need a bucket, which this level makes none"
            )
            yield Finding(check=_NAME, outcome=Outcome.NOT_CHECKED, what=f"the template of {name}", detail=why)
            continue
        stack = f"{context.run.prefix}-review-{number}"
        context.journal.about_to_make("stack", stack)
        try:
            yield _reviewed(client, name, body, {"StackName": stack, "ChangeSetName": stack}, text, context.run.tags)
        finally:
            _remove(client, stack)


def _reviewed(
    client: CloudFormationClient, name: str, body: Mapping[str, Any], ids: Any, text: str, tags: Any
) -> Finding:
    """Return what CloudFormation says of a template."""
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
        return Finding(check=_NAME, outcome=Outcome.DIFFERS, what=f"{what} is refused", detail=reason)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return Finding(check=_NAME, outcome=Outcome.DIFFERS, what=f"{what} is refused", detail=str(error))
    pages = client.get_paginator("describe_change_set").paginate(**ids)
    changes = [each["ResourceChange"] for page in pages for each in page["Changes"] if "ResourceChange" in each]
    made = {each["LogicalResourceId"] for each in changes if each["Action"] == "Add"}
    resources = body["Resources"]
    lacking = {each for each in resources if "Condition" not in resources[each]} - made
    if lacking or made - set(resources):
        detail = f"not in the change set: {sorted(lacking)}; in it alone: {sorted(made - set(resources))}"
        return Finding(check=_NAME, outcome=Outcome.DIFFERS, what=f"{what} would make other resources", detail=detail)
    return Finding(check=_NAME, outcome=Outcome.AGREES, what=f"{what} is taken: {len(made)} resources would be made")


def _remove(client: CloudFormationClient, stack: str) -> None:
    """Remove the stack in review with its change sets, and wait until it is gone."""
    client.delete_stack(StackName=stack)
    client.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=_OFTEN)


CHECKS: Final = (
    Check(
        name=_NAME,
        level=0,
        title="CloudFormation takes the templates, and would make exactly their resources",
        run=run,
    ),
)

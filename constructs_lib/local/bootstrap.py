"""The CDK's own bucket and roles, made as `cdk bootstrap` makes them but without starting it."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from constructs_lib.local.errors import DeployError, LocalCloudError

TOOLKIT: Final = "CDKToolkit"
_TEMPLATE: Final = Path("lib", "api", "bootstrap", "bootstrap-template.yaml")
_PARAMETERS: Final = {"FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY", "PublicAccessBlockConfiguration": "true"}
"""What `cdk bootstrap` sets when it is given no options."""
_FAILED: Final = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
_LOOKS: Final = {"Delay": 0.05, "MaxAttempts": 600}


def template_of(script: Path) -> str:
    """Return the bootstrap template that a CDK command line brings.

    Args:
        script: The command line, `aws-cdk/bin/cdk`.

    Raises:
        LocalCloudError: When its package holds none.
    """
    try:
        return (script.parents[1] / _TEMPLATE).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise LocalCloudError(
            f"the CDK command line {script} has no bootstrap template ({error.filename}): install it again"
        ) from error


def bootstrap(client: Any, template: str) -> None:
    """Create the toolkit's stack and wait for it. One that is being made meanwhile is waited for; a failed one goes.

    Args:
        client: A CloudFormation client of the local cloud.
        template: The bootstrap template.

    Raises:
        DeployError: When it cannot be made.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow to import as boto3

    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in _PARAMETERS.items()]
    try:
        _remove_failed(client)
        # It exists already when an `up` beside this one makes it, or one that was interrupted has begun it.
        with suppress(client.exceptions.AlreadyExistsException):
            client.create_stack(
                StackName=TOOLKIT, TemplateBody=template, Parameters=given, Capabilities=["CAPABILITY_NAMED_IAM"]
            )
        client.get_waiter("stack_create_complete").wait(StackName=TOOLKIT, WaiterConfig=_LOOKS)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"bootstrapping failed: {error}") from error


def _remove_failed(client: Any) -> None:
    """Delete the toolkit's stack when its creation was interrupted or failed."""
    with suppress(client.exceptions.ClientError):
        [stack] = client.describe_stacks(StackName=TOOLKIT)["Stacks"]
        if stack["StackStatus"] in _FAILED:
            client.delete_stack(StackName=TOOLKIT)
            client.get_waiter("stack_delete_complete").wait(StackName=TOOLKIT, WaiterConfig=_LOOKS)

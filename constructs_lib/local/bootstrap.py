"""The CDK's bootstrap stack, created from its own template without running `cdk bootstrap`."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from constructs_lib.local.errors import DeployError, LocalCloudError

TOOLKIT: Final = "CDKToolkit"
_TEMPLATE: Final = Path("lib", "api", "bootstrap", "bootstrap-template.yaml")
_PARAMETERS: Final = {"FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY", "PublicAccessBlockConfiguration": "true"}
"""The parameters that `cdk bootstrap` sets by default."""
_QUALIFIER: Final = "hnb659fds"
"""The CDK's default qualifier."""
_COMPLETE: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
_FAILED: Final = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
_LOOKS: Final = {"Delay": 0.05, "MaxAttempts": 600}


def template_of(script: Path) -> str:
    """Return the bootstrap template in a CDK command line's package.

    The script is `aws-cdk/bin/cdk`.

    Raises:
        LocalCloudError: If the package contains none.
    """
    try:
        return (script.parents[1] / _TEMPLATE).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise LocalCloudError(
            f"the CDK command line {script} has no bootstrap template ({error.filename}); install it again"
        ) from error


def bootstrap(client: Any, template: str, qualifier: str = "") -> bool:
    """Create the bootstrap stack if it does not exist, wait for it, and return whether this call created it.

    A stack whose creation was interrupted or failed is created again. An empty qualifier is the template's default.

    Raises:
        DeployError: If the stack cannot be created.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow to import as boto3

    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in _PARAMETERS.items()]
    name = TOOLKIT
    if qualifier not in {"", _QUALIFIER}:
        name = f"{TOOLKIT}-{qualifier}"
        given.append({"ParameterKey": "Qualifier", "ParameterValue": qualifier})
    try:
        status = _status(client, name)
        if status in _COMPLETE:
            return False
        if status in _FAILED:
            client.delete_stack(StackName=name)
            client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_LOOKS)
        # It exists already if a concurrent or an interrupted `up` has started to create it.
        with suppress(client.exceptions.AlreadyExistsException):
            client.create_stack(
                StackName=name, TemplateBody=template, Parameters=given, Capabilities=["CAPABILITY_NAMED_IAM"]
            )
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=_LOOKS)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"the stack {name} cannot be created because {error}; run the same command again") from error
    return True


def _status(client: Any, name: str) -> str:
    """Return the status of a stack; empty if there is none."""
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except client.exceptions.ClientError:
        return ""

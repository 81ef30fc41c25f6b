"""AWS managed policies by ARN; the report names a policy that AWS does not have as unknown."""

from typing import Any, Final

from constructs_lib import managed_policies

AWS_MANAGED: Final = managed_policies.PREFIX


def managed_policy(arn: str) -> dict[str, Any] | None:
    """Return an AWS managed policy's document, or None if it is unknown."""
    return managed_policies.document(arn.removeprefix(AWS_MANAGED)) if arn.startswith(AWS_MANAGED) else None

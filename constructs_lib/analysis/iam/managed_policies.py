"""The AWS managed policies by ARN; one that AWS does not have is named in the report as unknown."""

from typing import Any, Final

from constructs_lib import managed_policies

AWS_MANAGED: Final = managed_policies.PREFIX


def managed_policy(arn: str) -> dict[str, Any] | None:
    """Return an AWS managed policy's document, or None when it is not known here."""
    return managed_policies.document(arn.removeprefix(AWS_MANAGED)) if arn.startswith(AWS_MANAGED) else None

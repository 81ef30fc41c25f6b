"""The account of a template by its literal ARNs of roles and policies that only work in the account of the stack.

Sources: "You can only use the PassRole permission to pass an IAM role to a service that shares the same AWS account"
("Grant a user permissions to pass a role to an AWS service", IAM user guide); a customer managed policy is attached to
principals of its own account ("Managed policies and inline policies", IAM user guide).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.unknown_values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ATTACHED: Final = ("ManagedPolicyArns", "PermissionsBoundary")
_OF_SAME_ACCOUNT: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Cognito::IdentityPoolRoleAttachment": ("Roles",),
    "AWS::Cognito::UserPoolGroup": ("RoleArn",),
    "AWS::CodeBuild::Project": ("ServiceRole",),
    "AWS::ECS::TaskDefinition": ("ExecutionRoleArn", "TaskRoleArn"),
    "AWS::IAM::Group": _ATTACHED,
    "AWS::IAM::Role": _ATTACHED,
    "AWS::IAM::User": _ATTACHED,
    "AWS::Lambda::Function": ("Role",),
    "AWS::StepFunctions::StateMachine": ("RoleArn",),
}
"""By type: the properties with roles that a service gets, and with policies of a principal."""
_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(?:policy|role)/")


def own_account(resources: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the account in which alone a template can be deployed; empty if it does not show one."""
    found = set(_shown(resources))
    return found.pop() if len(found) == 1 else ""


def _shown(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for raw in resources.values():
        for name in _OF_SAME_ACCOUNT.get(str(raw.get("Type", "")), ()):
            for text in map(str, leaves(raw["Properties"].get(name))):
                match = _ARN.match(text)
                if match is not None:
                    yield match.group(1)

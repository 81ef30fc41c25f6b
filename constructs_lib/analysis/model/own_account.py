"""The account of a template by its literal ARNs of roles and policies that only work in the account of the stack.

Sources: "You can only use the PassRole permission to pass an IAM role to a service that shares the same AWS account"
("Grant a user permissions to pass a role to an AWS service", IAM user guide); a customer managed policy is attached to
principals of its own account ("Managed policies and inline policies", IAM user guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.unknown_values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.template.templates import Template

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


def _shown(resources: Mapping[str, Any]) -> Iterator[str]:
    for raw in resources.values():
        properties = raw.get("Properties") if isinstance(raw, Mapping) else None
        if isinstance(properties, Mapping):
            names = _OF_SAME_ACCOUNT.get(str(raw.get("Type", "")), ())
            texts = (str(text) for name in names for text in leaves(properties.get(name)))
            yield from (match.group(1) for text in texts if (match := _ARN.match(text)))


def of_one_account(templates: Sequence[Template], others: Sequence[Template]) -> list[Template]:
    """Return templates with the account that another version of each shows, if that is the only one of both."""
    versions = (*templates, *others)
    shown = {
        name: {_account(each) for each in versions if each.name == name} - {""}
        for name in {each.name for each in versions}
    }
    return [replace(each, account=min(shown[each.name])) if len(shown[each.name]) == 1 else each for each in templates]


def _account(template: Template) -> str:
    resources = template.body.get("Resources")
    return template.account or own_account(resources if isinstance(resources, Mapping) else {})

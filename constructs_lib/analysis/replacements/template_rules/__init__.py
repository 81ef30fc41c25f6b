"""Refusals of a valid template, independent of the deployed one: one rule each."""

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.analysis.replacements.template_rules import (
    api,
    clients,
    delivery,
    dynamodb,
    functions,
    iam,
    notifications,
    providers,
    s3,
    services,
    user_pools,
)
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View

__all__ = ["Found", "refused_alone"]

_RULES = (
    *user_pools.RULES, *clients.RULES, *providers.RULES, *s3.RULES, *notifications.RULES, *dynamodb.RULES, *iam.RULES,
    *functions.RULES, *api.RULES, *delivery.RULES, *services.RULES,
)  # fmt: skip


def refused_alone(stack: str, template: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the refusals when a template's resources are created or updated.

    The template is the one that CloudFormation receives.
    """
    view = View(stack, template)
    for rule in _RULES:
        for resource, refusal, cause, what, certain in rule(view):
            # A condition outside the template may determine whether a resource is created.
            yield resource, refusal, cause, what, certain and "Condition" not in resource.body

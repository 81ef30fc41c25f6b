"""What AWS refuses of a template by itself, although it is valid: a rule each, whatever is deployed."""

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
    """Yield what AWS refuses when a template's resources are made, or updated to what they say.

    Args:
        stack: The stack's name.
        template: The template, as CloudFormation gets it.
    """
    view = View(stack, template)
    for rule in _RULES:
        for resource, refusal, cause, what, certain in rule(view):
            # Whether a resource with a condition is made at all is decided outside.
            yield resource, refusal, cause, what, certain and "Condition" not in resource.body

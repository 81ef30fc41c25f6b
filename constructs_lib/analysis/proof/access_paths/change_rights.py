"""Policies of functions and event buses that let a principal change them: code, permissions, rules, targets.

Sources: "AddPermission" (`Action` is any action of Lambda; AWS Lambda API reference), "Working with resource-based
policies in Lambda" (AWS Lambda developer guide), "Permissions for event buses" (Amazon EventBridge user guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.model.kinds.function import permission_policy as of_permission
from constructs_lib.analysis.model.policy_documents import added_statement
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_CHANGE_NOTHING: Final = frozenset({"List", "Read"})
_START: Final = frozenset(
    {"events:PutEvents", "lambda:InvokeAsync", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}
)  # fmt: skip
"""Actions that start code, which is trusted with its events, and what else gets them: other files ask who may."""


def change_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals whom a permission or policy lets change a function, or the rules of an event bus."""
    for resource in reachable.model.resources:
        policy = permission_policy(resource)
        for statement in policy.everything if policy is not None else ():
            action = next(_changing(statement), None)
            for who in untrusted_principals(statement, reachable) if action is not None else ():
                story = (
                    f"{who} may call {action}, and so change what the team's code and rules do, because of "
                    f"{resource.name}"
                )
                yield undecided(who, resource.name, story, statement)


def permission_policy(resource: Resource) -> Policy | None:
    """Return the policy that a resource gives a function or an event bus; None for every other type."""
    match resource.type:
        case "AWS::Lambda::ResourcePolicy":
            return parse_policy(resource.get("PolicyDocument"), resource.name)
        case "AWS::Events::EventBus":
            return parse_policy(resource.get("Policy"), resource.name)
        case "AWS::Events::EventBusPolicy":
            return parse_policy({"Statement": added_statement(resource)}, resource.name)
        case "AWS::Lambda::Permission":
            return of_permission(resource, "*")
        case _:
            return None


def _changing(statement: Statement) -> Iterator[str]:
    """Yield the actions that a statement allows, or may allow, and that change what they name."""
    for action in (*catalogue.actions_of("lambda"), *catalogue.actions_of("events")) if statement.allow else ():
        changes = action not in _START and catalogue.access_level(action) not in _CHANGE_NOTHING
        if changes and applies_to_action(statement, action):
            yield action

"""The policies of owned data and its copies, and the principals of this account that they allow.

Within one account a resource policy that names a role is enough ("Policy evaluation logic", IAM user guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.owned_places import is_tied
from constructs_lib.analysis.model.possible_policies import possible_policy
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources, applies_to_node
from constructs_lib.analysis.proof.access_paths.resource_references import literal_names
from constructs_lib.analysis.template.atoms import split_around_atoms
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
    from constructs_lib.analysis.model.callers import Caller

SOURCE: Final = frozenset({"aws:sourcearn", "aws:sourceaccount"})
"""Keys that only requests of AWS services have, which act for a resource or an account ("AWS global condition context
keys", IAM user guide). It does not say which requests have `aws:SourceOwner`, of the default policies of topics."""
_OWN_POLICY: Final = {"AWS::Backup::BackupVault": "AccessPolicy", "AWS::Events::EventBus": "Policy"}
_POLICIES: Final = {
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SQS::QueueInlinePolicy": ("Queue", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", "PolicyDocument"),
}


def policies_of(node: Node, reachable: ReachableResources) -> Iterator[Policy]:
    """Yield the policies of a node."""
    holder = reachable.model.holder(node.arn)
    if holder is not None:
        yield holder.policy
    own = _OWN_POLICY.get(node.resource.type) if node.resource is not None else None
    if node.resource is not None and own is not None:
        yield parse_policy(node.resource.get(own), node.resource.name)
    for resource in reachable.model.resources:
        if resource.type in _POLICIES:
            target, document = _POLICIES[resource.type]
            named = as_list(resource.get(target))
            policy = parse_policy(resource.get(document), resource.name)
            if node.name in reachable.names.within(named, resource):
                yield policy
            elif any(_may_name(str(each), node) for each in named):
                yield possible_policy(policy, str(node))


def _may_name(target: str, node: Node) -> bool:
    """Return whether the name, ARN or address of a policy's resource may turn out to be that of a node."""
    last = split_around_atoms(split_around_atoms(target, "/")[-1], ":")[-1]
    names = {node.name} if node.resource is None else {node.resource.id, *literal_names(node.resource)}
    return any(may_be_equal(last, name) for name in names)


def applies_for(statement: Statement, node: Node, caller: Caller | None) -> bool:
    """Return whether a statement may allow a caller to use a node, by more than what is the caller's own beside it."""
    if node.beside and caller is not None and statement.resources:
        others = tuple(each for each in statement.resources if not is_tied(each, caller))
        return bool(others) and applies_to_node(replace(statement, resources=others), node)
    return applies_to_node(statement, node)


def granting_statement(
    principal: str, node: Node, reachable: ReachableResources, caller: Caller | None = None
) -> Statement | None:
    """Return a statement of a node's policies that may allow a role to use it.

    The caller is the one who has the role; None for a service, or nobody here.
    """
    others = {*reachable.model.roles} - {principal}
    for policy in policies_of(node, reachable):
        for each in policy.everything:
            excluded = any(excludes(condition, others) for condition in each.conditions)
            if (
                each.allow
                and not excluded
                and applies_to_principal(each, principal)
                and applies_for(each, node, caller)
            ):
                return each
    return None


def excludes(condition: Condition, others: Collection[str]) -> bool:
    """Return whether a condition allows AWS services only, or other roles of the templates only."""
    of_others = condition.key == "aws:principalarn" and all(each in others for each in condition.values)
    return asks(condition) and (of_others or condition.key in SOURCE)


def asks(condition: Condition) -> bool:
    """Return whether a request without the key, or with another value, fails a condition."""
    positive = condition.operator in {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}
    return positive and not condition.if_exists and condition.qualifier != "forallvalues" and bool(condition.values)

"""IAM statements as plain values, so that rules are compiled and tested without CDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, S3_VERBS, Verb

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

Conditions: TypeAlias = Mapping[str, Mapping[str, object]]

LEADING_KEYS: Final = "dynamodb:LeadingKeys"
ANY_OWNER: Final = "*"
"""What stands for `{owner}` in a resource that reaches every owner."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One IAM policy statement.

    Args:
        actions: Exact IAM actions.
        resources: ARNs, in which `${...}` is an IAM policy variable.
        conditions: Operator, then key, then value or values.
        deny: Whether it denies; False allows.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    deny: bool = False

    def to_policy_statement(self) -> iam.PolicyStatement:
        """Return it as CDK's statement."""
        from aws_cdk import aws_iam as iam  # noqa: PLC0415 - keeps the language free of Node

        return iam.PolicyStatement(
            effect=iam.Effect.DENY if self.deny else iam.Effect.ALLOW,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=dict(self.conditions),
        )


def folder_actions(verbs: frozenset[Verb]) -> tuple[str, ...]:
    """Return the object actions of these verbs, sorted; listing is the bucket's and stands apart."""
    return tuple(sorted(action for verb in verbs - {Verb.LIST} for action in S3_VERBS[verb]))


def row_actions(verbs: frozenset[Verb]) -> tuple[str, ...]:
    """Return the item actions of these verbs, sorted."""
    actions = {action for verb in verbs for action in DYNAMODB_VERBS[verb]}
    if {Verb.WRITE, Verb.DELETE} <= verbs:
        actions.add(DYNAMODB_BATCH_WRITE)
    return tuple(sorted(actions))


def row_conditions(verbs: frozenset[Verb], owners: Sequence[str] | None) -> dict[str, dict[str, object]]:
    """Return the conditions that keep item actions to named partitions.

    Args:
        verbs: What is allowed.
        owners: The partition-key values allowed, or None for any.

    `Null` stands beside `ForAllValues` because `ForAllValues` alone is true for a request that names no key
    (AWS: "Multivalued context keys"). A caller who may write or delete but not get must not learn the old item
    through ReturnValues.
    """
    conditions: dict[str, dict[str, object]] = {"Null": {LEADING_KEYS: "false"}}
    if owners is not None:
        conditions["ForAllValues:StringEquals"] = {LEADING_KEYS: list(owners)}
    if Verb.GET not in verbs and verbs & {Verb.WRITE, Verb.DELETE}:
        conditions["StringEqualsIfExists"] = {"dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"]}
    return conditions

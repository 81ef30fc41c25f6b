"""IAM statements as plain values, so that rules are compiled and tested without CDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from constructs_lib.actions import S3_VERBS, Verb, actions_of
from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

Conditions: TypeAlias = Mapping[str, Mapping[str, object]]


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One IAM policy statement.

    Args:
        actions: Exact IAM actions.
        resources: ARNs, in which `${...}` is an IAM policy variable.
        conditions: Operator, then key, then value or values. Default: it always applies.
        deny: Whether it denies. Default: it allows.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    deny: bool = False

    def to_policy_statement(self) -> iam.PolicyStatement:
        """Return it as a CDK policy statement."""
        from aws_cdk import aws_iam as iam  # noqa: PLC0415 - keeps the language free of Node

        return iam.PolicyStatement(
            effect=iam.Effect.DENY if self.deny else iam.Effect.ALLOW,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=dict(self.conditions),
        )


def grant_statements(grantee: Any, statements: Sequence[Statement]) -> iam.Grant:
    """Grant a grantee's principal all of these permissions, and return the CDK grant.

    Raises:
        ValueError: For a statement that denies: a CDK grant only allows. For a principal that cannot have permissions.
    """
    from aws_cdk import aws_iam as iam  # noqa: PLC0415 - keeps the language free of Node

    if denying := [statement for statement in statements if statement.deny]:
        raise ValueError(f"{denying[0]} denies, which a CDK grant cannot; add it to the role as a policy statement")
    grants = [
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(statement.actions),
            resource_arns=list(statement.resources),
            conditions={operator: dict(keys) for operator, keys in statement.conditions.items()},
        )
        for statement in statements
    ]
    grant = reduce(lambda one, other: one.combine(other), grants)
    check_added(grantee, added=grant.success)
    return grant


def check_added(grantee: object, *, added: bool) -> None:
    """Refuse a grantee that permissions were not added to, because it has no policies: the CDK ignores them.

    Raises:
        ValueError: For such a grantee, for example a service principal.
    """
    if not added:
        raise ValueError(
            f"{type(grantee).__name__} is a principal without policies of its own, so it would get no permissions; "
            "pass a function or a role"
        )


def folder_actions(verbs: frozenset[Verb]) -> tuple[str, ...]:
    """Return the object actions of these verbs, sorted; listing is an action on the bucket and separate."""
    return tuple(actions_of(S3_VERBS, verbs - {Verb.LIST}))

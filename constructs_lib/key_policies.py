"""Statements that AWS services need in key policies: added to keys of this app, and reported for imported keys.

A service that cannot use a key fails silently: alarms, dead letters and logs are lost.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack, Validations
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from constructs import IConstruct


def check_key(key: kms.IKey | None) -> None:
    """Refuse an alias as the key of data: a policy whose resource is an alias does not apply to the alias's key.

    Source: "Specifying KMS keys in IAM policy statements", AWS KMS developer guide. Aliases of AWS managed keys are
    accepted: those keys' own policies let callers use them through the service.

    Raises:
        ValueError: For an alias.
    """
    if key is None:
        return
    from aws_cdk import aws_kms as kms  # noqa: PLC0415 - a CDK submodule costs 50 ms, and few have a key

    alias = key.alias_name if isinstance(key, kms.Alias) else key.key_arn.partition(":alias/")[2]
    if alias and not alias.removeprefix("alias/").startswith("aws/"):
        raise ValueError(
            f"encryption_key={key.node.path!r} is an alias, and permissions on an alias do not apply to its key, so "
            "callers could not use it; pass the key itself, as kms.Key.from_key_arn(...)"
        )


def usable_by(
    services: Sequence[str], actions: Sequence[str], conditions: Mapping[str, Mapping[str, Any]]
) -> iam.PolicyStatement:
    """Return a statement for a key policy, in which the resource `*` is the key."""
    principals = [iam.ServicePrincipal(f"{service}.amazonaws.com") for service in services]
    return iam.PolicyStatement(
        principals=principals, actions=list(actions), resources=["*"], conditions={**conditions} or None
    )


def grant_key_use(
    scope: IConstruct, what: str, key: kms.IKey | None, statements: Sequence[iam.PolicyStatement]
) -> None:
    """Allow services to use a key; for an imported key, warn that its policy must allow it.

    `what` is the option with the key, for the warning. Without a key, nothing is done.
    """
    if key is None:
        return
    added = [key.add_to_resource_policy(each, True).statement_added for each in statements]
    if not all(added):
        statements_json = json.dumps(Stack.of(scope).resolve([each.to_statement_json() for each in statements]))
        Validations.of(scope).add_warning(
            f"cognito-app:keyPolicy.{key.node.id}",
            f"{what}: the policy of the imported key {key.node.path!r} is not known here, and what uses it fails in "
            f"silence unless it has {statements_json}",
        )

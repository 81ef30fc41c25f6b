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

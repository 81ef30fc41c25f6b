"""Whether the caller has the permissions of a run, according to IAM's simulator, before anything is created."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.permissions import Where, deploy_policy
from constructs_lib.verify.administrator_calls import actions
from constructs_lib.verify.session import principal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from constructs_lib.verify.run import Run
    from constructs_lib.verify.session import Identity

_AT_ONCE: Final = 50
"""Actions in one simulation; the response has a part for each action and resource."""
_SUFFIXES: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """The permissions that a run needs, and those that the simulator denies.

    Args:
        needed: IAM actions, sorted.
        denied: The actions that the simulator denies, as `action on resource`.
        unknown: Why the simulation failed. Empty: it succeeded.
    """

    needed: tuple[str, ...]
    denied: tuple[str, ...] = ()
    unknown: str = ""


def rights(session: boto3.Session, identity: Identity, run: Run, templates: Mapping[str, dict[str, Any]]) -> Rights:
    """Simulate every action that a run calls, and that CloudFormation calls for its templates, by stack name."""
    where = Where(account=run.account, region=run.region, partition=run.partition, suffix=_SUFFIXES[run.partition])
    parsed = [parse_template(json.dumps(body), name=name, source=name) for name, body in templates.items()]
    documents = deploy_policy(parsed, where).documents
    statements = [each for document in documents for each in document["Statement"]]
    statements.append({"Action": list(actions()), "Resource": ["*"]})
    needed = tuple(sorted({action for each in statements for action in each["Action"]}))
    if identity.arn.endswith(":root"):
        return Rights(needed=needed, unknown="the account's root user has all permissions, and cannot be simulated")
    client: Any = session.client("iam")
    try:
        denied = set(_denied(client, _principal(client, identity.arn), statements))
    except (ClientError, BotoCoreError) as error:
        return Rights(needed=needed, unknown=f"IAM's policy simulator failed: {error}")
    return Rights(needed=needed, denied=tuple(sorted(denied)))


def _principal(client: Any, arn: str) -> str:
    """Return the ARN to simulate: for an assumed role's session that of the role, whose path STS omits."""
    role = principal_of(arn)
    return str(client.get_role(RoleName=role)["Role"]["Arn"]) if role else arn


def _denied(client: Any, principal: str, statements: list[dict[str, Any]]) -> Iterator[str]:
    for statement in statements:
        for context in _contexts(statement.get("Condition", {})):
            for start in range(0, len(statement["Action"]), _AT_ONCE):
                pages = client.get_paginator("simulate_principal_policy").paginate(
                    PolicySourceArn=principal,
                    ActionNames=statement["Action"][start : start + _AT_ONCE],
                    ResourceArns=statement["Resource"],
                    ContextEntries=context,
                )
                for page in pages:
                    for each in page["EvaluationResults"]:
                        if each["EvalDecision"] != "allowed":
                            yield f"{each['EvalActionName']} on {each['EvalResourceName']}"


def _contexts(conditions: Mapping[str, Mapping[str, list[Any]]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the context of each request that conditions allow: a key has one of its values at a time."""
    values = {key: each for operator in conditions.values() for key, each in operator.items()}
    for chosen in itertools.product(*values.values()):
        yield [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [str(value)]}
            for key, value in zip(values, chosen, strict=True)
        ]

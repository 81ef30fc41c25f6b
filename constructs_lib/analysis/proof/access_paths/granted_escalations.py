"""Privilege escalations that the policy of a resource allows, such as changing that policy: it alone is enough.

Sources: "Policy evaluation logic" (IAM user guide), "PutResourcePolicy" (AWS Secrets Manager API reference),
"kms:ViaService" (AWS KMS developer guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.escalations import escalations_of, is_allowed
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.node_policies import asks
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.principal_rights import resource_grants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_ELSEWHERE: Final = ("dynamodb:", "events:", "iam:", "lambda:", "s3:", "sts:")
"""Services whose resources are asked about by their places, or by `change_rights.py` and `trust_policies.py`."""
_KEYS: Final = "kms:"
_VIA: Final = "kms:viaservice"
"""A key of requests that a service makes for the principal; none of them changes who may use a key."""


def granted_escalations(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals whom a resource's policy lets escalate their privileges."""
    for statement in resource_grants(reachable.model):
        actions = () if _is_by_service(statement) else _actions(statement)
        for who in untrusted_principals(statement, reachable) if actions else ():
            if who.endswith(":root") and all(each.startswith(_KEYS) for each in actions):
                # The CDK writes the stack's own account by its number, and a key by itself grants no access.
                continue
            named = ", ".join(actions[:3])
            story = f"{who} may call {named}, and so decide what others may do there, because of {statement}"
            yield undecided(who, statement.source, story, statement)


def _actions(statement: Statement) -> tuple[str, ...]:
    found = escalations_of(statement.actions, statement.not_actions)
    allowed = {each.action for each in found if is_allowed(each, statement)}
    return tuple(sorted(each for each in allowed if not each.startswith(_ELSEWHERE)))


def _is_by_service(statement: Statement) -> bool:
    return any(asks(each) and each.key == _VIA for each in statement.conditions)

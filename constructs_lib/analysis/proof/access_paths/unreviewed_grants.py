"""Resource policies that allow what no review covers: within one account, the policy of a resource alone is enough.

`unreviewed_actions.py` asks the same of the callers' own policies, and `resource_policies.py` reads the policies of
owned data and of its copies. The action of a function's permission may be any of Lambda's, such as `GetFunction`, which
shows code and environment variables ("AddPermission", AWS Lambda API reference).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.parsing import is_of_unlisted
from constructs_lib.analysis.iam.reviewed_actions import NAMED, unreviewed
from constructs_lib.analysis.model.kinds.function import permission_policy
from constructs_lib.analysis.model.policy_documents import resource_policies
from constructs_lib.analysis.model.resource_grants import NO_GRANTS
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.node_policies import SOURCE, asks
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.access_paths.related_types import is_decided
from constructs_lib.analysis.proof.access_paths.unreviewed_actions import (
    in_words,
    is_indirect,
    is_tied_statement,
    may_name_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_PERMISSION: Final = "AWS::Lambda::Permission"
_BY_MOUNT: Final = "elasticfilesystem:accessedviamounttarget"
_KEYS: Final = "kms:"
"""A key by itself grants no access; who may sign with one is asked by `signed_urls.py`."""
_STREAMS: Final = "kinesis:"
"""Who may read a stream is asked by `stream_policies.py`, if tables have owners."""


def unreviewed_grants(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals whom a resource's policy allows actions that no review covers."""
    for resource, policy in _policies(reachable.model):
        told = set[str]()
        for statement in policy.everything if not resource.type.startswith(NO_GRANTS) else ():
            found = list(islice(_unreviewed(statement, reachable), 4))
            for who in untrusted_principals(statement, reachable) if found else ():
                if who not in told and not _is_own(who, statement, reachable.model):
                    told.add(who)
                    story = (
                        f"{who} may call {in_words(found)}: no review says whether that shows or changes what belongs "
                        f"to another, because of {statement}; remove the principal, or tie the right to the caller by "
                        "name or by tag"
                    )
                    yield undecided(who, f"the policy of {resource.name}", story, statement)


def _policies(model: Model) -> Iterator[tuple[Resource, Policy]]:
    yield from resource_policies(model.resources)
    yield from ((each, permission_policy(each, "*")) for each in model.resources if each.type == _PERMISSION)


def _unreviewed(statement: Statement, reachable: ReachableResources) -> Iterator[str]:
    """Yield the actions without a review that a statement allows a principal to call from anywhere."""
    named = statement.allow and not is_of_unlisted(statement)
    if not named or not statement.principals or any(map(_is_out_of_reach, statement.conditions)):
        # AWS accepts no policy of a resource without a principal: the document is a limit, or the policy of a caller.
        return
    known = all(each.startswith(("arn:", "*")) for each in statement.resources)
    for pattern in ("*",) if statement.not_actions else statement.actions:
        for action in unreviewed(pattern, NAMED):
            elsewhere = action.startswith(_KEYS) or (action.startswith(_STREAMS) and is_indirect(action, reachable))
            decided = elsewhere or (known and is_decided(action, statement.resources, reachable))
            if not decided and applies_to_action(statement, action) and may_name_type(action, statement.resources):
                yield action


def _is_own(who: str, statement: Statement, model: Model) -> bool:
    """Return whether a principal is a caller, and every resource of a statement is the caller's own."""
    callers = [each for each in model.callers if str(each) == who]
    return bool(callers) and all(is_tied_statement(statement, each) for each in callers)


def _is_out_of_reach(condition: Condition) -> bool:
    """Return whether only services, or machines in a network that mounts the file system, meet a condition."""
    mounted = condition.key == _BY_MOUNT and condition.operator == "bool" and condition.values == ("true",)
    return (asks(condition) and condition.key in SOURCE) or (mounted and not condition.if_exists)

"""Policies of Kinesis streams: which data a stream of another stack carries no template shows, as in `indirect.py`.

Source: "Resource-based policy examples for Kinesis data streams" (Amazon Kinesis Data Streams developer guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.indirect import INDIRECT_PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_POLICY: Final = "AWS::Kinesis::ResourcePolicy"
_STREAMS: Final = next(path for path in INDIRECT_PATHS if path.service == "kinesis")


def stream_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals whom the policy of a stream lets read it, if tables have owners."""
    if not any(place.kind == _STREAMS.kind for place in reachable.places):
        return
    for resource in reachable.model.resources:
        policy = parse_policy(resource.get("ResourcePolicy"), resource.name) if resource.type == _POLICY else None
        for statement in policy.everything if policy is not None else ():
            reads = any(applies_to_action(statement, f"kinesis:{action}") for action in _STREAMS.actions)
            for who in untrusted_principals(statement, reachable) if reads and statement.allow else ():
                story = f"{who} may read the stream of {resource.name}: {_STREAMS.why}, because of {statement}"
                yield undecided(who, _STREAMS.name, story, statement)

"""EventBridge rules that start a relay or an agent with an event that a caller may write.

Sources: "Sending events with PutEvents", "Permissions for event buses" (Amazon EventBridge user guide). All events of
AWS services have a source that begins with `aws.`, which PutEvents refuses (NotAuthorizedForSourceException).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_RULE: Final = "AWS::Events::Rule"
_BUS: Final = "AWS::Events::EventBus"
_BUS_POLICY: Final = "AWS::Events::EventBusPolicy"
_PUT: Final = "events:PutEvents"
_OF_SERVICES: Final = "aws."
_OWN: Final = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})


def events_start(node: Node, reachable: ReachableResources) -> list[Resource]:
    """Return the rules that start a relay or an agent with events that PutEvents can send."""
    if node.resource is not None and node.resource.type == _RULE:
        return (
            [node.resource]
            if _takes_custom_events(node.resource) and _uses_event(as_list(node.resource.get("Targets")))
            else []
        )
    mentions = [each for each in reachable.names.mentions(node.name) if each.by.type == _RULE]
    named = {each.by.place: each.by for each in mentions if each.path[:1] == ("Targets",)}
    return [
        rule
        for rule in named.values()
        if _takes_custom_events(rule)
        and _uses_event(
            [each for each in as_list(rule.get("Targets")) if node.name in reachable.names.within(each, rule)]
        )
    ]


def may_put_events(said: Sequence[Statement]) -> bool:
    """Return whether statements may allow events on some bus.

    Which bus a rule gets them from, other rules may decide.
    """
    return any(each.allow and applies_to_action(each, _PUT) for each in said)


def event_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may write the event that starts a relay or an agent."""
    for node in reachable.of(Kind.RELAY, Kind.AGENT):
        for rule in events_start(node, reachable):
            what = f"which starts {node}: {node} {node.does}, and whose data it shows or "
            for caller in reachable.model.callers:
                statement = _allowing(caller)
                if statement is not None:
                    story = (
                        f"{caller} may send events that match {rule.name}, {what}changes the event may say, because of "
                        f"{statement}"
                    )
                    yield undecided(str(caller), node, story, statement)
            for policy in reachable.model.resources:
                if _lets_others_in(policy):
                    story = (
                        f"a principal that {policy.name} allows may send events that match {rule.name}, {what}changes "
                        "the event may say"
                    )
                    yield undecided("an unknown caller", node, story)


def _takes_custom_events(rule: Resource) -> bool:
    pattern = rule.get("EventPattern")
    if not isinstance(pattern, Mapping):
        return pattern is not None
    source = pattern.get("source")
    return source is None or any(
        not isinstance(each, str) or is_unknown(each) or not each.startswith(_OF_SERVICES) for each in as_list(source)
    )


def _uses_event(targets: Sequence[Any]) -> bool:
    """Return whether a target may get a part of the event: one with a constant `Input` gets none."""
    return not targets or any(not isinstance(each, Mapping) or each.get("Input") is None for each in targets)


def _allowing(caller: Caller) -> Statement | None:
    """Return a statement that may allow a caller to send events; conditions are ignored."""

    def of(policy: Any) -> tuple[Statement, ...]:
        return tuple(each for each in (*policy.statements, *policy.possible) if may_put_events([each]))

    found = [each for policy in caller.identity for each in of(policy)]
    return found[0] if found and all(of(limit) for limit in caller.limits) else None


def _lets_others_in(resource: Resource) -> bool:
    """Return whether a bus or its policy may allow events of a principal other than this account and services."""
    if resource.type == _BUS_POLICY and resource.get("Statement") is None:
        return normalise_arn(str(resource.get("Principal"))) not in _OWN
    if resource.type not in {_BUS, _BUS_POLICY}:
        return False
    document = resource.get("Policy") if resource.type == _BUS else {"Statement": resource.get("Statement")}
    said = parse_policy(document, resource.name)
    allowed = [each for each in (*said.statements, *said.possible) if each.allow]
    return any(
        not each.principals or each.not_principals or any(_is_other(*who) for who in each.principals)
        for each in allowed
    )


def _is_other(kind: str, principal: str) -> bool:
    return kind != "Service" and principal not in _OWN


__all__ = ["event_findings", "events_start", "may_put_events"]

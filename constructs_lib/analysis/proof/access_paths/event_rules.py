"""EventBridge rules that start a relay or an agent with an event that a caller may send or cause.

Source: "Permissions for event buses" (Amazon EventBridge user guide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import normalise_arn
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.agent_inputs import RULE, inputs_of
from constructs_lib.analysis.proof.access_paths.event_causes import ANY_CALL, SENT, causes, causing
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import granted_principals
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_BUS: Final = "AWS::Events::EventBus"
_BUS_POLICY: Final = "AWS::Events::EventBusPolicy"


def events_start(node: Node, reachable: ReachableResources) -> list[Resource]:
    """Return the rules that start a relay or an agent, or feed it, with events that principals may send or cause."""
    if node.resource is not None and node.resource.type == RULE:
        uses = causes(node.resource) and _uses_event(as_list(node.resource.get("Targets")))
        return [node.resource] if uses else []
    fed = (node.name, *inputs_of(node, reachable).carriers)
    mentions = [each for name in fed for each in reachable.names.mentions(name) if each.by.type == RULE]
    named = {each.by.place: each.by for each in mentions if each.path[:1] == ("Targets",)}
    return [
        rule
        for rule in named.values()
        if causes(rule)
        and _uses_event(
            [each for each in as_list(rule.get("Targets")) if reachable.names.within(each, rule).intersection(fed)]
        )
    ]


def may_cause(said: Sequence[Statement], rules: Sequence[Resource], reachable: ReachableResources) -> set[str]:
    """Return the services with whose actions the statements of a role may allow causing events that rules take.

    A call that CloudTrail records is one of whoever makes the role act, who is asked by themselves.
    """
    asked = ((service, rule) for rule in rules for service in causes(rule) - {ANY_CALL})
    return {service for service, rule in asked if causing(said, service, rule, reachable) is not None}


def event_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may send or cause the event that starts a relay or an agent."""
    for node in reachable.of(Kind.RELAY, Kind.AGENT):
        for rule in events_start(node, reachable):
            for who, service, statements in _senders(rule, reachable):
                may = "send" if service == SENT else "cause"
                story = (
                    f"{who} may {may} events that match {rule.name}, which starts {node}: {node} {node.does}, and "
                    "whose data it shows or changes the event may say"
                )
                because = "".join(f", because of {each}" for each in statements)
                yield undecided(who, node, story + because, *statements)


def _senders(rule: Resource, reachable: ReachableResources) -> Iterator[tuple[str, str, tuple[Statement, ...]]]:
    """Yield who may send or cause events of a rule, with the service of the action and the statements that say so."""
    for caller in reachable.model.callers:
        yield from ((str(caller), service, (each,)) for service, each in _allowing(caller, rule, reachable))
    for service in sorted(causes(rule) - {ANY_CALL, SENT}):
        allows = partial(_allows, service=service, rule=rule, reachable=reachable)
        yield from ((who, service, (each,)) for who, each in granted_principals(allows, reachable))
    for policy in reachable.model.resources if SENT in causes(rule) else ():
        if _lets_others_in(policy):
            yield f"a principal that {policy.name} allows", SENT, ()


def _allows(statement: Statement, service: str, rule: Resource, reachable: ReachableResources) -> bool:
    return causing([statement], service, rule, reachable) is not None


def _uses_event(targets: Sequence[Any]) -> bool:
    """Return whether a target may get a part of the event: one with a constant `Input` gets none."""
    return not targets or any(not isinstance(each, Mapping) or each.get("Input") is None for each in targets)


def _allowing(caller: Caller, rule: Resource, reachable: ReachableResources) -> Iterator[tuple[str, Statement]]:
    """Yield a statement for each service with whose actions a caller may cause events of a rule."""

    def of(policy: Policy, service: str) -> Statement | None:
        return causing(policy.everything, service, rule, reachable)

    for service in sorted(causes(rule)):
        found = next((each for policy in caller.identity if (each := of(policy, service)) is not None), None)
        if found is not None and all(of(limit, service) for limit in caller.limits):
            yield service, found


def _lets_others_in(resource: Resource) -> bool:
    """Return whether a bus or its policy may allow events of a principal other than this account and services."""
    if resource.type == _BUS_POLICY and resource.get("Statement") is None:
        return normalise_arn(str(resource.get("Principal"))) not in OWN_ACCOUNT
    if resource.type not in {_BUS, _BUS_POLICY}:
        return False
    document = resource.get("Policy") if resource.type == _BUS else {"Statement": resource.get("Statement")}
    said = parse_policy(document, resource.name)
    allowed = [each for each in said.everything if each.allow]
    return any(
        not each.principals or each.not_principals or any(_is_other(*who) for who in each.principals)
        for each in allowed
    )


def _is_other(kind: str, principal: str) -> bool:
    return kind != "Service" and principal not in OWN_ACCOUNT

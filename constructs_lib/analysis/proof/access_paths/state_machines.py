"""State machines and similar resources: they act with a role as their definition and input determine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.proof.access_paths.data_copies import allowing_statement
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.principal_rights import own_rights, resource_grants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_REVIEWED: Final = ("AWS::StepFunctions::", "AWS::Events::Rule")
"""Agents that start only by their own actions or by events: `event_rules.py`."""
_TOPIC_RULE: Final = "AWS::IoT::TopicRule"
_DEVICE_POLICY: Final = "AWS::IoT::Policy"
_LET_DEVICES_IN: Final = ("AWS::IoT::Authorizer", "AWS::IoT::ProvisioningTemplate")
"""Types that give a client a policy which is not in the templates."""
_PUBLISH: Final = "iot:Publish"
_NO_SOURCES: Final = ("AWS::IAM::", "AWS::KMS::", "AWS::StepFunctions::")


def relay_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who can start a relay or read its results: its input determines whose data it accesses."""
    for relay in reachable.of(Kind.RELAY, Kind.AGENT):
        feeds = _feeding(relay, reachable)
        for caller in reachable.model.callers:
            found = allowing_statement(caller, relay) or next(filter(feeds, own_rights(caller)), None)
            if found is not None:
                yield _used(str(caller), relay, found)
        for statement in filter(feeds, resource_grants(reachable.model)):
            for who in untrusted_principals(statement, reachable):
                yield _used(who, relay, statement)
        yield from _by_devices(relay, reachable)


def _used(who: str, relay: Node, statement: Statement) -> Finding:
    story = (
        f"{who} may use {relay}, which {relay.does}: whose data it "
        f"shows or changes its input may say, because of {statement}"
    )
    return undecided(who, relay, story, statement)


def _by_devices(relay: Node, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the resources that may let devices publish the messages on which a rule of IoT acts."""
    if relay.resource is None or relay.resource.type != _TOPIC_RULE:
        return
    for resource in reachable.model.resources:
        policy = parse_policy(resource.get("PolicyDocument"), resource.name)
        said = (*policy.statements, *policy.possible) if resource.type == _DEVICE_POLICY else ()
        if resource.type in _LET_DEVICES_IN or any(each.allow and applies_to_action(each, _PUBLISH) for each in said):
            who = f"a device that {resource.name} lets in"
            yield undecided(who, relay, f"{who} may publish messages, on which {relay} acts: it {relay.does}")


def _feeding(agent: Node, reachable: ReachableResources) -> Callable[[Statement], bool]:
    """Return the test whether a statement may allow acting on what an agent without a review gets its input from.

    Which resource that is is not known: any of the agent's service, or one that the agent names.
    """
    if agent.kind is not Kind.AGENT or agent.resource is None or agent.resource.type.startswith(_REVIEWED):
        return lambda _: False
    named = reachable.names.within(agent.resource.properties, agent.resource)
    sources = [
        Node(name=each.place, kind=Kind.DATA, resource=each, reach=(), arn=each.arn)
        for each in reachable.model.resources
        if each.place in named and not each.type.startswith(_NO_SOURCES)
    ]
    return lambda statement: statement.allow and _may_feed(statement, agent, sources)


def _may_feed(statement: Statement, agent: Node, sources: Sequence[Node]) -> bool:
    def acts_on(service: str) -> bool:
        actions = [each.lower() for each in statement.actions]
        return not actions or any(each.startswith((f"{service}:", "*")) for each in actions)

    return acts_on(agent.service) or any(
        acts_on(each.service) and (not statement.resources or any(map(each.meets, statement.resources)))
        for each in sources
    )


__all__ = ["relay_findings"]

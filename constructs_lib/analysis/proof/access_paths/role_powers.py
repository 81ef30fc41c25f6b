"""Roles with powers of their own, and the resources that act with such a role as their input determines.

Sources: "AWS service integrations", "Calling AWS services" (API Gateway and Step Functions developer guides).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.proof.access_paths.event_rules import events_start, may_cause
from constructs_lib.analysis.proof.access_paths.feeding import feeding
from constructs_lib.analysis.proof.access_paths.policy_powers import policy_powers
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.reachable_resources import (
    WITH_ROLE,
    Node,
    ReachableResources,
    applies_to_node,
    role_names,
)
from constructs_lib.analysis.proof.access_paths.reviewed_types import Effect, Kind, rule_of
from constructs_lib.analysis.proof.access_paths.state_machine_calls import MACHINE, may_call
from constructs_lib.analysis.proof.access_paths.unreviewed_actions import UNREVIEWED, unreviewed_powers
from constructs_lib.analysis.proof.principal_rights import allows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.resource_references import Reference
    from constructs_lib.analysis.proof.access_paths.reviewed_types import Rule

ANY_SERVICE: Final = ""
"""The service of a power that no service limits: the role is not in the templates."""
_NAMES_ONLY: Final = "AWS::SSM::Parameter"
"""A type that holds a name; the name starts nothing."""

_OF_POLICIES: Final = frozenset({"NotPrincipal", "Principal"})
"""Elements of AWS's policies of resources: who is named there may act, and nothing acts with the role."""
_STREAMS: Final = "Kinesis streams"
_OWN_SOURCE: Final[Mapping[str, frozenset[str]]] = {
    "AWS::KinesisFirehose::DeliveryStream": frozenset({_STREAMS}),
    "AWS::Pipes::Pipe": frozenset({_STREAMS, f"{UNREVIEWED}events", f"{UNREVIEWED}sqs"}),
}
"""By type: the `path` of the powers that it uses only to read the source that it names, not what its input says.

Of EventBridge, a pipe calls PutEvents, which starts what `event_rules.py` finds, and an API destination: an endpoint
that the template names, with credentials of its connection and none of IAM ("Amazon EventBridge Pipes targets").
"""
_BY_SETTINGS: Final = ("AWS::Config::ConfigurationRecorder", "AWS::Glue::Crawler")
"""Types that do with their role what their settings say: nothing that they read says more ("Permissions for the IAM
role assigned to AWS Config", "Crawler prerequisites" (AWS Glue developer guide))."""
_READS: Final = frozenset[str]().union(*_OWN_SOURCE.values())


def powers_of(reachable: ReachableResources, answers: Mapping[str, Mapping[str, Power]]) -> dict[str, dict[str, Power]]:
    """Return what roles can do besides reaching owned places, by the role's `place` and the service of the actions.

    `answers` are the same for some roles, by ARN, as they were answered if asked as callers.
    """
    found: dict[str, dict[str, Power]] = {}
    for place, role in service_roles(reachable):
        by_policy = {**dict(unreviewed_powers(role, reachable)), **policy_powers(role, reachable)}
        found[place] = {**answers.get(role.arn, {}), **by_policy}
    return {place: powers for place, powers in found.items() if powers}


def service_roles(reachable: ReachableResources) -> Iterator[tuple[str, Role]]:
    """Yield the roles that services may act with for others, each with its `place`.

    Trusted code and policies alone use most roles; nobody else makes these act.
    """
    for arn, resource in role_names(reachable.model).items():
        role = reachable.model.roles.get(arn)
        if role is not None and not all(map(_is_trusted, reachable.names.mentions(resource.place))):
            yield resource.place, role


def _is_trusted(mention: Reference) -> bool:
    """Return whether a reference gives a role to what only the templates' authors direct, or is of a policy."""
    rule = _rule_of(mention, Kind.ROLE)
    of_aws = mention.by.type.startswith("AWS::")
    is_policy = mention.by.type.startswith("AWS::IAM::") or (of_aws and not _OF_POLICIES.isdisjoint(mention.path))
    by_settings = mention.by.type in _BY_SETTINGS
    return is_policy or by_settings or (rule is not None and rule.effect is Effect.CODE)


def _rule_of(mention: Reference, kind: Kind) -> Rule | None:
    return rule_of(mention.by.type, mention.path[0] if mention.path else "", kind)


def add_agents(reachable: ReachableResources) -> bool:
    """Add the resources that act with a role that has powers, and the roles that start them; return whether any is new.

    A reference that has not been reviewed may make its resource act. Trusted code is no agent.
    """
    new = False
    for place, powers in list(reachable.powers.items()):
        for mention in reachable.names.mentions(place):
            rule = _rule_of(mention, Kind.ROLE)
            own = _OWN_SOURCE.get(mention.by.type, frozenset())
            used = [each for service, each in powers.items() if each.path not in own and may_call(mention.by, service)]
            if used and (rule is None or rule.effect is Effect.RELAY):
                new |= reachable.add(_agent(mention.by, place.rpartition("/")[2], used[0].words))
    for machine in reachable.model.resources:
        role = str(machine.get("RoleArn"))
        if machine.type == MACHINE and role not in reachable.model.roles:
            new |= reachable.add(_agent(machine, role, "do anything: no template has it"))
    for node in reachable.of(Kind.AGENT):
        for mention in reachable.names.mentions(node.name):
            rule = _rule_of(mention, Kind.RELAY)
            if mention.by.type != _NAMES_ONLY and (rule is None or rule.effect is Effect.ALIAS):
                new |= reachable.add(
                    Node(name=mention.by.place, kind=Kind.AGENT, resource=mention.by, reach=node.reach, why=node.why)
                )
        new |= _add_starters(node, reachable)
    return new


def _agent(resource: Resource, role: str, words: str) -> Node:
    reach = (f"which may {words}",)
    return Node(name=resource.place, kind=Kind.AGENT, resource=resource, reach=reach, why=f"{WITH_ROLE}{role}")


def _add_starters(agent: Node, reachable: ReachableResources) -> bool:
    """Add the power to start an agent to the roles that have it."""
    rules, fed_by = events_start(agent, reachable), feeding(agent, reachable)
    new = False
    for arn, resource in role_names(reachable.model).items():
        role = reachable.model.roles.get(arn)
        said = allows_of(role, reachable.model) if role is not None else ()
        by_use = {agent.service} if any(applies_to_node(each, agent) for each in said) else set[str]()
        by_use = by_use.union(*map(fed_by, said))
        for service in sorted(by_use | may_cause(said, rules, reachable)):
            held = reachable.powers.get(resource.place, {})
            if service not in held or held[service].path in _READS:
                power = Power(words=f"start {agent}, which {agent.does}")
                reachable.powers[resource.place] = {**held, service: power}
                new = True
    return new


def power_with(role: str, service: str | None, reachable: ReachableResources) -> Power | None:
    """Return what a role of the templates can do with the calls of a service; None if it has no power.

    `service` is the IAM prefix of the service that is called; `ANY_SERVICE` if the call may be to any.
    """
    resource = role_names(reachable.model).get(role)
    powers: Mapping[str, Power] = reachable.powers.get(resource.place, {}) if resource is not None else {}
    if service == ANY_SERVICE:
        return next(iter(powers.values()), None)
    return powers.get(service) if service is not None else None

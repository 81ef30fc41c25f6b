"""Roles with permissions on owned data, and who may assume them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import Known, build_obligations
from constructs_lib.analysis.engine.policy_layers import Layers, applies_to_action, resource_policy_layers
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, loosened, readable
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.proof.access_paths.event_rules import events_start, may_cause
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.node_policies import granting_statement
from constructs_lib.analysis.proof.access_paths.reachable_resources import (
    Node,
    ReachableResources,
    applies_to_node,
    role_names,
)
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.principal_rights import allows_of
from constructs_lib.analysis.proof.repository_workflows import in_words, remedy
from constructs_lib.analysis.proof.trust_external_principals import principal_status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.findings import Finding


def reached(policies: Sequence[Policy], model: Model, places: Sequence[Place], arn: str = "") -> tuple[str, ...]:
    """Return the owned places that a principal's policies reach, or may reach.

    `arn` is that of the principal's role; empty if resource policies cannot name the principal.
    """
    certain = Relevance(each for policy in policies for each in policy.statements)
    possible = Relevance(each for policy in policies for each in policy.possible)
    return tuple(dict.fromkeys(place.name for place in places if _touches(certain, possible, place, model, arn)))


def _touches(certain: Relevance, possible: Relevance, place: Place, model: Model, arn: str) -> bool:
    holder = model.holder(place.holder)
    if holder is None:
        return False
    by_resource = resource_policy_layers(holder.policy, arn) if arn else Layers(identity=())
    layers = Layers(
        identity=certain.about(place.holder),
        resource=by_resource.resource,
        unbound=by_resource.unbound,
        possible=(*possible.about(place.holder), *by_resource.possible),
    )
    if not layers.can_allow:
        return False
    built = build_obligations("a role", place, holder, layers, Known(open_tags=True))
    return any(decide(each).answer is not Answer.PROVED for each in built)


def add_roles(reachable: ReachableResources, places: Sequence[Place]) -> bool:
    """Add the roles that reach owned data, and those that may assume such a role; return whether any is new."""
    roles = role_names(reachable.model)
    new = False
    caller_principals = {caller.principal for caller in reachable.model.callers}
    for role in reachable.model.roles.values():
        if role.arn in roles and roles[role.arn].place not in reachable.nodes:
            if role.arn in caller_principals and not _is_used_elsewhere(roles[role.arn], reachable):
                continue
            key = role.arn, len(places)
            if key not in reachable.reached:
                reachable.reached[key] = reached(role.policies, reachable.model, places, role.arn)
            names = reachable.reached[key]
            copies = [each for each in reachable.of(Kind.DATA) if each.why and _may_read(role, each, reachable)]
            reach = (*names, *(name for each in copies for name in each.reach))
            new |= bool(reach) and reachable.add(_role_node(roles[role.arn], reach))
    for node in reachable.of(Kind.ROLE):
        for role in _takers(node, reachable):
            new |= role.arn in roles and reachable.add(_role_node(roles[role.arn], node.reach))
    for relay in reachable.of(Kind.RELAY):
        for role in reachable.model.roles.values():
            found = roles.get(role.arn)
            if found is not None and found.place not in reachable.nodes and may_start(role, relay, reachable):
                new |= reachable.add(Node(name=found.place, kind=Kind.STARTER, resource=found, reach=relay.reach))
    return new


_GIVES_TO_CALLERS: Sequence[str] = (
    "AWS::IAM::", "AWS::AppSync::ChannelNamespace", "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::Cognito::UserPoolGroup",
)  # fmt: skip


def _is_used_elsewhere(role: Resource, reachable: ReachableResources) -> bool:
    """Return whether resources refer to a caller's role other than its identity pool and its policies."""
    return any(not each.by.type.startswith(tuple(_GIVES_TO_CALLERS)) for each in reachable.names.mentions(role.place))


def _role_node(resource: Resource, reach: Sequence[str]) -> Node:
    return Node(name=resource.place, kind=Kind.ROLE, resource=resource, reach=tuple(reach))


def _may_read(role: Role, node: Node, reachable: ReachableResources) -> bool:
    return may_use(role, node, reachable.model) or granting_statement(role.arn, node, reachable) is not None


def may_use(role: Role, node: Node, model: Model) -> bool:
    """Return whether a role's policies, or those of resources, may allow it to use a node; conditions are ignored."""
    return any(applies_to_node(each, node) for each in allows_of(role, model))


def may_start(role: Role, node: Node, reachable: ReachableResources) -> bool:
    """Return whether a role may be allowed to start a relay or an agent, also by an event."""
    said = allows_of(role, reachable.model)
    return may_use(role, node, reachable.model) or bool(may_cause(said, events_start(node, reachable), reachable))


def _takers(node: Node, reachable: ReachableResources) -> Iterator[Role]:
    """Yield the roles that may assume a role: those it trusts, or, if it trusts the account, those with permission."""
    assumed = reachable.model.roles.get(node.resource.arn) if node.resource else None
    if assumed is None:
        return

    arn = assumed.arn

    def may_name(text: str) -> bool:
        return globs_meet(loosened(text), arn)

    trust = assumed.trust.everything
    trusted = {value for each in trust if each.allow for _, value in each.principals}
    for role in reachable.model.roles.values():
        allowed = any(
            applies_to_action(each, "sts:AssumeRole") and (not each.resources or any(map(may_name, each.resources)))
            for each in allows_of(role, reachable.model)
        )
        if role is not assumed and (role.arn in trusted or (trusted & OWN_ACCOUNT and allowed)):
            yield role


def role_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals who may assume a role that reaches owned data and is not a caller's role."""
    caller_principals = {caller.role.arn for caller in reachable.model.callers}
    for node in reachable.of(Kind.ROLE):
        role = reachable.model.roles.get(node.resource.arn) if node.resource else None
        if role is not None and role.arn not in caller_principals:
            for statement in role.trust.everything:
                if statement.allow:
                    yield from _trusted(node, statement, reachable)


def _trusted(node: Node, statement: Statement, reachable: ReachableResources) -> Iterator[Finding]:
    by = f"because of {statement}"
    if statement.not_principals or statement.doubt:
        why = readable(statement.doubt) or "its trust policy says who may not"
        yield undecided(
            "an unknown caller", node, f"the principals that can assume the role {node} are unknown: {why}", statement
        )
        return
    for kind, value in statement.principals:
        if kind == "AWS" and is_unknown(value):
            # The possible statements contain it a second time, with its doubt.
            continue
        # A service uses it for the resource that refers to it; `trust_policies.py` checks identity pools.
        status = principal_status(kind, value, statement, reachable.model)
        if status is not None:
            make = counterexample if status is Status.COUNTEREXAMPLE else undecided
            name = in_words(kind, value, statement)
            who = name if value == "*" else f"{name} ({kind})"
            unseen = "" if status is Status.COUNTEREXAMPLE else "; no template determines who that is"
            story = f"{who} can take the role {node}, which reaches {node.owned}{unseen}, {by}"
            yield make(name, node, story + remedy(kind, value, statement), statement)

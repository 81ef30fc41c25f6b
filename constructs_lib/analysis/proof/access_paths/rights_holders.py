"""Principals with permissions on owned data: roles and who may assume them, IAM users, and external roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import Known, build_obligations
from constructs_lib.analysis.engine.policy_layers import Layers, applies_to_action, resource_policy_layers
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, loosened, normalise_arn
from constructs_lib.analysis.iam.managed_policies import managed_policy
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, Statement, unknown_policy
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import NO_POLICY, Role
from constructs_lib.analysis.model.resources import Resource, as_list
from constructs_lib.analysis.proof.access_paths.event_rules import events_start, may_put_events
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.node_policies import granting_statement
from constructs_lib.analysis.proof.access_paths.policy_powers import policy_powers
from constructs_lib.analysis.proof.access_paths.reachable_resources import (
    Node,
    ReachableResources,
    allows_of,
    role_names,
    speaks_of,
)
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.trust_external_principals import status_of
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.findings import Finding

_ATTACHED: Sequence[tuple[str, str, str]] = (
    ("AWS::IAM::Policy", "Users", "user"),
    ("AWS::IAM::ManagedPolicy", "Users", "user"),
    ("AWS::IAM::UserPolicy", "UserName", "user"),
    ("AWS::IAM::Policy", "Groups", "group"),
    ("AWS::IAM::ManagedPolicy", "Groups", "group"),
    ("AWS::IAM::GroupPolicy", "GroupName", "group"),
)
_OWN_ROOT = frozenset({f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT})


def reached(policies: Sequence[Policy], model: Model, places: Sequence[Place], arn: str = "") -> tuple[str, ...]:
    """Return the owned places that a principal's policies reach, or may reach.

    Args:
        policies: The holder's identity policies.
        model: The model with the resource policies.
        places: The owned places.
        arn: The ARN of the principal's role; empty if resource policies cannot name the principal.
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
        by_events = events_start(relay, reachable)
        for role in reachable.model.roles.values():
            found = roles.get(role.arn)
            starts = _may_use(role, relay) or (by_events and may_put_events(allows_of(role)))
            if found is not None and found.place not in reachable.nodes and starts:
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
    return _may_use(role, node) or granting_statement(role.arn, node, reachable) is not None


def _may_use(role: Role, node: Node) -> bool:
    return any(speaks_of(each, node) for each in allows_of(role))


def _takers(node: Node, reachable: ReachableResources) -> Iterator[Role]:
    """Yield the roles that may assume a role: those it trusts, or, if it trusts the account, those with permission."""
    assumed = reachable.model.roles.get(node.resource.arn) if node.resource else None
    if assumed is None:
        return

    arn = assumed.arn

    def may_name(text: str) -> bool:
        return globs_meet(loosened(text), arn)

    trust = (*assumed.trust.statements, *assumed.trust.possible)
    trusted = {value for each in trust if each.allow for _, value in each.principals}
    for role in reachable.model.roles.values():
        allowed = any(
            applies_to_action(each, "sts:AssumeRole") and (not each.resources or any(map(may_name, each.resources)))
            for each in allows_of(role)
        )
        if role is not assumed and (role.arn in trusted or (trusted & _OWN_ROOT and allowed)):
            yield role


def role_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals who may assume a role that reaches owned data and is not a caller's role."""
    caller_principals = {caller.role.arn for caller in reachable.model.callers}
    for node in reachable.of(Kind.ROLE):
        role = reachable.model.roles.get(node.resource.arn) if node.resource else None
        if role is not None and role.arn not in caller_principals:
            for statement in (*role.trust.statements, *role.trust.possible):
                if statement.allow:
                    yield from _trusted(node, statement, reachable)


def _trusted(node: Node, statement: Statement, reachable: ReachableResources) -> Iterator[Finding]:
    by = f"because of {statement}"
    if statement.not_principals or statement.doubt:
        why = statement.doubt or "its trust policy says who may not"
        yield undecided(
            "an unknown caller", node, f"the principals that can assume the role {node} are unknown: {why}", statement
        )
        return
    for kind, value in statement.principals:
        if kind == "AWS" and is_unknown(value):
            # The possible statements contain it a second time, with its doubt.
            continue
        # A service uses it for the resource that refers to it; `trust_policies.py` checks identity pools.
        status = status_of(kind, value, statement, reachable.model)
        if status is not None:
            make = counterexample if status is Status.COUNTEREXAMPLE else undecided
            who = "anyone" if value == "*" else f"{value} ({kind})"
            unseen = "" if status is Status.COUNTEREXAMPLE else "; no template determines who that is"
            story = f"{who} can take the role {node}, which reaches {_all(node)}{unseen}, {by}"
            yield make("anyone" if value == "*" else value, node, story, statement)


def caller_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the IAM users and groups that reach owned data, and the external roles that policies here attach to."""
    for resource in reachable.model.resources:
        if resource.type == "AWS::SSO::PermissionSet":
            yield from _by_permission_set(resource, reachable)
        if resource.type in {"AWS::IAM::User", "AWS::IAM::Group"}:
            what = resource.type.rpartition("::")[2].lower()
            policies = list(_policies_of(resource, what, reachable))
            names = reached(policies, reachable.model, reachable.places)
            if names:
                story = (
                    f"the IAM {what} {resource.name} reaches {', '.join(names)}: "
                    "who has its keys or password no template says"
                )
                node = Node(name=resource.place, kind=Kind.ROLE, resource=resource, reach=names)
                yield undecided(f"IAM {what} {resource.name}", node, story)
            else:
                yield from _by_powers(resource, what, policies, reachable)
    yield from _elsewhere(reachable)


def _by_powers(
    resource: Resource, what: str, policies: Sequence[Policy], reachable: ReachableResources
) -> Iterator[Finding]:
    as_role = Role(arn=resource.arn, id="", name=resource.name, trust=NO_POLICY, policies=tuple(policies))
    for power in list(policy_powers(as_role, reachable).values())[:1]:
        story = f"the IAM {what} {resource.name} may {power.words}: who has its keys or password no template says"
        yield undecided(f"IAM {what} {resource.name}", resource.name, story)


def _by_permission_set(permissions: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield a finding for a permission set that would reach owned data: AWS creates its roles when it is assigned."""
    policies = [parse_policy(permissions.get("InlinePolicy"), permissions.name)]
    for arn in map(normalise_arn, map(str, as_list(permissions.get("ManagedPolicies")))):
        document = managed_policy(arn)
        policies.append(parse_policy(document, arn) if document else unknown_policy(arn, f"{arn} is not known"))
    of_account = as_list(permissions.get("CustomerManagedPolicyReferences"))
    policies += [unknown_policy(permissions.name, f"the content of {each} is not known") for each in of_account]
    names = reached(policies, reachable.model, reachable.places)
    if names:
        story = f"the permission set {permissions.name} reaches {', '.join(names)}: who is assigned it no template says"
        yield undecided(f"permission set {permissions.name}", permissions.name, story)


def _policies_of(holder: Resource, what: str, reachable: ReachableResources) -> Iterator[Policy]:
    for inline in as_list(holder.get("Policies")):
        if isinstance(inline, Mapping):
            yield parse_policy(inline.get("PolicyDocument"), holder.name)
        else:
            yield unknown_policy(holder.name, f"a policy is {inline}")
    managed = {each.arn: each for each in reachable.model.resources if each.type == "AWS::IAM::ManagedPolicy"}
    for arn in map(normalise_arn, map(str, as_list(holder.get("ManagedPolicyArns")))):
        own = managed.get(arn)
        document = managed_policy(arn) if own is None else own.get("PolicyDocument")
        known = own is not None or document is not None
        yield parse_policy(document, arn) if known else unknown_policy(arn, f"the content of {arn} is not known")
    for type_, name, kind in _ATTACHED:
        for policy in reachable.model.resources:
            if policy.type == type_ and kind == what and holder.id in map(str, as_list(policy.get(name))):
                yield parse_policy(policy.get("PolicyDocument"), policy.name)


def _elsewhere(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals outside the templates that policies here give permissions on owned data."""
    # A role, a user and a group may have one name.
    here = {(each.type, each.id) for each in reachable.model.resources}
    for policy in reachable.model.resources:
        for type_, name, kind in (*_ATTACHED, *_ROLES):
            if policy.type == type_:
                for holder in map(str, as_list(policy.get(name))):
                    if (f"AWS::IAM::{kind.title()}", holder) not in here:
                        yield from _granted_elsewhere(holder, policy, reachable)


_ROLES: Sequence[tuple[str, str, str]] = (
    ("AWS::IAM::Policy", "Roles", "role"),
    ("AWS::IAM::ManagedPolicy", "Roles", "role"),
    ("AWS::IAM::RolePolicy", "RoleName", "role"),
)


def _granted_elsewhere(holder: str, policy: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    policies = (parse_policy(policy.get("PolicyDocument"), policy.name),)
    names = reached(policies, reachable.model, reachable.places)
    as_role = Role(arn="", id="", name=holder, trust=NO_POLICY, policies=policies)
    powers = [] if names else list(policy_powers(as_role, reachable).values())[:1]
    if names or powers:
        given = f"rights on {', '.join(names)}" if names else f"rights to {powers[0].words}"
        story = f"{policy.name} gives {holder}, which is not in the templates, {given}"
        unknown = " (a name that the template does not say)" if is_unknown(holder) else ""
        yield undecided(holder, Node(name=policy.place, kind=Kind.ROLE, resource=policy, reach=names), story + unknown)


def _all(node: Node) -> str:
    return ", ".join(node.reach)


__all__ = ["add_roles", "caller_findings", "reached", "role_findings"]

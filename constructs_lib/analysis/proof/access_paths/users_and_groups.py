"""IAM users and groups, permission sets, and roles of other stacks that policies here attach to.

They have what their policies allow: owned places, copies of these, what acts on them, and the powers of
`policy_powers.py`. Who uses them no template says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn
from constructs_lib.analysis.iam.managed_policies import managed_policy
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, unknown_policy
from constructs_lib.analysis.model.callers import NO_POLICY, Role
from constructs_lib.analysis.model.resources import Resource, as_list
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_powers import policy_powers
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.rights_holders import may_start, may_use, reached
from constructs_lib.analysis.proof.access_paths.unreviewed_actions import unreviewed_powers

if TYPE_CHECKING:
    from constructs_lib.analysis.proof.findings import Finding

_ATTACHED: Sequence[tuple[str, str, str]] = (
    ("AWS::IAM::Policy", "Users", "user"),
    ("AWS::IAM::ManagedPolicy", "Users", "user"),
    ("AWS::IAM::UserPolicy", "UserName", "user"),
    ("AWS::IAM::Policy", "Groups", "group"),
    ("AWS::IAM::ManagedPolicy", "Groups", "group"),
    ("AWS::IAM::GroupPolicy", "GroupName", "group"),
)
_ROLES: Sequence[tuple[str, str, str]] = (
    ("AWS::IAM::Policy", "Roles", "role"),
    ("AWS::IAM::ManagedPolicy", "Roles", "role"),
    ("AWS::IAM::RolePolicy", "RoleName", "role"),
)


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
                for does in _does(resource.name, policies, reachable):
                    story = f"the IAM {what} {resource.name} may {does}: who has its keys or password no template says"
                    yield undecided(f"IAM {what} {resource.name}", resource.name, story)
    yield from _elsewhere(reachable)


def _does(
    name: str, policies: Sequence[Policy], reachable: ReachableResources, *, certain: bool = False
) -> tuple[str, ...]:
    """Return one thing that the holder of some policies may do besides reaching owned places, if there is any.

    Args:
        name: The holder's name.
        policies: Its identity policies.
        reachable: The owned data, its copies, and what acts on it.
        certain: Whether only those privilege escalations count that are certain, and no right without a review.
    """
    holder = Role(arn="", id="", name=name, trust=NO_POLICY, policies=tuple(policies))
    copies = (
        f"read {node}, and so learn of {', '.join(node.reach)}, {node.why}"
        for node in reachable.of(Kind.DATA)
        if node.why and may_use(holder, node, reachable.model)
    )
    agents = (
        f"start {node}, which {node.does}"
        for node in reachable.of(Kind.RELAY, Kind.AGENT)
        if may_start(holder, node, reachable)
    )
    powers = (
        each.words for each in policy_powers(holder, reachable).values() if each.certain or each.path or not certain
    )
    unreviewed = (each.words for _, each in unreviewed_powers(holder, reachable) if not certain)
    return tuple(itertools.islice(itertools.chain(copies, agents, powers, unreviewed), 1))


def _by_permission_set(permissions: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield a finding for a permission set with a right on owned data: AWS creates its roles when it is assigned."""
    policies = [parse_policy(permissions.get("InlinePolicy"), permissions.name)]
    for arn in map(normalise_arn, map(str, as_list(permissions.get("ManagedPolicies")))):
        document = managed_policy(arn)
        policies.append(parse_policy(document, arn) if document else unknown_policy(arn, f"{arn} is not known"))
    of_account = as_list(permissions.get("CustomerManagedPolicyReferences"))
    policies += [unknown_policy(permissions.name, f"the content of {each} is not known") for each in of_account]
    names = reached(policies, reachable.model, reachable.places)
    does = _does(permissions.name, policies, reachable, certain=True)
    if names or does:
        what = f"reaches {', '.join(names)}" if names else f"may {does[0]}"
        story = f"the permission set {permissions.name} {what}: who is assigned it no template says"
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


def _granted_elsewhere(holder: str, policy: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    policies = (parse_policy(policy.get("PolicyDocument"), policy.name),)
    names = reached(policies, reachable.model, reachable.places)
    does = _does(holder, policies, reachable)
    if names or does:
        given = f"rights on {', '.join(names)}" if names else f"rights to {does[0]}"
        story = f"{policy.name} gives {holder}, which is not in the templates, {given}"
        unknown = " (a name that the template does not say)" if is_unknown(holder) else ""
        yield undecided(holder, Node(name=policy.place, kind=Kind.ROLE, resource=policy, reach=names), story + unknown)


__all__ = ["caller_findings"]

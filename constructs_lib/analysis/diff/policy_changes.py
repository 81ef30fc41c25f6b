"""Policies whose principals no caller of the model is: what they newly allow is named, and not compared.

The policies of callers' roles are compared request by request, and so are those of buckets, tables, APIs and functions
for these callers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.diff.changes import few, setting_change
from constructs_lib.analysis.diff.policy_documents import has_document, policies_of, widening
from constructs_lib.analysis.diff.unordered_values import differing_paths
from constructs_lib.analysis.iam.arns import normalise_arn, readable
from constructs_lib.analysis.model.kinds.function import permission_policy
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.resources import Resources, as_list
from constructs_lib.analysis.model.roles import roles_of
from constructs_lib.analysis.proof.access_paths.node_policies import asks
from constructs_lib.analysis.proof.function_permissions import PASSED_ON, is_pinned
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from constructs_lib.analysis.diff.changes import Change
    from constructs_lib.analysis.diff.renamed_resources import Differing
    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource

_ROLE: Final = "AWS::IAM::Role"
_PERMISSION: Final = "AWS::Lambda::Permission"
_FUNCTION: Final = "AWS::Lambda::Function"
_ACTS_AS: Final = re.compile(r"(Role|RoleArn|RoleARN|InstanceProfile|InstanceProfileArn)$")
"""Properties that name the role with which a resource acts."""
_COMPARED: Final = frozenset(
    {
        "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
        "AWS::Lambda::Permission", "AWS::S3::BucketPolicy", "AWS::Serverless::Api",
    }
)  # fmt: skip
"""Types whose policies are compared for each caller."""
_ATTACHED: Final = frozenset({"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"})
"""Policies that are attached to others; those of the templates' roles are compared with the roles."""
_NO_SUBJECTS: Final = frozenset(
    {"BlockPublicPolicy", "PolicyDocument", "PolicyName", "PolicyText", "ResourcePolicy", "Statement", "StatementId"}
)
"""Properties of policies that name no resource to which they are attached."""
_LIMITS: Final = "AWS::EC2::VPCEndpoint"
"""A type whose policy only takes rights away: a new one gives none, and none allows everything ("Control access to VPC
endpoints using endpoint policies", AWS PrivateLink guide)."""
_FULL: Final = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
_IDENTITY: Final = ("AWS::IAM::", "AWS::SSO::", "AWS::RolesAnywhere::")
_OWN: Final = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})
_SOURCE_ARN: Final = "aws:sourcearn"
_SOURCE_ACCOUNT: Final = frozenset({"aws:sourceaccount", "aws:sourceowner"})


def changed_policies(
    found: Sequence[Differing], old: Model, new: Model, renamed: Sequence[Resource]
) -> Iterator[Change | str]:
    """Yield what policies newly allow to others than the callers of the model, each in a sentence.

    `renamed` are the resources of the new version, in the names of the old one.
    """
    compared = {caller.principal for model in (old, new) for caller in all_callers(model).values()}
    every = (*old.resources, *new.resources)
    for each in found:
        resource = each.resource
        is_of_roles = all(_is_of_roles(one, every) for one in (each.old, each.new) if one is not None)
        if is_of_roles or (resource.type == _LIMITS and each.old is None):
            continue
        for gained, one, other in ((True, each.old, each.new), (False, each.new, each.old)):
            # What only one version attaches has nothing of the policy in the other.
            before = () if _attached_to(other, every) - _attached_to(one, every) else _policies(one)
            others = [said for said in widening(before, _policies(other)) if not _is_known(said, resource, compared)]
            yield from _sentences(resource, others, gained=gained)
    if found:
        yield from _roles(old, new, renamed)
    yield from _switched_roles(found, {*old.roles, *new.roles})


def _switched_roles(found: Iterable[Differing], roles: Collection[str]) -> Iterator[str]:
    """Yield the resources that act with another role; functions with roles of the templates are callers."""
    for each in found:
        if each.old is None or each.new is None or each.resource.type.startswith(("AWS::Cognito::", *_IDENTITY)):
            continue
        is_caller = each.resource.type == _FUNCTION and normalise_arn(str(each.new.get("Role"))) in roles
        paths = filter(_ACTS_AS.search, differing_paths(each.old.properties, each.new.properties))
        for path in () if is_caller else paths:
            yield f"{each.new.name} ({each.new.type}) has another {path}: what it may do is not compared"


def _attached_to(policy: Resource | None, every: Iterable[Resource]) -> set[str]:
    """Return the resources that a policy of another resource type names as its own, and roles of no template."""
    if policy is None or not policy.type.endswith("Policy"):
        return set()
    names = ("Roles", "RoleName") if policy.type in _ATTACHED else policy.properties.keys() - _NO_SUBJECTS
    found = {str(each) for name in names for each in as_list(policy.get(name))}
    return found - {each.id for each in every if each.type == _ROLE}


def _is_of_roles(policy: Resource, every: Collection[Resource]) -> bool:
    """Return whether only roles of the templates have a policy."""
    if policy.type not in _ATTACHED or policy.get("Users") or policy.get("Groups") or _attached_to(policy, every):
        return False
    if policy.type != "AWS::IAM::ManagedPolicy":
        return True
    users = {each.type for each in every if policy.is_named_in(str(each.properties))}
    return users <= {_ROLE} and bool(users or policy.get("Roles"))


def _policies(resource: Resource | None) -> Iterator[Policy]:
    if resource is not None and resource.type == _PERMISSION:
        yield permission_policy(resource, str(resource.get("FunctionName")))
    elif resource is not None and resource.type == _ROLE:
        trust = {"Trust": resource.get("AssumeRolePolicyDocument")}
        yield from policies_of(replace(resource, properties=trust))
    elif resource is not None and resource.type == _LIMITS and not has_document(resource):
        yield from policies_of(replace(resource, properties={"PolicyDocument": _FULL}))
    else:
        yield from policies_of(resource)


def _is_known(statement: Statement, resource: Resource, compared: Collection[str]) -> bool:
    """Return whether a statement gives nothing that is not compared elsewhere."""
    if not statement.principals or statement.not_principals or statement.doubt:
        return False
    [(kind, value)] = statement.principals
    if kind == "Service":
        return resource.type == _ROLE or _acts_for_this_account(statement, value)
    if resource.type == _ROLE:
        # Those who have a token of an identity pool are compared; who is of the account needs a right of their own.
        return (kind == "Federated" and "cognito-identity" in value) or value in _OWN
    if resource.type in _COMPARED and (value == "*" or value in compared):
        return True
    # The account as a principal only lets its administrators give rights ("Principal", IAM user guide).
    return value in _OWN and statement.allow


def _acts_for_this_account(statement: Statement, service: str) -> bool:
    """Return whether a service only acts for a resource of this account, and for none of its own clients."""
    if not statement.allow or service.lower().startswith(PASSED_ON):
        return False
    pinned = [each for each in statement.conditions if asks(each) and each.key in {_SOURCE_ARN, *_SOURCE_ACCOUNT}]
    return any(
        all(is_pinned(value, "") if each.key == _SOURCE_ARN else is_pinned("", value) for value in each.values)
        for each in pinned
    )


def _sentences(resource: Resource, statements: Iterable[Statement], *, gained: bool) -> Iterator[Change | str]:
    """Yield one sentence for each principal and effect."""
    identity = resource.type.startswith(_IDENTITY) and resource.type != _ROLE
    by_who: dict[tuple[bool, str], list[Statement]] = {}
    for each in statements:
        named = ", ".join(value for _, value in each.principals)
        who = "its principals" if identity else f"all but {named}" if each.not_principals else named or "its principals"
        by_who.setdefault((each.allow, who), []).append(each)
    for (allow, principal), found in by_who.items():
        who = readable(principal)
        by = f"{resource.name} ({resource.type})"
        if gained:
            does = "now lets" if allow else "no longer denies"
            yield f"{by} {does} {who} {_use(found)}: not compared"
        else:
            # An Allow that is gone, or a Deny that is new: less than before.
            yield setting_change(
                gained=False, who=f"{who[:1].upper()}{who[1:]}", does=_use(found), resource=resource.name,
                place=f"because of {by}", decided_by=f"the policy of {by}",
            )  # fmt: skip


def _use(statements: Sequence[Statement]) -> str:
    actions = dict.fromkeys(
        each.actions[0] if each.actions else f"all but {', '.join(each.not_actions)}" for each in statements
    )
    places = dict.fromkeys(each.resources[0] for each in statements if each.resources)
    where = f" on {few([readable(each) for each in places])}" if places else ""
    return f"use {few([*actions])}{where}"


def _roles(old: Model, new: Model, renamed: Sequence[Resource]) -> Iterator[Change | str]:
    """Yield the roles of services and others, which no caller of the new version has, that may do more or less."""
    after = new.roles if renamed is new.resources else roles_of(Resources(all=[*renamed]))
    taken = {caller.principal for caller in all_callers(new).values()}
    names = {each.arn: given.arn for each, given in zip(renamed, new.resources, strict=True) if each.type == _ROLE}
    for arn, role in after.items():
        before = old.roles.get(arn)
        if names.get(arn) in taken or before == role:
            continue
        statements = _gained(before, role)
        if statements:
            yield f"the role {role.name} may now {_use(statements)}: who uses it is not a caller here, so not compared"
        elif before is not None and (less := _gained(role, before)):
            yield setting_change(
                gained=False, who=f"The role {role.name}", does=_use(less), resource=role.name,
                place=f"because of the policies of {role.name}", decided_by="the policies of the role",
            )  # fmt: skip


def _gained(before: Role | None, after: Role) -> list[Statement]:
    """Return what a role may do in one version only; all that it may do if it is new or loses its boundary."""
    if before is None or (before.boundary is not None and after.boundary is None):
        return widening((), after.policies)
    limits = [[] if each.boundary is None else [each.boundary] for each in (before, after)]
    return [*widening(before.policies, after.policies), *(widening(*limits) if before.boundary is not None else ())]

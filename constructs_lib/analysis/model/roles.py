"""Roles with all their policies: inline, attached by other resources, customer managed and AWS managed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn
from constructs_lib.analysis.iam.managed_policies import AWS_MANAGED, managed_policy
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, unknown_policy
from constructs_lib.analysis.model.callers import Role
from constructs_lib.analysis.model.resources import Resource, Resources, as_list


def roles_of(resources: Resources) -> dict[str, Role]:
    """Return every role by ARN."""
    attached = _attached(resources)
    managed = {resource.arn: resource for resource in resources.of("AWS::IAM::ManagedPolicy")}
    found = {}
    for resource in resources.of("AWS::IAM::Role"):
        policies = [
            parse_policy(inline.get("PolicyDocument"), f"{resource.name}, inline {inline.get('PolicyName', '')}")
            for inline in as_list(resource.get("Policies"))
            if isinstance(inline, Mapping)
        ] + [
            unknown_policy(resource.name, f"a policy is {inline}, which the template does not spell out")
            for inline in as_list(resource.get("Policies"))
            if not isinstance(inline, Mapping)
        ]
        policies += attached[resource.id]
        for arn in as_list(resource.get("ManagedPolicyArns")):
            policies.append(_managed(normalise_arn(str(arn)), managed, resources, resource))
        boundary = resource.get("PermissionsBoundary")
        found[resource.arn] = Role(
            arn=resource.arn,
            id=resource.id,
            name=resource.name,
            trust=parse_policy(resource.get("AssumeRolePolicyDocument"), f"{resource.name}, trust"),
            policies=tuple(policies),
            boundary=None if boundary is None else _managed(normalise_arn(str(boundary)), managed, resources, resource),
            tags={
                str(tag.get("Key")).lower(): str(tag.get("Value"))
                for tag in as_list(resource.get("Tags"))
                if isinstance(tag, Mapping)
            },
        )
    return found


def _attached(resources: Resources) -> defaultdict[str, list[Policy]]:
    found: defaultdict[str, list[Policy]] = defaultdict(list)
    for resource in resources.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        policy = parse_policy(resource.get("PolicyDocument"), resource.name)
        for role in as_list(resource.get("Roles")):
            found[str(role)].append(policy)
            if is_unknown(str(role)):
                resources.note(f"{resource.name} goes to the role {role}, taken to be none of the templates'")
    for resource in resources.of("AWS::IAM::RolePolicy"):
        found[str(resource.get("RoleName"))].append(parse_policy(resource.get("PolicyDocument"), resource.name))
    return found


def _managed(arn: str, managed: Mapping[str, Resource], resources: Resources, role: Resource) -> Policy:
    own = managed.get(arn)
    if own is not None:
        return parse_policy(own.get("PolicyDocument"), own.name)
    document: dict[str, Any] | None = managed_policy(arn)
    if document is None:
        what = "AWS managed policy" if arn.startswith(AWS_MANAGED) else "managed policy outside the templates"
        resources.note(f"{role.name} has the {what} {arn}, whose content is not known here")
        return unknown_policy(arn, f"{role.name} has the {what} {arn}, whose content is not known here")
    return parse_policy(document, arn.rsplit("/", 1)[-1])

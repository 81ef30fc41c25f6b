"""Roles with all their policies: inline, attached by other resources, customer managed and AWS managed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.analysis.iam.arns import is_unknown, normalise_arn, readable
from constructs_lib.analysis.iam.managed_policies import AWS_MANAGED, managed_policy
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, unknown_policy
from constructs_lib.analysis.model.callers import Role
from constructs_lib.analysis.model.possible_policies import possible_policy
from constructs_lib.analysis.model.resources import Resource, Resources, as_list
from constructs_lib.analysis.template.atoms import atom
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.scalars import text_of


def roles_of(resources: Resources) -> dict[str, Role]:
    """Return every role by ARN."""
    attached = _attached(resources)
    managed = {resource.arn: resource for resource in resources.of("AWS::IAM::ManagedPolicy")}
    found: dict[str, Role] = {}
    for resource in resources.of("AWS::IAM::Role"):
        if resource.arn in found:
            resources.gap(
                f"{found[resource.arn].name} and {resource.name} are both the role {readable(resource.id)}: which of "
                "the two holds is not known; prove the templates of each account by themselves"
            )
        policies = [
            parse_policy(inline.get("PolicyDocument"), f"{resource.name}, inline {inline.get('PolicyName', '')}")
            for inline in as_list(resource.get("Policies"))
            if isinstance(inline, Mapping)
        ] + [
            unknown_policy(resource.name, f"a policy is {inline}, which the template does not spell out")
            for inline in as_list(resource.get("Policies"))
            if not isinstance(inline, Mapping)
        ]
        policies += _attached_to(resource, attached)
        for arn in as_list(resource.get("ManagedPolicyArns")):
            policies.append(_managed(normalise_arn(str(arn)), managed, resources, resource))
        boundary = resource.get("PermissionsBoundary")
        found[resource.arn] = Role(
            arn=resource.arn,
            id=atom(f"{resource.place}.RoleId"),
            name=resource.name,
            trust=parse_policy(resource.get("AssumeRolePolicyDocument"), f"{resource.name}, trust"),
            policies=tuple(policies),
            boundary=None if boundary is None else _managed(normalise_arn(str(boundary)), managed, resources, resource),
            tags=_tags(resource),
            tags_doubt=_tags_doubt(resource),
        )
    return found


def _tags(role: Resource) -> dict[str, str]:
    """Return the tags of a role whose names the template determines, by name in lower case."""
    tags = [tag for tag in as_list(role.get("Tags")) if isinstance(tag, Mapping)]
    return {
        str(tag.get("Key")).lower(): text_of(tag.get("Value")) for tag in tags if "⟦" not in text_of(tag.get("Key"))
    }


def _tags_doubt(role: Resource) -> str:
    for tag in as_list(role.get("Tags")):
        key = text_of(tag.get("Key")) if isinstance(tag, Mapping) else str(tag)
        if "⟦" in key or not isinstance(tag, Mapping):
            return f"a tag of {role.name} is {readable(key)}, which the template does not determine"
    return ""


def _attached_to(role: Resource, attached: Mapping[str, list[Policy]]) -> Iterator[Policy]:
    """Yield the policies of a role, and those that may be: for a name that is known in part or in another case.

    The names of roles "are not distinguished by case" (`CreateRole`, IAM API reference).
    """
    for name, policies in attached.items():
        if name == role.id:
            yield from policies
        elif name.casefold() == role.id.casefold() or may_be_equal(name, role.id):
            yield from (possible_policy(each, role.name) for each in policies)


def _attached(resources: Resources) -> Mapping[str, list[Policy]]:
    """Return the policies that other resources attach, by the role's name as the template has it."""
    found: defaultdict[str, list[Policy]] = defaultdict(list)
    names = {role.id for role in resources.of("AWS::IAM::Role")}
    for resource in resources.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        policy = parse_policy(resource.get("PolicyDocument"), resource.name)
        for role in as_list(resource.get("Roles")):
            found[str(role)].append(policy)
            if is_unknown(str(role)) and str(role) not in names:
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

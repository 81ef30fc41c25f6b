"""Settings that two resources apply to one target: the template does not determine which one takes effect."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import is_open
from constructs_lib.analysis.template.globs import may_be_equal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources

_SINGLE: Final[dict[str, tuple[str, ...]]] = {
    "AWS::Cognito::IdentityPoolPrincipalTag": ("IdentityPoolId", "IdentityProviderName"),
    "AWS::Cognito::IdentityPoolRoleAttachment": ("IdentityPoolId",),
    "AWS::Cognito::LogDeliveryConfiguration": ("UserPoolId",),
    "AWS::Cognito::UserPoolRiskConfigurationAttachment": ("UserPoolId", "ClientId"),
    "AWS::Events::EventBusPolicy": ("EventBusName", "StatementId"),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
    "AWS::Logs::ResourcePolicy": ("PolicyName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::S3::MultiRegionAccessPointPolicy": ("MrapName",),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("ObjectLambdaAccessPoint",),
    "AWS::S3Express::BucketPolicy": ("Bucket",),
    "AWS::S3Tables::TableBucketPolicy": ("TableBucketARN",),
    "AWS::S3Tables::TablePolicy": ("TableARN",),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueueInlinePolicy": ("Queue",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SSM::ResourcePolicy": ("ResourceArn",),
}
"""The properties that identify the target of a resource's setting, by its type; a list names several targets.

Source: the types' primary identifiers (CloudFormation resource schemas) and the APIs their handlers call, whose
`Put...` and `Set...` replace the previous setting.
"""
_INLINE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "AWS::IAM::Role": (("AWS::IAM::Policy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName")),
    "AWS::IAM::User": (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName")),
    "AWS::IAM::Group": (("AWS::IAM::Policy", "Groups"), ("AWS::IAM::GroupPolicy", "GroupName")),
}
"""By type of a principal: the types that put inline policies on it besides its own `Policies`, and their property.

"Adds or updates an inline policy" (`PutRolePolicy`, IAM API reference): the last one of a name replaces the others.
"""


def note_duplicates(resources: Resources) -> None:
    """Add a gap for each two resources with the same target."""
    found: dict[tuple[str, ...], Resource] = {}
    for resource in resources.of(*_SINGLE):
        for target in _targets(resource):
            # What a type puts inline is the same setting.
            first = found.setdefault((resource.type.replace("InlinePolicy", "Policy"), *target), resource)
            if first is not resource:
                resources.gap(
                    f"{first.name} and {resource.name} are both the {resource.type} of {' '.join(target)}: which of "
                    "the two holds is not known"
                )
    for holder, policies in _inline_policies(resources):
        for (first_name, one), (second_name, other) in itertools.combinations(policies, 2):
            if _may_be_same(one, other):
                resources.gap(
                    f"{first_name} and {second_name} are both the inline policy {one} of {holder.name}: which of the "
                    "two holds is not known"
                )


def _inline_policies(resources: Resources) -> Iterator[tuple[Resource, list[tuple[str, str]]]]:
    """Yield each role, user and group with what puts inline policies on it, or may, and the policies' names."""
    for kind, puts in _INLINE.items():
        put = [(policy, _text(to)) for type_, name in puts for policy in resources.of(type_)
               for to in as_list(policy.get(name))]  # fmt: skip
        by_name: dict[str, list[tuple[Resource, str]]] = {}
        for policy, to in put:
            by_name.setdefault(to.casefold(), []).append((policy, to))
        unsure = [each for each in put if is_open(each[1])]
        for holder in resources.of(kind):
            near = put if is_open(holder.id) else [*by_name.get(holder.id.casefold(), ()), *unsure]
            found = {policy.place: policy for policy, to in near if _may_be_same(to, holder.id)}
            own = [each for each in as_list(holder.get("Policies")) if isinstance(each, Mapping)]
            yield (
                holder,
                [
                    *((f"{holder.name}'s own policy", _text(each.get("PolicyName"))) for each in own),
                    *((policy.name, _text(policy.get("PolicyName"))) for policy in found.values()),
                ],
            )


def _may_be_same(left: str, right: str) -> bool:
    """Return whether two names of IAM may be equal: they "are not distinguished by case" (`CreateRole`)."""
    return left.casefold() == right.casefold() or may_be_equal(left, right)


def _targets(resource: Resource) -> Iterator[tuple[str, ...]]:
    """Yield the targets of a resource's setting; none if it does not specify any."""
    named = [[_text(each) for each in as_list(resource.get(name))] for name in _SINGLE[resource.type]]
    yield from itertools.product(*named)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)

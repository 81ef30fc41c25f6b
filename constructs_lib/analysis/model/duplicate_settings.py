"""Settings that two resources apply to one target: the template does not determine which one takes effect."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources

_SINGLE: Final[dict[str, tuple[str, ...]]] = {
    "AWS::Cognito::IdentityPoolPrincipalTag": ("IdentityPoolId", "IdentityProviderName"),
    "AWS::Cognito::IdentityPoolRoleAttachment": ("IdentityPoolId",),
    "AWS::Cognito::LogDeliveryConfiguration": ("UserPoolId",),
    "AWS::Cognito::UserPoolRiskConfigurationAttachment": ("UserPoolId", "ClientId"),
    "AWS::IAM::RolePolicy": ("RoleName", "PolicyName"),
    "AWS::IAM::UserPolicy": ("UserName", "PolicyName"),
    "AWS::IAM::GroupPolicy": ("GroupName", "PolicyName"),
    "AWS::IAM::Policy": ("Roles", "PolicyName"),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
    "AWS::Logs::ResourcePolicy": ("PolicyName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::S3::MultiRegionAccessPointPolicy": ("MrapName",),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("ObjectLambdaAccessPoint",),
    "AWS::S3Tables::TableBucketPolicy": ("TableBucketARN",),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SSM::ResourcePolicy": ("ResourceArn",),
}
"""The properties that identify the target of a resource's setting, by its type; a list names several targets.

Source: the types' primary identifiers (CloudFormation resource schemas) and the APIs their handlers call, whose
`Put...` and `Set...` replace the previous setting.
"""


def note_duplicates(resources: Resources) -> None:
    """Add a gap for each two resources with the same target."""
    found: dict[tuple[str, ...], Resource] = {}
    for resource in resources.of(*_SINGLE):
        for target in _targets(resource):
            first = found.setdefault((resource.type, *target), resource)
            if first is not resource:
                resources.gap(
                    f"{first.name} and {resource.name} are both the {resource.type} of {' '.join(target)}: which of "
                    "the two holds is not known"
                )


def _targets(resource: Resource) -> Iterator[tuple[str, ...]]:
    """Yield the targets of a resource's setting; none if it does not specify any."""
    named = [[_text(each) for each in as_list(resource.get(name))] for name in _SINGLE[resource.type]]
    yield from itertools.product(*named)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)

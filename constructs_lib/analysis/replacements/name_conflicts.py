"""Name conflicts between a new resource and an old one: CloudFormation creates the new one first."""

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.findings import Effect, Finding
from constructs_lib.analysis.replacements.refusals import NO_LOSS, REFUSALS
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.schemas import at
from constructs_lib.analysis.replacements.value_comparison import references


@dataclass(frozen=True, kw_only=True, slots=True)
class _UniqueValue:
    """A value that only one resource of a type may have at a time.

    Args:
        refusal: The name of its entry in `REFUSALS`.
        key: The properties with the value; a list has several values.
        default: Optional properties: an absent one counts as a value too. By default, all are required.
        folded: Whether names that differ only in case are equal. Default: false.
        label: Its name in a sentence. Default: the properties.
        cause: The property that a change affects. Default: the last required one.
        more: Returns further values that distinguish two resources. Default: none.
    """

    refusal: str
    key: tuple[str, ...]
    default: tuple[str, ...] = ()
    folded: bool = False
    label: str = ""
    cause: str = ""
    more: Callable[[Resource], Any] = lambda _: None


def _is_custom(domain: Resource) -> bool:
    """Return whether a domain is a custom domain: a user pool may have one prefix domain and one custom domain."""
    return bool(domain.properties.get("CustomDomainConfig"))


_POLICY: Final = "a role or policy of one name"
_CLOUDFRONT: Final = "a CloudFront policy of one name"
_SINGLE: Final[dict[str, _UniqueValue]] = {
    "AWS::ApiGateway::ApiKey": _UniqueValue(refusal="an API key of one name", key=("Name",)),
    "AWS::ApiGateway::Authorizer": _UniqueValue(refusal="an authorizer of one name", key=("RestApiId", "Name")),
    "AWS::ApiGateway::BasePathMapping": _UniqueValue(
        refusal="the same base path", key=("DomainName", "BasePath"), default=("BasePath",)
    ),
    "AWS::ApiGateway::DomainName": _UniqueValue(refusal="an API domain of one name", key=("DomainName",)),
    "AWS::ApiGateway::Method": _UniqueValue(
        refusal="the same API method", key=("RestApiId", "ResourceId", "HttpMethod")
    ),
    "AWS::ApiGateway::Resource": _UniqueValue(refusal="the same API path", key=("RestApiId", "ParentId", "PathPart")),
    "AWS::ApiGatewayV2::ApiMapping": _UniqueValue(
        refusal="an API mapping of one key", key=("DomainName", "ApiMappingKey"), default=("ApiMappingKey",)
    ),
    "AWS::ApiGatewayV2::Authorizer": _UniqueValue(refusal="an authorizer of one name", key=("ApiId", "Name")),
    "AWS::ApiGatewayV2::DomainName": _UniqueValue(refusal="an API domain of one name", key=("DomainName",)),
    "AWS::CloudFront::CachePolicy": _UniqueValue(refusal=_CLOUDFRONT, key=("CachePolicyConfig.Name",)),
    "AWS::CloudFront::Distribution": _UniqueValue(
        refusal="a domain name of two distributions", key=("DistributionConfig.Aliases",)
    ),
    "AWS::CloudFront::Function": _UniqueValue(refusal=_CLOUDFRONT, key=("Name",)),
    "AWS::CloudFront::OriginAccessControl": _UniqueValue(refusal=_CLOUDFRONT, key=("OriginAccessControlConfig.Name",)),
    "AWS::CloudFront::OriginRequestPolicy": _UniqueValue(refusal=_CLOUDFRONT, key=("OriginRequestPolicyConfig.Name",)),
    "AWS::CloudFront::ResponseHeadersPolicy": _UniqueValue(
        refusal=_CLOUDFRONT, key=("ResponseHeadersPolicyConfig.Name",)
    ),
    "AWS::Cognito::IdentityPoolRoleAttachment": _UniqueValue(
        refusal="a second role attachment", key=("IdentityPoolId",)
    ),
    "AWS::Cognito::LogDeliveryConfiguration": _UniqueValue(refusal="a second log delivery", key=("UserPoolId",)),
    "AWS::Cognito::UserPoolDomain": _UniqueValue(
        refusal="a second domain of a kind",
        key=("UserPoolId",),
        more=_is_custom,
        label="the user pool's domain",
        cause="Domain",
    ),
    "AWS::Cognito::UserPoolGroup": _UniqueValue(
        refusal="a group of one name", key=("UserPoolId", "GroupName"), folded=True
    ),
    "AWS::Cognito::UserPoolIdentityProvider": _UniqueValue(
        refusal="a provider of one name", key=("UserPoolId", "ProviderName")
    ),
    "AWS::Cognito::UserPoolResourceServer": _UniqueValue(
        refusal="a resource server of one identifier", key=("UserPoolId", "Identifier")
    ),
    "AWS::DynamoDB::GlobalTable": _UniqueValue(refusal="a table of one name", key=("TableName",)),
    "AWS::DynamoDB::Table": _UniqueValue(refusal="a table of one name", key=("TableName",)),
    "AWS::ElasticLoadBalancingV2::Listener": _UniqueValue(refusal="a listener's port", key=("LoadBalancerArn", "Port")),
    "AWS::ElasticLoadBalancingV2::ListenerRule": _UniqueValue(
        refusal="a rule's priority", key=("ListenerArn", "Priority")
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _UniqueValue(refusal="a target group of one name", key=("Name",)),
    "AWS::IAM::ManagedPolicy": _UniqueValue(refusal=_POLICY, key=("ManagedPolicyName", "Path"), default=("Path",)),
    "AWS::IAM::Role": _UniqueValue(refusal=_POLICY, key=("RoleName",)),
    "AWS::Lambda::EventSourceMapping": _UniqueValue(
        refusal="the same event source", key=("EventSourceArn", "FunctionName")
    ),
    "AWS::Lambda::Function": _UniqueValue(refusal="a function of one name", key=("FunctionName",)),
    "AWS::Logs::LogGroup": _UniqueValue(refusal="a log group of one name", key=("LogGroupName",)),
    "AWS::Route53::RecordSet": _UniqueValue(
        refusal="a record of one name",
        key=("HostedZoneId", "HostedZoneName", "Name", "Type", "SetIdentifier"),
        default=("HostedZoneId", "HostedZoneName", "SetIdentifier"),
    ),
    "AWS::S3::Bucket": _UniqueValue(refusal="a bucket of one name", key=("BucketName",)),
    "AWS::S3::BucketPolicy": _UniqueValue(refusal="a second bucket policy", key=("Bucket",)),
}
"""Types of which CloudFormation refuses a second resource; the schemas' rule covers other named types."""


def name_conflicts(
    old: Collection[Resource], new: Collection[Resource], replaced: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Yield the new resources that need a value that an old one has until the end of the update.

    `replaced` are the logical IDs of the replaced resources, by stack.
    """
    here = {(resource.stack, key): resource for resource in old for key in _keys(resource)}
    after = {(resource.stack, resource.logical_id): resource.type for resource in new}
    left = [each for each in old if after.get((each.stack, each.logical_id)) != each.type]
    elsewhere = {key: resource for resource in left for key in _keys(resource)}
    before = {(resource.stack, resource.logical_id): resource.type for resource in old}
    for resource in new:
        gone = set(replaced.get(resource.stack, ()))
        stays = before.get((resource.stack, resource.logical_id)) == resource.type
        if resource.type not in _SINGLE or (stays and resource.logical_id not in gone):
            continue
        named = {name for path in _SINGLE[resource.type].key for name in references(at(resource.properties, path))}
        # A part of a new resource has no conflict; names in two stacks are separate.
        holders = (
            here.get((resource.stack, key)) or (None if named else elsewhere.get(key)) for key in _keys(resource)
        )
        holder = None if named & gone else next(filter(None, holders), None)
        if holder is not None:
            yield _finding(resource, holder)


def _keys(resource: Resource) -> Iterator[tuple[Any, ...]]:
    single = _SINGLE.get(resource.type)
    if single is None:
        return
    values = []
    for path in single.key:
        found = at(resource.properties, path)
        if found is None and path not in single.default:
            return
        values.append(found if isinstance(found, list) else [found])
    for chosen in itertools.product(*values):
        text = str(canonical(list(chosen)))
        yield single.refusal, single.more(resource), text.lower() if single.folded else text


def _finding(resource: Resource, holder: Resource) -> Finding:
    single = _SINGLE[resource.type]
    refusal = REFUSALS[single.refusal]
    same_one = (holder.stack, holder.logical_id) == (resource.stack, resource.logical_id)
    who = "the one it replaces" if same_one else holder.logical_id
    elsewhere = "" if holder.stack == resource.stack else f" of stack {holder.stack}"
    return Finding(
        stack=resource.stack,
        logical_id=resource.logical_id,
        type=resource.type,
        path=resource.path,
        effect=Effect.REFUSED,
        cause=single.cause or next(path for path in reversed(single.key) if path not in single.default),
        what=(
            f"It is made while {who}{elsewhere} still holds {single.label or 'the same ' + ' and '.join(single.key)}, "
            f"which AWS refuses: `{refusal.message}`. The update fails and is rolled back."
        ),
        loses=NO_LOSS,
        way_out=refusal.way_out,
        # Templates do not determine which of two stacks is deployed first.
        certain=holder.stack == resource.stack,
        source=refusal.source,
    )

"""Values that may be any text, such as a parameter of the Parameter Store: each may be the name of a resource here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import ATOM, WILDCARD
from constructs_lib.analysis.template.resource_arns import ARN_FORMATS, NAME_PROPERTIES, PATH, arn_of, own_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.template.resolutions import Resolved

_NAMEABLE: Final = frozenset(
    {
        *ARN_FORMATS, *NAME_PROPERTIES, "AWS::ApiGateway::Resource", "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Integration", "AWS::AppSync::GraphQLApi",
        "AWS::CloudFront::Distribution", "AWS::CloudFront::PublicKey", "AWS::Events::EventBus", "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Logs::LogGroup",
        "AWS::StepFunctions::StateMachine",
    }
)  # fmt: skip
"""The types of resources by whose names others reach data, code or rights."""
_OTHER: Final = re.compile(
    r"Password|Secret$|SecretString|Username|Email|Description|Comment|HostedZone|Certificate|Vpc|Subnet|Cidr|"
    r"PoolId|ClientId|ProviderName|IdentityProviders|LoginProviders|LambdaConfig|SecurityGroup|AvailabilityZone|"
    r"ImageId|InstanceType|KeyName|Ttl|TTL|Tags$"
)
"""The properties with other values than names of these resources; those of pools are compared elsewhere."""


def undetermined_names(resolved: Sequence[Resolved]) -> Iterator[tuple[str, str]]:
    """Yield the values that may be any text, as atoms, each with each name or ARN that it may be."""
    resources = [each for template in resolved for each in template.resources.values()]
    used = dict.fromkeys(
        atom
        for each in resources
        for key, value in _properties(each)
        if key not in own_names(str(each.get("Type")), each.get("Properties"))
        for atom in _any_texts(value, key)
    )
    names = dict.fromkeys(name for each in resources if str(each.get("Type")) in _NAMEABLE for name in _names_of(each))
    for atom in used:
        yield from ((atom, name) for name in names if atom not in name)


def _properties(resource: Any) -> Iterator[tuple[str, Any]]:
    properties = resource.get("Properties")
    yield from properties.items() if isinstance(properties, dict) else [("", properties)]


def _names_of(resource: Any) -> Iterator[str]:
    name, type_ = str(resource["PhysicalId"]), str(resource["Type"])
    yield name
    if type_ == "AWS::IAM::Role":
        yield arn_of(type_, name, (resource.get("Properties") or {}).get(PATH))


def _any_texts(value: Any, key: str) -> Iterator[str]:
    """Yield the atoms of a value that may be any text, unless its property has other values than names."""
    if _OTHER.search(key):
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            # Policies read such a value as a pattern by themselves.
            if name not in {"Statement", "PolicyDocument", "AssumeRolePolicyDocument"}:
                yield from _any_texts(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _any_texts(inner, key)
    elif isinstance(value, str):
        yield from (atom for atom in ATOM.findall(value) if atom.startswith(f"⟦{WILDCARD}"))

"""The ARNs of resources that a template declares, and the attributes that return them."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.analysis.template.atoms import ACCOUNT, REGION, atom, split_around_atoms

ARN_FORMATS: Final = {
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::DynamoDB::GlobalTable": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role{path}{id}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy{path}{id}",
    "AWS::IAM::User": "arn:aws:iam::{account}:user{path}{id}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{id}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{id}",
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:{region}:{account}:userpool/{id}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{id}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{id}",
    "AWS::Location::GeofenceCollection": "arn:aws:geo:{region}:{account}:geofence-collection/{id}",
    "AWS::Location::Tracker": "arn:aws:geo:{region}:{account}:tracker/{id}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{id}:*",
    "AWS::OpenSearchService::Domain": "arn:aws:es:{region}:{account}:domain/{id}",
    "AWS::AppSync::Api": "arn:aws:appsync:{region}:{account}:apis/{id}",
}
NAME_PROPERTIES: Final = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::IAM::User": "UserName",
    "AWS::Location::GeofenceCollection": "CollectionName",
    "AWS::Location::Tracker": "TrackerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::IAM::Group": "GroupName",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::ApiGatewayV2::Stage": "StageName",
}
"""The property with the physical name that `Ref` returns; without it, CloudFormation generates one."""
PATH: Final = "Path"
"""The property with the path of an IAM role, policy or user, which its ARN contains."""
HAVE_PATHS: Final = frozenset(kind for kind, shape in ARN_FORMATS.items() if "{path}" in shape)
_OTHERWISE: Final = {"AWS::Lambda::LayerVersion": "LayerName"}
"""Properties with a name that are not called after their type."""
FUNCTION_ARN: Final = ARN_FORMATS["AWS::Lambda::Function"]
FUNCTION_QUALIFIERS: Final = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})
"""Types whose ARN is a function's ARN with a name appended."""
CHANNEL_NAMESPACE: Final = "AWS::AppSync::ChannelNamespace"
ARN_ATTRIBUTES: Final = frozenset(
    {
        ("AWS::AppSync::Api", "ApiArn"), (CHANNEL_NAMESPACE, "ChannelNamespaceArn"),
        ("AWS::Lambda::Alias", "AliasArn"), ("AWS::Location::GeofenceCollection", "CollectionArn"),
        ("AWS::Location::Tracker", "TrackerArn"), ("AWS::OpenSearchService::Domain", "DomainArn"),
        ("AWS::SNS::Topic", "TopicArn"), ("AWS::Lambda::Version", "FunctionArn"),
    }
)  # fmt: skip
"""Attributes that are the ARN of a resource by another name."""
REF_IS_ARN: Final = frozenset({"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", *FUNCTION_QUALIFIERS})


def arn_of(resource_type: str, resource_id: str, path: Any = None) -> str:
    """Return the ARN of a resource.

    `path` is the resolved property `Path`, if the resource has one.
    """
    shape = ARN_FORMATS.get(resource_type)
    if shape is None:
        return atom(f"arn {resource_id}")
    # "If it is not included, it defaults to a slash" (CreateRole, IAM API reference).
    inner = path.strip("/") if isinstance(path, str) else ""
    return shape.format(id=resource_id, region=REGION, account=ACCOUNT, path=f"/{inner}/" if inner else "/")


def is_own_name(type_: str, key: str) -> bool:
    """Return whether a property is the name of its resource.

    It is called `Name`, or after the end of its type: `BucketName`, `AlarmName` of a `CompositeAlarm`.
    """
    after_type = key.endswith("Name") and type_.rpartition("::")[2].endswith(key.removesuffix("Name"))
    return after_type or key in {NAME_PROPERTIES.get(type_), _OTHERWISE.get(type_)}


def own_names(type_: str, properties: Any) -> dict[str, str]:
    """Return the names that a template gives a resource, by property; none if they are not texts."""
    given = properties.items() if isinstance(properties, Mapping) else ()
    return {key: value for key, value in given if isinstance(value, str) and value and is_own_name(type_, key)}


def namespace_arn(api_id: str, name: str) -> str:
    """Return the ARN of a channel namespace of an Event API."""
    return f"{arn_of('AWS::AppSync::Api', api_id)}/channelNamespace/{name}"


def function_arn(function: str) -> str:
    """Return the ARN of a function, from its name, partial ARN or ARN."""
    if function.startswith("arn:"):
        return function
    return FUNCTION_ARN.format(id=split_around_atoms(function, ":")[-1], region=REGION, account=ACCOUNT)

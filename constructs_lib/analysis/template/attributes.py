"""Attributes of resources (`Fn::GetAtt`): those whose text a template shows, and those that may be any text."""

from __future__ import annotations

from typing import Final

from constructs_lib.analysis.template.atoms import REGION

_CUSTOM: Final = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::WaitCondition",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    }
)
"""Types of AWS whose attributes are data that a function, a signal or another template returns."""
_ADDRESSES: Final = {
    ("AWS::Cognito::UserPool", "ProviderName"): "cognito-idp.{region}.amazonaws.com/{id}",
    ("AWS::Cognito::UserPool", "ProviderURL"): "https://cognito-idp.{region}.amazonaws.com/{id}",
    ("AWS::S3::Bucket", "DomainName"): "{id}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "DualStackDomainName"): "{id}.s3.dualstack.{region}.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): "{id}.s3.{region}.amazonaws.com",
    ("AWS::S3::Bucket", "WebsiteURL"): "http://{id}.s3-website-{region}.amazonaws.com",
}
"""Attributes that contain the resource's name or ID ("Return values", CloudFormation template reference)."""
_IDENTIFIERS: Final = frozenset({"RestApiId", "ApiId", "UserPoolId", "ClientId", "Name"})
_NAMES: Final = frozenset(
    {("AWS::SQS::Queue", "QueueName"), ("AWS::SNS::Topic", "TopicName"), ("AWS::Cognito::IdentityPool", "Id")}
)
_OTHER_NAMES: Final = frozenset({("AWS::Cognito::IdentityPool", "Name"), ("AWS::Cognito::UserPoolClient", "Name")})
"""Names beside an ID: `Ref` is the ID ("Return values", CloudFormation template reference)."""
_GENERATED: Final = frozenset(
    {
        "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::IAM::Role",
        "AWS::Lambda::Function", "AWS::Cognito::UserPool", "AWS::KMS::Key", "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
    }
)  # fmt: skip
"""Types whose `Ref` is a name or ID without punctuation other than hyphens and underscores."""


def is_any_text(resource_type: str) -> bool:
    """Return whether `Ref` and the attributes of a resource are its provider's data, not a generated name."""
    return not resource_type.startswith("AWS::") or resource_type in _CUSTOM


def is_identifier(resource_type: str, attribute: str) -> bool:
    """Return whether an attribute is the resource's physical name or ID."""
    own = (resource_type, attribute)
    return own in _NAMES or (attribute in _IDENTIFIERS and own not in _OTHER_NAMES)


def address(resource_type: str, attribute: str, name: str) -> str | None:
    """Return the address of a bucket or user pool; None for any other attribute."""
    shape = _ADDRESSES.get((resource_type, attribute))
    return None if shape is None else shape.format(id=name, region=REGION)


def is_generated_name(resource_type: str) -> bool:
    """Return whether `Ref` of an unnamed resource is a name without punctuation, and not an ARN or an address."""
    return resource_type in _GENERATED

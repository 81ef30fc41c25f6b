"""Attributes of resources (`Fn::GetAtt`): those whose text a template shows, and those that may be any text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import REGION, atom

if TYPE_CHECKING:
    from collections.abc import Iterator

_CUSTOM: Final = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::WaitCondition",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    }
)
"""Types of AWS whose attributes are data that a function, a signal or another template returns."""
_ADDRESSES: Final = {
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): "https://{id}.execute-api.{region}.amazonaws.com",
    ("AWS::AppSync::GraphQLApi", "GraphQLUrl"): "https://{own}.appsync-api.{region}.amazonaws.com/graphql",
    ("AWS::Cognito::UserPool", "ProviderName"): "cognito-idp.{region}.amazonaws.com/{id}",
    ("AWS::Cognito::UserPool", "ProviderURL"): "https://cognito-idp.{region}.amazonaws.com/{id}",
    ("AWS::Lambda::Url", "FunctionUrl"): "https://{own}.lambda-url.{region}.on.aws/",
    ("AWS::S3::Bucket", "DomainName"): "{id}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "DualStackDomainName"): "{id}.s3.dualstack.{region}.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): "{id}.s3.{region}.amazonaws.com",
    ("AWS::S3::Bucket", "WebsiteURL"): "http://{id}.s3-website-{region}.amazonaws.com",
}
"""Attributes that contain the resource's name or ID, or an ID of their own ("Return values", CloudFormation template
reference; "Creating and managing Lambda function URLs", AWS Lambda; "Using a GraphQL API", AWS AppSync)."""
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


def address(resource_type: str, attribute: str, name: str, own: str) -> str | None:
    """Return the address of a resource; None for any other attribute.

    `own` is the text for the ID in the attribute, if it is another one.
    """
    shape = _ADDRESSES.get((resource_type, attribute))
    return None if shape is None else shape.format(id=name, own=own, region=REGION)


def generated_names(resource_type: str, place: str) -> Iterator[str]:
    """Yield the names without punctuation that AWS generates for an unnamed resource, as atoms.

    `place` is the stack and the logical ID of the resource.
    """
    if resource_type in _GENERATED:
        yield atom(place)
    yield from (
        atom(f"{place}.{attribute}")
        for (kind, attribute), shape in _ADDRESSES.items()
        if kind == resource_type and "{own}" in shape
    )

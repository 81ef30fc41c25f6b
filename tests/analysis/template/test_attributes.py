"""Attributes that are a resource's name or ID, and those that are not."""

import pytest

from constructs_lib.analysis.template.attributes import is_identifier


@pytest.mark.parametrize(
    ("resource_type", "attribute", "same"),
    [
        ("AWS::Cognito::UserPoolClient", "ClientId", True),
        ("AWS::Cognito::IdentityPool", "Id", True),
        ("AWS::SQS::Queue", "QueueName", True),
        ("AWS::Events::EventBus", "Name", True),
        ("AWS::Cognito::IdentityPool", "Name", False),
        ("AWS::Cognito::UserPoolClient", "Name", False),
        ("AWS::IAM::Role", "RoleId", False),
        ("AWS::DynamoDB::GlobalTable", "TableId", False),
        ("AWS::SQS::Queue", "Id", False),
    ],
)
def test_an_attribute_is_the_name_only_if_ref_returns_it_too(resource_type: str, attribute: str, same: bool) -> None:
    assert is_identifier(resource_type, attribute) is same

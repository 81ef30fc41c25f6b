"""The AWS managed policies: all of them, by the name in their ARN."""

import pytest

from constructs_lib import managed_policies
from constructs_lib.analysis.iam.managed_policies import managed_policy


def test_a_policy_is_found_by_its_name_with_its_path() -> None:
    found = managed_policies.document("service-role/AWSLambdaBasicExecutionRole")
    assert found is not None
    [statement] = found["Statement"]
    assert statement["Action"] == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    assert managed_policies.document("AWSLambdaBasicExecutionRole") is None


def test_every_policy_that_aws_publishes_has_a_document_of_known_effects() -> None:
    names = managed_policies.names()
    assert len(names) > 1500
    for name in names:
        found = managed_policies.document(name)
        assert found is not None, name
        statements = found["Statement"] if isinstance(found["Statement"], list) else [found["Statement"]]
        assert {each["Effect"] for each in statements} <= {"Allow", "Deny"}, name


def test_no_policy_is_known_by_an_arn_of_an_account() -> None:
    assert managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess") is not None
    assert managed_policy("arn:aws:iam::123456789012:policy/ReadOnlyAccess") is None
    assert managed_policy("ReadOnlyAccess") is None


@pytest.mark.parametrize("name", ["AWSLambdaBasicExecutionRole", "AmazonS3FullAccess"])
def test_the_short_name_of_a_serverless_template_has_an_arn(name: str) -> None:
    assert managed_policy(managed_policies.arns_by_short_name()[name]) is not None

"""What is taken for a token without asking Node is what the CDK takes for one."""

import pytest
from aws_cdk import Aws, Duration, Fn, Token

from constructs_lib.cdk_tokens import is_token

VALUES = {
    "a text": "eu-west-1",
    "no text": "",
    "a policy variable": "${cognito-identity.amazonaws.com:sub}/*",
    "a pseudo parameter": Aws.REGION,
    "a token within a text": f"https://{Aws.URL_SUFFIX}/",
    "a token for a text": Token.as_string({"Ref": "Parameter"}),
    "a number": 300,
    "a fraction": -2.5,
    "a token for a number": Token.as_number({"Ref": "Parameter"}),
    "a truth value": True,
    "nothing": None,
    "a list": ["one", "two"],
    "a token for a list": Fn.get_azs(),
    "a known length of time": Duration.seconds(5),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_it_says_what_the_cdk_says(value: object) -> None:
    assert is_token(value) is Token.is_unresolved(value)


def test_the_values_above_are_of_both_kinds() -> None:
    assert {is_token(value) for value in VALUES.values()} == {True, False}

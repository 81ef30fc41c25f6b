"""What Lambda would refuse."""

from typing import Any

import pytest
from aws_cdk import Aws, Duration, Token

from constructs_lib.functions import checks


@pytest.mark.parametrize("seconds", [0, 901])
def test_a_timeout_outside_lambdas_range_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="use 1 to 900 seconds"):
        checks.check_timeout(Duration.seconds(seconds))


def test_more_environment_than_lambda_holds_is_refused() -> None:
    checks.check_environment({"AB": "x" * 4094})
    with pytest.raises(ValueError, match="environment variables of 4097 bytes exceed Lambda's limit of 4096"):
        checks.check_environment({"AB": "x" * 4095})


def test_values_known_only_at_deploy_are_accepted() -> None:
    checks.check_memory(Token.as_number({"Ref": "Memory"}))  # type: ignore[arg-type] # a token
    checks.check_environment({"TABLE": Aws.STACK_ID + "x" * 4096})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runtime": "python3.11", "snap_start": True}, "snap_start needs python3.12 or later"),
        ({"snap_start": True, "provisioned": 1}, "snap_start cannot be combined with provisioned_concurrency"),
        ({"provisioned": 0}, "provisioned_concurrency=0 is below 1"),
        ({"reserved": -1}, "reserved_concurrency=-1 is below 0"),
        ({"reserved": 1, "provisioned": 2}, "provisioned_concurrency=2 exceeds reserved_concurrency=1"),
    ],
)
def test_combinations_lambda_does_not_have_are_refused(options: dict[str, Any], message: str) -> None:
    given = {"runtime": "python3.13", "snap_start": False, "reserved": None, "provisioned": None, **options}
    with pytest.raises(ValueError, match=message):
        checks.check_concurrency(**given)


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "-----BEGIN PRIVATE KEY-----",
        "{{resolve:secretsmanager:sender:SecretString:key::}}",
        "AKIA" + "A1" * 8,
        "SG." + "a" * 22 + "." + "b" * 43,
    ],
)
def test_a_secret_in_the_environment_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"'SENDER_KEY' contains a secret, .* Secrets Manager, pass its ARN"):
        checks.check_environment({"SENDER_KEY": value})


@pytest.mark.parametrize("value", ["arn:aws:secretsmanager:eu-west-1:1:secret:sender", "sender", "SG.1", "AKIA"])
def test_the_name_of_a_secret_is_accepted_in_the_environment(value: str) -> None:
    checks.check_environment({"SENDER_SECRET": value})

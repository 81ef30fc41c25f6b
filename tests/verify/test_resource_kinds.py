"""A resource with the run's tag is identified by its ARN, and no other run has its names."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from constructs_lib.verify.resource_kind import sweep_command
from constructs_lib.verify.resource_kinds import KINDS, Bucket, LogGroup, Role
from constructs_lib.verify.run import Run

RUN = Run(run_id="0123abcd", account="111122223333", region="eu-west-1")
_HERE = "eu-west-1:111122223333"
_ARNS = {
    f"arn:aws:cloudformation:{_HERE}:stack/cognito-verify-0123abcd/6f1a": ("stack", "cognito-verify-0123abcd"),
    "arn:aws:apigateway:eu-west-1::/apis/a1b2": ("HTTP API", "a1b2"),
    "arn:aws:apigateway:eu-west-1::/apis/a1b2/stages/$default": ("HTTP API", "a1b2"),
    f"arn:aws:lambda:{_HERE}:function:cognito-verify-0123abcd-F": ("function", "cognito-verify-0123abcd-F"),
    "arn:aws:s3:::cognito-verify-0123abcd-assets": ("bucket", "cognito-verify-0123abcd-assets"),
    f"arn:aws:dynamodb:{_HERE}:table/cognito-verify-0123abcd-T": ("table", "cognito-verify-0123abcd-T"),
    f"arn:aws:cognito-idp:{_HERE}:userpool/eu-west-1_abc": ("user pool", "eu-west-1_abc"),
    f"arn:aws:cognito-identity:{_HERE}:identitypool/eu-west-1:6f1a": ("identity pool", "eu-west-1:6f1a"),
    "arn:aws:iam::111122223333:role/a/path/cognito-verify-0123abcd-R": ("role", "cognito-verify-0123abcd-R"),
    f"arn:aws:kms:{_HERE}:key/6f1a": ("key", "6f1a"),
    f"arn:aws:logs:{_HERE}:log-group:/aws/lambda/cognito-verify-0123abcd-F:*": (
        "log group",
        "/aws/lambda/cognito-verify-0123abcd-F",
    ),
}


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=RUN.region)


@pytest.mark.parametrize("arn", _ARNS)
def test_an_arn_is_of_one_kind(session: boto3.Session, arn: str) -> None:
    kinds = [kind(session, RUN) for kind in KINDS]
    found = {kind.name: id for kind in kinds if (id := kind.of_arn(arn)) is not None}
    assert found == dict([_ARNS[arn]])


def test_every_kind_is_known_by_an_arn() -> None:
    assert {kind.name for kind in KINDS} == {name for name, _ in _ARNS.values()}


def test_what_is_of_no_kind_is_not_taken_for_one(session: boto3.Session) -> None:
    arn = f"arn:aws:sqs:{_HERE}:cognito-verify-0123abcd-Q"
    assert [kind(session, RUN).of_arn(arn) for kind in KINDS] == [None] * len(KINDS)


def test_commands_name_the_thing_and_the_region(session: boto3.Session) -> None:
    for kind in (each(session, RUN) for each in KINDS if each.command):
        command = kind.removal_command("the-name")
        assert "the-name" in command
        assert command.endswith("--region eu-west-1")


def test_what_several_calls_remove_and_what_is_of_a_local_cloud_is_removed_by_the_sweep(session: boto3.Session) -> None:
    sweeping = "cognito-app verify --sweep --run 0123abcd"
    assert Role(session, RUN).removal_command("the-name") == sweeping
    assert Bucket(session, replace(RUN, local=True)).removal_command("the-name") == f"{sweeping} --local"


def test_commands_name_the_profile_and_quote_what_a_shell_would_read(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "config").write_text("[profile 'two words']\nregion = eu-west-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = boto3.Session(profile_name="two words")
    assert sweep_command(RUN, session) == "cognito-app verify --sweep --run 0123abcd --profile 'two words'"
    command = LogGroup(session, RUN).removal_command("a$(b)")
    assert command == ("aws logs delete-log-group --log-group-name 'a$(b)' --region eu-west-1 --profile 'two words'")


@pytest.mark.parametrize("name", ["cognito-verify-0123abcd", "cognito-verify-0123abcd-anything"])
def test_a_runs_names_are_its_own(name: str) -> None:
    assert RUN.owns(name)


@pytest.mark.parametrize(
    "name", ["cognito-verify-0123abce", "cognito-verify-0123abcdx", "cognito-verify-", "my-cognito-verify-0123abcd", ""]
)
def test_others_names_are_not(name: str) -> None:
    assert not RUN.owns(name)

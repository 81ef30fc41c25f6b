"""`cognito-app deploy-role`: what it writes, and what it refuses."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.deploy_role import command
from tests.cli.schemas import fits

AT = ("--account", "123456789012", "--region", "eu-central-1")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "App.template.json"
    path.write_text(json.dumps({"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}}), encoding="utf-8")
    return path


def test_the_summary_says_how_much_it_allows_and_what_a_made_role_may_do(app: Path) -> None:
    shown = run(app, *AT).stdout
    assert "actions for 1 resource types" in shown
    assert "--boundary" in shown
    assert "no property names anything of s3tables" in " ".join(shown.split())


def test_a_boundary_silences_the_remark_about_roles(app: Path) -> None:
    assert "--boundary" not in run(app, *AT, "--boundary", "arn:aws:iam::123456789012:policy/Limits").stdout


def test_json_holds_the_policies_and_what_is_left_out(app: Path) -> None:
    document = fits(run(app, *AT, "--format", "json").stdout, "deploy-role-1")
    assert document["types"] == ["AWS::S3::Bucket"]
    assert document["policies"][0]["Version"] == "2012-10-17"
    assert {"action", "type", "why"} == set(document["omitted"][0])


def test_files_are_written_with_the_commands_that_use_them(app: Path, tmp_path: Path) -> None:
    shown = run(app, *AT, "--into", tmp_path / "policies").stdout
    written = json.loads((tmp_path / "policies" / "deploy-1.json").read_text(encoding="utf-8"))
    assert written["Statement"]
    assert "cdk bootstrap --cloudformation-execution-policies arn:aws:iam::123456789012:policy/deploy-1" in " ".join(
        shown.split()
    )


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-central-1", "aws")]
)
def test_arns_are_of_the_partition_of_the_region(app: Path, region: str, partition: str) -> None:
    document = json.loads(run(app, "--account", "123456789012", "--region", region, "--format", "json").stdout)
    arns = {arn for policy in document["policies"] for each in policy["Statement"] for arn in each["Resource"]}
    assert {arn.split(":")[1] for arn in arns - {"*"}} == {partition}


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--account", "1234", "--region", "eu-central-1"), "write its 12 digits"),
        (("--account", "123456789012", "--region", "Frankfurt"), "write one such as eu-central-1"),
        (("--account", "123456789012", "--region", "us-iso-east-1"), "write one such as eu-central-1"),
        ((*AT, "--boundary", "Limits"), "write arn:aws:iam::123456789012:policy/NAME"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(app: Path, words: tuple[str, ...], remedy: str) -> None:
    result = run(app, *words)
    assert isinstance(result.exception, click.ClickException)
    assert remedy in result.exception.message


def test_a_type_whose_needs_are_not_known_is_named_with_the_option_that_leaves_it_out(tmp_path: Path) -> None:
    path = tmp_path / "App.template.json"
    path.write_text(json.dumps({"Resources": {"Odd": {"Type": "AWS::Nobody::Knows"}}}), encoding="utf-8")
    result = run(path, *AT)
    assert isinstance(result.exception, click.ClickException)
    assert "--without AWS::Nobody::Knows" in result.exception.message

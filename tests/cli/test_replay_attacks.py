"""`cognito-app prove --replay` tries what the proof found, on the deployed stack, and tells the truth about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from constructs_lib.cli.prove import command
from tests.conftest import Documents

pytestmark = pytest.mark.slow
PRIVATE = "/private/*"


@pytest.fixture
def loose_template(documents: Documents, tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    """Return the deployed template with careless statements for signed-in users, and those statements."""
    stack = next(name for name, outputs in documents.cloud.outputs().items() if outputs == documents.outputs)
    deployed = documents.cloud.session().client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    body = json.loads(deployed if isinstance(deployed, str) else json.dumps(deployed))
    resources = body["Resources"]
    bucket = next(name for name, each in resources.items() if each["Type"] == "AWS::S3::Bucket" and "Doc" in name)
    table = next(name for name, each in resources.items() if "DynamoDB" in each["Type"] and "Notes" in name)
    role = next(name for name, each in resources.items() if "AuthenticatedRole" in name and "Role" in each["Type"])
    careless = [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": {
            "Fn::Join": ["", [{"Fn::GetAtt": [bucket, "Arn"]}, PRIVATE]]}},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": {"Fn::GetAtt": [bucket, "Arn"]}},
        {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": {"Fn::GetAtt": [table, "Arn"]}},
    ]  # fmt: skip
    resources["Careless"] = {"Type": "AWS::IAM::Policy", "Properties": {
        "PolicyName": "Careless", "Roles": [{"Ref": role}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": careless}}}  # fmt: skip
    path = tmp_path / f"{stack}.template.json"
    path.write_text(json.dumps(body))
    outputs = documents.outputs
    name = f"arn:aws:s3:::{outputs['BucketName']}"
    rows = f"arn:aws:dynamodb:{documents.cloud.region}:{documents.cloud.account}:table/{outputs['NotesTableName']}"
    real = [{**each, "Resource": where} for each, where in zip(careless, (name + PRIVATE, name, rows), strict=True)]
    return path, real


@pytest.fixture
def loosened(documents: Documents, loose_template: tuple[Path, list[dict[str, Any]]]) -> Iterator[None]:
    """Give the signed-in users' role the careless statements on the cloud too."""
    iam = documents.cloud.session().client("iam")
    role = next(each["RoleName"] for each in iam.list_roles()["Roles"] if "AuthenticatedRole" in each["RoleName"])
    document = {"Version": "2012-10-17", "Statement": loose_template[1]}
    iam.put_role_policy(RoleName=role, PolicyName="Careless", PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="Careless")


def replayed(documents: Documents, template: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.chdir(documents.cloud.project)
    arguments = [str(template), "--engine", "automata", "--replay", "--format", "json"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert result.exception is None, result.output
    assert result.return_value == 2
    found: list[dict[str, Any]] = json.loads(result.stdout)["replay"]
    return [each for each in found if each["succeeded"] is not None]


@pytest.mark.usefixtures("loosened")
def test_the_attacks_work_where_the_deployed_policy_is_as_loose(
    documents: Documents, loose_template: tuple[Path, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replayed(documents, loose_template[0], monkeypatch)
    told = [each["told"] for each in found]
    assert all(each["succeeded"] for each in found), told
    for action in ("s3:GetObject", "s3:ListBucket", "dynamodb:Scan"):
        assert any(each.startswith(action) for each in told), told
    assert any('read "the victim\'s secret"' in each for each in told)


def test_the_attacks_fail_where_the_deployed_policy_is_tight(
    documents: Documents, loose_template: tuple[Path, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replayed(documents, loose_template[0], monkeypatch)
    assert found
    assert not any(each["succeeded"] for each in found)
    assert all("refused" in each["told"] for each in found)


def test_without_a_local_cloud_it_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text('{"Resources": {}}')
    result = CliRunner().invoke(command, ["t.json", "--replay"])
    assert result.exit_code == 1
    assert "cognito-app up" in result.output

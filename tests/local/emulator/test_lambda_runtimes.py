"""Runtime environment of Python functions."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalCloud
from constructs_lib.local.emulator_environment import emulator_python

pytestmark = pytest.mark.slow

LOOK = """
import importlib.util, json, os, boto3

def handler(event, context):
    found = {}
    for name, call in event.get("calls", {}).items():
        service, operation, arguments = call
        try:
            getattr(boto3.client(service), operation)(**arguments)
            found[name] = "allowed"
        except Exception as error:
            found[name] = type(error).__name__ + ": " + str(error)
    return {
        "environment": dict(os.environ),
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
        "modules": [name for name in event.get("modules", []) if importlib.util.find_spec(name)],
        "calls": found,
    }
"""


def package(source: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", source)
    return stream.getvalue()


def function(emulator: Any, source: str = LOOK, **options: Any) -> str:
    """Create a function whose role may read one table, and return its name."""
    name, iam = emulator.name("function"), emulator.admin("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:*:*:table/mine-*"}
    iam.put_role_policy(RoleName=name, PolicyName="p",
                        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))  # fmt: skip
    emulator.admin("lambda").create_function(
        FunctionName=name, Role=role, Code={"ZipFile": package(source)}, Handler="index.handler",
        Runtime=options.pop("runtime", "python3.13"), Timeout=20, **options,
    )  # fmt: skip
    return str(name)


def invoke(emulator: Any, name: str, **event: Any) -> Any:
    answer = emulator.admin("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def test_a_function_gets_lambdas_and_its_own_variables_but_none_of_the_host(emulator: Any) -> None:
    name = function(emulator, Environment={"Variables": {"TABLE": "t", "AUTH": "mine"}})
    found = invoke(emulator, name)["environment"]
    assert found["TABLE"] == "t"
    assert found["AUTH"] == "mine"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert found["AWS_ENDPOINT_URL"] == emulator.cloud.endpoint_url
    ours = {"BIND_HOST", "STATE_DIR", "GATEWAY_PORT", "AWS_CA_BUNDLE", "HTTPS_PROXY", "PYTHONPATH", "DEVELOPERS_SECRET"}
    assert not ours & found.keys()
    assert found["HOME"].startswith(str(emulator.cloud.ca_file.parent.parent))


def test_a_function_imports_boto3_but_no_other_package_of_the_emulator(emulator: Any) -> None:
    modules = ["boto3", "botocore", "ministack", "cryptography", "hypercorn", "yaml", "emulator", "identity_pools"]
    assert invoke(emulator, function(emulator), modules=modules)["modules"] == ["boto3", "botocore"]


def test_a_function_has_the_credentials_of_its_role(emulator: Any) -> None:
    name, rows = function(emulator), {"Key": {"id": {"S": "1"}}}
    found = invoke(emulator, name, calls={
        "own": ["dynamodb", "get_item", {"TableName": "mine-1", **rows}],
        "other": ["dynamodb", "get_item", {"TableName": "other", **rows}],
    })  # fmt: skip
    assert f":assumed-role/{name}/" in found["arn"]
    assert found["calls"]["own"].startswith("ResourceNotFoundException")
    assert "AccessDenied" in found["calls"]["other"]


def test_new_code_and_new_variables_run_at_once(emulator: Any) -> None:
    answer = "import os\ndef handler(event, context):\n    return [{}, os.environ.get('A')]\n"
    name, client = function(emulator, answer.format(1)), emulator.admin("lambda")
    assert invoke(emulator, name) == [1, None]
    client.update_function_code(FunctionName=name, ZipFile=package(answer.format(2)))
    assert invoke(emulator, name) == [2, None]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"A": "b"}})
    assert invoke(emulator, name) == [2, "b"]


def test_a_function_runs_on_its_python_version_if_path_has_it_with_boto3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two stand-ins on PATH: one answers the question for its version and boto3 with yes, the other with no."""
    for version, verdict in (("3.12", 0), ("3.13", 1)):
        binary = tmp_path / f"python{version}"
        binary.write_text(
            f'#!/bin/sh\n[ "$1" = -c ] && exit {verdict}\nSTAND_IN={version} exec "{emulator_python()}" "$@"\n'
        )
        binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    answer = "import os\ndef handler(event, context):\n    return os.environ.get('STAND_IN')\n"
    with LocalCloud(tmp_path) as cloud:
        client, iam = cloud.session().client("lambda"), cloud.session().client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        found = {}
        for version in ("3.12", "3.13"):
            runtime = f"python{version}"
            client.create_function(
                FunctionName=runtime.replace(".", ""), Role=role, Code={"ZipFile": package(answer)},
                Handler="index.handler", Runtime=runtime,
            )  # fmt: skip
            payload = client.invoke(FunctionName=runtime.replace(".", ""))["Payload"]
            found[version] = json.loads(payload.read())
    assert found == {"3.12": "3.12", "3.13": None}
    log = (tmp_path / ".local-cloud" / "emulator.log").read_text()
    assert "PATH has no python3.13 with boto3" in log
    assert "PATH has no python3.12" not in log

"""The IDs of an app are read from whichever file holds them, and refused when they cannot be right."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.client import ClientSettings
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.settings import choose_stack

STACK = {
    "Region": "eu-west-1",
    "UserPoolId": "eu-west-1_Abc",
    "UserPoolClientId": "client",
    "IdentityPoolId": "eu-west-1:pool",
    "BucketName": "files",
}
AMPLIFY: dict[str, Any] = {
    "version": "1.5",
    "auth": {
        "aws_region": "eu-west-1",
        "user_pool_id": "eu-west-1_Abc",
        "user_pool_client_id": "client",
        "identity_pool_id": "eu-west-1:pool",
    },
    "storage": {"aws_region": "eu-west-1", "bucket_name": "files"},
}


def write(folder: Path, content: Any) -> Path:
    path = folder / "outputs.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_both_kinds_of_file_name_the_same_app(tmp_path: Path) -> None:
    from_stack = ClientSettings.from_file(write(tmp_path, {"App": STACK, "Other": {"X": "1"}}))
    from_amplify = ClientSettings.from_file(write(tmp_path, AMPLIFY))
    assert from_stack == from_amplify
    assert from_stack.other("BucketName") == "files"


def test_the_outputs_amplifys_own_tool_reads_serve_too() -> None:
    names = {
        "authRegion": "eu-west-1",
        "userPoolId": "eu-west-1_Abc",
        "webClientId": "client",
        "identityPoolId": "eu-west-1:pool",
    }
    assert ClientSettings.from_stack(names).user_pool_client_id == "client"


CONFIGURED = {
    "authRegion": "eu-west-1",
    "userPoolId": "eu-west-1_Abc",
    "webClientId": "client",
    "identityPoolId": "eu-west-1:pool",
    "bucketName": "files",
}


@pytest.mark.parametrize(
    ("apis", "address"),
    [({"shares": "https://one"}, "https://one"), ({"shares": "https://one", "todos": "https://two"}, None), ({}, None)],
    ids=["one API", "two, which have names", "none"],
)
def test_a_client_configuration_names_what_plain_outputs_name(apis: dict[str, str], address: str | None) -> None:
    custom = {"Notes": "notes", "API": {name: {"endpoint": url, "region": "r"} for name, url in apis.items()}}
    outputs = {**CONFIGURED, "customOutputs": json.dumps({"custom": custom})}
    for settings in (ClientSettings.from_stack(outputs), ClientSettings.from_amplify(amplify_outputs(outputs))):
        assert settings.other("BucketName") == "files"
        assert settings.other("Notes") == "notes"
        assert settings.others.get("ApiUrl") == address


def test_a_plain_output_comes_before_one_of_the_client_configuration() -> None:
    assert ClientSettings.from_stack({**CONFIGURED, "BucketName": "another"}).other("BucketName") == "another"


@pytest.mark.parametrize(
    ("region", "provider"),
    [
        ("eu-west-1", "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc"),
        ("cn-north-1", "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc"),
    ],
)
def test_the_login_provider_is_named_by_the_partitions_domain(region: str, provider: str) -> None:
    settings = ClientSettings(
        region=region, user_pool_id=f"{region}_Abc", user_pool_client_id="c", identity_pool_id=f"{region}:p"
    )
    assert settings.provider == provider


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"UserPoolId": "us-east-1_Abc"}, "user pool 'us-east-1_Abc' is not in region 'eu-west-1'"),
        ({"IdentityPoolId": "us-east-1:p"}, "identity pool 'us-east-1:p' is not in region 'eu-west-1'"),
        ({"UserPoolClientId": ""}, "no output 'UserPoolClientId' or 'webClientId'"),
    ],
)
def test_an_id_that_cannot_be_right_is_refused_by_name(change: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClientSettings.from_stack({**STACK, **change})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"A": {"X": "1"}}, r"no stack has outputs for .* \(stacks with outputs: A\); add ClientConfig"),
        ({"A": STACK, "B": STACK}, r"more than one stack has .* \(stacks: A, B\); name the stack"),
        ({"version": "1.5", "auth": {}}, r"auth\.aws_region is missing in these Amplify outputs"),
        ([], r"pass an amplify_outputs\.json, or a file that `cdk deploy"),
    ],
)
def test_a_file_that_names_no_single_app_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClientSettings.from_file(write(tmp_path, content))


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"outputs\.json is not JSON"):
        ClientSettings.from_file(path)


def test_a_stack_is_chosen_by_name_and_an_unknown_one_is_refused_with_those_there_are() -> None:
    assert choose_stack({"A": STACK, "B": STACK}, "B") == ("B", STACK)
    with pytest.raises(ValueError, match=r"stack 'C' is not in the outputs \(stacks with outputs: A, B\)"):
        choose_stack({"A": STACK, "B": STACK}, "C")


def test_an_unknown_output_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"output 'ApiUrl' does not exist \(outputs: BucketName\)"):
        ClientSettings.from_stack(STACK).other("ApiUrl")


@pytest.mark.parametrize(
    "outputs",
    [
        {"Owner": "sub", "Claims": '{"tenant": "custom:tenant"}'},
        {"customOutputs": '{"custom": {"placeholders": {"owner": "sub", "tenant": "custom:tenant"}}}'},
    ],
    ids=["an app's own outputs", "those of a ClientConfig"],
)
def test_what_placeholders_stand_for_is_read_from_either_kind_of_output(outputs: dict[str, str]) -> None:
    expected = {"owner": "sub", "tenant": "custom:tenant"}
    assert ClientSettings.from_stack({**STACK, **outputs}).placeholders == expected
    config = {"userPoolId": "eu-west-1_Abc"} if "customOutputs" in outputs else {}
    content = amplify_outputs({**STACK, **outputs, **config})
    assert ClientSettings.from_amplify(content).placeholders == expected
    assert ClientSettings.from_stack(STACK).placeholders == {"owner": "identity"}


@pytest.mark.parametrize("claims", ["acme", "[]", '{"tenant": 1}', "null"])
def test_claims_that_are_no_object_of_texts_are_refused(claims: str) -> None:
    with pytest.raises(ValueError, match=r"which is not a JSON object|does not map each to its claim"):
        ClientSettings.from_stack({**STACK, "Claims": claims})

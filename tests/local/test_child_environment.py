"""The developer's AWS settings do not reach processes of `up`, and `up` does not reach their accounts."""

import os
from pathlib import Path

import pytest

from constructs_lib.local.child_environment import cloud_environment
from constructs_lib.local.record import Keys
from constructs_lib.local.session import CloudSession

KEYS = Keys(access_key="LKIAKEY", secret_key="secret")
DEVELOPERS = {
    "PATH": "/usr/bin",
    "HOME": "/home/me",
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_CONFIG_FILE": "/home/me/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/me/.aws/credentials",
    "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/admin",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "CDK_DEFAULT_ACCOUNT": "111111111111",
    "CDK_NEW_BOOTSTRAP": "1",
    "NODE_OPTIONS": "--require=/evil.js",
    "HTTPS_PROXY": "http://proxy:3128",
    "NO_PROXY": "intranet",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return cloud_environment(
        DEVELOPERS,
        endpoint_url="http://127.0.0.1:4566",
        region="us-east-1",
        account="000000000000",
        keys=KEYS,
        ca_file=tmp_path / "ca.pem",
        folder=tmp_path / "cloud",
    )


def test_every_aws_setting_is_the_local_clouds(environment: dict[str, str], tmp_path: Path) -> None:
    empty = str(tmp_path / "cloud" / "aws-config-empty")
    assert {name: value for name, value in environment.items() if name.startswith(("AWS_", "CDK_"))} == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "LKIAKEY",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": empty,
        "AWS_SHARED_CREDENTIALS_FILE": empty,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "CDK_DEFAULT_ACCOUNT": "000000000000",
        "CDK_DEFAULT_REGION": "us-east-1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }


def test_the_configuration_file_it_names_is_empty(environment: dict[str, str]) -> None:
    assert Path(environment["AWS_CONFIG_FILE"]).read_text() == ""


def test_the_rest_of_the_environment_stays_and_proxies_spare_loopback(environment: dict[str, str]) -> None:
    assert environment["HOME"] == "/home/me"
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet,127.0.0.1,localhost,.localhost"
    assert "NODE_OPTIONS" not in environment


def test_a_session_ignores_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DEVELOPERS.items():
        if name.startswith("AWS_"):
            monkeypatch.setitem(os.environ, name, value)
    client = CloudSession(endpoint_url="http://127.0.0.1:4566", region="us-east-1", keys=KEYS).client("s3")
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"
    assert client._request_signer._credentials.access_key == "LKIAKEY"

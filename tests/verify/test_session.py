"""A run's session calls only AWS, and only the confirmed account."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from constructs_lib.verify.session import (
    Identity,
    OtherAccountError,
    aws_session,
    has_expired,
    has_valid_credentials,
    identify,
    restrict_to_account,
)

ACCOUNTS = {"AKIAIOSFODNN7AGREED": "111122223333", "AKIAIOSFODNN7OTHER0": "444455556666"}
ANSWER = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::{0}:user/ann</Arn><UserId>AIDA</UserId><Account>{0}</Account></GetCallerIdentityResult>"
    "</GetCallerIdentityResponse>"
)


class _Sts(BaseHTTPRequestHandler):
    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        found = re.search(r"Credential=([^/]+)/\d+/[^/]+/(\w+)/", self.headers["Authorization"])
        assert found
        self.asked.append(found[2])
        body = ANSWER.format(ACCOUNTS[found[1]]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Replace AWS on the loopback interface; yield the called services."""
    handler = _Sts
    handler.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7AGREED",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
            monkeypatch.delenv(name, raising=False)
        yield handler.asked
        server.shutdown()


def test_renewed_credentials_of_another_account_call_nothing(asked: list[str]) -> None:
    session = boto3.Session()
    identity = identify(session)
    restrict_to_account(session, identity)
    tables: Any = session.client("dynamodb")
    credentials: Any = session.get_credentials()
    credentials.access_key = "AKIAIOSFODNN7OTHER0"
    with pytest.raises(
        OtherAccountError, match="belong to account 444455556666, not to the confirmed account 111122223333"
    ) as no:
        tables.list_tables()
    assert set(asked) == {"sts"}
    assert has_expired(no.value)
    assert not has_valid_credentials(session)


def test_credentials_of_the_account_are_asked_about_once(asked: list[str]) -> None:
    session = boto3.Session()
    restrict_to_account(session, identify(session))
    assert [identify(session).account for _ in range(3)] == ["111122223333"] * 3
    assert len(asked) == 1 + 1 + 3


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_CLOUDFORMATION"])
def test_an_endpoint_of_the_environment_is_refused(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(ValueError, match=f"{name}=http://127.0.0.1:9 sends calls to another endpoint than AWS's"):
        aws_session(None)
    assert asked == []
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    session = aws_session(None)
    assert session.client("sts").meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"


@pytest.mark.parametrize("owner", ["default", "profile mine"])
@pytest.mark.parametrize("said", ["endpoint_url = http://127.0.0.1:9", "services = here"])
def test_an_endpoint_of_a_profile_is_refused(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, owner: str, said: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    mine = "" if owner == "profile mine" else "[profile mine]\n"
    (tmp_path / "config").write_text(f"{mine}[{owner}]\n{said}\n[services here]\nsts =\n  endpoint_url = x\n")
    with pytest.raises(ValueError, match="sends calls to another endpoint than AWS's"):
        aws_session("mine")
    assert asked == []


def test_without_a_region_the_remedy_is_one_that_works(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(ValueError, match="set AWS_REGION, or choose a --profile that has one"):
        identify(boto3.Session())
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_a_network_fault_is_not_blamed_on_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ValueError, match=r"^AWS cannot be reached .*; check the network and HTTPS_PROXY$"):
        identify(boto3.Session())


@pytest.mark.parametrize(
    ("arn", "names"),
    [
        ("arn:aws:iam::111122223333:root", ()),
        ("arn:aws:iam::111122223333:user/ann", ("user/ann", "ann")),
        ("arn:aws:sts::111122223333:assumed-role/Ops/ann", ("assumed-role/Ops/ann", "Ops", "ann")),
    ],
)
def test_the_names_of_the_administrator_are_known(arn: str, names: tuple[str, ...]) -> None:
    assert Identity(account="111122223333", arn=arn, region="eu-west-1").names == names


def test_the_region_is_the_one_that_the_aws_cli_would_take(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert aws_session(None).region_name == "eu-central-1"
    monkeypatch.delenv("AWS_REGION")
    assert aws_session(None).region_name == "eu-west-1"
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_a_profile_that_is_not_there_is_said_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"\(none\) could not be found; choose another --profile"):
        aws_session("none")

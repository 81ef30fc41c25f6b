"""No proxy is asked for what is on this machine, and what the machine trusts is trusted."""

import os
from pathlib import Path

import pytest
from botocore.utils import should_bypass_proxies
from requests.utils import should_bypass_proxies as requests_bypass

from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.local.child_environment import cloud_environment
from constructs_lib.local.record import Keys
from constructs_lib.proxies import exclude_loopback, with_system_certificates

HERE = "127.0.0.1,localhost,.localhost"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, HERE),
        ({"NO_PROXY": "intranet"}, f"intranet,{HERE}"),
        ({"no_proxy": "intranet"}, f"intranet,{HERE}"),
        ({"NO_PROXY": "a, b,", "no_proxy": "b,c"}, f"a,b,c,{HERE}"),
        ({"NO_PROXY": "localhost"}, "localhost,127.0.0.1,.localhost"),
        ({"NO_PROXY": "*", "no_proxy": "x"}, "*"),
    ],
)
def test_both_variables_say_what_either_said_and_loopback(said: dict[str, str], expected: str) -> None:
    environment = dict(said)
    exclude_loopback(environment)
    assert environment == {"NO_PROXY": expected, "no_proxy": expected}
    exclude_loopback(environment)
    assert environment["NO_PROXY"] == expected


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566/", "http://localhost:1/", "https://b.s3.localhost:2/"])
def test_clients_understand_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    environment: dict[str, str] = {}
    exclude_loopback(environment)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert should_bypass_proxies(url)
    assert requests_bypass(url, no_proxy=None)
    assert not requests_bypass("https://example.com", no_proxy=None)


def test_what_is_said_about_trust_already_stays() -> None:
    assert with_system_certificates({"A": "1"}) == {"A": "1", "UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"}
    assert with_system_certificates({"UV_SYSTEM_CERTS": "0"})["UV_SYSTEM_CERTS"] == "0"


def test_the_developers_own_certificates_stay_trusted_by_node(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("OURS\n")
    (tmp_path / "theirs.pem").write_text("THEIRS\n")

    def certificates(said: dict[str, str]) -> str:
        environment = cloud_environment(
            said, endpoint_url="http://127.0.0.1:1", region="us-east-1", account="000000000000",
            keys=Keys(access_key="k", secret_key="s"), ca_file=tmp_path / "ca.pem", folder=tmp_path / "cloud",
        )  # fmt: skip
        return Path(environment["NODE_EXTRA_CA_CERTS"]).read_text()

    assert certificates({}) == "OURS\n"
    assert certificates({"NODE_EXTRA_CA_CERTS": str(tmp_path / "theirs.pem")}) == "OURS\nTHEIRS\n"
    assert certificates({"NODE_EXTRA_CA_CERTS": str(tmp_path / "gone.pem")}) == "OURS\n"


def test_a_client_of_a_local_cloud_asks_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    settings = ClientSettings(
        region="us-east-1", user_pool_id="us-east-1_A", user_pool_client_id="c", identity_pool_id="us-east-1:i"
    )
    AppClient(settings)
    assert os.environ["NO_PROXY"] == ""
    AppClient(settings, endpoint_url="http://127.0.0.1:9")
    assert os.environ["NO_PROXY"] == HERE

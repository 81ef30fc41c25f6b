"""Packages are fetched behind a proxy with its own certificates; local requests bypass the proxy."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.cli.main import main
from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.functions.build_target import Target
from constructs_lib.functions.package_installers import find_uv, install
from constructs_lib.local import LocalCloud, LocalCloudError, emulator_lifecycle, toolchain
from tests.local.damage.fake_project import make_project
from tests.local.networks import NAME, Network, network

pytestmark = pytest.mark.slow
OF_THIS_MACHINE = ("SSL_", "PIP_", "UV_", "NODE_", "NPM_", "CURL_", "REQUESTS_", "HTTP", "NO_PROXY", "ALL_PROXY")


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Put this process behind a proxy that local requests must bypass, with HTTP_PROXY but without NO_PROXY."""
    for name in list(os.environ):
        if name.upper().startswith(OF_THIS_MACHINE):
            monkeypatch.delenv(name)
    (tmp_path / "network").mkdir()
    with network(tmp_path / "network") as found:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, found.proxy)
            monkeypatch.setenv(name.lower(), found.proxy)
        # Where what the machine trusts is read from, by uv and by Node alike.
        monkeypatch.setenv("SSL_CERT_FILE", str(found.ca))
        monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
        yield found


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_packages_of_functions_come_through_the_proxy(
    behind: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{behind.registry}simple/")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", f"{behind.registry}simple/")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    if tool == "pip":
        monkeypatch.setenv("PIP_CERT", str(behind.ca))
    target = Target.this_machine("python3.11")

    def fetch(folder: str) -> Path:
        (tmp_path / folder).mkdir()
        install("demo==1.0", target, tmp_path / folder, require_hashes=False, uv=find_uv() if tool == "uv" else None)
        return tmp_path / folder / "demo.py"

    assert fetch("one").read_text() == "VALUE = 1\n"
    assert set(behind.log) == {f"{NAME}:443"}
    # The certificate is what lets it in.
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(RuntimeError, match=r"could not be installed|has no wheel"):
        fetch("two")


def test_npm_comes_through_the_proxy_and_trusts_what_the_machine_trusts(
    behind: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", behind.registry)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    command = [*toolchain.npm(), "install", "--no-audit", "--no-fund", "--loglevel=error", "demo"]
    toolchain.run_quietly(command, cwd=tmp_path, failed="npm failed")
    assert (tmp_path / "node_modules" / "demo" / "package.json").exists()
    assert set(behind.log) == {f"{NAME}:443"}
    monkeypatch.setenv("NODE_USE_SYSTEM_CA", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "empty"))
    (tmp_path / "node_modules" / "demo" / "package.json").unlink()
    with pytest.raises(LocalCloudError, match="npm failed"):
        toolchain.run_quietly([*command, "--force"], cwd=tmp_path, failed="npm failed")


def test_nothing_of_this_machine_passes_the_proxy(
    behind: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path / "project")
    monkeypatch.chdir(project)
    settings = ClientSettings(
        region="us-east-1", user_pool_id="us-east-1_A", user_pool_client_id="c", identity_pool_id="us-east-1:i"
    )
    try:
        with LocalCloud(project) as cloud:
            assert cloud.health()["record"]["pid"] == cloud.pid
            assert cloud.control("/_ministack/ses/messages")
            assert cloud.session().client("s3").list_buckets()["Buckets"] == []
            client = AppClient(settings, endpoint_url=cloud.endpoint_url)
            with pytest.raises(client.cognito.exceptions.ResourceNotFoundException):
                client.sign_up("a@example.com", "Correct-horse-1")
            for name in ("NO_PROXY", "no_proxy"):
                monkeypatch.setenv(name, "intranet")
            for words in (["up", "--app", "unused"], ["status"], ["down"]):
                with pytest.raises(SystemExit) as ended:
                    main(words)
                assert not ended.value.code
    finally:
        emulator_lifecycle.stop(project / emulator_lifecycle.FOLDER)
    assert behind.log == []

"""Peers are what their tools set up, and all run with one Python and one Node."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import synth
from bench.peers import HANDWIRED, OURS, PEERS, Peer, app_environment, environment, resources

LOCKED = [peer for peer in PEERS if peer.install and "npm ci" in peer.install]


def test_node_and_npx_are_the_ones_of_this_environment_whatever_is_on_the_path(tmp_path: Path) -> None:
    given = environment(tmp_path)
    for tool in ("node", "npx"):
        assert shutil.which(tool, path=given["PATH"]) == str(tmp_path / "bin" / tool)
    said = subprocess.run(["npx", "--version"], env=given, capture_output=True, text=True, check=True)  # noqa: S607 - found by the PATH that is tested
    assert said.stdout.strip()


def test_what_programs_leave_in_their_temporary_folder_goes_with_that_of_the_benchmark(tmp_path: Path) -> None:
    code = "import tempfile; print(tempfile.mkdtemp())"
    words = [sys.executable, "-c", code]
    made = subprocess.run(words, env=environment(tmp_path), capture_output=True, text=True, check=True).stdout.strip()
    assert Path(made).parent == tmp_path


def test_nothing_of_ours_is_in_a_peers_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "ours")
    monkeypatch.setenv("CDK_VALIDATION", "false")
    given = app_environment(HANDWIRED, tmp_path, tmp_path / "out", validation=True)
    assert not {"PYTHONPATH", "CDK_VALIDATION", "JSII_NODE", "NODE_OPTIONS"} & set(given)
    assert app_environment(OURS, tmp_path, tmp_path, validation=False)["CDK_VALIDATION"] == "false"
    assert json.loads(app_environment(OURS, tmp_path, tmp_path, validation=True)["CDK_CONTEXT_JSON"])["stage"] == "prod"
    assert os.environ["PYTHONPATH"] == "ours"


@pytest.mark.parametrize("peer", LOCKED, ids=lambda peer: peer.name)
def test_what_a_peer_installs_is_locked_with_hashes_and_without_addresses(peer: Peer) -> None:
    lock: dict[str, Any] = json.loads((peer.folder / "package-lock.json").read_text())
    packages = [each for name, each in lock["packages"].items() if name and not each.get("inBundle")]
    assert packages
    assert all(each["integrity"].startswith("sha512-") and "resolved" not in each for each in packages)


def test_a_peer_without_its_packages_is_left_out_and_its_installation_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = Peer(name="Absent", folder=tmp_path, install="npm ci --prefix absent")
    monkeypatch.setattr(synth, "PEERS", (HANDWIRED, absent))
    assert synth.installed(tmp_path) == [HANDWIRED]
    assert "Absent: not installed; for its rows run: npm ci --prefix absent" in capsys.readouterr().err


def test_the_baseline_has_the_feature_flags_that_ours_has() -> None:
    mine = {key: value for key, value in OURS.settings["context"].items() if key.startswith("@aws-cdk")}
    stock = HANDWIRED.settings["context"]
    assert {key: value for key, value in stock.items() if mine.get(key) != value} == {}


def test_nested_stacks_count_and_templates_inside_assets_do_not(tmp_path: Path) -> None:
    for path in ("a.template.json", "nested/b.template.json", "asset.1/c.template.json"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text('{"Resources": {"One": {}}}')
    assert resources(tmp_path) == 2

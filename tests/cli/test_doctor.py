"""What doctor finds, and that it tells by its exit status whether `up` can run."""

import sys
from pathlib import Path

import pytest

from constructs_lib.cli import main
from constructs_lib.cli.doctor import Finding, examine
from constructs_lib.local import emulator_environment, toolchain
from tests.cli.schemas import fits


def status_of(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_this_environment_lacks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("doctor") == 0
    assert "missing" not in capsys.readouterr().out


@pytest.mark.parametrize("module", ["boto3", "filelock", "platformdirs", "psutil", "requests", "uv"])
def test_a_missing_package_is_told_with_its_remedy_and_exit_1(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert status_of("doctor") == 1
    [line] = [line for line in capsys.readouterr().out.splitlines() if f" {module} " in line]
    assert "missing" in line
    assert "pip install 'cognito-app-constructs[local]'" in line


def test_what_up_brings_itself_or_does_without_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)
    optional = {finding.what for finding in examine() if not finding.needed}
    assert optional == {
        "CDK command line",
        "emulator's environment",
        "cvc5, the second engine of the proof",
        "Chromium, for the web tests",
    }
    assert status_of("doctor") == 0


def test_it_installs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for module in (toolchain, emulator_environment):
        monkeypatch.setattr(module, "cache_folder", lambda: cache)
    monkeypatch.chdir(tmp_path)
    findings = by_name(examine())
    assert findings["CDK command line"].found == ""
    assert findings["emulator's environment"].found == ""
    assert list(cache.iterdir()) == []


def test_every_missing_thing_names_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [finding.what for finding in examine() if not finding.remedy] == ["Python 3.11 or later"]


def test_the_json_form_follows_the_published_schema_and_says_the_same_as_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of("doctor", "--format", "json") == 0
    assert fits(capsys.readouterr().out, "doctor-1")["ready"] is True
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert status_of("doctor", "--format", "json") == 1
    told = fits(capsys.readouterr().out, "doctor-1")
    assert told["ready"] is False
    assert [each["what"] for each in told["findings"] if each["needed"] and not each["found"]] == ["boto3"]

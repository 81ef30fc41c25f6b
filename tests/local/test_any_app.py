"""A third-party app deploys unchanged: pinned, with parameters, in two regions, with Node functions."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.cli.main import main
from constructs_lib.local import LocalCloud, emulator_lifecycle

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copytree(Path(__file__).parent / "apps" / "any", tmp_path / "any")
    monkeypatch.chdir(tmp_path / "any")
    yield tmp_path / "any"
    emulator_lifecycle.stop(tmp_path / "any" / emulator_lifecycle.FOLDER)


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(words)
    return int(ended.value.code or 0)


def test_a_pinned_app_with_parameters_two_regions_and_node_deploys_as_it_is(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["up", "--app", f"{sys.executable} app.py", "-c", "said=this", "--parameters", "Main:Prefix=people"]
    assert run(*words) == 0, capsys.readouterr().err
    outputs = json.loads((project / emulator_lifecycle.FOLDER / "outputs.json").read_text())["Main"]
    assert outputs["Name"] == "people"
    assert outputs["Said"] == "this"
    assert ":eu-west-1:111122223333:" in outputs["Arn"]
    cloud = LocalCloud.attach()
    assert cloud
    assert (cloud.account, cloud.region) == ("111122223333", "eu-west-1")
    answer = cloud.session().client("lambda").invoke(FunctionName=outputs["Function"])
    assert json.load(answer["Payload"]) == {"client": "STSClient", "item": {"id": {"N": "1"}}}
    elsewhere = cloud.session().client("cognito-idp", region_name="us-east-1")
    assert len(elsewhere.list_user_pools(MaxResults=9)["UserPools"]) == 1


def test_a_running_cloud_that_does_not_fit_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with LocalCloud(project):
        assert run("up", "--app", f"{sys.executable} app.py") == 1
    assert "pinned to account 111122223333 and region eu-west-1" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["x", "=x", ""])
def test_context_that_is_none_is_refused(project: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert run("up", "-c", word) == 1
    assert "is not a context value; write KEY=VALUE" in capsys.readouterr().err
    assert not (project / emulator_lifecycle.FOLDER).exists()

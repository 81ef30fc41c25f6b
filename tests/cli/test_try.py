"""`cognito-app try` says what it cannot play on, and its exit status is a verdict."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner

from constructs_lib.cli import try_
from constructs_lib.cli.try_ import command, run_story
from constructs_lib.explain.coverage import Coverage
from constructs_lib.local import LocalCloud
from constructs_lib.story.row import Row, Verdict, allowed
from tests.cli.schemas import fits

APP = {
    "Region": "us-east-1",
    "UserPoolId": "us-east-1_Abc",
    "UserPoolClientId": "client",
    "IdentityPoolId": "us-east-1:pool",
}
ROW: Row = allowed("Alice", "reads her diary", lambda _: None)
CLOUD: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:9", session=lambda: None)


def told(monkeypatch: pytest.MonkeyPatch, verdicts: Sequence[Verdict]) -> int:
    monkeypatch.setattr(try_, "play", lambda *_, **__: verdicts)
    return run_story({"Documents-local": APP}, CLOUD)


def test_without_a_local_cloud_the_command_that_starts_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "start one with `cognito-app up`" in result.stderr


def test_a_story_without_unexpected_results_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, [Verdict(ROW, "allowed", as_expected=True)]) == 0
    assert "1 calls, 0 unexpected results" in capsys.readouterr().out


def test_one_unexpected_result_is_named_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, [Verdict(ROW, "refused (AccessDenied)", as_expected=False)]) == 1
    assert "unexpected: Alice reads her diary: expected allowed, got refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"Network": {"VpcId": "vpc-1"}}, "no stack has outputs for"),
        ({"App": APP}, "it needs the outputs BucketName; or NotesTableName; or"),
    ],
)
def test_a_stack_it_cannot_be_played_on_is_refused_by_what_it_lacks(
    outputs: dict[str, dict[str, str]], message: str
) -> None:
    with pytest.raises(click.ClickException, match=message):
        run_story(outputs, CLOUD)


@pytest.mark.parametrize("option", [(), ("--coverage",)])
@pytest.mark.parametrize("status", [0, 1])
def test_the_json_form_follows_the_published_schema_and_ends_with_the_same_status(
    monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], status: int
) -> None:
    running = SimpleNamespace(outputs=lambda: {"Documents-local": APP}, **vars(CLOUD))
    monkeypatch.setattr(LocalCloud, "attach", lambda: running)
    monkeypatch.setattr(try_, "play", lambda *_, **__: [Verdict(ROW, "allowed", as_expected=status == 0)])
    monkeypatch.setattr(try_, "_coverage", lambda *_: Coverage(uses=(), elsewhere=1))
    result = CliRunner().invoke(command, ["--format", "json", *option], standalone_mode=False)
    told = fits(result.stdout, "try-1")
    assert (result.return_value, told["unexpected"]) == (status, status)
    assert told["calls"][0]["who"] == "Alice"
    assert (told["coverage"] is not None) == bool(option)

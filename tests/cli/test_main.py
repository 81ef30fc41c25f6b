"""Whatever goes wrong is told in a line, with what to do; a traceback is for those who ask for it."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from constructs_lib.cli import diff, prove, replacements, try_, why
from constructs_lib.cli.main import COMMANDS, EXITS, group, main
from tests.cli.schemas import SCHEMAS

ACTS = {"init", "up", "down", "console"}
"""Commands that do something and print what to do next."""
AMPLIFYS = {"outputs"}
"""Commands whose JSON is of another's schema."""


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Give a list whose exception every command raises."""
    errors: list[Exception] = []

    def command(*_: object) -> click.Command:
        def fail() -> None:
            raise errors[0]

        return click.Command("up", callback=fail)

    monkeypatch.setattr(type(group), "get_command", command)
    monkeypatch.delenv("COGNITO_APP_DEBUG", raising=False)
    return errors


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/d/f"), "/d/f: No space left on device. Make room"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "/d/f"), "Work in a folder that can be written to."),
        (PermissionError(errno.EACCES, "Permission denied", "/d/f"), "Work in a folder that is yours."),
        (OSError(errno.EIO, "Input/output error"), "Input/output error. Correct that"),
        (OSError("odd"), "Error: odd"),
        (KeyError("name"), "please report it: KeyError: 'name' (test_main.py, line "),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), "UnicodeDecodeError: "),
        (RuntimeError("two\nlines"), "RuntimeError: two lines (test_main.py, line "),
        (click.ClickException("no cloud"), "Error: no cloud"),
        (ModuleNotFoundError("No module", name="cvc5.pythonic"), "pip install 'cognito-app-constructs[proof]'"),
        (ModuleNotFoundError("No module", name="other"), "please report it: ModuleNotFoundError"),
    ],
)
def test_an_error_is_one_line(
    fails: list[Exception], capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    fails.append(error)
    with pytest.raises(SystemExit) as ended:
        main(["up"])
    assert ended.value.code == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("Error: ")
    assert said in line


def test_a_command_that_is_misspelt_is_answered_with_the_one_that_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    for word, said in {
        "statu": "No such command 'statu'. Did you mean 'status'?",
        "new": "No such command 'new'. Did you mean 'init'?",
        "deploy": "No such command 'deploy'. Did you mean 'up'?",
        "xyz": "No such command 'xyz'.",
    }.items():
        with pytest.raises(SystemExit) as ended:
            main([word])
        assert ended.value.code == 1
        assert capsys.readouterr().err.rstrip().endswith(f"Error: {said}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prove"], "Error: Missing argument 'TEMPLATE...'; write for example: cognito-app prove cdk.out"),
        (["diff", "old"], "Error: Missing argument 'NEW'; write for example: cognito-app diff old.template.json"),
        (["deploy-role", "x"], "Error: Missing option '--account'; write for example: cognito-app deploy-role cdk.out"),
    ],
)
def test_what_is_missing_is_told_with_an_example(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    assert said in capsys.readouterr().err


def test_debug_mode_adds_the_traceback(fails: list[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    fails.append(KeyError("name"))
    monkeypatch.setenv("COGNITO_APP_DEBUG", "1")
    with pytest.raises(KeyError):
        main(["up"])


def test_a_closed_pipe_is_not_an_error(tmp_path: Path, fails: list[Exception]) -> None:
    fails.append(BrokenPipeError())
    kept = os.dup(1)
    try:
        os.dup2(os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT), 1)
        with pytest.raises(SystemExit) as ended:
            main(["up"])
    finally:
        os.dup2(kept, 1)
    assert ended.value.code == 1


def test_the_help_says_what_each_exit_status_means() -> None:
    said = CliRunner().invoke(group, ["--help"]).stdout.partition("Exit status:")[2]
    assert [int(each) for each in re.findall(r"^  (\d+) ", said, re.MULTILINE)] == list(EXITS)
    used = {*prove.EXIT.values(), *why.EXIT.values(), diff.GREW, diff.UNDECIDED, replacements.FOUND, try_.UNEXPECTED}
    assert used <= EXITS.keys()


def test_every_command_that_prints_a_result_has_json_and_a_published_schema() -> None:
    ids = {path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in SCHEMAS.iterdir()}
    for name, schema in ids.items():
        command, _, number = name.rpartition("-")
        assert schema["properties"]["schema"]["const"] == f"cognito-app/{command}/{number}"
    described = {name.rpartition("-")[0] for name in ids}
    for name in COMMANDS.keys() - ACTS:
        found = group.get_command(click.Context(group), name)
        assert found is not None
        [shape] = [each for each in found.params if each.name == "shape"]
        assert isinstance(shape.type, click.Choice)
        assert "json" in shape.type.choices
        assert name in described | AMPLIFYS
    # What an option makes of a command has a schema of its own: `verify --replay`.
    for command, _, option in (name.rpartition("-") for name in described - COMMANDS.keys()):
        whole = group.get_command(click.Context(group), command)
        assert whole is not None
        assert option in {each.name for each in whole.params}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("cognito-app re", ["replacements", "review"]),
        ("cognito-app prove --for", ["--format"]),
        ("cognito-app outputs --format d", ["dart"]),
    ],
)
def test_the_shell_completes_commands_options_and_words(typed: str, offered: list[str]) -> None:
    told = completed(typed)
    assert [line.partition(",")[2] for line in told.splitlines()] == offered


def test_commands_are_offered_without_what_the_extras_bring() -> None:
    hidden = "import sys; sys.modules.update(dict.fromkeys(['boto3', 'filelock', 'psutil', 'requests'])); "
    assert "plain,up" in completed("cognito-app u", before=hidden)


def completed(typed: str, *, before: str = "") -> str:
    """Return what bash is told when somebody presses the tabulator key."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_COGNITO_APP_COMPLETE": "bash_complete"}
    program = f"{before}from constructs_lib.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **words}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout

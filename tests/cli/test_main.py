"""Whatever goes wrong is told in a line, with what to do; a traceback is for those who ask for it."""

import errno
import os
from pathlib import Path

import click
import pytest

from constructs_lib.cli.main import group, main


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
        (OSError(errno.EIO, "Input/output error"), "Input/output error. Mend that"),
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


def test_who_asks_for_it_sees_where(fails: list[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    fails.append(KeyError("name"))
    monkeypatch.setenv("COGNITO_APP_DEBUG", "1")
    with pytest.raises(KeyError):
        main(["up"])


def test_a_reader_that_has_read_enough_is_no_error(tmp_path: Path, fails: list[Exception]) -> None:
    fails.append(BrokenPipeError())
    kept = os.dup(1)
    try:
        os.dup2(os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT), 1)
        with pytest.raises(SystemExit) as ended:
            main(["up"])
    finally:
        os.dup2(kept, 1)
    assert ended.value.code == 1

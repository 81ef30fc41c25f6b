"""A handler that is not there is refused before anything is packaged, and a file is read without being run."""

from pathlib import Path

import pytest

from constructs_lib.functions.handlers import check_defined


@pytest.mark.parametrize(
    "code",
    [
        "def handler(event, context): ...",
        "async def handler(event, context): ...",
        "handler = print",
        "handler: object = print",
        "from app import handler",
        "from app import run as handler",
        "from app import *",
        "class handler: ...",
        "try:\n    import a\nexcept ImportError:\n    def handler(event, context): ...",
        "if True:\n    handler = None",
        "raise SystemExit\ndef handler(event, context): ...",
        "one, handler = 1, 2",
    ],
)
def test_any_statement_that_binds_the_name_is_accepted(tmp_path: Path, code: str) -> None:
    (tmp_path / "handler.py").write_text(code, encoding="utf-8")
    check_defined(tmp_path / "handler.py", "handler")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "handler"),
        ("def handle(event, context): ...", "did you mean 'handle'"),
        ("class App:\n    def handler(self, event, context): ...", "handler"),
        ("def main():\n    handler = 1", "handler"),
        ("def handler(:", r"line 1\)\)"),
    ],
)
def test_a_name_that_the_file_does_not_bind_is_refused(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "handler.py").write_text(code, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        check_defined(tmp_path / "handler.py", "handler")

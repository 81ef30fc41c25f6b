"""Whatever a linter or the type check is told to pass over says why: a line without a reason hides the next mistake."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_OURS = {"node_modules", "cdk.out", "__pycache__", "dist", "_build", "mutants"}
NOQA = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z0-9, ]*[A-Z0-9]))?(?P<why> - \S.*)?")
TYPES = re.compile(r"#\s*type:\s*ignore(?:\[(?P<codes>[a-z, -]+)\])?(?P<why>\s+#\s*(?!noqa)\S.*)?")


def without_reason(text: str) -> Iterator[int]:
    """Yield the numbers of lines that pass over something and do not say why; the first of a row says it for all."""
    said: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        here = [
            (code, match["why"] is not None)
            for match in (*NOQA.finditer(line), *TYPES.finditer(line))
            for code in (match["codes"] or "everything").split(", ")
        ]
        if any(not why and code not in said for code, why in here):
            yield number
        if line.strip():
            said = {code for code, _ in here}


def sources() -> Iterator[Path]:
    """Yield every Python file of the repository, but this one."""
    for parent, folders, files in os.walk(ROOT):
        folders[:] = [each for each in folders if not each.startswith(".") and each not in NOT_OURS]
        yield from (Path(parent, name) for name in files if name.endswith(".py") and name != Path(__file__).name)


def test_every_line_that_is_passed_over_says_why() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number in without_reason(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1  # noqa: S105 - a version", []),
        ("x = 1  # noqa: S105", [1]),
        ("x = 1  # noqa", [1]),
        ("import a  # noqa: E402 - as above\n\nimport b  # noqa: E402\ny = 1\nimport c  # noqa: E402", [5]),
        ("x = 1  # type: ignore[misc] # untyped", []),
        ("x = 1  # type: ignore[misc]", [1]),
        ("x = 1  # type: ignore", [1]),
        ("x = y  # type: ignore[misc] # noqa: SLF001 - boto3 sets it so", [1]),
    ],
)
def test_a_line_without_a_reason_is_seen(text: str, lines: list[int]) -> None:
    assert [*without_reason(text)] == lines

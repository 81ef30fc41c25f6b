"""Indented text is whole in a pipe, and wrapped with its indentation on a terminal."""

import io

from rich.console import Console
from rich.text import Text

from constructs_lib.analysis.report.indentation import Indented


def printed(*, soft_wrap: bool) -> list[str]:
    console = Console(file=io.StringIO(), width=20, soft_wrap=soft_wrap)
    console.print(Indented(Text(f"by {'x ' * 20}end\nlast"), 4))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_in_a_pipe_no_line_is_cut() -> None:
    assert printed(soft_wrap=True) == [f"    by {'x ' * 20}end", "    last"]


def test_on_a_terminal_each_wrapped_line_is_indented() -> None:
    lines = printed(soft_wrap=False)
    assert len(lines) > 2
    assert all(line.startswith("    ") and line[4] != " " for line in lines)

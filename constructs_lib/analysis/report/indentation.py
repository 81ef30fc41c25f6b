"""Indented text for a terminal and a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType


@dataclass(frozen=True, slots=True)
class Indented:
    """A text with spaces before each line. Where lines are not wrapped, as in a pipe, they are printed whole.

    Rich's padding would cut them at the console's width.
    """

    text: Text
    spaces: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the indented text."""
        if options.no_wrap:
            yield Text("\n").join(Text.assemble(" " * self.spaces, line) for line in self.text.split())
        else:
            yield Padding(self.text, (0, 0, 0, self.spaces))

"""Checks that a file defines the configured handler, without running it."""

from __future__ import annotations

import ast
import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_ANYTHING = "*"


def check_defined(file: Path, name: str) -> None:
    """Refuse a name that a file does not define at its top level; with a star import, any name is accepted.

    Raises:
        ValueError: For an unknown name, or a file that is not Python.
    """
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    except (SyntaxError, ValueError) as error:
        raise ValueError(
            f"handler {str(file)!r} is not valid Python ({error}); write it in a version of Python that the runtime "
            "supports"
        ) from error
    known = {bound for node in tree.body for bound in _bound(node)}
    if not known & {name, _ANYTHING}:
        near = difflib.get_close_matches(name, known, 1)
        remedy = f"did you mean {near[0]!r}?" if near else f"define {name}(event, context) there"
        raise ValueError(f"handler {str(file)!r} does not define {name!r}; {remedy}")


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement defines, including its branches."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _bound(child)

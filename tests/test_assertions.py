"""Every test asserts something, or its name says what must be accepted without an error."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

TESTS: Final = Path(__file__).parent
_ACCEPTS: Final = re.compile(r"_(is|are)_accepted|_raises?_nothing")
_OUTSIDE: Final = re.compile(
    r"(assert_\w+|raises|warns|fail|validate|has_\w+|resource_count_is|resource_properties_count_is|"
    r"template_matches|all_resources\w*|expect|wait_for\w*|to_\w+)"
)
"""Functions of libraries that fail by themselves: pytest, the CDK's assertions, jsonschema, Playwright."""

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


@functools.cache
def _functions(path: Path) -> dict[str, Function]:
    """Return the functions and methods of a file, by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@functools.cache
def _helpers() -> dict[str, tuple[Path, Function]]:
    """Return the functions of every file of the tests that is no test itself."""
    return {
        name: (path, function)
        for path in sorted(TESTS.rglob("*.py"))
        for name, function in _functions(path).items()
        if not name.startswith("test_")
    }


def _asserts(path: Path, function: Function, seen: frozenset[str] = frozenset()) -> bool:
    """Return whether a function, a helper that it calls or a fixture that it takes can fail by an assertion."""
    if any(isinstance(node, ast.Assert) for node in ast.walk(function)):
        return True
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name))
    }
    if any(_OUTSIDE.fullmatch(name) for name in called):
        return True
    for name in called - seen:
        here = _functions(path).get(name)
        found = (path, here) if here is not None and not name.startswith("test_") else _helpers().get(name)
        if found is not None and _asserts(*found, seen | {name}):
            return True
    return False


def _without() -> Iterator[str]:
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, function in _functions(path).items():
            if name.startswith("test_") and not _ACCEPTS.search(name) and not _asserts(path, function):
                yield f"{path.relative_to(TESTS).as_posix()}:{function.lineno} {name}"


def test_every_test_asserts_or_says_what_is_accepted() -> None:
    assert list(_without()) == []

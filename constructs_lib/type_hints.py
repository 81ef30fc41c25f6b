"""Annotations as types at run time, resolved on first use, including names imported for type checkers only.

A module of the CDK takes about 50 ms to import. An omitted option is not resolved; for a given option, the module is
loaded already, or the value is wrong.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_FOR_TYPES: Final = re.compile(r"^if TYPE_CHECKING:\n((?:[ \t].*\n|\n)+)", re.MULTILINE)


def annotation_of(function: Callable[..., Any], parameter: str, owner: type | None) -> Any:
    """Return the annotation of a parameter as a type.

    Args:
        function: The function, or the constructor that `dataclass` wrote.
        parameter: The parameter's name.
        owner: The class of a constructor, whose fields may be those of a base in another module; None for others.

    Raises:
        NameError: For a name that neither the module nor its imports for type checkers have.
    """
    written = function.__annotations__.get(parameter, Any)
    module = function.__module__
    for base in owner.__mro__ if owner is not None and function.__name__ == "__init__" else ():
        if parameter in vars(base).get("__annotations__", {}):
            module = base.__module__
            break
    return _resolved(written, module)


def _resolved(written: Any, module: str) -> Any:
    """Evaluate an annotation; an alias that is a string is evaluated in its own module."""
    if not isinstance(written, str):
        return written
    return eval(written, {}, _Names(module))  # noqa: S307 - the library's own annotations


class _Names(Mapping[str, Any]):
    """The names in a module's annotations."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getitem__(self, name: str) -> Any:
        known = vars(sys.modules[self._module])
        if name in known:
            return _resolved(known[name], self._module)
        home, attribute = _imports_for_types(self._module)[name]
        module = importlib.import_module(home)
        if attribute is None:
            return sys.modules[name] if home.startswith(f"{name}.") else module
        if not hasattr(module, attribute):
            return importlib.import_module(f"{home}.{attribute}")
        return _resolved(getattr(module, attribute), home)

    def __iter__(self) -> Iterator[str]:
        return iter(_imports_for_types(self._module))

    def __len__(self) -> int:
        return len(_imports_for_types(self._module))


@functools.cache
def _imports_for_types(module: str) -> dict[str, tuple[str, str | None]]:
    """Return the names under `if TYPE_CHECKING`, each with its module and its name there (None: the module itself)."""
    try:
        # Not by the loader: pytest's loader for installed plugins, including this library, provides no source.
        source = inspect.getsource(sys.modules[module])
    except OSError:
        source = ""
    found = _FOR_TYPES.search(source)
    names: dict[str, tuple[str, str | None]] = {}
    for node in ast.parse(textwrap.dedent(found.group(1))).body if found else ():
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            # `import a.b` binds the name `a`.
            names |= {alias.asname or alias.name.partition(".")[0]: (alias.name, None) for alias in node.names}
    return names

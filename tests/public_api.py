"""What the library shows: every public class, function and method, and what each takes."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

from constructs_lib.storage import presets
from constructs_lib.type_hints import annotation_of

PACKAGES: Final = (
    "access", "api", "auth", "cdn", "channels", "client", "database", "deploying", "functions", "hosting",
    "memberships", "services", "sharing", "starters", "storage", "testing", "validation", "verified",
)  # fmt: skip
INNER: Final = frozenset({"compile_folders", "compile_rows", "parse_folders"})
"""Pure functions of the compiler: they are handed what constructs have checked."""
OURS: Final = frozenset({"SubjectKind", "Verb", "Folder"})
"""Words and readings of the language, which nobody hands options to."""

SUBCLASSED: Final = frozenset({"client.Observer"})
"""Classes whose methods others write and the library calls."""


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public class and function by its name."""
    for package in PACKAGES:
        module = importlib.import_module(f"constructs_lib.{package}")
        for name in sorted(set(module.__all__) - INNER - OURS):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{package}.{name}", value
    for name in presets.__all__:
        yield f"storage.presets.{name}", getattr(presets, name)


def methods() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public method by the name of its class and its own, as it is called on anything at all."""
    for name, target in public():
        for method, member in vars(target).items() if inspect.isclass(target) else ():
            function = getattr(member, "__func__", member)
            if not method.startswith("_") and inspect.isfunction(function) and name not in SUBCLASSED:
                yield f"{name}.{method}", function


def options(target: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, Any]]:
    """Yield the options of a class or function, each with its type."""
    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    owner = target if inspect.isclass(target) else None
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in {"self", "cls"} and parameter.annotation is not inspect.Parameter.empty:
            yield parameter, annotation_of(function, parameter.name, owner)


def signatures() -> Iterator[tuple[str, inspect.Signature]]:
    """Yield every public signature: of classes, of their public methods, of functions."""
    for name, target in public():
        yield name, inspect.signature(inspect.unwrap(target.__init__ if inspect.isclass(target) else target))
    for name, method in methods():
        yield name, inspect.signature(inspect.unwrap(method))
